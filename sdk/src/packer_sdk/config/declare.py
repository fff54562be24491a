"""Declaring a configuration: a class with annotations, read once, used for everything.

The annotations give types, defaults and texts to the decoder, to the schema core asks for, and to
the documentation. They are looked at on first use, so that importing a plugin stays cheap and a
block may be declared below the class that uses it.
"""

from __future__ import annotations

import dataclasses
import sys
from typing import Any, TypeVar, dataclass_transform, get_type_hints, overload

from .shapes import Shape, shape_of, strip_optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
ClassT = TypeVar("ClassT", bound=type)

_DOC = "packer_doc"
_ALIAS = "packer_alias"
_OPTIONS = "__packer_options__"
_NAMES = "__packer_names__"


@overload
def field(*, doc: str, default: T, alias: str | None = None) -> T: ...


@overload
def field(*, doc: str, default_factory: Callable[[], T], alias: str | None = None) -> T: ...


@overload
def field(*, doc: str, alias: str | None = None) -> Any: ...


def field(
    *,
    doc: str,
    default: Any = dataclasses.MISSING,
    default_factory: Any = dataclasses.MISSING,
    alias: str | None = None,
) -> Any:
    """Declare an option of a class made with :func:`config`.

    Args:
        doc: What the option does, one or two sentences for users.
        default: The value if the user says nothing; makes the option optional. Lists and
            dictionaries are copied for every configuration.
        default_factory: Makes the default, where it cannot be written down.
        alias: The name in templates where it cannot be the attribute's (``from``, ``class``).
    """
    metadata = {_DOC: doc, _ALIAS: alias}
    if isinstance(default, (list, dict)):
        default, default_factory = dataclasses.MISSING, default.copy
    return dataclasses.field(
        default=default, default_factory=default_factory, metadata=metadata, kw_only=True
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option, as declared.

    Attributes:
        name: What templates call it.
        attribute: What the config class calls it.
        shape: What its value looks like.
        doc: The author's words.
        required: There is no default.
        make_default: Gives the default; only for options that are not required.
    """

    name: str
    attribute: str
    shape: Shape
    doc: str
    required: bool
    make_default: Callable[[], object]


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def config(cls: ClassT) -> ClassT:
    """Make a class a configuration: frozen, keyword-only, decoded and documented by the SDK.

    ::

        @config
        class NoteConfig(PackerKeys):
            target: Path = field(doc="File to write.")
            timeout: Duration = field(doc="How long to wait.", default=Duration("5m"))

    Options may be ``str``, ``bool``, ``int``, ``float``, ``Path``, ``Duration``, ``OctalMode``,
    ``Template``, ``Secret[str]``, an ``Enum`` or a ``Literal``; ``list`` and ``dict[str, …]`` of
    these; another config class (a block) or a list of them. ``T | None`` is None unless set.
    Types must be importable when the plugin runs, not only under ``TYPE_CHECKING``.
    """
    dataclasses.dataclass(frozen=True, kw_only=True)(cls)  # changes the class in place
    _accept_aliases(cls)
    if "<locals>" in cls.__qualname__:
        setattr(cls, _NAMES, _caller_locals())
    return cls


def _accept_aliases(cls: type) -> None:
    """Let the constructor take option names too: type checkers read ``alias`` that way."""
    aliases = {
        field.metadata[_ALIAS]: field.name
        for field in dataclasses.fields(cls)
        if field.metadata.get(_ALIAS)
    }
    if not aliases:
        return
    generated = cls.__init__  # type: ignore[misc]

    def __init__(self: object, **values: object) -> None:  # noqa: N807 - it is one
        generated(self, **{aliases.get(name, name): value for name, value in values.items()})

    cls.__init__ = __init__  # type: ignore[misc]


def _caller_locals() -> dict[str, object]:
    """Names in the function a class is declared in: its annotations may use them."""
    return dict(sys._getframe(2).f_locals)  # noqa: SLF001 - there is no other way to them


def is_config(cls: object) -> bool:
    """Whether ``cls`` was made with :func:`config`."""
    return isinstance(cls, type) and dataclasses.is_dataclass(cls)


def options_of(config_class: type) -> tuple[Option, ...]:
    """Every option of a config class, inherited ones first.

    Raises:
        TypeError: the class is declared in a way that cannot work; a bug of its author.
    """
    known: tuple[Option, ...] | None = config_class.__dict__.get(_OPTIONS)
    if known is None:
        known = tuple(_options(config_class))
        setattr(config_class, _OPTIONS, known)
    return known


def config_spec(config_class: type) -> bytes:
    """Schema of a config class, as core asks for it (protocol section 6.4).

    Raises:
        TypeError: the class cannot be an SDK configuration; a bug of its author.
    """
    from packer_sdk.wire.protobuf import encode_spec  # noqa: PLC0415 - only HCL2 asks for it

    from .schema import spec_of  # noqa: PLC0415 - as above

    return encode_spec(spec_of(config_class))


def _options(config_class: type) -> list[Option]:
    if not is_config(config_class):
        raise TypeError(f"not a config class: {config_class!r}; decorate it with @config")
    hints = _hints(config_class)
    return [_option(config_class, field, hints) for field in dataclasses.fields(config_class)]


def _hints(config_class: type) -> dict[str, Any]:
    try:
        return get_type_hints(config_class, localns=getattr(config_class, _NAMES, None))
    except NameError as error:
        raise TypeError(
            f"{config_class.__qualname__}: cannot find the type {error.name!r}; "
            "import it outside of TYPE_CHECKING"
        ) from error


def _option(config_class: type, declared: dataclasses.Field[Any], hints: dict[str, Any]) -> Option:
    where = f"{config_class.__qualname__}.{declared.name}"
    hint, is_optional = strip_optional(hints[declared.name])
    make = _default_maker(declared)
    return Option(
        name=declared.metadata.get(_ALIAS) or declared.name,
        attribute=declared.name,
        shape=shape_of(hint, where, is_config),
        doc=declared.metadata.get(_DOC, ""),
        required=make is None and not is_optional,
        make_default=make or (lambda: None),
    )


def _default_maker(declared: dataclasses.Field[Any]) -> Callable[[], object] | None:
    if declared.default is not dataclasses.MISSING:
        return lambda: declared.default
    if declared.default_factory is not dataclasses.MISSING:
        return declared.default_factory
    return None

"""Declaring a configuration: a class with annotations, read once, used for everything.

The annotations give types, defaults and texts to the decoder, to the schema core asks for, and to
the documentation. They are looked at on first use, so that importing a plugin stays cheap and a
block may be declared below the class that uses it.
"""

from __future__ import annotations

import sys

from packer_sdk.records import (
    DEFAULTS,
    MISSING,
    NAMES,
    Made,
    annotated,
    defaults_in,
    equip,
    init_by_name,
    named_record,
)

from .shapes import shape_of, strip_optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar, dataclass_transform, overload

    from .shapes import Shape

    T = TypeVar("T")
    ClassT = TypeVar("ClassT", bound=type)
else:
    from packer_sdk.records import dataclass_transform, overload

_DATACLASS_FIELDS = "__dataclass_fields__"
_FIELDS = "__packer_fields__"
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
    default: Any = MISSING,
    default_factory: Any = MISSING,
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
    if isinstance(default, (list, dict)):
        default, default_factory = MISSING, default.copy
    if default_factory is not MISSING:
        default = Made(default_factory)
    return Field(doc=doc, default=default, alias=alias)


@named_record
class Field:
    """What `field` was told."""

    doc: str = ""
    default: object = MISSING
    alias: str | None = None


@named_record
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
    told = {name: _as_field(vars(cls).get(name, MISSING)) for name in annotated(cls)}
    for name, field in told.items():
        if field.default is not MISSING:
            setattr(cls, name, field.default)
        elif name in vars(cls):
            delattr(cls, name)
    defaults = defaults_in(cls, told)
    equip(cls, told, defaults)
    for name in defaults:
        delattr(cls, name)  # a default that is made must not be found on the class
    setattr(cls, _FIELDS, getattr(cls, _FIELDS, {}) | told)
    setattr(cls, _DATACLASS_FIELDS, _AsDataclass())
    cls.__init__ = _constructor(cls)  # type: ignore[misc]
    if "<locals>" in cls.__qualname__:
        setattr(cls, _NAMES, _caller_locals())
    return cls


class _AsDataclass:
    """Lets `dataclasses.replace` and its sisters work on configurations, for who imports them."""

    def __get__(self, config: object, config_class: type) -> dict[str, Any]:
        import dataclasses  # noqa: PLC0415 - plugins start quicker without

        names: tuple[str, ...] = getattr(config_class, NAMES)
        fields = [(name, object, dataclasses.field(default=None)) for name in names]
        twin = dataclasses.make_dataclass(config_class.__name__, fields, kw_only=True)
        return vars(twin)[_DATACLASS_FIELDS]  # type: ignore[no-any-return]


def _as_field(told: object) -> Field:
    """What stands behind the annotation: a `field`, a bare default, or nothing."""
    if isinstance(told, Field):
        return told
    return Field(default=Made(told.copy) if isinstance(told, (list, dict)) else told)


def _constructor(cls: type) -> Callable[..., None]:
    """Takes attributes, and option names too: type checkers read ``alias`` that way."""
    fields: dict[str, Field] = getattr(cls, _FIELDS)
    aliases = {field.alias: name for name, field in fields.items() if field.alias}
    if not aliases:
        return init_by_name

    def __init__(self: object, **values: object) -> None:  # noqa: N807 - it is one
        init_by_name(self, **{aliases.get(name, name): value for name, value in values.items()})

    return __init__


def _caller_locals() -> dict[str, object]:
    """Names in the function a class is declared in: its annotations may use them."""
    return dict(sys._getframe(2).f_locals)  # noqa: SLF001 - there is no other way to them


def is_config(cls: object) -> bool:
    """Whether ``cls`` was made with :func:`config`."""
    return isinstance(cls, type) and hasattr(cls, _FIELDS)


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


def config_spec(config_class: type, *, protobuf: bool = True) -> bytes:
    """Schema of a config class, as core asks for it (protocol sections 6.4 and 8.3).

    Args:
        config_class: A class made with :func:`config`.
        protobuf: In protobuf; in gob otherwise.

    Raises:
        TypeError: the class cannot be an SDK configuration; a bug of its author.
    """
    from packer_sdk.wire.forms import encode_spec  # noqa: PLC0415 - only HCL2 asks for it

    from .schema import spec_of  # noqa: PLC0415 - as above

    return encode_spec(spec_of(config_class), protobuf=protobuf)


def _options(config_class: type) -> list[Option]:
    if not is_config(config_class):
        raise TypeError(f"not a config class: {config_class!r}; decorate it with @config")
    hints = _hints(config_class)
    fields: dict[str, Field] = getattr(config_class, _FIELDS)
    return [
        _option(config_class, name, fields[name], hints) for name in getattr(config_class, NAMES)
    ]


def _hints(config_class: type) -> dict[str, Any]:
    """The annotations of a class and its bases as types; `typing.get_type_hints`, but lighter."""
    hints: dict[str, Any] = {}
    for cls in reversed(config_class.__mro__):
        names = vars(sys.modules.get(cls.__module__, object)) | getattr(cls, _NAMES, {})
        for name, hint in vars(cls).get("__annotations__", {}).items():
            hints[name] = _evaluated(hint, names, config_class) if type(hint) is str else hint
    return hints


def _evaluated(hint: str, names: dict[str, Any], config_class: type) -> Any:
    try:
        return eval(hint, names)  # noqa: S307 - the author's own annotation
    except NameError as error:
        raise TypeError(
            f"{config_class.__qualname__}: cannot find the type {error.name!r}; "
            "import it outside of TYPE_CHECKING"
        ) from error


def _option(config_class: type, name: str, told: Field, hints: dict[str, Any]) -> Option:
    where = f"{config_class.__qualname__}.{name}"
    hint, is_optional = strip_optional(hints[name])
    make = _default_maker(getattr(config_class, DEFAULTS).get(name, MISSING))
    return Option(
        name=told.alias or name,
        attribute=name,
        shape=shape_of(hint, where, is_config),
        doc=told.doc,
        required=make is None and not is_optional,
        make_default=make or (lambda: None),
    )


def _default_maker(default: object) -> Callable[[], object] | None:
    if default is MISSING:
        return None
    return default.make if isinstance(default, Made) else lambda: default

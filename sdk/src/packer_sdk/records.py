"""Small immutable classes, made without the price of `dataclasses`.

A plugin process is started for every component of every build, and has answered its first call
before a person could notice. Importing `dataclasses` (which imports `inspect`) and having it
compile thirty small classes costs a third of that time; nothing here needs more of it than this
module does. What it makes reads and types like a dataclass (PEP 681).
"""

from __future__ import annotations

from types import GenericAlias

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Generic, NoReturn, TypeVar, dataclass_transform

    ClassT = TypeVar("ClassT", bound=type)
    T = TypeVar("T")
else:

    class Generic:
        """Remembers what stands in brackets, as `typing.Generic` does, but is there at once."""

        __class_getitem__ = classmethod(GenericAlias)

    def dataclass_transform(**_: object) -> Callable[[T], T]:
        """Tell type checkers; there is nothing to do at run time."""
        return lambda decorated: decorated

    def overload(function: object) -> object:
        """Likewise."""
        return function


NAMES = "__record_names__"
"""Class attribute: the names of all fields, inherited ones first."""

DEFAULTS = "__record_defaults__"
"""Class attribute: what fields hold that were not given, by name."""

TOLD = "__record_told__"
"""Class attribute: the names of fields that decide about equality and are in the repr."""

MATCH = "__match_args__"
"""Class attribute: what a ``case`` with positions means."""

MISSING: Any = object()
"""Stands for a default that there is not."""


class Made:
    """A default that is made for every object, as `made` declares it."""

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


def made(*, default_factory: Callable[[], T]) -> T:
    """Declare a default that is made for every object: ``made(default_factory=list)``."""
    return Made(default_factory)  # type: ignore[return-value]


class Aside:
    """What `aside` declares."""

    def __init__(self, default: object) -> None:
        self.default = default


def aside(*, default: Any = MISSING) -> Any:
    """Declare what equality and repr leave out, with or without a default."""
    return Aside(default)


@dataclass_transform(frozen_default=True, field_specifiers=(made, aside))
def record(cls: ClassT) -> ClassT:
    """Make a class of annotated names an immutable record: equal by its fields, with slots."""
    own = annotated(cls)
    return _with_slots(equip(cls, own, defaults_in(cls, own)), own)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(made, aside))
def named_record(cls: ClassT) -> ClassT:
    """As `record`; but fields are only given by name."""
    made_class = record(cls)
    made_class.__init__ = init_by_name  # type: ignore[misc]
    return made_class


@dataclass_transform(frozen_default=True, field_specifiers=(made, aside))
def mass_record(cls: ClassT) -> ClassT:
    """As `record`, for classes of which masses are made: nodes of a parse, lines of output.

    Objects are made in a sixth of the time, by a constructor that is compiled for the first of
    them. The type checker holds that nobody changes one; at run time nothing does.
    """
    made_class = record(cls)
    del made_class.__setattr__, made_class.__delattr__
    made_class.__init__ = _compiled_at_first(made_class)  # type: ignore[misc]
    return made_class


@dataclass_transform(field_specifiers=(made, aside))
def mutable_record(cls: ClassT) -> ClassT:
    """As `mass_record`; but fields may be changed, so that it has no hash."""
    made_class = mass_record(cls)
    made_class.__hash__ = None  # type: ignore[assignment]
    return made_class


def annotated(cls: type) -> tuple[str, ...]:
    """The names of fields in the body of a class; what is a ``ClassVar`` is none."""
    hints = vars(cls).get("__annotations__", {})
    return tuple(name for name, hint in hints.items() if "ClassVar" not in str(hint))


def defaults_in(cls: type, names: Iterable[str]) -> dict[str, object]:
    """What fields hold that were not given, as the body of a class says it, by name."""
    found = _behind_equals(cls, names).items()
    defaults = {name: held.default if type(held) is Aside else held for name, held in found}
    return {name: held for name, held in defaults.items() if held is not MISSING}


def _behind_equals(cls: type, names: Iterable[str]) -> dict[str, object]:
    return {name: vars(cls)[name] for name in names if name in vars(cls)}


def equip(cls: ClassT, names: Iterable[str], defaults: dict[str, object]) -> ClassT:
    """Give a class fields, and what belongs to them; in place."""
    known: dict[str, None] = {}
    told: dict[str, None] = {}
    inherited: dict[str, object] = {}
    for base in reversed(cls.__mro__[1:]):
        known |= dict.fromkeys(vars(base).get(NAMES, ()))
        told |= dict.fromkeys(vars(base).get(TOLD, ()))
        inherited |= vars(base).get(DEFAULTS, {})
    names = tuple(names)
    left_out = [name for name, held in _behind_equals(cls, names).items() if type(held) is Aside]
    all_names = (*(known | dict.fromkeys(names)),)
    setattr(cls, NAMES, all_names)
    setattr(cls, MATCH, all_names)
    setattr(cls, TOLD, (*(told | dict.fromkeys(one for one in names if one not in left_out)),))
    setattr(cls, DEFAULTS, inherited | defaults)
    for method, function in _METHODS.items():
        if method not in vars(cls):
            setattr(cls, method, function)
    return cls


def replaced(original: T, **changes: object) -> T:
    """Return the same value with some fields changed."""
    fields = {name: getattr(original, name) for name in getattr(original, NAMES)}
    return type(original)(**fields | changes)


def _with_slots(cls: ClassT, own: tuple[str, ...]) -> ClassT:
    """The class again, with slots, which can only be given to a class when it is made."""
    body = {key: kept for key, kept in vars(cls).items() if key not in own and key not in _OWN}
    body["__slots__"] = own
    again = type(cls)(cls.__name__, cls.__bases__, body)
    again.__qualname__ = cls.__qualname__
    return again


_OWN = ("__dict__", "__weakref__")
_set = object.__setattr__


def _init(self: object, *positional: object, **by_name: object) -> None:
    names = getattr(self, NAMES)
    if len(positional) == len(names) and not by_name:
        for name, held in zip(names, positional, strict=True):
            _set(self, name, held)
        return
    if len(positional) > len(names):
        raise TypeError(f"{type(self).__name__} takes {len(names)} values, not {len(positional)}")
    for name, held in zip(names, positional, strict=False):
        if name in by_name:
            raise TypeError(f"{type(self).__name__} is given {name!r} twice")
        by_name[name] = held
    init_by_name(self, **by_name)


def init_by_name(self: object, **by_name: object) -> None:
    """The constructor of classes whose fields are given by name."""
    fields = getattr(self, DEFAULTS) | by_name
    names = getattr(self, NAMES)
    if len(fields) != len(names):
        _refuse(self, by_name)
    for name in names:
        try:
            held = fields[name]
        except KeyError:
            _refuse(self, by_name)
        if type(held) is Made and name not in by_name:
            held = held.make()
        _set(self, name, held)


def _refuse(self: object, by_name: dict[str, object]) -> NoReturn:
    names, defaults = getattr(self, NAMES), getattr(self, DEFAULTS)
    for name in by_name:
        if name not in names:
            problem = f"is given {name!r} though it has no such field"
            raise TypeError(f"{type(self).__name__} {problem}")
    missing = next(name for name in names if name not in by_name and name not in defaults)
    raise TypeError(f"{type(self).__name__} needs {missing!r}")


def _compiled_at_first(cls: type) -> Callable[..., None]:
    """A constructor that makes room for a faster one as soon as it is called."""

    def first(self: object, *positional: object, **by_name: object) -> None:
        compiled = _compiled(cls)
        cls.__init__ = compiled  # type: ignore[misc]
        compiled(self, *positional, **by_name)

    return first


def _compiled(cls: type) -> Callable[..., None]:
    defaults = getattr(cls, DEFAULTS)
    parameters, lines = ["self"], []
    for name in getattr(cls, NAMES):
        parameters.append(f"{name}=_defaults[{name!r}]" if name in defaults else name)
        is_made = type(defaults.get(name)) is Made
        value = f"{name}.make() if type({name}) is Made else {name}" if is_made else name
        lines.append(f"    self.{name} = {value}")
    source = f"def __init__({', '.join(parameters)}):\n" + "\n".join(lines or ["    pass"])
    namespace: dict[str, Any] = {"_defaults": defaults, "Made": Made}
    exec(source, namespace)  # noqa: S102 - names of our own fields
    return namespace["__init__"]  # type: ignore[no-any-return]


def _fields(self: object) -> tuple[object, ...]:
    return tuple(getattr(self, name) for name in getattr(self, TOLD))


def _eq(self: object, other: object) -> bool:
    if type(other) is not type(self):
        return NotImplemented  # type: ignore[no-any-return]
    return _fields(self) == _fields(other)


def _hash(self: object) -> int:
    return hash((type(self), _fields(self)))


def _repr(self: object) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in getattr(self, TOLD))
    return f"{type(self).__qualname__}({shown})"


def _frozen(self: object, name: str, held: object = None) -> None:  # noqa: ARG001
    raise AttributeError(f"{type(self).__name__} is immutable: {name}")


def _reduce(self: object) -> tuple[object, ...]:
    return _rebuild, (type(self), {name: getattr(self, name) for name in getattr(self, NAMES)})


def _rebuild(cls: Callable[..., object], fields: dict[str, object]) -> object:
    return cls(**fields)


_METHODS: dict[str, object] = {
    "__init__": _init,
    "__eq__": _eq,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _frozen,
    "__delattr__": _frozen,
    "__reduce__": _reduce,
}

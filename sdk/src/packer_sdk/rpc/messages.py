"""How a Go struct looks in Python: a class of typed fields that goes to and from a map.

Fields are spelled as in Go, because the spelling *is* the protocol (section 4.2: names are
case-sensitive, ``StreamID`` and ``StreamId`` are two). Reading forgives what Go forgives: keys in
any order, missing keys, further keys, nil for anything, an array in field order. Whatever Go
would refuse is a `RemoteProtocolError` that names the field.

Not a dataclass: making a dozen of those costs a plugin 5 ms of every start.
"""

from __future__ import annotations

from packer_sdk.errors import RemoteProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ClassVar, Self, TypeVar, dataclass_transform

    Reader = Callable[[object], object]
    StreamNumber = int  # annotates the fields that hold the number of a stream
    ReadT = TypeVar("ReadT")
else:
    from packer_sdk.records import dataclass_transform


def read_text(value: object) -> str:
    """Read a Go string. Bytes will do; what is no UTF-8 survives as surrogates.

    Raises:
        TypeError: it is something else.
    """
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if not isinstance(value, str):
        raise TypeError(f"expected text, got {type(value).__name__}")
    return value


def read_int(value: object) -> int:
    """Read a Go integer. A float without a fraction will do.

    Raises:
        TypeError: it is something else.
    """
    if value is None:
        return 0
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"expected an integer, got {type(value).__name__}")
    return value


def read_stream_number(value: object) -> int:
    """Read the number of a stream; 0 is none, or the main one (section 3).

    Raises:
        TypeError: it is no integer.
        ValueError: it has more than 32 bits.
    """
    number = read_int(value)
    if not 0 <= number < 2**32:
        raise ValueError(f"{number} is no number of a stream")
    return number


def read_bool(value: object) -> bool:
    """Read a Go bool. 0 and 1 will do.

    Raises:
        TypeError: it is something else.
    """
    if value is None:
        return False
    if not isinstance(value, int) or value not in {0, 1}:
        raise TypeError(f"expected a bool, got {type(value).__name__}")
    return bool(value)


def read_bytes(value: object) -> bytes:
    """Read a Go ``[]byte``. Text and lists of small integers will do.

    Raises:
        TypeError: it is something else.
    """
    if value is None:
        return b""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape")
    if isinstance(value, list | tuple):
        return bytes(read_int(item) for item in value)
    if not isinstance(value, bytes):
        raise TypeError(f"expected bytes, got {type(value).__name__}")
    return value


def read_list(value: object) -> tuple[object, ...]:
    """Read a Go slice of anything; nil is an empty one.

    Raises:
        TypeError: it is something else.
    """
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise TypeError(f"expected a list, got {type(value).__name__}")
    return tuple(value)


def read_texts(value: object) -> tuple[str, ...]:
    """Read a Go ``[]string``; nil is an empty one.

    Raises:
        TypeError: it is something else.
    """
    return tuple(read_text(item) for item in read_list(value))


def _read_anything(value: object) -> object:
    return value


_READERS: dict[str, Reader] = {
    "str": read_text,
    "int": read_int,
    "StreamNumber": read_stream_number,
    "bool": read_bool,
    "bytes": read_bytes,
    "tuple[str, ...]": read_texts,
    "tuple[object, ...]": read_list,
    "object": _read_anything,
}


@dataclass_transform(kw_only_default=True, eq_default=True)
class Message:
    """Base of every argument and reply that is a struct. Annotations are the schema.

    Each field has Go's zero value as its default; its annotation is one of ``_READERS``.
    """

    _fields: ClassVar[dict[str, Reader]] = {}

    def __init_subclass__(cls) -> None:
        cls._fields = {name: _READERS[kind] for name, kind in cls.__annotations__.items()}

    def __init__(self, **values: object) -> None:
        if unknown := values.keys() - self._fields:
            raise TypeError(f"{type(self).__name__} has no field {min(unknown)}")
        self.__dict__.update(values)

    def to_wire(self) -> dict[str, object]:
        """Return the map, every field in it, in the order of declaration.

        Empty lists are nil, as Go writes them.
        """
        values = ((name, getattr(self, name)) for name in self._fields)
        return {
            name: (list(value) or None) if isinstance(value, tuple) else value
            for name, value in values
        }

    @classmethod
    def from_wire(cls, value: object) -> Self:
        """Read what the peer sent.

        Raises:
            RemoteProtocolError: it has another shape; the message names the field.
        """
        if value is None:
            return cls()
        if isinstance(value, list | tuple):
            value = dict(zip(cls._fields, value, strict=False))
        if not isinstance(value, dict):
            raise RemoteProtocolError(f"{cls.__name__}: expected a map, got {_name_of(value)}")
        return cls(
            **{
                name: cls._read_field(name, read, value[name])
                for name, read in cls._fields.items()
                if name in value
            }
        )

    @classmethod
    def _read_field(cls, name: str, read: Reader, value: object) -> object:
        try:
            return read(value)
        except (TypeError, ValueError) as error:
            raise RemoteProtocolError(f"{cls.__name__}.{name}: {error}") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and other.to_wire() == self.to_wire()

    __hash__ = None  # type: ignore[assignment] # a field may hold anything, also what has no hash

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"{type(self).__name__}({fields})"


def read_reply(method: str, read: Callable[[object], ReadT], value: object) -> ReadT:
    """Read a bare argument or reply (a stream id, a text), naming the method if it is none.

    Raises:
        RemoteProtocolError: it has another shape.
    """
    try:
        return read(value)
    except (TypeError, ValueError) as error:
        raise RemoteProtocolError(f"{method}: {error}") from error


def _name_of(value: object) -> str:
    return type(value).__name__

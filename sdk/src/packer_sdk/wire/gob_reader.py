"""Reads any gob: the types a stream defines, and the one value it carries (protocol section 8.2).

A stream is a row of messages. A message defines a type or carries the value, but a writer that
meets a type in the middle of a value stops there, defines the type, and goes on with the value in
the next message. So whoever reads a value reads from whatever message is the current one.

=================  =============================================================================
Go                 here
=================  =============================================================================
struct             `Struct`; what is zero was not written, and is not in it
map, slice, array  ``dict``, ``list``
interface          `Named`: the name of the type, and the value; None if it is nil
self-encoding      ``bytes``, as are bytes
=================  =============================================================================
"""

from __future__ import annotations

import struct

from packer_sdk.errors import RemoteProtocolError
from packer_sdk.records import record

from .gob import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DEPTH_MAX = 150
"""How deep values may nest."""

_FIRST_FREE_ID = 16
_INTERFACE = 8


@record
class Struct:
    """A struct: the name of its type, and its fields by name."""

    type_name: str
    fields: Mapping[str, object]


@record
class Named:
    """What an interface held: the name its type is registered under, and the value."""

    type_name: str
    value: object


def decode(data: bytes, what: str) -> object:
    """Read the first value of a stream.

    Args:
        data: The stream.
        what: What it should be, for messages.

    Raises:
        RemoteProtocolError: it is no gob; says where.
    """
    stream = _Stream(data)
    try:
        return stream.read()
    except RemoteProtocolError as error:
        place = "".join(stream.path)
        raise RemoteProtocolError(f"{what}{place[:200]}: {error.message}") from error


@record
class _StructType:
    name: str
    fields: tuple[tuple[str, int], ...]


@record
class _MapType:
    key: int
    element: int


@record
class _ListType:
    element: int


@record
class _OpaqueType:
    pass


if TYPE_CHECKING:
    _Type = _StructType | _MapType | _ListType | _OpaqueType


class _Stream:
    """One reading.

    Attributes:
        path: Steps to what is being read; stays where it failed.
    """

    def __init__(self, data: bytes) -> None:
        self.path: list[str] = []
        self._messages = Reader(data)
        self._reader = Reader(b"")
        self._depth = 0
        self._types: dict[int, _Type] = {}

    def read(self) -> object:
        """Read the value."""
        return self._whole(self._next_type())

    # --- messages and types ---------------------------------------------------------------

    def _next_type(self) -> int:
        """Read the type of the value that follows, and the definitions in front of it."""
        while True:
            if not self._reader.left:
                self._reader = Reader(self._messages.read_bytes())
                continue
            number = self._reader.read_int()
            if number >= 0:
                return number
            self._define(-number)
            if self._reader.left:
                self._reader.read_uint()  # a message in a message: its length

    def _define(self, type_id: int) -> None:
        if type_id in self._types or type_id < _FIRST_FREE_ID:
            raise RemoteProtocolError(f"gob: type {type_id} is defined twice")
        types: dict[int, _Type] = {}
        for number in self._numbers():
            if number not in _DEFINITIONS:
                raise RemoteProtocolError(f"gob: no such kind of type: {number}")
            types[type_id] = _DEFINITIONS[number](self)
        if not types:
            raise RemoteProtocolError(f"gob: the definition of type {type_id} is empty")
        self._types |= types

    def _numbers(self) -> Iterator[int]:
        """Read the numbers of the fields of a struct; whoever asks reads the field in between."""
        number = -1
        while step := self._reader.read_uint():
            number += step
            yield number

    def _record(self, *read: Callable[[], object]) -> list[object]:
        """Read a struct of known fields; those that are not there are None."""
        values: list[object] = [None] * len(read)
        for number in self._numbers():
            if number >= len(read):
                raise RemoteProtocolError(f"gob: a definition with a field {number}")
            values[number] = read[number]()
        return values

    def _common(self) -> str:
        name, _ = self._record(self._reader.read_string, self._reader.read_int)
        return name if isinstance(name, str) else ""

    def _array_type(self) -> _ListType:
        _, element, _ = self._record(self._common, self._reader.read_int, self._reader.read_int)
        return _ListType(_id(element))

    def _slice_type(self) -> _ListType:
        _, element = self._record(self._common, self._reader.read_int)
        return _ListType(_id(element))

    def _struct_type(self) -> _StructType:
        fields: list[tuple[str, int]] = []
        name, _ = self._record(self._common, lambda: fields.extend(self._field_types()))
        return _StructType(name if isinstance(name, str) else "", tuple(fields))

    def _field_types(self) -> Iterator[tuple[str, int]]:
        for _ in range(self._count()):
            name, type_id = self._record(self._reader.read_string, self._reader.read_int)
            yield name if isinstance(name, str) else "", _id(type_id)

    def _map_type(self) -> _MapType:
        _, key, element = self._record(self._common, self._reader.read_int, self._reader.read_int)
        return _MapType(_id(key), _id(element))

    def _opaque_type(self) -> _OpaqueType:
        self._record(self._common)
        return _OpaqueType()

    # --- values ---------------------------------------------------------------------------

    def _whole(self, type_id: int) -> object:
        """Read a value that stands alone: there is a zero in front of it, unless it is a struct."""
        if not isinstance(self._types.get(type_id), _StructType) and self._reader.read_uint():
            raise RemoteProtocolError("gob: a value that is no struct begins with a zero")
        return self._value(type_id)

    def _value(self, type_id: int) -> object:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise RemoteProtocolError("gob: nested too deeply")
        value = self._read(type_id)
        self._depth -= 1
        return value

    def _read(self, type_id: int) -> object:
        if type_id in _BUILT_IN:
            return _BUILT_IN[type_id](self._reader)
        if type_id == _INTERFACE:
            return self._interface()
        match self._types.get(type_id):
            case _StructType(name, fields):
                return Struct(name, self._struct(fields))
            case _MapType(key, element):
                return self._map(key, element)
            case _ListType(element):
                return [self._step(f"[{n}]", element) for n in range(self._count())]
            case _OpaqueType():
                return self._reader.read_bytes()
            case _:
                raise RemoteProtocolError(f"gob: type {type_id} is not defined")

    def _struct(self, fields: tuple[tuple[str, int], ...]) -> dict[str, object]:
        values: dict[str, object] = {}
        for number in self._numbers():
            if number >= len(fields):
                raise RemoteProtocolError(f"gob: there is no field {number}")
            name, type_id = fields[number]
            values[name] = self._step(f".{name}", type_id)
        return values

    def _map(self, key_id: int, element: int) -> dict[object, object]:
        values: dict[object, object] = {}
        for _ in range(self._count()):
            key = self._value(key_id)
            if not isinstance(key, str | int | bytes):
                raise RemoteProtocolError(f"gob: a map by {type(key).__name__}")
            values[key] = self._step(f".{key!s}", element)
        return values

    def _interface(self) -> Named | None:
        name = self._reader.read_string()
        if not name:
            return None
        type_id = self._next_type()
        self._reader.read_uint()  # the length, for who wants to skip; definitions make it a lie
        # Go built with a vendor folder, as Debian does it, puts the way there in front.
        return Named(name.rpartition("/vendor/")[2], self._whole(type_id))

    def _step(self, step: str, type_id: int) -> object:
        self.path.append(step)
        value = self._value(type_id)
        self.path.pop()
        return value

    def _count(self) -> int:
        """Read how many elements there are; each takes a byte at least."""
        count = self._reader.read_uint()
        left = self._reader.left + self._messages.left
        if count > left:
            raise RemoteProtocolError(f"gob: {count} elements announced, {left} bytes there")
        return count


_DEFINITIONS: dict[int, Callable[[_Stream], _Type]] = {
    0: _Stream._array_type,  # noqa: SLF001 - its own
    1: _Stream._slice_type,  # noqa: SLF001 - its own
    2: _Stream._struct_type,  # noqa: SLF001 - its own
    3: _Stream._map_type,  # noqa: SLF001 - its own
    4: _Stream._opaque_type,  # noqa: SLF001 - its own
    5: _Stream._opaque_type,  # noqa: SLF001 - its own
    6: _Stream._opaque_type,  # noqa: SLF001 - its own
}


def _read_float(reader: Reader) -> float:
    number: float = struct.unpack("<d", reader.read_uint().to_bytes(8, "big"))[0]
    return number


_BUILT_IN: dict[int, Callable[[Reader], object]] = {
    1: Reader.read_bool,
    2: Reader.read_int,
    3: Reader.read_uint,
    4: _read_float,
    5: Reader.read_bytes,
    6: Reader.read_string,
}


def _id(value: object) -> int:
    return value if isinstance(value, int) else 0

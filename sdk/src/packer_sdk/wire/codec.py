"""Messages of Go's net/rpc in msgpack, sans-I/O: bytes in, messages out (protocol 4).

A message is two objects in a row, a header and a body, with nothing around them. Text and bytes
are different things here: ``str`` travels as str, ``bytes`` as bin. Text that is no UTF-8 passes
unharmed, as surrogates. Times are `msgpack.Timestamp`.
"""

from __future__ import annotations

import msgpack

from packer_sdk.errors import LocalProtocolError, RemoteProtocolError
from packer_sdk.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MESSAGE_LIMIT = 64 * 1024 * 1024
"""Bytes in one object. Configurations are kilobytes; data travels on streams of its own."""

ITEM_LIMIT = 1024 * 1024
"""Entries in one array or map: its header alone makes the decoder reserve the space."""

LARGEST_SEQ = 2**64 - 1

# One allocation of this size per message; it grows when a message needs more.
_PACK_BUFFER = 4096


@record
class Request:
    """A call: ``method`` is ``Service.Method``, ``seq`` numbers the calls of a stream from 0."""

    method: str
    seq: int
    body: object


@record
class Response:
    """The answer to the call of the same ``seq``; an empty ``error`` means success."""

    method: str
    seq: int
    error: str
    body: object


def encode_request(method: str, seq: int, body: object) -> bytes:
    """The bytes of a call.

    Raises:
        LocalProtocolError: if the body holds what msgpack cannot carry.
    """
    return _encode(method, {"ServiceMethod": method, "Seq": seq}, body)


def encode_response(method: str, seq: int, error: str, body: object) -> bytes:
    """The bytes of an answer. With an error, the body is an empty map whatever was given (4.1).

    Raises:
        LocalProtocolError: if the body holds what msgpack cannot carry.
    """
    header = {"ServiceMethod": method, "Seq": seq, "Error": error}
    return _encode(method, header, {} if error else body)


def _encode(method: str, header: Mapping[str, object], body: object) -> bytes:
    # A packer is no thread's friend, and making one costs a microsecond: one per message.
    packer = msgpack.Packer(
        autoreset=False, unicode_errors="surrogateescape", buf_size=_PACK_BUFFER
    )
    try:
        packer.pack(header)
        packer.pack(body)
    except (TypeError, ValueError, OverflowError) as error:
        raise LocalProtocolError(f"{method}: its argument or result cannot travel: {error}") from (
            error
        )
    return bytes(packer.bytes())


class RequestDecoder:
    """The server's half of a stream.

    Args:
        limit: Bytes that a header or a body may have.
    """

    def __init__(self, *, limit: int = MESSAGE_LIMIT) -> None:
        self._pairs = _Pairs("request", ("ServiceMethod", "Seq"), limit)

    def receive_data(self, data: bytes) -> list[Request]:
        """Take bytes off the stream; returns the calls they complete.

        Raises:
            RemoteProtocolError: if they are no msgpack, too long or no call; names the field.
                There is no way back into step: every later call raises it again.
        """
        return [
            Request(header.method, header.seq, body)
            for header, body in self._pairs.receive_data(data)
        ]


class ResponseDecoder:
    """The client's half of a stream.

    Args:
        limit: Bytes that a header or a body may have.
    """

    def __init__(self, *, limit: int = MESSAGE_LIMIT) -> None:
        self._pairs = _Pairs("response", ("ServiceMethod", "Seq", "Error"), limit)

    def receive_data(self, data: bytes) -> list[Response]:
        """Take bytes off the stream; returns the answers they complete.

        Raises:
            RemoteProtocolError: if they are no msgpack, too long or no answer; names the field.
                There is no way back into step: every later call raises it again.
        """
        return [
            Response(header.method, header.seq, header.error, body)
            for header, body in self._pairs.receive_data(data)
        ]


class _Pairs:
    """Pairs of header and body out of a stream of bytes, however it is cut.

    Args:
        what: ``request`` or ``response``, for the texts of errors.
        fields: Names of the header's fields, in the order of Go's struct.
        limit: Bytes that one object may have.
    """

    def __init__(self, what: str, fields: tuple[str, ...], limit: int) -> None:
        self._what = what
        self._fields = fields
        self._limit = limit
        self._header: _Header | None = None
        self._received = 0
        self._object_start = 0
        self._error: RemoteProtocolError | None = None
        self._unpacker = msgpack.Unpacker(
            strict_map_key=False,
            unicode_errors="surrogateescape",
            max_buffer_size=2 * limit,  # an unfinished object, and the piece that ends it
            max_str_len=limit,
            max_bin_len=limit,
            max_ext_len=limit,
            max_array_len=min(limit, ITEM_LIMIT),
            max_map_len=min(limit, ITEM_LIMIT),
        )

    def receive_data(self, data: bytes) -> Iterator[tuple[_Header, object]]:
        if self._error:
            raise self._error
        try:
            for start in range(0, len(data), self._limit):
                yield from self._receive_piece(data[start : start + self._limit])
        except RemoteProtocolError as error:
            self._error = error
            raise

    def _receive_piece(self, data: bytes) -> Iterator[tuple[_Header, object]]:
        self._unpacker.feed(data)
        self._received += len(data)
        for value in self._objects():
            self._object_start = self._unpacker.tell()
            if self._header is None:
                self._header = _Header.read(self._what, self._fields, value)
            else:
                header, self._header = self._header, None
                yield header, value
        if self._received - self._object_start > self._limit:
            raise self._broken(f"longer than {self._limit} bytes")

    def _objects(self) -> Iterator[object]:
        # TypeError: a map with a list as its key, which Python cannot hold.
        try:
            yield from self._unpacker
        except (ValueError, TypeError, msgpack.UnpackException) as error:
            raise self._broken(str(error) or type(error).__name__) from error

    def _broken(self, reason: str) -> RemoteProtocolError:
        if self._header is None:
            return RemoteProtocolError(f"header of a {self._what}: {reason}")
        return RemoteProtocolError(f"body of {self._what} {self._header}: {reason}")


@record
class _Header:
    """Filled as Go fills its struct: what is missing or nil is zero, what is unknown is skipped."""

    method: str
    seq: int
    error: str

    @classmethod
    def read(cls, what: str, fields: tuple[str, ...], value: object) -> _Header:
        """From a map in any order, an array in the order of the fields, or nil."""
        if isinstance(value, list):
            value = dict(zip(fields, value, strict=False))
        if not isinstance(value, dict | None):
            raise RemoteProtocolError(f"header of a {what}: {_shown(value)} is no map")
        found = {name: value.get(name) for name in fields} if value else {}
        return cls(
            _text(what, "ServiceMethod", found),
            _number(what, "Seq", found),
            _text(what, "Error", found),
        )

    def __str__(self) -> str:
        return f"{self.seq} ({self.method})"


def _text(what: str, name: str, header: Mapping[str, object]) -> str:
    value = header.get(name)
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if not isinstance(value, str):
        raise RemoteProtocolError(f"{name} of a {what}: {_shown(value)} is no text")
    return value


def _number(what: str, name: str, header: Mapping[str, object]) -> int:
    value = header.get(name)
    if value is None:
        return 0
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_SEQ:
        raise RemoteProtocolError(f"{name} of a {what}: {_shown(value)} is no number from 0 up")
    return value


def _shown(value: object) -> str:
    # The peer decides how large a value is, so only a small one is shown.
    return repr(value) if isinstance(value, bool | int | float) else type(value).__name__

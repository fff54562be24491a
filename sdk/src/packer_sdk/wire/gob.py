"""The part of Go's gob that is still on the wire: how a remote command ended.

`CommandFinished` travels as gob whatever else was agreed (protocol 5.8). A gob stream is a row of
messages; each says a type id and then either defines that type (negative id) or carries a value.
The primitives (8.2) are here for whoever reads or writes more of it.
"""

from __future__ import annotations

from packer_sdk.errors import LocalProtocolError, RemoteProtocolError

# struct CommandFinished{ExitStatus int}: one message, its length first. The type gets the
# first id a fresh stream has to give, 64.
_FINISHED_TYPE = bytes.fromhex(
    "2b7f0301010f436f6d6d616e6446696e697368656401ff80000101010a457869745374617475730104000000"
)
_FINISHED_ID = 64

_LARGEST_UINT = 2**64 - 1


def encode_finished(status: int) -> bytes:
    """The whole message on a response stream.

    Args:
        status: Exit status of the command; negative and large ones are allowed.

    Raises:
        LocalProtocolError: if it does not fit into 64 bits.
    """
    field = encode_uint(1) + encode_int(status) if status else b""  # a zero is left out
    message = encode_int(_FINISHED_ID) + field + encode_uint(0)
    return _FINISHED_TYPE + encode_uint(len(message)) + message


def decode_finished(data: bytes) -> int:
    """The exit status in a message on a response stream.

    Type ids, and so the length of the definition, differ between processes: definitions are
    skipped by their length, never compared.

    Raises:
        RemoteProtocolError: if the bytes end early or hold no value.
    """
    reader = Reader(data)
    while reader.left:
        message = Reader(reader.read_bytes())
        if message.read_int() >= 0:
            return _read_status(message)
    raise RemoteProtocolError("gob of CommandFinished: there is no value in it")


def _read_status(message: Reader) -> int:
    step = message.read_uint()
    if step == 0:
        return 0
    if step != 1:
        raise RemoteProtocolError(f"gob of CommandFinished: field {step} is unknown")
    return message.read_int()


def encode_uint(value: int) -> bytes:
    """An unsigned number: one byte below 128, else the count of bytes negated, then the bytes.

    Raises:
        LocalProtocolError: if the number is negative or larger than 64 bits.
    """
    if not 0 <= value <= _LARGEST_UINT:
        raise LocalProtocolError(f"gob: {value} does not fit into 64 bits")
    if value < 128:
        return bytes([value])
    size = (value.bit_length() + 7) // 8
    return bytes([256 - size]) + value.to_bytes(size, "big")


def encode_int(value: int) -> bytes:
    """A signed number: the sign is the lowest bit, so that small ones stay short.

    Raises:
        LocalProtocolError: if the number does not fit into 64 bits.
    """
    return encode_uint(value << 1 if value >= 0 else ~value << 1 | 1)


def encode_bool(value: bool) -> bytes:
    """A truth value: 0 or 1."""
    return encode_uint(int(value))


def encode_bytes(value: bytes) -> bytes:
    """Bytes, or the inside of a self-encoding value: their count, then the bytes."""
    return encode_uint(len(value)) + value


def encode_string(value: str) -> bytes:
    """Text: as its bytes."""
    return encode_bytes(value.encode("utf-8", "surrogateescape"))


class Reader:
    """Reads primitives off the front of some bytes.

    Every method raises `RemoteProtocolError` where the bytes end early or make no sense.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    @property
    def left(self) -> int:
        """How many bytes have not been read."""
        return len(self._data) - self._position

    def read_uint(self) -> int:
        """An unsigned number of at most 64 bits."""
        first = self._read(1)[0]
        if first < 128:
            return first
        size = 256 - first
        if size > 8:
            raise RemoteProtocolError(f"gob: a number of {size} bytes, at most 8 are allowed")
        return int.from_bytes(self._read(size), "big")

    def read_int(self) -> int:
        """A signed number."""
        value = self.read_uint()
        return ~(value >> 1) if value & 1 else value >> 1

    def read_bool(self) -> bool:
        """A truth value."""
        return self.read_uint() != 0

    def read_bytes(self) -> bytes:
        """As many bytes as the number in front of them says."""
        return self._read(self.read_uint())

    def read_string(self) -> str:
        """Text; bytes that are no UTF-8 come through as surrogates."""
        return self.read_bytes().decode("utf-8", "surrogateescape")

    def _read(self, size: int) -> bytes:
        if size > self.left:
            raise RemoteProtocolError(f"gob: {size} bytes announced, {self.left} there")
        start, self._position = self._position, self._position + size
        return self._data[start : self._position]

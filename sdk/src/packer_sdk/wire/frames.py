"""The yamux frame: twelve bytes of header, big endian, and what they say (protocol 2.1).

::

    u8 version=0 | u8 type | u16 flags | u32 stream id | u32 length | payload (Data only)
"""

from __future__ import annotations

import enum
import struct

from packer_sdk.errors import RemoteProtocolError
from packer_sdk.records import record

VERSION = 0
HEADER_SIZE = 12

_HEADER = struct.Struct(">BBHII")


class FrameType(enum.IntEnum):
    """What a frame is for; says what its ``length`` means."""

    DATA = 0
    WINDOW_UPDATE = 1
    PING = 2
    GO_AWAY = 3


class Flags(enum.IntFlag):
    """What happens to the stream, or for a ping: question (SYN) or answer (ACK)."""

    NONE = 0
    SYN = 1
    ACK = 2
    FIN = 4
    RST = 8


_TYPES = {int(kind): kind for kind in FrameType}
_LENGTH_SHOWN = {
    FrameType.DATA: "{} bytes",
    FrameType.WINDOW_UPDATE: "+{}",
    FrameType.PING: "#{}",
    FrameType.GO_AWAY: "code {}",
}


@record
class Frame:
    """One frame.

    Args:
        type: What the frame is for.
        flags: Bits of `Flags`; unknown ones are kept and mean nothing.
        stream_id: The stream it belongs to; 0 is the session itself.
        length: Size of the payload in bytes; increment of the window in bytes; number of a ping;
            code of a go-away.
        payload: Data only. Empty in a frame made by `decode_header`.
    """

    type: FrameType
    flags: int
    stream_id: int
    length: int
    payload: bytes = b""

    def encode(self) -> bytes:
        """The bytes of header and payload."""
        return encode_header(self.type, self.flags, self.stream_id, self.length) + self.payload

    def __str__(self) -> str:
        """As a log shows it: ``stream 3 DATA FIN 120 bytes``."""
        words = ["session" if self.stream_id == 0 else f"stream {self.stream_id}", self.type.name]
        words += [flag.name for flag in Flags if flag.name and self.flags & flag]
        return " ".join([*words, _LENGTH_SHOWN[self.type].format(self.length)])


def encode_header(kind: int, flags: int, stream_id: int, length: int) -> bytes:
    """The twelve bytes in front of a payload."""
    return _HEADER.pack(VERSION, kind, flags, stream_id, length)


def decode_header(data: bytes) -> Frame:
    """Read the twelve bytes of a header.

    Raises:
        RemoteProtocolError: if the version or the type is unknown; both end a session (2.1).
    """
    version, kind, flags, stream_id, length = _HEADER.unpack(data)
    if version != VERSION or kind not in _TYPES:
        raise RemoteProtocolError(
            f"not a yamux frame: {data.hex(' ', 4)} (version {version}, type {kind})"
        )
    return Frame(_TYPES[kind], flags, stream_id, length)


def decode(data: bytes) -> Frame:
    """Read one whole frame, payload included.

    Raises:
        RemoteProtocolError: if the bytes are no frame, or not exactly one.
    """
    if len(data) < HEADER_SIZE:
        raise RemoteProtocolError(f"not a yamux frame: only {len(data)} of {HEADER_SIZE} bytes")
    frame = decode_header(data[:HEADER_SIZE])
    payload = data[HEADER_SIZE:]
    if len(payload) != (frame.length if frame.type is FrameType.DATA else 0):
        raise RemoteProtocolError(f"a frame followed by {len(payload)} bytes: {frame}")
    return Frame(frame.type, frame.flags, frame.stream_id, frame.length, payload)

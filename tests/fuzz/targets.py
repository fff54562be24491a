"""What is fuzzed: every reader of bytes that somebody else has written.

Each target takes any bytes. It fails by raising: an exception that is no `RemoteProtocolError`,
or an `AssertionError` where what was read does not survive being written and read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.hcl.body import BlockSchema, BodySchema
from packer_core.hcl.json_body import parse_json_file
from packer_core.hcl.parser import parse_file
from packer_core.hcl.printer import format_text
from packer_sdk.cty import json as cty_json
from packer_sdk.cty import msgpack as cty_msgpack
from packer_sdk.errors import ConnectionLost, LocalProtocolError, RemoteProtocolError
from packer_sdk.wire import (
    codec,
    gob,
    gob_numbers,
    gob_specs,
    gob_types,
    gob_values,
    handshake,
    protobuf,
)
from packer_sdk.wire.session import MOST_ANSWERS, WINDOW, DataReceived, Ended, Session, StreamOpened

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_sdk.wire.session import Event

    Reader = Callable[[bytes], object]
    Writer = Callable[..., bytes]

CODEC_LIMIT = 4096


def yamux(data: bytes) -> None:
    """A session never raises, cuts make no difference, and what it keeps is bounded."""
    whole, cut = Fed(), Fed()
    whole.feed(data)
    for byte in data:
        cut.feed(bytes([byte]))
    assert whole.story() == cut.story()


class Fed:
    """A session that has streams of its own, and gets what comes."""

    def __init__(self) -> None:
        self.session = Session(client=True)
        self.opened = {self.session.open_stream() for _ in range(2)}
        self.read: dict[int, bytes] = {}
        self.events: list[Event] = []
        self.sent = b""

    def feed(self, data: bytes) -> None:
        if self.session.ended:
            return
        for event in self.session.receive_data(data):
            self.take(event)
        queued = sum(len(buffer) for buffer in self.session.data_to_send())
        assert queued <= 12 * (MOST_ANSWERS + 3)

    def take(self, event: Event) -> None:
        if isinstance(event, StreamOpened):
            self.opened.add(event.stream_id)
        if isinstance(event, DataReceived):
            assert event.stream_id in self.opened
            read = self.read[event.stream_id] = self.read.get(event.stream_id, b"") + event.data
            assert len(read) <= WINDOW  # nothing was consumed, so nothing was granted
            return
        if isinstance(event, Ended):
            assert event.error is None or isinstance(
                event.error, RemoteProtocolError | ConnectionLost
            )
        self.events.append(event)

    def story(self) -> tuple[str, dict[int, bytes]]:
        return repr(self.events), self.read


def requests(data: bytes) -> None:
    """Calls are read the same however they are cut."""
    same_however_cut(lambda: codec.RequestDecoder(limit=CODEC_LIMIT), data)


def responses(data: bytes) -> None:
    """Answers are read the same however they are cut."""
    same_however_cut(lambda: codec.ResponseDecoder(limit=CODEC_LIMIT), data)


def same_however_cut(
    new: Callable[[], codec.RequestDecoder | codec.ResponseDecoder], data: bytes
) -> None:
    data = data[:CODEC_LIMIT]  # a message that is too long is noticed with the piece it ends in
    whole, whole_error = read_messages(new(), [data])
    pieces, pieces_error = read_messages(new(), [bytes([byte]) for byte in data])
    assert whole_error == pieces_error
    # What comes in one piece with an error is lost with it; bytewise, it has come before.
    assert whole == (pieces if not whole_error else [])


def read_messages(
    decoder: codec.RequestDecoder | codec.ResponseDecoder, pieces: list[bytes]
) -> tuple[list[str], bool]:
    messages: list[str] = []
    try:
        for piece in pieces:
            messages += map(repr, decoder.receive_data(piece))
    except RemoteProtocolError:
        return messages, True
    return messages, False


def finished(data: bytes) -> None:
    """The exit status of a command."""
    survives(gob.decode_finished, gob.encode_finished, data)


def gob_spec(data: bytes) -> None:
    """A schema in gob."""
    survives(gob_specs.decode_spec, gob_specs.encode_spec, data)


def gob_type(data: bytes) -> None:
    """A type in gob."""
    survives(gob_types.decode_type, gob_types.encode_type, data)


def gob_value(data: bytes) -> None:
    """A value in gob."""
    survives(gob_values.decode_value, gob_values.encode_value, data)


def gob_number(data: bytes) -> None:
    """A number in gob."""
    survives(gob_numbers.decode_number, gob_numbers.encode_number, data)


def protobuf_spec(data: bytes) -> None:
    """A schema in protobuf."""
    survives(protobuf.decode_spec, protobuf.encode_spec, data)


def cty_in_json(data: bytes) -> None:
    """A value in JSON."""
    survives(cty_json.decode, cty_json.encode, data)


def cty_in_msgpack(data: bytes) -> None:
    """A value in msgpack."""
    survives(cty_msgpack.decode, cty_msgpack.encode, data)


def cty_type(data: bytes) -> None:
    """A type in JSON."""
    survives(cty_json.decode_type, cty_json.encode_type, data)


def first_line(data: bytes) -> None:
    """What a plugin prints first."""

    def write(read: handshake.Handshake) -> bytes:
        return handshake.format_line(read).encode("utf-8", "surrogateescape")

    def read(line: bytes) -> handshake.Handshake:
        return handshake.parse_line(line.decode("utf-8", "surrogateescape"))

    survives(read, write, data)


def survives(read: Reader, write: Writer, data: bytes) -> None:
    """What can be read can be written, and is the same when it is read again."""
    try:
        value = read(data)
    except RemoteProtocolError:
        return
    try:
        written = write(value)
    except LocalProtocolError:
        return  # the other side may have words that we have not
    assert read(written) == value


def hcl(data: bytes) -> None:
    """A file of HCL is read; what is right stays so, and means the same, when it is laid out."""
    file = parse_file(data, "x")
    if file.diagnostics:
        return
    tidy = format_text(file.source.text)
    again = parse_file(tidy, "x")
    assert not again.diagnostics
    assert again.body == file.body
    assert format_text(tidy) == tidy


def hcl_in_json(data: bytes) -> None:
    """A file of HCL in JSON is read, whoever asks for what."""
    body = parse_json_file(data, "x").body
    body.just_attributes()
    body.content(BodySchema(("a",), (BlockSchema("b", ("type", "name")),)))


TARGETS: dict[str, Callable[[bytes], None]] = {
    "yamux": yamux,
    "requests": requests,
    "responses": responses,
    "finished": finished,
    "gob-spec": gob_spec,
    "gob-type": gob_type,
    "gob-value": gob_value,
    "gob-number": gob_number,
    "protobuf-spec": protobuf_spec,
    "cty-json": cty_in_json,
    "cty-msgpack": cty_in_msgpack,
    "cty-type": cty_type,
    "first-line": first_line,
    "hcl": hcl,
    "hcl-json": hcl_in_json,
}

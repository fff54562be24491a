from __future__ import annotations

import gc
import io
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.errors import ConnectionLost
from packer_sdk.rpc.streams import copy, drain, reader_of, writer_of
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from typing import BinaryIO

    from packer_sdk.testing import Connected
    from packer_sdk.wire.stream import Stream


@pytest.fixture
def ends(sessions: Connected) -> tuple[Stream, Stream]:
    number = sessions.core.next_id()
    dialled: list[Stream] = []
    thread = spawn("dial", lambda: dialled.append(sessions.plugin.dial(number)))
    accepted = sessions.core.accept(number)
    thread.join()
    return accepted, dialled[0]


class Pieces(io.RawIOBase):
    """Reads and writes as little at a time as an unbuffered pipe may."""

    def __init__(self, data: bytes = b"", most: int = 3) -> None:
        self.data = data
        self.most = most

    def read(self, size: int = -1) -> bytes:
        count = min(self.most, size)
        piece, self.data = self.data[:count], self.data[count:]
        return piece

    def write(self, data: bytes | memoryview) -> int:  # type: ignore[override]
        self.data += bytes(data[: self.most])
        return min(self.most, len(data))


@given(data=st.binary(max_size=50), most=st.integers(1, 7))
def test_copy_when_both_ends_take_little_loses_nothing(data: bytes, most: int) -> None:
    destination = Pieces(most=most)
    copy(cast("BinaryIO", Pieces(data, most + 1)), cast("BinaryIO", destination))
    assert destination.data == data


def test_copy_hands_on_what_a_buffered_reader_has_at_once(ends: tuple[Stream, Stream]) -> None:
    here, there = ends
    buffered = cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", reader_of(here))))
    there.write(b"first")
    arrived = io.BytesIO()

    class Once(io.BytesIO):
        def write(self, data: object) -> int:
            arrived.write(cast("bytes", data))
            there.close()  # only a copy that does not wait for a full buffer gets here
            return len(cast("bytes", data))

    copy(buffered, Once())
    assert arrived.getvalue() == b"first"


def test_drain_reads_to_the_end() -> None:
    source = io.BytesIO(b"x" * 1_000_000)
    drain(source)
    assert source.read() == b""


def test_reader_gives_what_is_there_or_waits_for_all(ends: tuple[Stream, Stream]) -> None:
    here, there = ends
    there.write(b"abcdef")
    reader = reader_of(here)
    assert reader.read(4) == b"abcd"
    assert reader.read1(100) == b"ef"  # type: ignore[attr-defined]
    there.write(b"ghi")
    there.close()
    assert reader.read() == b"ghi"
    assert reader.read() == b""
    assert reader.readable()
    assert not reader.writable()


def test_reader_can_be_wrapped_in_text(ends: tuple[Stream, Stream]) -> None:
    here, there = ends
    there.write("eins\nzwei ü\n".encode())
    there.close()
    raw = cast("io.RawIOBase", reader_of(here))
    lines = io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8")
    assert list(lines) == ["eins\n", "zwei ü\n"]


@pytest.mark.parametrize("data", [b"abc", bytearray(b"abc"), memoryview(b"abc")])
def test_writer_sends_all_of_any_buffer(ends: tuple[Stream, Stream], data: bytes) -> None:
    here, there = ends
    with writer_of(there) as writer:
        assert writer.writable()
        assert writer.write(data) == 3
    assert reader_of(here).read() == b"abc"


def test_closing_twice_is_harmless(ends: tuple[Stream, Stream]) -> None:
    reader, writer = reader_of(ends[0]), writer_of(ends[1])
    for file in (reader, writer, reader, writer):
        file.close()


def test_reading_after_a_reset_is_an_error_not_an_end(ends: tuple[Stream, Stream]) -> None:
    here, there = ends
    there.reset()
    with pytest.raises(ConnectionLost):
        reader_of(here).read()


def test_a_file_that_is_forgotten_leaves_its_stream_as_it_is(ends: tuple[Stream, Stream]) -> None:
    # Collecting happens anywhere, also where the connection's lock is held: closing would hang.
    near, far = ends
    for make in (reader_of, writer_of):
        make(near)
    gc.collect()
    near.write(b"still")
    assert far.read() == b"still"
    far.write(b"open")
    assert near.read() == b"open"

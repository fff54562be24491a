from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from packer_core.ui.output import Output, encode
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    import pytest


def test_text_is_written_and_flushed(screen: Any) -> None:
    Output(screen).write("grüße\n")
    assert screen.text == "grüße\n"


def test_undecodable_bytes_come_out_as_they_went_in(screen: Any) -> None:
    Output(screen).write(b"\xff\xfe!\n".decode("utf-8", "surrogateescape"))
    assert screen.raw_bytes.getvalue() == b"\xff\xfe!\n"


def test_a_narrow_terminal_gets_escapes(narrow_screen: Any) -> None:
    Output(narrow_screen).write("grüße €\n")
    assert narrow_screen.text == "gr\\xfc\\xdfe \\u20ac\n"


@given(st.text(st.characters(codec=None)), st.sampled_from(["utf-8", "ascii", "latin-1", "cp1252"]))
def test_every_text_can_be_encoded(text: str, encoding: str) -> None:
    assert isinstance(encode(text, encoding), bytes)


def test_a_stream_without_bytes_will_do() -> None:
    stream = io.StringIO()
    Output(stream).write("hello\n")
    assert stream.getvalue() == "hello\n"


def test_a_closed_pipe_is_ignored() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        output = Output(stream)
        os.close(reader)
        output.write("nobody reads this\n")
        output.write("nor this\n")
        # What is left in the buffer has to go somewhere before the stream can be closed.
        drain = os.open(os.devnull, os.O_WRONLY)
        os.dup2(drain, stream.fileno())
        os.close(drain)


def test_a_closed_stream_is_ignored(screen: Any) -> None:
    output = Output(screen)
    screen.close()
    output.write("too late\n")
    assert not output.interactive


def test_a_full_disk_is_told_once_and_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.TextIOWrapper(io.FileIO("/dev/full", "w"), write_through=True)
    output = Output(stream)
    for _ in range(3):
        output.write("x\n")
    assert output.is_incomplete
    said = "output is lost: No space left on device; the work goes on\n"
    assert capsys.readouterr().err == said
    stream.detach().close()


def test_a_pipe_that_does_not_block_loses_nothing() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    received = bytearray()

    def read() -> None:
        while data := os.read(reader, 65536):
            received.extend(data)

    text = "0123456789" * 100_000
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        thread = spawn("reader", read)
        Output(stream).write(text)
    thread.join()
    os.close(reader)
    assert received.decode() == text


def test_a_terminal_is_interactive_unless_it_is_dumb(
    terminal_screen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Output(terminal_screen).interactive
    monkeypatch.setenv("TERM", "dumb")
    assert not Output(terminal_screen).interactive


def test_a_file_is_not_interactive(screen: Any) -> None:
    assert not Output(screen).interactive

from __future__ import annotations

import io
import os
import socket
import sys
from pathlib import Path

import pytest

from packer_core.errors import TemplateError
from packer_core.template.source_file import MOST_BYTES, read_file, read_standard_input
from packer_sdk.threads import spawn


def refusal(path: Path, silence_s: float = 30.0) -> str:
    with pytest.raises(TemplateError) as caught:
        read_file(path, "template", silence_s=silence_s)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic.summary


def test_file_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "box.json"
    path.write_bytes(b"x" * 200_001)
    assert read_file(path, "template") == b"x" * 200_001


def test_missing_file_tells_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TemplateError) as caught:
        read_file(Path("bax.json"), "template")
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.summary == "cannot read template: bax.json: there is no such file"
    assert diagnostic.hint == f"the working folder is {tmp_path}"


def test_missing_file_in_a_deleted_folder_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(TemplateError) as caught:
        read_file(Path("box.json"), "template")
    assert caught.value.diagnostics[0].hint == "the working folder is deleted"


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file that opens but cannot be read")
def test_failure_in_the_middle_of_reading_is_told() -> None:
    assert refusal(Path("/proc/self/mem")).endswith("input/output error")


def test_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path).endswith("it is a folder, not a file")


def test_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert refusal(tmp_path / "file" / "box.json").endswith("a part of the path is no folder")


def test_circle_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert refusal(tmp_path / "a").endswith("its symbolic links go in a circle")


def test_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / ("x" * 300)).endswith("the path is too long")


def test_name_with_a_nul_is_refused() -> None:
    assert "a\0b: no path contains a NUL" in refusal(Path("a\0b"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "box.json"
    path.touch(mode=0)
    assert refusal(path).endswith("reading it is not allowed")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/random"])
def test_device_is_refused_without_reading_it(device: str) -> None:
    assert refusal(Path(device)).endswith("it is a device, not a file")


def test_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # names of sockets must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("s")
        assert refusal(Path("s")).endswith("it is a socket")


def test_pipe_nobody_writes_to_is_given_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    message = refusal(tmp_path / "pipe", silence_s=0.05)
    assert message.endswith("it is a pipe, and was silent for 0.05 seconds")


def test_pipe_whose_writer_falls_silent_is_given_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    descriptor = os.open(tmp_path / "pipe", os.O_RDWR)
    try:
        os.write(descriptor, b'{"builders":')
        assert "silent" in refusal(tmp_path / "pipe", silence_s=0.05)
    finally:
        os.close(descriptor)


def test_pipe_is_read_to_its_end_as_process_substitution_needs() -> None:
    reading, writing = os.pipe()
    try:
        os.write(writing, b"x" * 60_000)
        os.close(writing)
        assert read_file(Path(f"/dev/fd/{reading}"), "template") == b"x" * 60_000
    finally:
        os.close(reading)


def test_writer_that_comes_later_is_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = spawn("late", (tmp_path / "pipe").write_bytes, b"x" * 200_000)
    assert read_file(tmp_path / "pipe", "template") == b"x" * 200_000
    writer.join()


def test_too_large_file_is_refused_with_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "box.json"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES)
    assert len(read_file(path, "template")) == MOST_BYTES
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    assert refusal(path) == f"cannot read template: {path}: it is larger than 8 MiB"


def test_standard_input_is_read_to_its_end() -> None:
    assert read_standard_input("template", io.BytesIO(b"{}")) == b"{}"


def test_standard_input_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
    assert read_standard_input("template") == b"{}"


def test_closed_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    stream.close()
    with pytest.raises(TemplateError, match="from standard input: I/O operation on closed file"):
        read_standard_input("template", stream)
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(TemplateError, match="from standard input: it is closed"):
        read_standard_input("template")


def test_endless_standard_input_is_refused() -> None:
    with (
        Path("/dev/zero").open("rb") as endless,
        pytest.raises(TemplateError, match="larger than 8 MiB"),
    ):
        read_standard_input("template", endless)

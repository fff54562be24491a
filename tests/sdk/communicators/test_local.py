from __future__ import annotations

import io
import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psutil
import pytest

from packer_sdk.communicators.local import LocalCommunicator
from packer_sdk.errors import ComponentError
from packer_sdk.interfaces import FileInfo, RemoteCommand

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def local() -> Iterator[LocalCommunicator]:
    with LocalCommunicator() as communicator:
        yield communicator


def is_alive(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def run(local: LocalCommunicator, text: str, stdin: bytes | None = None) -> tuple[int, str, str]:
    output, errors = io.BytesIO(), io.BytesIO()
    source = None if stdin is None else io.BytesIO(stdin)
    status = local.start(RemoteCommand(text, source, output, errors)).wait(20)
    return status, output.getvalue().decode(), errors.getvalue().decode()


def test_start_delivers_output_errors_and_status(local: LocalCommunicator) -> None:
    assert run(local, "echo out; echo err >&2; exit 7") == (7, "out\n", "err\n")


def test_start_feeds_stdin_to_its_end(local: LocalCommunicator) -> None:
    data = os.urandom(1_000_000).hex().encode()
    status, output, _ = run(local, "cat", data)
    assert status == 0
    assert output.encode() == data


def test_start_without_stdin_gives_an_empty_one(local: LocalCommunicator) -> None:
    assert run(local, "cat; echo done") == (0, "done\n", "")


def test_start_without_sinks_throws_output_away(local: LocalCommunicator) -> None:
    assert local.start(RemoteCommand("echo a; echo b >&2; exit 3")).wait(20) == 3


def test_start_with_a_broken_sink_lets_the_command_finish(local: LocalCommunicator) -> None:
    sink = io.BytesIO()
    sink.close()
    command = RemoteCommand("head -c 2000000 /dev/zero; exit 4", stdout=sink)
    assert local.start(command).wait(20) == 4


def test_start_with_stdin_nobody_reads_ends(local: LocalCommunicator) -> None:
    assert run(local, "exit 5", b"x" * 1_000_000)[0] == 5


def test_start_reports_a_signal_as_a_shell_does(local: LocalCommunicator) -> None:
    assert run(local, "kill -TERM $$")[0] == 128 + 15


def test_start_in_a_folder_with_an_environment(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "GREETING": "hello"}
    with LocalCommunicator(cwd=tmp_path, env=environment) as local:
        assert run(local, "pwd; echo $GREETING") == (0, f"{tmp_path}\nhello\n", "")


def test_start_fails_in_words_when_there_is_no_shell() -> None:
    local = LocalCommunicator(shell=("/no/such/shell", "-c"))
    with pytest.raises(ComponentError, match="cannot start a command: /no/such/shell: No such"):
        local.start(RemoteCommand("true"))


def test_wait_times_out_and_close_kills_the_whole_group(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    with LocalCommunicator() as local:
        running = local.start(
            RemoteCommand(f"sleep 600 & echo $! > {mark}; wait", stdout=io.BytesIO())
        )
        while not (mark.exists() and mark.read_text().strip()):
            time.sleep(0.01)
        with pytest.raises(TimeoutError):
            running.wait(0.01)
    assert running.wait(20) == 128 + 9
    grandchild = int(mark.read_text())
    while is_alive(grandchild):
        time.sleep(0.01)


def test_wait_comes_back_at_once_the_second_time(local: LocalCommunicator) -> None:
    running = local.start(RemoteCommand("exit 2"))
    assert (running.wait(20), running.wait(0)) == (2, 2)


def test_close_after_the_end_does_nothing(local: LocalCommunicator) -> None:
    run(local, "true")
    local.close()


def test_upload_writes_bytes_mode_and_time(local: LocalCommunicator, tmp_path: Path) -> None:
    target = tmp_path / "motd"
    moment = datetime(2020, 1, 2, tzinfo=UTC)
    local.upload(
        str(target), io.BytesIO(b"hello"), info=FileInfo("x", 5, mode=0o640, modified=moment)
    )
    assert target.read_bytes() == b"hello"
    assert target.stat().st_mode & 0o777 == 0o640
    assert target.stat().st_mtime == moment.timestamp()


def test_upload_into_a_folder_takes_the_name_of_the_file(
    local: LocalCommunicator, tmp_path: Path
) -> None:
    local.upload(str(tmp_path), io.BytesIO(b"a"), info=FileInfo("a.txt", 1))
    local.upload(f"{tmp_path}/", io.BytesIO(b"b"), info=FileInfo("b.txt", 1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt"]


def test_upload_names_the_path_that_cannot_be_written(
    local: LocalCommunicator, tmp_path: Path
) -> None:
    with pytest.raises(ComponentError, match=r"cannot write: .*/no/such: No such file"):
        local.upload(f"{tmp_path}/no/such", io.BytesIO(b""))


def test_download_reads_a_file(local: LocalCommunicator, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a" * 600_000)
    sink = io.BytesIO()
    local.download(str(tmp_path / "a"), sink)
    assert sink.getvalue() == b"a" * 600_000


def test_download_names_the_path_that_is_missing(local: LocalCommunicator) -> None:
    with pytest.raises(ComponentError, match="cannot read: /no/such: No such file"):
        local.download("/no/such", io.BytesIO())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "conf"
    (source / "inner").mkdir(parents=True)
    (source / "a.txt").write_text("a")
    (source / "inner" / "b.log").write_text("b")
    return source


@pytest.mark.parametrize("method", ["upload_dir", "download_dir"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_trailing_slash_copies_only_what_is_inside(
    local: LocalCommunicator, folder: Path, tmp_path: Path, method: str, slash: str
) -> None:
    target = tmp_path / "target"
    source = f"{folder}{slash}"
    prefix = "" if slash else "conf/"
    if method == "upload_dir":
        local.upload_dir(str(target), source)
    else:
        local.download_dir(source, str(target))
    assert (target / f"{prefix}a.txt").read_text() == "a"
    assert (target / f"{prefix}inner/b.log").read_text() == "b"


def test_upload_dir_leaves_out_what_is_excluded(
    local: LocalCommunicator, folder: Path, tmp_path: Path
) -> None:
    local.upload_dir(str(tmp_path / "t"), f"{folder}/", exclude=["inner/*.log"])
    assert (tmp_path / "t" / "a.txt").exists()
    assert not (tmp_path / "t" / "inner" / "b.log").exists()


def test_upload_dir_names_a_missing_folder(local: LocalCommunicator, tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match="not there: /no/such"):
        local.upload_dir(str(tmp_path), "/no/such")


def test_upload_dir_names_the_file_that_cannot_be_copied(
    local: LocalCommunicator, folder: Path, tmp_path: Path
) -> None:
    (folder / "dangling").symlink_to("nowhere")
    with pytest.raises(ComponentError, match=r"cannot copy: .*dangling: .*No such file"):
        local.upload_dir(str(tmp_path / "t"), str(folder))

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from packer_plugin_bundled.files import in_words, locked, replacing
from packer_sdk import Cancelled, CancelToken, ComponentError
from packer_sdk.testing import RecordingUi


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_in_words_names_what_where_and_why() -> None:
    message = "cannot open the thing: /no/such: No such file"
    with pytest.raises(ComponentError, match=message), in_words("open the thing", "/no/such"):
        Path("/no/such").read_bytes()


def test_replacing_makes_folders_and_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c"
    with replacing(path) as file:
        file.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert names(path.parent) == ["c"]


def test_replacing_leaves_the_old_file_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def write() -> None:
        with replacing(path) as file:
            file.write(b"half")
            raise Cancelled

    with pytest.raises(Cancelled):
        write()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_replacing_gives_a_new_file_the_usual_mode(tmp_path: Path) -> None:
    previous = os.umask(0o027)
    try:
        with replacing(tmp_path / "file"):
            pass
    finally:
        os.umask(previous)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def test_replacing_keeps_the_mode_of_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    path.chmod(0o604)
    with replacing(path):
        pass
    assert path.stat().st_mode & 0o777 == 0o604


def test_replacing_with_a_mode_is_private_from_the_start(tmp_path: Path) -> None:
    with replacing(tmp_path / "file", mode=0o600):
        (aside,) = tmp_path.iterdir()
        assert aside.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_replacing_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    with replacing(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_replacing_writes_to_a_device(tmp_path: Path) -> None:
    with replacing(Path("/dev/null")) as file:
        file.write(b"x")
    assert Path("/dev/null").is_char_device()


def test_replacing_refuses_a_folder(tmp_path: Path) -> None:
    message = f"cannot write: {tmp_path}: is a folder"
    with pytest.raises(ComponentError, match=message), replacing(tmp_path):
        pass


COUNT_UP = """
import sys
from pathlib import Path
from packer_plugin_bundled.files import locked
from packer_sdk import CancelToken

path = Path(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with locked(path, None, CancelToken()):
        number = int(path.read_text())
        path.write_text(str(number + 1))
"""


def test_locked_lets_one_process_at_a_time_in(tmp_path: Path) -> None:
    path = tmp_path / "number"
    path.write_text("0")
    command = [sys.executable, "-c", COUNT_UP, str(path), "25"]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert path.read_text() == "75"
    assert names(tmp_path) == ["number"]


def count_up(path: Path, times: int) -> None:
    for _ in range(times):
        with locked(path, RecordingUi(), CancelToken()):
            path.write_text(str(int(path.read_text()) + 1))


def test_locked_lets_one_thread_at_a_time_in(tmp_path: Path) -> None:
    path = tmp_path / "number"
    path.write_text("0")
    threads = [threading.Thread(target=count_up, args=(path, 10)) for _ in range(4)]  # noqa: TID251
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert path.read_text() == "40"


def test_locked_ignores_a_lock_file_that_was_left_behind(
    tmp_path: Path, ui: RecordingUi, cancel: CancelToken
) -> None:
    (tmp_path / "m.json.lock").write_text("left by a crash")
    with locked(tmp_path / "m.json", ui, cancel):
        pass
    assert not names(tmp_path)


def test_locked_waits_says_so_and_ends_on_cancel(
    tmp_path: Path, ui: RecordingUi, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("packer_plugin_bundled.files._LOCK_QUIET_S", 0.05)
    lock = tmp_path / "m.json.lock"
    with lock.open("w") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        timer = threading.Timer(0.3, cancel.cancel)
        timer.start()
        with pytest.raises(Cancelled), locked(tmp_path / "m.json", ui, cancel):
            pass
        timer.join()
    assert ui.said == [f"Waiting for another build to release {lock}"]
    assert lock.exists()


def test_locked_names_a_lock_file_that_cannot_be_made(
    tmp_path: Path, ui: RecordingUi, cancel: CancelToken
) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "m.json"
    with pytest.raises(ComponentError, match=r"cannot lock: .*/file"), locked(path, ui, cancel):
        pass

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from packer_plugin_bundled.file_provisioner import FileConfig, FileProvisioner
from packer_sdk import Cancelled, ComponentError, Problem, RemoteError
from packer_sdk.config import decode_config
from packer_sdk.testing import Loopback, ScriptedCommunicator

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from packer_sdk import CancelToken, Communicator, FileInfo
    from packer_sdk.communicators.local import LocalCommunicator
    from packer_sdk.testing import RecordingUi


class Copier:
    """A file provisioner, its ui and its token."""

    def __init__(self, ui: RecordingUi, cancel: CancelToken) -> None:
        self.ui = ui
        self.cancel = cancel

    def __call__(self, communicator: Communicator, **options: object) -> None:
        config = decode_config(FileConfig, [options])
        FileProvisioner().provision(config, self.ui, communicator, {}, self.cancel)


@pytest.fixture
def copy(ui: RecordingUi, cancel: CancelToken, here: Path) -> Copier:
    (here / "conf" / "inner").mkdir(parents=True)
    (here / "conf" / "inner" / "x").write_text("x")
    (here / "a.txt").write_bytes(b"a")
    (here / "b.txt").write_bytes(b"b")
    return Copier(ui, cancel)


@pytest.fixture
def machine() -> ScriptedCommunicator:
    return ScriptedCommunicator(files={"/var/log/app.log": b"log", "/etc/motd": b"hello"})


# --- upload -------------------------------------------------------------------------------


def test_upload_carries_bytes_name_size_and_mode(
    copy: Copier, machine: ScriptedCommunicator, here: Path
) -> None:
    (here / "a.txt").chmod(0o750)
    copy(machine, source="a.txt", destination="/tmp/new")
    assert machine.files["/tmp/new"] == b"a"
    info = machine.infos["/tmp/new"]
    assert info
    assert (info.name, info.size_bytes, info.mode) == ("a.txt", 1, 0o750)
    assert copy.ui.said == ["Uploading a.txt => /tmp/new"]


def test_upload_to_a_folder_keeps_the_name(copy: Copier, machine: ScriptedCommunicator) -> None:
    copy(machine, source="conf/inner/x", destination="/tmp/")
    assert machine.files["/tmp/x"] == b"x"


def test_upload_takes_every_source_in_order(copy: Copier, machine: ScriptedCommunicator) -> None:
    copy(machine, sources=["a.txt", "conf", "b.txt"], destination="/tmp/")
    assert machine.files["/tmp/a.txt"] == b"a"
    assert machine.files["/tmp/b.txt"] == b"b"
    assert len(machine.folders) == 1


@pytest.mark.parametrize("slash", ["", "/"])
def test_upload_of_a_folder_keeps_its_slash_and_needs_no_working_folder(
    copy: Copier, machine: ScriptedCommunicator, here: Path, slash: str
) -> None:
    copy(machine, source=f"conf{slash}", destination="/opt")
    assert machine.folders == [("upload_dir", "/opt", f"{here}/conf{slash}", ())]


def test_upload_of_a_folder_arrives(copy: Copier, local: LocalCommunicator, here: Path) -> None:
    copy(local, source="conf", destination=str(here / "new"))
    copy(local, source="conf/", destination=str(here / "flat"))
    assert (here / "new" / "conf" / "inner" / "x").read_text() == "x"
    assert (here / "flat" / "inner" / "x").read_text() == "x"


def test_upload_of_a_generated_file_that_was_not_made_is_named(
    copy: Copier, machine: ScriptedCommunicator
) -> None:
    with pytest.raises(ComponentError, match="cannot upload: gone: No such file"):
        copy(machine, source="gone", destination="/tmp/x", generated=True)


def test_content_is_private_and_never_shown(copy: Copier, machine: ScriptedCommunicator) -> None:
    copy(machine, content="s3cret", destination="/etc/token")
    assert machine.files["/etc/token"] == b"s3cret"
    info = machine.infos["/etc/token"]
    assert info
    assert (info.name, info.size_bytes, info.mode) == ("token", 6, 0o600)
    assert "s3cret" not in "".join(copy.ui.said)


def test_content_to_a_folder_gets_a_name_that_stays(
    copy: Copier, machine: ScriptedCommunicator
) -> None:
    copy(machine, content="x", destination="/etc/conf.d/")
    copy(machine, content="x", destination="/etc/conf.d/")
    assert machine.files["/etc/conf.d/content-2d711642"] == b"x"


def test_empty_content_is_an_empty_file(copy: Copier, machine: ScriptedCommunicator) -> None:
    copy(machine, content="", destination="/etc/empty")
    assert machine.files["/etc/empty"] == b""


# --- download -----------------------------------------------------------------------------


def test_download_makes_folders_on_the_way(
    copy: Copier, machine: ScriptedCommunicator, here: Path
) -> None:
    copy(machine, direction="download", source="/var/log/app.log", destination="logs/deep/l")
    assert (here / "logs" / "deep" / "l").read_bytes() == b"log"
    assert copy.ui.said == ["Downloading /var/log/app.log => logs/deep/l"]


def test_download_to_a_folder_keeps_the_name(
    copy: Copier, machine: ScriptedCommunicator, here: Path
) -> None:
    copy(machine, direction="download", source="/etc/motd", destination="new/")
    copy(machine, direction="download", source="/etc/motd", destination="conf")
    assert (here / "new" / "motd").read_bytes() == b"hello"
    assert (here / "conf" / "motd").read_bytes() == b"hello"


def test_download_goes_on_after_a_folder(
    copy: Copier, machine: ScriptedCommunicator, here: Path
) -> None:
    sources = ["/var/log/", "/etc/*.conf", "/etc/motd"]
    copy(machine, direction="download", sources=sources, destination="new/")
    target = str(here / "new")
    assert machine.folders == [
        ("download_dir", target, "/var/log/", ()),
        ("download_dir", target, "/etc/*.conf", ()),
    ]
    assert (here / "new" / "motd").read_bytes() == b"hello"


def test_download_that_fails_leaves_the_old_file(
    copy: Copier, machine: ScriptedCommunicator, here: Path
) -> None:
    before = sorted(here.iterdir())
    with pytest.raises(ComponentError, match="no such file in the machine: /gone"):
        copy(machine, direction="download", source="/gone", destination="a.txt")
    assert (here / "a.txt").read_bytes() == b"a"
    assert sorted(here.iterdir()) == before


# --- cancel -------------------------------------------------------------------------------


class Stuck(ScriptedCommunicator):
    """A machine that takes and gives for ever, or until ``release``."""

    def __init__(self, cancel: CancelToken) -> None:
        super().__init__()
        self.release = threading.Event()
        self._cancel = cancel

    def upload(self, destination: str, source: BinaryIO, *, info: FileInfo | None = None) -> None:
        self._hang()

    def download(self, source: str, destination: BinaryIO) -> None:
        self._hang()

    def upload_dir(self, *arguments: object, **named: object) -> None:
        self._hang()

    def _hang(self) -> None:
        self._cancel.cancel()
        self.release.wait()


@pytest.mark.parametrize(
    "options",
    [
        {"source": "a.txt"},
        {"content": "x"},
        {"source": "conf"},
        {"source": "/etc/motd", "direction": "download"},
    ],
)
def test_a_cancel_ends_every_copy(
    copy: Copier, cancel: CancelToken, options: dict[str, object]
) -> None:
    machine = Stuck(cancel)
    try:
        with pytest.raises(Cancelled):
            copy(machine, destination="target", **options)
    finally:
        machine.release.set()


# --- check --------------------------------------------------------------------------------


def problems_of(**options: object) -> list[Problem]:
    return list(FileProvisioner().check(decode_config(FileConfig, [options])))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "nothing to copy: set source, sources or content"),
        ({"source": "a.txt", "content": "x"}, "content: set either content or a source"),
        ({"content": "x", "direction": "download"}, "content: only uploads have content"),
        ({"source": "gone"}, "source: no such file or folder: gone"),
        ({"sources": ["a.txt", "gone"]}, "sources[1]: no such file or folder: gone"),
        ({"source": "a.txt", "destination": ""}, "destination: is empty"),
    ],
)
def test_check_refuses(here: Path, options: dict[str, object], text: str) -> None:
    (here / "a.txt").touch()
    problems = problems_of(**{"destination": "/tmp/", **options})
    errors = [str(problem) for problem in problems if problem.severity == "error"]
    assert len(errors) == 1
    assert errors[0].startswith(text)


@pytest.mark.parametrize(
    "options",
    [
        {"source": "gone", "generated": True},
        {"source": "<unknown>"},
        {"source": "/etc/motd", "direction": "download"},
        {"source": "a.txt", "content": ""},
        {"content": ""},
    ],
)
def test_check_accepts(here: Path, options: dict[str, object]) -> None:
    (here / "a.txt").touch()
    assert not problems_of(destination="/tmp/x", **options)


def test_check_warns_of_sources_that_overwrite_each_other(here: Path) -> None:
    (here / "a").touch()
    (problem,) = problems_of(sources=["a", "a"], destination="/tmp")
    assert (problem.severity, problem.path) == ("warning", "destination")
    assert "/tmp/" in (problem.hint or "")


def test_check_warns_of_content_without_a_name() -> None:
    (problem,) = problems_of(content="x", destination="/etc/conf.d/")
    assert problem.severity == "warning"


# --- through the wire ---------------------------------------------------------------------


def test_a_large_file_goes_there_and_back_with_a_bar(
    ui: RecordingUi, cancel: CancelToken, local: LocalCommunicator, here: Path
) -> None:
    data = bytes(range(256)) * 20_000
    (here / "disk.img").write_bytes(data)
    (here / "disk.img").chmod(0o640)
    there = here / "there"
    with Loopback(FileProvisioner) as provisioner:
        provisioner.prepare([{"source": "disk.img", "destination": str(there)}])
        provisioner.provision(ui, local, {}, cancel)
        back = {"source": str(there), "destination": "back/", "direction": "download"}
        provisioner.prepare([back])
        provisioner.provision(ui, local, {}, cancel)
    assert there.read_bytes() == data
    assert there.stat().st_mode & 0o777 == 0o640
    assert (here / "back" / "there").read_bytes() == data
    (bar,) = ui.bars
    assert (bar.label, bar.current, bar.total) == ("disk.img", len(data), len(data))


def test_a_failure_of_the_machine_is_told_through_the_wire(
    ui: RecordingUi, cancel: CancelToken, local: LocalCommunicator, here: Path
) -> None:
    (here / "a").write_bytes(b"a" * 2_000_000)
    with Loopback(FileProvisioner) as provisioner:
        provisioner.prepare([{"source": "a", "destination": "/no/such/folder/a"}])
        with pytest.raises(RemoteError, match=r"cannot write: /no/such/folder/a: No such"):
            provisioner.provision(ui, local, {}, cancel)


def test_a_source_is_read_a_piece_at_a_time(copy: Copier, here: Path) -> None:
    sizes: list[int] = []

    class Watching(ScriptedCommunicator):
        def upload(
            self, destination: str, source: BinaryIO, *, info: FileInfo | None = None
        ) -> None:
            while piece := source.read(1000):
                sizes.append(len(piece))

    (here / "big").write_bytes(b"x" * 2_500)
    copy(Watching(), source="big", destination="/tmp/big")
    assert sizes == [1000, 1000, 500]

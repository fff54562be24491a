from __future__ import annotations

import os
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpers.bundled import an_artifact
from packer_plugin_bundled.compress import CompressConfig, CompressPostProcessor
from packer_sdk import Cancelled, ComponentError
from packer_sdk.config import decode_config

if TYPE_CHECKING:
    from packer_sdk import CancelToken, Processed
    from packer_sdk.testing import RecordingUi

DATA = b"0123456789" * 150_000
EPOCH_S = 1_500_000_000


class Packer:
    """A compress post-processor, its ui and its token."""

    def __init__(self, ui: RecordingUi, cancel: CancelToken) -> None:
        self.ui = ui
        self.cancel = cancel

    def __call__(self, files: list[str], **options: object) -> Processed:
        raw = {"packer_build_name": "web", "packer_builder_type": "file", **options}
        config = decode_config(CompressConfig, [raw])
        assert not list(CompressPostProcessor().check(config))
        artifact = an_artifact(files=files, data={"ID": "x"})
        return CompressPostProcessor().post_process(config, self.ui, artifact, self.cancel)


@pytest.fixture
def pack(ui: RecordingUi, cancel: CancelToken, here: Path) -> Packer:
    (here / "out" / "inner").mkdir(parents=True)
    (here / "out" / "disk.img").write_bytes(DATA)
    (here / "out" / "inner" / "run.sh").write_text("#!/bin/sh\n")
    (here / "out" / "inner" / "run.sh").chmod(0o755)
    (here / "out" / "link").symlink_to("disk.img")
    (here / "a.txt").write_bytes(b"a")
    return Packer(ui, cancel)


def output_of(*command: str) -> bytes:
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_default_is_a_tar_gz_named_after_the_build(here: Path, pack: Packer) -> None:
    processed = pack(["out/disk.img", "a.txt"])
    made = processed.artifact
    assert list(made.files) == ["packer_web_file"]
    assert (processed.keep_input, processed.force_keep) == (False, False)
    assert made.builder_id == "packer.post-processor.compress"
    assert made.state("generated_data") == {"ID": "x"}
    assert output_of("tar", "tzf", "packer_web_file") == b"out/disk.img\na.txt\n"
    (bar,) = pack.ui.bars
    assert (bar.current, bar.total, bar.open) == (len(DATA) + 1, len(DATA) + 1, False)


@pytest.mark.parametrize(
    ("output", "flag"), [("o.tar", ""), ("o.tar.gz", "z"), ("o.tar.bz2", "j"), ("o.tar.xz", "J")]
)
def test_tar_holds_folders_links_and_modes(
    here: Path, pack: Packer, output: str, flag: str
) -> None:
    pack(["out", "a.txt"], output=output)
    (here / "new").mkdir()
    output_of("tar", f"x{flag}f", output, "-C", "new")
    assert (here / "new" / "out" / "disk.img").read_bytes() == DATA
    assert (here / "new" / "out" / "inner" / "run.sh").stat().st_mode & 0o777 == 0o755
    assert Path("new/out/link").readlink() == Path("disk.img")
    assert (here / "new" / "a.txt").read_bytes() == b"a"


def test_zip_holds_folders_links_and_modes(here: Path, pack: Packer) -> None:
    pack(["out", "a.txt"], output="o.zip")
    output_of("unzip", "-q", "o.zip", "-d", "new")
    assert (here / "new" / "out" / "disk.img").read_bytes() == DATA
    assert (here / "new" / "out" / "inner" / "run.sh").stat().st_mode & 0o777 == 0o755
    assert Path("new/out/link").readlink() == Path("disk.img")
    assert (here / "o.zip").stat().st_size < len(DATA) / 10


@pytest.mark.parametrize(
    ("output", "tool"),
    [("o.gz", "gzip"), ("o.bz2", "bzip2"), ("o.xz", "xz"), ("o.bgzf", "gzip")],
)
def test_one_file_is_compressed_as_it_is(here: Path, pack: Packer, output: str, tool: str) -> None:
    pack(["out/disk.img"], output=output)
    packed = (here / output).read_bytes()
    done = subprocess.run([tool, "-dc"], input=packed, capture_output=True, check=True)
    assert done.stdout == DATA


def test_entries_keep_the_order_of_the_artifact_and_folders_are_sorted(
    here: Path, pack: Packer
) -> None:
    pack(["out", "a.txt"], output="o.tar")
    with tarfile.open("o.tar") as archive:
        names = archive.getnames()
    expected = ["out", "out/disk.img", "out/inner", "out/inner/run.sh", "out/link", "a.txt"]
    assert names == expected


def test_a_hard_link_is_packed_as_a_file(here: Path, pack: Packer) -> None:
    os.link("a.txt", "b.txt")
    pack(["a.txt", "b.txt"], output="o.tar")
    with tarfile.open("o.tar") as archive:
        entry = archive.getmember("b.txt")
        assert entry.isreg()
        extracted = archive.extractfile(entry)
        assert extracted
        with extracted:
            assert extracted.read() == b"a"


@pytest.mark.parametrize("output", ["o.tar.gz", "o.tar.bz2", "o.tar.xz", "o.zip", "o.tar"])
def test_the_same_files_give_the_same_bytes(
    here: Path, pack: Packer, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(EPOCH_S))
    pack(["out", "a.txt"], output=output)
    first = (here / output).read_bytes()
    monkeypatch.setattr("time.time", lambda: EPOCH_S * 1.5)
    for path in ["out", *map(str, Path("out").rglob("*")), "a.txt"]:
        os.utime(path, (EPOCH_S + 77, EPOCH_S + 77), follow_symlinks=False)
    pack(["out", "a.txt"], output=output)
    assert (here / output).read_bytes() == first


def test_times_before_the_epoch_stay(
    here: Path, pack: Packer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(EPOCH_S))
    os.utime("a.txt", (EPOCH_S - 5, EPOCH_S - 5))
    pack(["a.txt", "out/disk.img"], output="o.tar")
    with tarfile.open("o.tar") as archive:
        assert [entry.mtime for entry in archive] == [EPOCH_S - 5, EPOCH_S]
        assert {(entry.uid, entry.gid, entry.uname) for entry in archive} == {(0, 0, "")}


def test_zip_of_a_time_before_1980(here: Path, pack: Packer) -> None:
    os.utime("a.txt", (0, 0))
    pack(["a.txt"], output="o.zip")
    with zipfile.ZipFile("o.zip") as archive:
        assert archive.getinfo("a.txt").date_time == (1980, 1, 1, 0, 0, 0)


def test_compression_level_changes_the_size(here: Path, pack: Packer) -> None:
    text = "".join(f"{number * 7919 % 1000}\n" for number in range(100_000))
    (here / "text").write_text(text)
    pack(["text"], output="1.gz", compression_level=1)
    pack(["text"], output="9.gz", compression_level=9)
    pack(["text"], output="0.gz", compression_level=0)
    sizes = {name: (here / f"{name}.gz").stat().st_size for name in "190"}
    assert sizes["9"] <= sizes["0"] < sizes["1"] < len(text)


def test_format_does_not_change_the_name(here: Path, pack: Packer) -> None:
    pack(["a.txt"], output="plain", format="zip")
    assert zipfile.is_zipfile(here / "plain")


def test_several_files_need_an_archive(here: Path, pack: Packer) -> None:
    with pytest.raises(ComponentError, match="gzip holds one file, the artifact has 2") as caught:
        pack(["a.txt", "out/disk.img"], output="o.gz")
    assert "o.tar.gz" in (caught.value.hint or "")
    with pytest.raises(ComponentError, match="holds one file"):
        pack(["out"], output="o.gz")
    assert not (here / "o.gz").exists()


def test_no_files_and_the_output_itself_are_refused(here: Path, pack: Packer) -> None:
    with pytest.raises(ComponentError, match=r"no files to pack into o\.tar"):
        pack([], output="o.tar")
    with pytest.raises(ComponentError, match=r"into itself: \./a\.txt"):
        pack(["a.txt"], output="./a.txt")
    assert (here / "a.txt").read_bytes() == b"a"


def test_a_missing_file_is_named_and_nothing_is_left(here: Path, pack: Packer) -> None:
    before = sorted(here.iterdir())
    with pytest.raises(ComponentError, match="cannot read: gone: No such file"):
        pack(["a.txt", "gone"], output="o.tar.gz")
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize("output", ["o.tar.gz", "o.zip", "o.bgzf", "o.xz"])
def test_cancel_half_way_leaves_the_old_output(
    here: Path, pack: Packer, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    (here / output).write_bytes(b"old")
    before = sorted(here.iterdir())

    def add(self: object, count: int) -> None:
        cancel.cancel()

    monkeypatch.setattr("packer_sdk.testing.doubles.RecordedProgress.add", add)
    with pytest.raises(Cancelled):
        pack(["out/disk.img"], output=output)
    assert (here / output).read_bytes() == b"old"
    assert sorted(here.iterdir()) == before


def test_a_source_date_epoch_that_is_none_is_refused(
    here: Path, pack: Packer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(ComponentError, match=r"SOURCE_DATE_EPOCH .*yesterday"):
        pack(["a.txt"])


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"output": "disk.lz4"}, "output: is not supported: lz4 (use gz, bz2 or xz)"),
        ({"format": "tar.lz4"}, "format: is not supported: tar+lz4 (use gz, bz2 or xz)"),
        ({"compression_level": 10}, "compression_level: is not between -1 and 9: 10"),
    ],
)
def test_check_refuses_what_there_is_none_of(options: dict[str, object], text: str) -> None:
    config = decode_config(CompressConfig, [options])
    assert [str(problem) for problem in CompressPostProcessor().check(config)] == [text]

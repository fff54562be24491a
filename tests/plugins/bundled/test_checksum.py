from __future__ import annotations

import hashlib
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.bundled import an_artifact
from packer_plugin_bundled.checksum import TYPES, ChecksumConfig, ChecksumPostProcessor, merged
from packer_sdk import Cancelled, ComponentError
from packer_sdk.config import decode_config

if TYPE_CHECKING:
    from pathlib import Path

    from packer_sdk import CancelToken, Processed
    from packer_sdk.testing import RecordingUi


class Summer:
    """A checksum post-processor, its ui and its token."""

    def __init__(self, ui: RecordingUi, cancel: CancelToken) -> None:
        self.ui = ui
        self.cancel = cancel

    def __call__(self, files: list[str], **options: object) -> Processed:
        raw = {"packer_build_name": "web", "packer_builder_type": "file", **options}
        config = decode_config(ChecksumConfig, [raw])
        artifact = an_artifact(files=files, data={"ID": "x"})
        return ChecksumPostProcessor().post_process(config, self.ui, artifact, self.cancel)


@pytest.fixture
def sums(ui: RecordingUi, cancel: CancelToken, here: Path) -> Summer:
    (here / "out").mkdir()
    (here / "out" / "disk.img").write_bytes(b"disk")
    (here / "a.txt").write_bytes(b"a")
    return Summer(ui, cancel)


def digest(kind: str, data: bytes) -> str:
    return hashlib.new(kind, data).hexdigest()


def test_default_is_one_md5_file_named_after_the_build(here: Path, sums: Summer) -> None:
    processed = sums(["out/disk.img", "a.txt"])
    path = here / "packer_web_file_md5.checksum"
    assert path.read_text() == (
        f"{digest('md5', b'disk')}\tdisk.img\n{digest('md5', b'a')}\ta.txt\n"
    )
    made = processed.artifact
    assert list(made.files) == ["out/disk.img", "a.txt", path.name]
    assert made.builder_id == "packer.post-processor.checksum"
    assert made.id == "given"
    assert made.state("generated_data") == {"ID": "x"}
    assert (processed.keep_input, processed.force_keep) == (True, True)


def test_every_kind_gets_a_file(here: Path, sums: Summer) -> None:
    sums(["a.txt"], checksum_types=[*TYPES, "md5"], output="{{.ChecksumType}}.sum")
    for kind in TYPES:
        assert (here / f"{kind}.sum").read_text() == f"{digest(kind, b'a')}\ta.txt\n"


def test_a_second_run_changes_nothing(here: Path, sums: Summer) -> None:
    first = sums(["out/disk.img", "a.txt"], checksum_types=["md5", "sha256"], output="SUMS")
    text = (here / "SUMS").read_text()
    second = sums(["out/disk.img", "a.txt"], checksum_types=["md5", "sha256"], output="SUMS")
    assert (here / "SUMS").read_text() == text
    assert len(text.splitlines()) == 4
    assert list(first.artifact.files) == list(second.artifact.files)


def test_builds_that_share_a_file_keep_each_others_lines(here: Path, sums: Summer) -> None:
    (here / "SUMS").write_text("# by hand\nno tab\n")
    sums(["out/disk.img"], output="SUMS")
    sums(["a.txt"], output="SUMS")
    (here / "out" / "disk.img").write_bytes(b"changed")
    sums(["out/disk.img"], output="SUMS")
    assert (here / "SUMS").read_text().splitlines() == [
        "# by hand",
        "no tab",
        f"{digest('md5', b'changed')}\tdisk.img",
        f"{digest('md5', b'a')}\ta.txt",
    ]


def test_the_lines_pass_the_usual_tool(here: Path, sums: Summer) -> None:
    sums(["a.txt"], checksum_types=["sha256"], output="SUMS")
    # coreutils want two spaces where Packer writes a tab.
    text = (here / "SUMS").read_text().replace("\t", "  ")
    done = subprocess.run(
        ["sha256sum", "-c", "-"], check=False, input=text.encode(), capture_output=True
    )
    assert done.stdout == b"a.txt: OK\n"


def test_an_artifact_without_files_is_handed_on(here: Path, sums: Summer) -> None:
    processed = sums([])
    assert str(processed.artifact) == "a given artifact"
    assert sums.ui.said == ["The artifact has no files to take checksums of"]


def test_a_folder_and_a_missing_file_are_named(here: Path, sums: Summer) -> None:
    with pytest.raises(ComponentError, match="checksum of a folder: out") as caught:
        sums(["out"])
    assert "compress" in (caught.value.hint or "")
    with pytest.raises(ComponentError, match=r"cannot take the checksum of: gone: No such file"):
        sums(["a.txt", "gone"])
    assert sorted(path.name for path in here.iterdir()) == ["a.txt", "out"]


def test_cancel_leaves_nothing(here: Path, sums: Summer, cancel: CancelToken) -> None:
    cancel.cancel()
    with pytest.raises(Cancelled):
        sums(["a.txt"])
    assert sorted(path.name for path in here.iterdir()) == ["a.txt", "out"]


def test_check_refuses_unknown_kinds() -> None:
    config = ChecksumConfig(checksum_types=["sha256", "crc32"])
    (problem,) = ChecksumPostProcessor().check(config)
    assert problem.path == "checksum_types[1]"
    assert "crc32" in problem.message


LINES = st.lists(
    st.builds(
        lambda kind, number, name: f"{number:0{kind}x}\t{name}".encode(),
        st.sampled_from([32, 40]),
        st.integers(0, 9),
        st.sampled_from(["a", "b", "c"]),
    ),
    max_size=8,
)


@given(LINES, LINES)
def test_merged_twice_is_merged_once(old: list[bytes], new: list[bytes]) -> None:
    once = merged(old, new)
    assert merged(once, new) == once
    assert sorted(line for line in once if line in new) == sorted(new)

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_plugin_bundled.file_builder import FileBuilder, FileBuilderConfig
from packer_sdk import CLEANUP_HOOK, PROVISION_HOOK, Cancelled, ComponentError, RemoteError
from packer_sdk.config import decode_config

if TYPE_CHECKING:
    from helpers.bundled import ActingHook
    from packer_sdk import CancelToken
    from packer_sdk.testing import RecordingUi


def config_of(**options: object) -> FileBuilderConfig:
    return decode_config(FileBuilderConfig, [options])


def problems_of(**options: object) -> list[str]:
    return [str(problem) for problem in FileBuilder().check(config_of(**options))]


def test_check_wants_no_more_than_one_of_source_and_content(here: Path) -> None:
    (here / "a").touch()
    assert problems_of(target="t", source="a", content="b") == [
        "content: set either source or content, not both"
    ]


def test_check_warns_of_an_empty_file(here: Path) -> None:
    (problem,) = FileBuilder().check(config_of(target="t"))
    assert problem.severity == "warning"


def test_check_finds_bad_paths(here: Path) -> None:
    (here / "folder").mkdir()
    (here / "a").touch()
    assert problems_of(target="folder", source="none") == [
        "target: is a folder: folder",
        "source: no such file: none",
    ]
    assert problems_of(target="./a", source="a") == ["source: is the target itself: a"]


def test_run_writes_content_for_the_owner_only(
    here: Path, hook: ActingHook, ui: RecordingUi, cancel: CancelToken
) -> None:
    config = config_of(target="out/deep/image", content="hällo")
    artifact = FileBuilder().run(config, ui, hook, cancel)
    target = here / "out" / "deep" / "image"
    assert target.read_text("utf-8") == "hällo"
    assert target.stat().st_mode & 0o777 == 0o600
    assert (artifact.builder_id, artifact.id) == ("packer.file", "File")
    assert list(artifact.files) == ["out/deep/image"]
    assert str(artifact) == "Stored file: out/deep/image"
    assert artifact.state("generated_data") == {"ID": "File"}
    assert hook.names == [PROVISION_HOOK]
    artifact.destroy()
    assert not target.exists()


def test_run_copies_a_large_source_with_a_bar_and_overwrites(
    here: Path, hook: ActingHook, ui: RecordingUi, cancel: CancelToken
) -> None:
    data = b"ab" * 1_500_000
    (here / "source").write_bytes(data)
    (here / "image").write_bytes(b"old")
    FileBuilder().run(config_of(target="image", source="source"), ui, hook, cancel)
    assert (here / "image").read_bytes() == data
    assert [bar.current for bar in ui.bars] == [len(data)]


def test_run_without_content_writes_an_empty_file(
    here: Path, hook: ActingHook, ui: RecordingUi, cancel: CancelToken
) -> None:
    FileBuilder().run(config_of(target="image"), ui, hook, cancel)
    assert (here / "image").read_bytes() == b""


def test_run_removes_the_file_when_a_provisioner_fails(
    here: Path, hook: ActingHook, ui: RecordingUi, cancel: CancelToken
) -> None:
    hook.actions[PROVISION_HOOK] = fail
    with pytest.raises(RemoteError):
        FileBuilder().run(config_of(target="image"), ui, hook, cancel)
    assert not (here / "image").exists()
    assert hook.names == [PROVISION_HOOK, CLEANUP_HOOK]


def test_run_leaves_the_file_when_a_failure_shall_abort(
    here: Path, hook: ActingHook, ui: RecordingUi, cancel: CancelToken
) -> None:
    hook.actions[PROVISION_HOOK] = fail
    with pytest.raises(RemoteError):
        FileBuilder().run(config_of(target="image", packer_on_error="abort"), ui, hook, cancel)
    assert (here / "image").exists()


def test_run_that_cannot_write_leaves_what_was_there(
    here: Path, hook: ActingHook, ui: RecordingUi, cancel: CancelToken
) -> None:
    (here / "image").write_text("old")
    config = config_of(target="image", source="gone")
    with pytest.raises(ComponentError):
        FileBuilder().run(config, ui, hook, cancel)
    assert (here / "image").read_text() == "old"


def test_run_leaves_nothing_when_cancelled_before(
    here: Path, hook: ActingHook, ui: RecordingUi, cancelled: CancelToken
) -> None:
    Path("source").write_bytes(b"x")
    with pytest.raises(Cancelled):
        FileBuilder().run(config_of(target="image", source="source"), ui, hook, cancelled)
    assert [path.name for path in here.iterdir()] == ["source"]


def fail() -> None:
    raise RemoteError("broken")

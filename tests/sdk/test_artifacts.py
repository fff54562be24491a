"""Ready-made artifacts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_sdk.artifacts import FileArtifact, RecordArtifact
from packer_sdk.errors import ComponentError

if TYPE_CHECKING:
    from packer_sdk.interfaces import Artifact


def test_file_artifact_tells_of_itself(tmp_path: Path) -> None:
    artifact: Artifact = FileArtifact(
        "note", [tmp_path / "a", "b"], id="7", state={"generated_data": {"ID": "x"}}
    )
    assert (artifact.builder_id, artifact.id) == ("note", "7")
    assert artifact.files == (str(tmp_path / "a"), "b")
    assert artifact.state("generated_data") == {"ID": "x"}
    assert artifact.state("other") is None
    assert str(artifact) == f"Files:\n  {tmp_path}/a\n  b"
    assert repr(artifact).startswith("FileArtifact('note', [")


def test_file_artifact_as_text() -> None:
    assert str(FileArtifact("note", ["a"])) == "File: a"
    assert str(FileArtifact("note", [])) == "No files"
    assert str(FileArtifact("note", ["a"], description="A note")) == "A note"


def test_file_artifact_destroy_deletes_and_does_not_mind_what_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("x")
    artifact = FileArtifact("note", [path, tmp_path / "gone"])
    artifact.destroy()
    artifact.destroy()
    assert not path.exists()


def test_file_artifact_destroy_goes_on_after_a_failure(tmp_path: Path) -> None:
    folder, path = tmp_path / "folder", tmp_path / "a"
    folder.mkdir()
    path.write_text("x")
    with pytest.raises(ComponentError, match=f"cannot delete {folder}: ") as caught:
        FileArtifact("note", [folder, path]).destroy()
    assert "/a" not in caught.value.message
    assert not path.exists()


def test_record_artifact_tells_of_itself() -> None:
    destroyed: list[str] = []
    artifact: Artifact = RecordArtifact(
        "cloud", "i-1", "Image i-1", files=[Path("log")], state={"region": "x"},
        on_destroy=lambda: destroyed.append("i-1"),
    )  # fmt: skip
    assert (artifact.builder_id, artifact.id, str(artifact)) == ("cloud", "i-1", "Image i-1")
    assert (artifact.files, artifact.state("region"), artifact.state("x")) == (("log",), "x", None)
    assert repr(artifact) == "RecordArtifact('cloud', 'i-1')"
    artifact.destroy()
    assert destroyed == ["i-1"]


def test_record_artifact_without_a_way_to_destroy(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("x")
    RecordArtifact("cloud", "i-1", "Image", files=[path]).destroy()
    assert path.exists()

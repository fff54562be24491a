from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpers.bundled import an_artifact
from packer_plugin_bundled.outcome import MadeArtifact, build_values
from packer_sdk import ComponentError

if TYPE_CHECKING:
    from pathlib import Path


def test_made_artifact_keeps_the_values_of_the_build() -> None:
    made = MadeArtifact("some.id", ["a", "b"], "Made", an_artifact(data={"ID": "x"}))
    assert made.state("generated_data") == {"ID": "x"}
    assert made.state("other") is None
    assert (made.builder_id, made.id, str(made)) == ("some.id", "", "Made: a, b")


def test_made_artifact_deletes_files_links_and_folders(tmp_path: Path) -> None:
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "kept").mkdir()
    (tmp_path / "link").symlink_to("kept")
    (tmp_path / "file").touch()
    names = ["folder", "link", "file", "gone"]
    MadeArtifact("i", [str(tmp_path / name) for name in names], "", an_artifact()).destroy()
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_made_artifact_deletes_what_it_can_and_names_what_it_cannot(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    files = [f"{tmp_path}/file/inside", f"{tmp_path}/file"]
    with pytest.raises(ComponentError, match=r"cannot delete: .*/file/inside: Not a directory"):
        MadeArtifact("i", files, "", an_artifact()).destroy()
    assert not list(tmp_path.iterdir())


def test_build_values_are_empty_when_the_artifact_has_none() -> None:
    assert build_values(an_artifact()) == {}
    assert build_values(an_artifact(data={"ID": 1})) == {"ID": 1}

from __future__ import annotations

import os
from pathlib import Path

import pytest

from packer_plugin_oci.layout import Layout
from packer_plugin_oci.publish import (
    Made,
    artifact_of,
    delete,
    describe,
    publish,
    refuse_existing,
)
from packer_sdk import Cancelled, ComponentError

MADE = Made("sha256:abc", "v1", 2_430_000, 2, 0)


@pytest.fixture
def space(tmp_path: Path) -> Path:
    (tmp_path / "space" / "layout").mkdir(parents=True)
    return tmp_path / "space"


@pytest.fixture
def layout(space: Path) -> Layout:
    layout = Layout(str(space / "layout"))
    layout.finish({})
    return layout


def put(layout: Layout, output: Path, *, force: bool = False) -> None:
    space = str(Path(layout.path).parent)
    publish(layout, str(output), space, 0, force=force, check_cancel=lambda: None)


@pytest.mark.parametrize("name", ["image.tar", "image"])
def test_publish_puts_the_image_in_its_place(layout: Layout, tmp_path: Path, name: str) -> None:
    put(layout, tmp_path / name)
    assert (tmp_path / name).is_file() == name.endswith(".tar")


@pytest.mark.parametrize("name", ["image.tar", "image"])
def test_publish_never_replaces_without_force(layout: Layout, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(ComponentError, match="is there already") as caught:
        put(layout, tmp_path / name)
    assert caught.value.hint
    assert "-force" in caught.value.hint
    assert (tmp_path / name).read_text() == "mine"


@pytest.mark.parametrize("name", ["image.tar", "image"])
@pytest.mark.parametrize("old", ["file", "image", "empty", "dangling"])
def test_publish_by_force_replaces(layout: Layout, tmp_path: Path, name: str, old: str) -> None:
    output = tmp_path / name
    if old == "file":
        output.write_text("old")
    elif old == "dangling":
        output.symlink_to("nowhere")
    else:
        output.mkdir()
        if old == "image":
            (output / "oci-layout").write_text("old")
    put(layout, output, force=True)
    assert not output.is_symlink()
    assert output.is_file() == name.endswith(".tar")
    assert output.is_file() or (output / "oci-layout").read_text() != "old"


def test_force_does_not_delete_somebodys_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(ComponentError, match="no image"):
        refuse_existing(str(tmp_path), force=True)


def test_publish_that_is_cancelled_leaves_nothing(layout: Layout, tmp_path: Path) -> None:
    def cancel() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        publish(
            layout, f"{tmp_path}/i.tar", f"{tmp_path}/space", 0, force=False, check_cancel=cancel
        )
    assert os.listdir(tmp_path) == ["space"]


def test_artifact_says_how_to_run_it_and_deletes_it(layout: Layout, tmp_path: Path) -> None:
    put(layout, tmp_path / "image.tar")
    artifact = artifact_of(str(tmp_path / "image.tar"), MADE, {"RootPath": "/r"})
    assert (artifact.builder_id, artifact.id) == ("packer.oci", "sha256:abc")
    assert artifact.files == (str(tmp_path / "image.tar"),)
    assert artifact.state("generated_data") == {"RootPath": "/r", "ID": "sha256:abc"}
    artifact.destroy()
    artifact.destroy()
    assert not (tmp_path / "image.tar").exists()


@pytest.mark.parametrize(
    ("output", "reference"), [("a.tar", "oci-archive:a.tar"), ("a", "oci:a:v1")]
)
def test_describe_names_digest_size_and_command(output: str, reference: str) -> None:
    text = describe(output, MADE)
    assert "sha256:abc" in text
    assert "2.43 MB in 2 layers" in text
    assert f"podman run --rm {reference}" in text


def test_delete_takes_a_folder(layout: Layout) -> None:
    delete(layout.path)
    assert not os.path.exists(layout.path)

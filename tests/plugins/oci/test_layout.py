from __future__ import annotations

import io
import json
import os
import tarfile
from typing import TYPE_CHECKING

import pytest

from packer_plugin_oci.image import CONFIG, INDEX, LAYER, MANIFEST, Descriptor
from packer_plugin_oci.layout import ImageReader, Layout, blob_name, open_layout
from packer_sdk import ComponentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def make_image(layout: Layout, text: str = "x") -> Descriptor:
    with layout.new_blob() as blob:
        blob.write(text.encode())
    config = layout.add_document({"rootfs": {"diff_ids": [blob.digest]}, "text": text}, CONFIG)
    layer = Descriptor(LAYER, blob.digest, blob.size)
    manifest = {"config": config.document(), "layers": [layer.document()]}
    return layout.add_document(manifest, MANIFEST)


def entry(descriptor: Descriptor, tag: str = "", **more: object) -> dict[str, object]:
    annotations = {"annotations": {"org.opencontainers.image.ref.name": tag}} if tag else {}
    return {**descriptor.document(), **annotations, **more}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    (tmp_path / "image").mkdir()
    return Layout(str(tmp_path / "image"))


def base_text(layout: Layout, tag: str = "", machine: str = "x86_64") -> object:
    with open_layout(layout.path) as files:
        return ImageReader(files, "x").base(tag, machine).config["text"]


def test_image_is_found_by_tag(layout: Layout) -> None:
    one, two = make_image(layout, "one"), make_image(layout, "two")
    layout.finish({"manifests": [entry(one, "v1"), entry(two, "v2")]})
    assert base_text(layout, "v2") == "two"
    with pytest.raises(ComponentError) as caught:
        base_text(layout, "v3")
    assert caught.value.hint == "tags: v1, v2"
    with pytest.raises(ComponentError, match="cannot tell which image of 2"):
        base_text(layout)


def test_image_is_found_by_machine_through_an_index(layout: Layout) -> None:
    one, two = make_image(layout, "one"), make_image(layout, "two")
    inner = layout.add_document(
        {
            "manifests": [
                entry(one, platform={"os": "linux", "architecture": "arm64"}),
                entry(two, platform={"os": "linux", "architecture": "amd64"}),
            ]
        },
        INDEX,
    )
    layout.finish({"manifests": [entry(inner, "v1")]})
    assert base_text(layout) == "two"
    assert base_text(layout, "v1", "aarch64") == "one"


def test_index_that_names_itself_again_and_again_ends(layout: Layout) -> None:
    inner = make_image(layout)
    for _ in range(8):
        inner = layout.add_document({"manifests": [entry(inner)]}, INDEX)
    layout.finish({"manifests": [entry(inner)]})
    with pytest.raises(ComponentError, match="not an image"):
        base_text(layout)


def test_blob_with_another_content_is_refused(layout: Layout) -> None:
    image = make_image(layout)
    layout.finish({"manifests": [entry(image)]})
    with open_layout(layout.path) as files:
        reader = ImageReader(files, "x")
        layer = reader.base("", "x86_64").layers[0].descriptor
        with open(layout.blob_path(layer.digest), "ab") as file:
            file.write(b"more")
        with pytest.raises(ComponentError, match="another content"):
            reader.copy_blob(layer, io.BytesIO(), lambda: None)
        os.unlink(layout.blob_path(image.digest))
        with pytest.raises(ComponentError, match="does not hold a blob"):
            reader.base("", "x86_64")


def test_archive_holds_the_same_as_the_folder(layout: Layout, tmp_path: Path) -> None:
    layout.finish({"manifests": [entry(make_image(layout, "text"), "v1")]})
    archives = []
    for _ in range(2):
        target = io.BytesIO()
        layout.write_archive(target, 77, lambda: None)
        archives.append(target.getvalue())
    assert archives[0] == archives[1]
    (tmp_path / "image.tar").write_bytes(archives[0])
    with open_layout(str(tmp_path / "image.tar")) as files:
        assert ImageReader(files, "x").base("v1", "x86_64").config["text"] == "text"
    with tarfile.open(tmp_path / "image.tar") as archive:
        assert {(member.mtime, member.uid, member.uname) for member in archive} == {(77, 0, "")}
        file = archive.extractfile("oci-layout")
        assert file is not None
        assert json.loads(file.read()) == {"imageLayoutVersion": "1.0.0"}


def test_what_is_no_layout_says_what_to_do(tmp_path: Path, tarball: Callable[..., bytes]) -> None:
    (tmp_path / "docker.tar").write_bytes(tarball("manifest.json"))
    with open_layout(str(tmp_path / "docker.tar")) as files:
        with pytest.raises(ComponentError) as caught:
            ImageReader(files, "x").base("", "x86_64")
        assert caught.value.hint
        assert "skopeo copy docker-archive:" in caught.value.hint
    (tmp_path / "text.tar").write_text("no archive")
    with pytest.raises(ComponentError, match="neither"), open_layout(str(tmp_path / "text.tar")):
        pass


def test_new_blob_leaves_nothing_after_an_error(layout: Layout) -> None:
    def fail_half_way() -> None:
        with layout.new_blob() as blob:
            blob.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert os.listdir(f"{layout.path}/blobs/sha256") == []


def test_blob_name_is_a_path_of_the_layout() -> None:
    assert blob_name("sha256:ab") == "blobs/sha256/ab"

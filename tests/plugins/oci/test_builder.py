from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from packer_plugin_oci.builder import OciBuilder
from packer_sdk import CancelToken, FileInfo, PackerError
from packer_sdk.testing import Loopback, RecordingHook, RecordingUi

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from packer_sdk import Communicator, Ui


def upload(
    name: str,
    ui: Ui,
    communicator: Communicator | None,
    data: Mapping[str, object],
    cancel: CancelToken,
) -> None:
    assert communicator is not None
    communicator.upload("/hello", io.BytesIO(b"hi" * 100_000), info=FileInfo("hello", 200_000))
    target = io.BytesIO()
    communicator.download("/hello", target)
    assert target.getvalue() == b"hi" * 100_000


def test_builder_builds_across_the_process_line(tmp_path: Path) -> None:
    with Loopback(OciBuilder) as client:
        prepared = client.prepare([{"from": "scratch", "output": str(tmp_path / "image")}])
        assert "RootPath" in prepared.generated
        artifact = client.run(RecordingUi(), RecordingHook(upload), CancelToken())
        index = json.loads((tmp_path / "image" / "index.json").read_bytes())
        assert artifact.id == index["manifests"][0]["digest"]
        assert "podman run" in str(artifact)
        artifact.destroy()
    assert not (tmp_path / "image").exists()


def test_builder_tells_every_problem_with_its_option(tmp_path: Path) -> None:
    with Loopback(OciBuilder) as client, pytest.raises(PackerError) as caught:
        client.prepare([{"from": "hots", "output": f"{tmp_path}/no/x.tar", "tag": "a b"}])
    for words in ("from: ", "did you mean host?", "output: ", "tag: "):
        assert words in str(caught.value)


@pytest.mark.root
@pytest.mark.usefixtures("way_in")
def test_commands_run_across_the_process_line(tmp_path: Path) -> None:
    seen = io.BytesIO()

    def provision(
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        from packer_sdk import RemoteCommand

        assert communicator is not None
        command = RemoteCommand("cat; exit 7", io.BytesIO(b"typed"), seen)
        assert communicator.start(command).wait(60) == 7

    with Loopback(OciBuilder) as client:
        client.prepare([{"from": "host", "output": str(tmp_path / "image.tar")}])
        client.run(RecordingUi(), RecordingHook(provision), CancelToken())
    assert seen.getvalue() == b"typed"

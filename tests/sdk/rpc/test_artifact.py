from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_sdk.errors import ComponentError, ConnectionLost, RemoteError
from packer_sdk.rpc.artifact import ArtifactClient, ArtifactServer
from packer_sdk.rpc.server import Service
from packer_sdk.testing import MemoryArtifact

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_sdk.rpc.client import RpcClient

    Reach = Callable[..., RpcClient]


def test_everything_about_it_can_be_asked(reach: Reach) -> None:
    real = MemoryArtifact("note", "n-1", ["a", "b/c"], "a note", {"size": 7, "odd": {1: b"\x00"}})
    artifact = ArtifactClient(reach(ArtifactServer(real)))
    assert artifact.builder_id == "note"
    assert artifact.id == "n-1"
    assert artifact.files == ("a", "b/c")
    assert str(artifact) == "a note"
    assert artifact.state("size") == 7
    assert artifact.state("odd") == {1: b"\x00"}
    assert artifact.state("unknown") is None
    artifact.destroy()
    assert real.destroyed


def test_no_files_are_no_files(reach: Reach) -> None:
    assert ArtifactClient(reach(ArtifactServer(MemoryArtifact()))).files == ()


def test_files_that_are_paths_travel_as_text(reach: Reach) -> None:
    real = MemoryArtifact(files=[Path("/a/b")])  # type: ignore[list-item] # authors do that
    assert ArtifactClient(reach(ArtifactServer(real))).files == ("/a/b",)


def test_a_failing_destroy_answers_in_the_header(reach: Reach) -> None:
    real = MemoryArtifact(destroy_error=ComponentError("it is stuck"))
    artifact = ArtifactClient(reach(ArtifactServer(real)))
    with pytest.raises(RemoteError, match="it is stuck"):
        artifact.destroy()
    assert artifact.id == ""


@pytest.mark.parametrize(
    ("body", "text"), [({"Message": "it is stuck"}, "it is stuck"), ({}, "artifact not destroyed")]
)
def test_a_failing_destroy_of_go_answers_in_the_body(reach: Reach, body: object, text: str) -> None:
    client = reach(Service("Artifact", {"Destroy": lambda _: body}))
    with pytest.raises(RemoteError, match=f"^{text}$"):
        ArtifactClient(client).destroy()


def test_generated_data_has_only_text_keys_and_scalars(reach: Reach) -> None:
    states = {"generated_data": {"ID": "i-1", 7: "x"}}
    artifact = ArtifactClient(reach(ArtifactServer(MemoryArtifact(states=states))))
    assert artifact.state("generated_data") == {"ID": "i-1"}


def test_generated_data_with_a_list_is_refused_by_name(reach: Reach) -> None:
    states = {"generated_data": {"Disks": ["a"]}}
    artifact = ArtifactClient(reach(ArtifactServer(MemoryArtifact(states=states))))
    with pytest.raises(RemoteError, match="templates cannot hold: Disks"):
        artifact.state("generated_data")


def test_generated_data_that_nobody_made_is_none(reach: Reach) -> None:
    artifact = ArtifactClient(reach(ArtifactServer(MemoryArtifact())))
    assert artifact.state("generated_data") is None


def test_a_state_that_cannot_travel_says_so(reach: Reach) -> None:
    artifact = ArtifactClient(reach(ArtifactServer(MemoryArtifact(states={"x": object()}))))
    with pytest.raises(RemoteError, match="cannot travel"):
        artifact.state("x")


def test_close_gives_the_stream_back(reach: Reach) -> None:
    artifact = ArtifactClient(reach(ArtifactServer(MemoryArtifact())))
    artifact.close()
    with pytest.raises(ConnectionLost):
        _ = artifact.id

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from helpers.waiting import once
from packer_sdk.cancel import CancelToken
from packer_sdk.components import Processed
from packer_sdk.errors import Cancelled, ComponentError, ConnectionLost, RemoteError
from packer_sdk.rpc.server import Service
from packer_sdk.testing import Loopback, MemoryArtifact, RecordingUi, client_of
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packer_sdk.interfaces import Artifact, Ui
    from packer_sdk.testing import Connected


class Face:
    """A post-processor without an adapter."""

    def __init__(self, process: Callable[[Artifact], Processed | None] | None = None) -> None:
        self.configured: list[tuple[object, ...]] = []
        self.given: Artifact | None = None
        self.started = threading.Event()
        self._process = process

    def config_spec(self) -> bytes:
        return b"spec"

    def configure(self, configs: Sequence[object]) -> None:
        self.configured.append(tuple(configs))

    def post_process(self, ui: Ui, artifact: Artifact, cancel: CancelToken) -> Processed | None:
        self.given = artifact
        self.started.set()
        ui.say(f"given {artifact.id}")
        if self._process:
            return self._process(artifact)
        cancel.wait(30)
        raise Cancelled


def process(
    face: Face, artifact: Artifact, token: CancelToken | None = None
) -> tuple[Processed | None, RecordingUi]:
    ui = RecordingUi()
    with Loopback(face, "post-processor") as post_processor:
        return post_processor.post_process(ui, artifact, token or CancelToken()), ui


def test_configure_and_config_spec_are_handed_through() -> None:
    face = Face()
    with Loopback(face, "post-processor") as post_processor:
        assert post_processor.config_spec() == b"spec"
        post_processor.configure([{"a": True}, None])
    assert face.configured == [({"a": True}, None)]


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("force", [False, True])
def test_post_process_gives_the_new_artifact_and_what_becomes_of_the_old(
    keep: bool, force: bool
) -> None:
    face = Face(lambda given: Processed(MemoryArtifact("packed", given.id * 2), keep, force))
    ui = RecordingUi()
    with Loopback(face, "post-processor") as post_processor:
        processed = post_processor.post_process(ui, MemoryArtifact(id="a"), CancelToken())
        assert processed.artifact.id == "aa"
        assert (processed.keep_input, processed.force_keep) == (keep, force)
        assert face.given
        with pytest.raises(ConnectionLost):  # the stream of the given one was given back
            _ = face.given.id
    assert ui.said == ["given a"]


def test_post_process_when_nothing_comes_out_is_none() -> None:
    assert process(Face(lambda _: None), MemoryArtifact())[0] is None


def test_post_process_when_the_input_comes_out_keeps_asking_it() -> None:
    given = MemoryArtifact("note", "n-1", ["a"])
    with Loopback(Face(Processed), "post-processor") as post_processor:
        processed = post_processor.post_process(RecordingUi(), given, CancelToken())
        given.id = "n-2"
        assert processed.artifact.id == "n-2"
        assert processed.artifact.files == ("a",)
        processed.artifact.destroy()
    assert given.destroyed


def test_post_process_when_it_fails_raises() -> None:
    def fail(_: Artifact) -> Processed | None:
        raise ComponentError("cannot pack: 7")

    with pytest.raises(RemoteError, match=r"^cannot pack: 7$"):
        process(Face(fail), MemoryArtifact())


def test_post_process_when_cancelled_stops() -> None:
    face, token = Face(), CancelToken()
    once(face.started, token.cancel)
    with pytest.raises(Cancelled):
        process(face, MemoryArtifact(), token)


def test_an_error_in_gos_form_is_raised(sessions: Connected) -> None:
    reply = {"Err": {"Message": "it failed"}, "Keep": True, "ForceOverride": False, "StreamId": 0}
    service = Service("PostProcessor", {"PostProcess": lambda _: reply})
    thread = spawn("serve", sessions.plugin.serve, service)
    client = client_of("post-processor", sessions.core)
    with pytest.raises(RemoteError, match=r"^it failed$"):
        client.post_process(RecordingUi(), MemoryArtifact(), CancelToken())
    client.close()
    thread.join()

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from helpers.waiting import once
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled, ComponentError, ConfigProblems, ConnectionLost, RemoteError
from packer_sdk.faces import Prepared
from packer_sdk.problems import Problem
from packer_sdk.rpc.server import Service
from packer_sdk.testing import (
    Loopback,
    MemoryArtifact,
    RecordingHook,
    RecordingUi,
    client_of,
)
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packer_sdk.interfaces import Artifact, Hook, Ui
    from packer_sdk.testing import Connected


class Face:
    """A builder without an adapter."""

    def __init__(self) -> None:
        self.prepared: list[tuple[object, ...]] = []
        self.artifact: Artifact | None = MemoryArtifact("face", "f-1")
        self.error: Exception | None = None
        self.started = threading.Event()
        self.wait = False

    def config_spec(self) -> bytes:
        return b"\x0a\x00"

    def prepare(self, configs: Sequence[object]) -> Prepared:
        if self.error:
            raise self.error
        self.prepared.append(tuple(configs))
        return Prepared(("ID", "Size"), ("it is old",))

    def run(self, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact | None:
        self.started.set()
        if self.wait:
            cancel.wait()
            ui.say("cleaned up")
            cancel.check()
        if self.error:
            raise self.error
        ui.say("built")
        hook.run("packer_provision", ui, None, {"ID": "i-1"}, cancel)
        return self.artifact


def test_config_spec_is_handed_through() -> None:
    with Loopback(Face(), "builder") as builder:
        assert builder.config_spec() == b"\x0a\x00"


def test_prepare_hands_every_kind_of_element_over() -> None:
    face = Face()
    configs = [{"a": [1, {"b": None}]}, b'{"value":null,"type":"dynamic"}', None]
    with Loopback(face, "builder") as builder:
        assert builder.prepare(configs) == Prepared(("ID", "Size"), ("it is old",))
    assert face.prepared == [tuple(configs)]


def test_prepare_when_refused_lists_every_problem() -> None:
    face = Face()
    face.error = ConfigProblems([Problem("is odd", "a"), Problem("is missing", "b")])
    with (
        Loopback(face, "builder") as builder,
        pytest.raises(RemoteError, match=r"^a: is odd\nb: is missing$"),
    ):
        builder.prepare([])


def test_prepare_when_it_crashes_says_so() -> None:
    face = Face()
    face.error = ValueError("a bug")
    with (
        Loopback(face, "builder") as builder,
        pytest.raises(RemoteError, match=r"^ValueError: a bug \(see PACKER_LOG=1\)$"),
    ):
        builder.prepare([])


def test_run_serves_ui_and_hook_and_returns_the_artifact() -> None:
    ui, hook = RecordingUi(), RecordingHook()
    with Loopback(Face(), "builder") as builder:
        artifact = builder.run(ui, hook, CancelToken())
        assert (artifact.builder_id, artifact.id) == ("face", "f-1")
        artifact.close()
    assert ui.said == ["built"]
    assert [(call.name, call.data) for call in hook.calls] == [("packer_provision", {"ID": "i-1"})]


def test_run_without_an_artifact_returns_none() -> None:
    face = Face()
    face.artifact = None
    with Loopback(face, "builder") as builder:
        assert builder.run(RecordingUi(), RecordingHook(), CancelToken()) is None


def test_run_when_it_fails_raises_with_its_hint() -> None:
    face = Face()
    face.error = ComponentError("no disk: 7", hint="try 8")
    with Loopback(face, "builder") as builder, pytest.raises(RemoteError) as caught:
        builder.run(RecordingUi(), RecordingHook(), CancelToken())
    assert (caught.value.message, caught.value.hint) == ("no disk: 7", "try 8")


def test_run_when_cancelled_lets_the_builder_clean_up() -> None:
    face, ui, token = Face(), RecordingUi(), CancelToken()
    face.wait = True
    once(face.started, token.cancel)
    with Loopback(face, "builder") as builder, pytest.raises(Cancelled):
        builder.run(ui, RecordingHook(), token)
    assert ui.said == ["cleaned up"]


def test_run_when_cancelled_before_does_not_start() -> None:
    face, token = Face(), CancelToken()
    token.cancel()
    with Loopback(face, "builder") as builder, pytest.raises(Cancelled):
        builder.run(RecordingUi(), RecordingHook(), token)
    assert not face.started.is_set()


def test_run_when_the_plugin_is_lost_raises() -> None:
    face = Face()
    face.wait = True
    loopback = Loopback(face, "builder")
    with loopback as builder:
        once(face.started, loopback.plugin.close)
        with pytest.raises(ConnectionLost):
            builder.run(RecordingUi(), RecordingHook(), CancelToken())


def test_run_when_core_is_lost_cancels_the_builder() -> None:
    stopped = threading.Event()

    class Waiting(Face):
        def run(self, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact | None:
            self.started.set()
            if cancel.wait(30):
                stopped.set()
            return None

    face = Waiting()
    loopback = Loopback(face, "builder")
    with loopback as builder:
        once(face.started, loopback.core.close)
        with pytest.raises(ConnectionLost):
            builder.run(RecordingUi(), RecordingHook(), CancelToken())
    assert stopped.is_set()


def test_an_error_in_gos_form_is_raised(sessions: Connected) -> None:
    reply = {"GeneratedVars": None, "Warnings": None, "Error": {"Message": "it is refused"}}
    service = Service("Builder", {"Prepare": lambda _: reply})
    thread = spawn("serve", sessions.plugin.serve, service)
    client = client_of("builder", sessions.core)
    with pytest.raises(RemoteError, match=r"^it is refused$"):
        client.prepare([{}])
    client.close()
    thread.join()

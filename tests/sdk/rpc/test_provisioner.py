from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import pytest

from helpers.waiting import once
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled, ConfigProblems, RemoteError
from packer_sdk.problems import Problem
from packer_sdk.testing import Loopback, RecordingUi, ScriptedCommunicator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packer_sdk.interfaces import Communicator, Ui


class Face:
    """A provisioner without an adapter."""

    def __init__(self) -> None:
        self.prepared: list[tuple[object, ...]] = []
        self.data: list[Mapping[str, object]] = []
        self.started = threading.Event()
        self.wait = False

    def config_spec(self) -> bytes:
        return b"spec"

    def prepare(self, configs: Sequence[object]) -> None:
        if configs in ([None], (None,)):
            raise ConfigProblems([Problem("is missing", "a")])
        self.prepared.append(tuple(configs))

    def provision(
        self,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        self.started.set()
        self.data.append(data)
        if self.wait:
            cancel.wait(30)
            ui.say("stopped")
            cancel.check()
        assert communicator
        communicator.upload("/x", io.BytesIO(b"provisioned"))
        ui.say("provisioned")


def test_prepare_and_config_spec_are_handed_through() -> None:
    face = Face()
    with Loopback(face, "provisioner") as provisioner:
        assert provisioner.config_spec() == b"spec"
        provisioner.prepare([{"a": 1.0}, b"cty", None])
        provisioner.prepare([{"a": 2}])
        with pytest.raises(RemoteError, match=r"^a: is missing$"):
            provisioner.prepare([None])
    assert face.prepared == [({"a": 1.0}, b"cty", None), ({"a": 2},)]


def test_provision_serves_ui_and_communicator_again_and_again() -> None:
    face, ui, machine = Face(), RecordingUi(), ScriptedCommunicator()
    with Loopback(face, "provisioner") as provisioner:
        provisioner.provision(ui, machine, {"ID": "i-1", "Port": 22}, CancelToken())
        provisioner.provision(ui, machine, {}, CancelToken())
    assert face.data == [{"ID": "i-1", "Port": 22}, {}]
    assert machine.files == {"/x": b"provisioned"}
    assert ui.said == ["provisioned", "provisioned"]


def test_provision_without_a_communicator_fails_when_it_is_used() -> None:
    with (
        Loopback(Face(), "provisioner") as provisioner,
        pytest.raises(RemoteError, match="cannot upload to /x: this build has no communicator"),
    ):
        provisioner.provision(RecordingUi(), None, {}, CancelToken())


def test_provision_when_cancelled_stops() -> None:
    face, ui, token = Face(), RecordingUi(), CancelToken()
    face.wait = True
    once(face.started, token.cancel)
    with Loopback(face, "provisioner") as provisioner, pytest.raises(Cancelled):
        provisioner.provision(ui, ScriptedCommunicator(), {}, token)
    assert ui.said == ["stopped"]

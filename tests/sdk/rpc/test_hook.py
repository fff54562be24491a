from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING

import pytest

from helpers.waiting import once
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled, ComponentError, RemoteError
from packer_sdk.interfaces import CLEANUP_HOOK, PROVISION_HOOK, RemoteCommand
from packer_sdk.rpc.hook import HookClient, HookServer
from packer_sdk.testing import RecordingHook, RecordingUi, Reply, ScriptedCommunicator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packer_sdk.interfaces import Communicator, Hook, Ui
    from packer_sdk.testing import Connected

    Behaviour = Callable[[str, Ui, Communicator | None, Mapping[str, object], CancelToken], None]


def through(sessions: Connected, hook: Hook) -> HookClient:
    offer = sessions.core.offer(HookServer(sessions.core, hook))
    return HookClient(sessions.plugin, sessions.plugin.call_client(offer.number))


def test_run_lends_core_the_ui_and_the_communicator_of_the_builder(sessions: Connected) -> None:
    def behave(
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        assert communicator
        output = io.BytesIO()
        command = RemoteCommand("cat", stdin=io.BytesIO(b"echoed"), stdout=output)
        status = communicator.start(command).wait(30)
        ui.say(f"{name} {status} {output.getvalue()!r} {sorted(data.items())}")

    ui = RecordingUi()
    machine = ScriptedCommunicator({"cat": Reply(4, echo=True)})
    data = {"ID": "i-1", "Port": 22, "SSHAgentAuth": True, "Key": b"k", "Load": 0.5}
    through(sessions, RecordingHook(behave)).run(PROVISION_HOOK, ui, machine, data, CancelToken())
    assert ui.said == [f"packer_provision 4 b'echoed' {sorted(data.items())}"]


def test_run_when_it_fails_raises_what_was_said(sessions: Connected) -> None:
    def behave(*_: object) -> None:
        raise ComponentError("script failed: 1", hint="look at it")

    with pytest.raises(RemoteError) as caught:
        through(sessions, RecordingHook(behave)).run(
            PROVISION_HOOK, RecordingUi(), None, {}, CancelToken()
        )
    assert (caught.value.message, caught.value.hint) == ("script failed: 1", "look at it")


def test_run_without_a_communicator_fails_only_when_one_is_used(sessions: Connected) -> None:
    def behave(
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        ui.say("local work")
        assert communicator
        communicator.start(RemoteCommand("ls"))

    ui = RecordingUi()
    with pytest.raises(RemoteError, match="this build has no communicator"):
        through(sessions, RecordingHook(behave)).run(PROVISION_HOOK, ui, None, {}, CancelToken())
    assert ui.said == ["local work"]


def test_run_refuses_values_templates_cannot_hold(sessions: Connected) -> None:
    hook = RecordingHook()
    with pytest.raises(ComponentError, match="templates cannot hold: Disks"):
        through(sessions, hook).run(
            PROVISION_HOOK, RecordingUi(), None, {"Disks": ["a"]}, CancelToken()
        )
    assert hook.calls == []


def test_cancel_reaches_what_runs_and_a_later_run_is_free_of_it(sessions: Connected) -> None:
    running = threading.Event()

    def behave(
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        if name == PROVISION_HOOK:
            running.set()
            cancel.wait(30)
        ui.say(f"{name} {cancel.cancelled}")
        cancel.check()

    ui, token = RecordingUi(), CancelToken()
    hook = through(sessions, RecordingHook(behave))
    once(running, token.cancel)
    with pytest.raises(Cancelled):
        hook.run(PROVISION_HOOK, ui, None, {}, token)
    hook.run(CLEANUP_HOOK, ui, None, {}, CancelToken())
    assert ui.said == ["packer_provision True", "packer_cleanup_provision False"]

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_plugin_bundled.hooks import Build, build_data, run_build
from packer_sdk import (
    CLEANUP_HOOK,
    PROVISION_HOOK,
    Cancelled,
    ComponentError,
    PackerKeys,
    RemoteError,
)
from packer_sdk.communicators.none import NoneCommunicator
from packer_sdk.testing import RecordingUi

if TYPE_CHECKING:
    from collections.abc import Callable

    from helpers.bundled import ActingHook
    from packer_sdk import CancelToken


def raising(error: Exception) -> Callable[[], None]:
    def action() -> None:
        raise error

    return action


def run(hook: ActingHook, ui: RecordingUi, cancel: CancelToken, on_error: str = "") -> None:
    build = Build(hook, ui, NoneCommunicator(), {"ID": "x"}, cancel)
    run_build(build, PackerKeys(packer_on_error=on_error))


def test_build_data_says_what_there_is_and_what_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKER_RUN_UUID", "run-1")
    assert build_data("Null") == {
        "ID": "Null",
        "ConnType": "none",
        "PackerRunUUID": "run-1",
        "PackerHTTPAddr": "ERR_HTTP_ADDR_NOT_IMPLEMENTED_BY_BUILDER",
        "PackerHTTPIP": "ERR_HTTP_IP_NOT_IMPLEMENTED_BY_BUILDER",
        "PackerHTTPPort": "ERR_HTTP_PORT_NOT_IMPLEMENTED_BY_BUILDER",
    }


def test_run_build_calls_the_hook_once(
    hook: ActingHook, ui: RecordingUi, cancel: CancelToken
) -> None:
    run(hook, ui, cancel)
    (call,) = hook.calls
    assert call.name == PROVISION_HOOK
    assert isinstance(call.communicator, NoneCommunicator)
    assert call.data == {"ID": "x"}


def test_run_build_cleans_up_after_a_failure(
    hook: ActingHook, ui: RecordingUi, cancel: CancelToken
) -> None:
    hook.actions[PROVISION_HOOK] = raising(RemoteError("first"))
    with pytest.raises(RemoteError, match="first"):
        run(hook, ui, cancel)
    assert hook.names == [PROVISION_HOOK, CLEANUP_HOOK]


def test_run_build_tells_of_both_failures(
    hook: ActingHook, ui: RecordingUi, cancel: CancelToken
) -> None:
    hook.actions[PROVISION_HOOK] = raising(RemoteError("first"))
    hook.actions[CLEANUP_HOOK] = raising(RemoteError("second"))
    with pytest.raises(ComponentError, match=r"(?s)first.*second"):
        run(hook, ui, cancel)


def test_run_build_does_not_clean_up_after_a_cancel(
    hook: ActingHook, ui: RecordingUi, cancel: CancelToken
) -> None:
    hook.actions[PROVISION_HOOK] = raising(Cancelled())
    with pytest.raises(Cancelled):
        run(hook, ui, cancel)
    assert hook.names == [PROVISION_HOOK]


def test_run_build_takes_a_failure_while_cancelled_for_a_cancel(
    hook: ActingHook, ui: RecordingUi, cancel: CancelToken
) -> None:
    def action() -> None:
        cancel.cancel()
        raise RemoteError("stream closed")

    hook.actions[PROVISION_HOOK] = action
    with pytest.raises(Cancelled):
        run(hook, ui, cancel)
    assert hook.names == [PROVISION_HOOK]


def test_run_build_lets_the_clean_up_be_cancelled(
    hook: ActingHook, ui: RecordingUi, cancel: CancelToken
) -> None:
    hook.actions[PROVISION_HOOK] = raising(RemoteError("first"))
    hook.actions[CLEANUP_HOOK] = raising(Cancelled())
    with pytest.raises(Cancelled):
        run(hook, ui, cancel)


@pytest.mark.parametrize(
    ("on_error", "names"),
    [
        ("cleanup", [PROVISION_HOOK, CLEANUP_HOOK]),
        ("run-cleanup-provisioner", [PROVISION_HOOK, CLEANUP_HOOK]),
        ("abort", [PROVISION_HOOK]),
    ],
)
def test_run_build_obeys_on_error(
    hook: ActingHook, ui: RecordingUi, cancel: CancelToken, on_error: str, names: list[str]
) -> None:
    hook.actions[PROVISION_HOOK] = raising(RemoteError("first"))
    with pytest.raises(RemoteError, match="first"):
        run(hook, ui, cancel, on_error)
    assert hook.names == names


def test_run_build_asks_and_runs_the_provisioners_again(
    hook: ActingHook, cancel: CancelToken
) -> None:
    def first() -> None:
        del hook.actions[PROVISION_HOOK]
        raise RemoteError("first")

    hook.actions[PROVISION_HOOK] = first
    ui = RecordingUi("r")
    run(hook, ui, cancel, "ask")
    assert hook.names == [PROVISION_HOOK, PROVISION_HOOK]
    assert ui.errors == ["Step Provision failed: first"]

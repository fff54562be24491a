from __future__ import annotations

import threading
import time

import pytest

from helpers.engine import FakeProvisioner, Screen, provision
from packer_core.engine.provision import PreparedProvision, ProvisionHook
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled, PackerError
from packer_sdk.interfaces import CLEANUP_HOOK, PROVISION_HOOK

DATA = {"ID": "i-1"}
MACHINE = object()


def run(
    hook: ProvisionHook,
    screen: Screen,
    name: str = PROVISION_HOOK,
    *,
    communicator: object = MACHINE,
    cancel: CancelToken | None = None,
) -> None:
    hook.run(name, screen, communicator, DATA, cancel or CancelToken())  # type: ignore[arg-type]


def test_hook_runs_provisioners_in_order_with_the_data(screen: Screen) -> None:
    order: list[str] = []
    one = FakeProvisioner(work=lambda _: order.append("one"))
    two = FakeProvisioner(work=lambda _: order.append("two"))
    hook = ProvisionHook(
        (PreparedProvision(provision(), one), PreparedProvision(provision(), two)), None, screen
    )
    run(hook, screen)
    assert order == ["one", "two"]
    assert one.calls == [DATA]


def test_hook_stops_at_the_first_failure_and_remembers_it(screen: Screen) -> None:
    failing, never = FakeProvisioner(failures=[PackerError("no", hint="try")]), FakeProvisioner()
    hook = ProvisionHook(
        (PreparedProvision(provision(), failing), PreparedProvision(provision(), never)),
        None,
        screen,
    )
    with pytest.raises(PackerError, match="no"):
        run(hook, screen)
    assert never.calls == []
    assert hook.failure is not None
    assert hook.failure.hint == "try"


def test_hook_does_nothing_for_a_name_nobody_waits_for(screen: Screen) -> None:
    face = FakeProvisioner()
    run(ProvisionHook((PreparedProvision(provision(), face),), None, screen), screen, "lunch")
    assert face.calls == []


def test_hook_runs_the_error_cleanup_only_for_its_own_name(screen: Screen) -> None:
    normal, cleanup = FakeProvisioner(), FakeProvisioner()
    hook = ProvisionHook(
        (PreparedProvision(provision(), normal),), PreparedProvision(provision(), cleanup), screen
    )
    run(hook, screen, CLEANUP_HOOK)
    assert (len(normal.calls), len(cleanup.calls)) == (0, 1)


def test_hook_without_a_communicator_is_an_error_only_if_something_would_run(
    screen: Screen,
) -> None:
    run(ProvisionHook((), None, screen), screen, communicator=None)
    hook = ProvisionHook((PreparedProvision(provision("shell"), FakeProvisioner()),), None, screen)
    with pytest.raises(PackerError, match="no way into its machine, which shell would need"):
        run(hook, screen, communicator=None)


def test_retries_run_again_and_a_success_ends_them(screen: Screen) -> None:
    face = FakeProvisioner(failures=[PackerError("one"), PackerError("two")])
    hook = ProvisionHook((PreparedProvision(provision(max_retries=5), face),), None, screen)
    run(hook, screen)
    assert len(face.calls) == 3
    assert "one; trying again (attempt 2 of 6)" in screen.text()


def test_retries_that_are_used_up_tell_the_last_error_and_the_count(screen: Screen) -> None:
    face = FakeProvisioner(failures=[PackerError("one"), PackerError("two", hint="h")])
    hook = ProvisionHook((PreparedProvision(provision(max_retries=1), face),), None, screen)
    with pytest.raises(PackerError, match="install failed 2 times, last with: two") as caught:
        run(hook, screen)
    assert caught.value.hint == "h"


def test_retries_end_when_the_build_is_cancelled(screen: Screen) -> None:
    cancel = CancelToken()
    face = FakeProvisioner(failures=[PackerError("x")] * 3, work=lambda _: cancel.cancel())
    hook = ProvisionHook((PreparedProvision(provision(max_retries=2), face),), None, screen)
    with pytest.raises(Cancelled):
        run(hook, screen, cancel=cancel)
    assert len(face.calls) == 1


def test_timeout_cancels_the_provisioner_and_says_so(screen: Screen) -> None:
    def hang(cancel: CancelToken) -> None:
        assert cancel.wait(10)
        raise Cancelled

    face = FakeProvisioner(work=hang)
    planned = provision(timeout_s=0.05, pause_before_s=0.01)
    hook = ProvisionHook((PreparedProvision(planned, face),), None, screen)
    with pytest.raises(PackerError, match=r"install took longer than 0\.05s"):
        run(hook, screen)


def test_timeout_that_is_not_reached_changes_nothing(screen: Screen) -> None:
    face = FakeProvisioner()
    hook = ProvisionHook((PreparedProvision(provision(timeout_s=60.0), face),), None, screen)
    before = threading.active_count()
    run(hook, screen)
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before
    assert len(face.calls) == 1


def test_pause_is_announced_and_ends_when_cancelled(screen: Screen) -> None:
    cancel = CancelToken()
    threading.Timer(0.05, cancel.cancel).start()
    face = FakeProvisioner()
    planned = provision("shell", pause_before_s=60.0)
    with pytest.raises(Cancelled):
        run(
            ProvisionHook((PreparedProvision(planned, face),), None, screen),
            screen,
            cancel=cancel,
        )
    assert face.calls == []
    assert screen.said() == ["Pausing 60s before the provisioner shell…"]


def test_debug_asks_before_each_provisioner(screen: Screen) -> None:
    hook = ProvisionHook(
        (PreparedProvision(provision("shell"), FakeProvisioner()),), None, screen, debug=True
    )
    run(hook, screen)
    assert [how for _, how, _ in screen.lines] == ["ask"]


class Nobody(Screen):
    """A Ui without a person in front of it."""

    def ask(self, query: str) -> str:
        super().ask(query)
        raise PackerError("cannot ask")


class Leaving(Screen):
    """A Ui whose person interrupts instead of answering."""

    def ask(self, query: str) -> str:
        raise Cancelled


def test_debug_goes_on_when_nobody_can_press_enter() -> None:
    machine = FakeProvisioner()
    screen = Nobody()
    run(ProvisionHook((PreparedProvision(provision(), machine),), None, screen, debug=True), screen)
    assert len(machine.calls) == 1


def test_debug_ends_when_the_question_is_interrupted() -> None:
    machine = FakeProvisioner()
    hook = ProvisionHook((PreparedProvision(provision(), machine),), None, Leaving(), debug=True)
    with pytest.raises(Cancelled):
        run(hook, Screen())
    assert machine.calls == []


def test_error_cleanup_is_announced_and_does_not_replace_the_failure(screen: Screen) -> None:
    first, second = PackerError("first", hint="h"), PackerError("second")
    hook = ProvisionHook(
        (PreparedProvision(provision(), FakeProvisioner(failures=[first])),),
        PreparedProvision(provision("tidy"), FakeProvisioner(failures=[second])),
        screen,
    )
    for name in (PROVISION_HOOK, CLEANUP_HOOK):
        with pytest.raises(PackerError):
            run(hook, screen, name)
    assert hook.failure is first
    assert screen.said() == ["The build failed: running tidy to clean up"]


def test_hook_that_runs_again_remembers_the_latest_failure(screen: Screen) -> None:
    errors = [PackerError("first"), PackerError("second")]
    hook = ProvisionHook(
        (PreparedProvision(provision(), FakeProvisioner(failures=list(errors))),), None, screen
    )
    for error in errors:
        with pytest.raises(PackerError):
            run(hook, screen)
        assert hook.failure is error


def test_a_cancelled_job_provisions_no_more_even_if_its_builder_goes_on(screen: Screen) -> None:
    machine, cleaner, cancel = FakeProvisioner(), FakeProvisioner(), CancelToken()
    hook = ProvisionHook(
        (PreparedProvision(provision(), machine),),
        PreparedProvision(provision(), cleaner),
        screen,
        cancel=cancel,
    )
    cancel.cancel()
    with pytest.raises(Cancelled):
        run(hook, screen)
    run(hook, screen, CLEANUP_HOOK)
    assert (machine.calls, len(cleaner.calls)) == ([], 1)


def test_failure_that_is_let_pass_does_not_stop_what_follows(screen: Screen) -> None:
    first = FakeProvisioner(failures=[PackerError("no room"), PackerError("no room")])
    second = FakeProvisioner()
    hook = ProvisionHook(
        (
            PreparedProvision(provision(continue_on_error=True, max_retries=1), first),
            PreparedProvision(provision(), second),
        ),
        None,
        screen,
    )
    run(hook, screen)
    assert (len(first.calls), len(second.calls)) == (2, 1)
    assert hook.failure is None
    assert "Going on, because of continue_on_error" in screen.text()


def test_cancel_is_not_let_pass(screen: Screen) -> None:
    cancel = CancelToken()
    first = FakeProvisioner(work=lambda token: cancel.cancel(), failures=[PackerError("stopped")])
    hook = ProvisionHook(
        (PreparedProvision(provision(continue_on_error=True), first),), None, screen
    )
    with pytest.raises(PackerError):
        run(hook, screen, cancel=cancel)

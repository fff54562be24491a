"""Waiting that ends: calls that are given up on cancel, and trying again for a while."""

from __future__ import annotations

import threading

from packer_sdk import Cancelled, ComponentError, PackerError, RemoteError, RpcError
from packer_sdk.communicators.none import says_no_machine
from packer_sdk.threads import Deadline, spawn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from packer_sdk import CancelToken

    T = TypeVar("T")

_HOPELESS_TEXTS = ("cannot run commands in the image",)
"""What other plugins say when another try cannot help; only text reaches this process."""

HOPELESS = "will-not-work-later"
"""Reference of an error that another try cannot mend."""

RETRY_PAUSE_S = 2.0
"""Time between two tries, as in Packer (PVS-003)."""


def stoppable(cancel: CancelToken, role: str, call: Callable[[], T]) -> T:
    """Do something that blocks and knows nothing of cancelling.

    The call runs in a thread of its own. When the token goes up the thread is left behind: it
    ends with its call, at the latest when the connection to core is closed.

    Raises:
        Cancelled: the token went up first.
        BaseException: whatever the call raised.
    """
    cancel.check()
    results: list[T] = []
    errors: list[BaseException] = []
    awake = threading.Event()

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 - raised again by who waits
            errors.append(error)
        finally:
            awake.set()

    forget = cancel.on_cancel(awake.set)
    try:
        spawn(role, run)
        awake.wait()
    finally:
        forget()
    if errors:
        raise errors[0]
    if not results:
        raise Cancelled
    return results[0]


def pause(cancel: CancelToken, seconds: float) -> None:
    """Sleep.

    Raises:
        Cancelled: the token went up.
    """
    cancel.wait(seconds)
    cancel.check()


def until_it_works(cancel: CancelToken, timeout_s: float, what: str, attempt: Callable[[], T]) -> T:
    """Try, and try again for ``timeout_s`` seconds while the machine may be restarting (PVS-003).

    What can never work is not tried again: a machine that does not exist, a lost connection to
    core. Packer keeps trying on the communicator ``none`` for the whole five minutes.

    Raises:
        ComponentError: no try worked; says ``what`` and the last failure.
        Cancelled: the token went up.
    """
    deadline = Deadline(timeout_s)
    while True:
        cancel.check()
        try:
            return attempt()
        except PackerError as error:
            if not _may_pass(error):
                raise
            if deadline.passed:
                raise ComponentError(
                    f"cannot {what}: {error}",
                    hint=error.hint or "start_retry_timeout says how long this is tried again",
                ) from error
        left = deadline.left()
        pause(cancel, RETRY_PAUSE_S if left is None else min(RETRY_PAUSE_S, left))


def _may_pass(error: PackerError) -> bool:
    if error.reference == HOPELESS or any(text in str(error) for text in _HOPELESS_TEXTS):
        return False
    if isinstance(error, RpcError):
        # Only what the machine's side said; a lost or broken connection to core stays so.
        return isinstance(error, RemoteError) and not says_no_machine(error)
    return not isinstance(error, Cancelled) and not says_no_machine(error)

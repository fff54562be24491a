"""Running a command in the machine being built, for the person at the terminal to follow."""

from __future__ import annotations

import logging

from .interfaces import RemoteCommand
from .lines import LineWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from .cancel import CancelToken
    from .interfaces import Communicator, RunningCommand, Ui

logger = logging.getLogger(__name__)

# How long a cancel may go unnoticed while a command runs. A communicator cannot be woken.
_LOOK_S = 0.2


def run_remote(
    ui: Ui,
    communicator: Communicator,
    command: str,
    *,
    cancel: CancelToken | None = None,
    stdin: BinaryIO | None = None,
    shown: str = "",
) -> int:
    """Run a command line in the machine and show what it prints, line by line.

    Args:
        ui: Gets standard output as messages and standard error as errors.
        communicator: The way into the machine.
        command: Text for the remote shell.
        cancel: When it goes up, waiting ends; the command itself cannot be stopped through a
            communicator (protocol section 5.5).
        stdin: What the command reads.
        shown: What is logged instead of the command, for one that holds values that are nobody's
            business. Sensitive variables are masked in any case.

    Returns:
        The exit status; `DISCONNECTED` if the machine went away before it could tell.

    Raises:
        Cancelled: the token went up.
        PackerError: the command could not be started.
    """
    if cancel:
        cancel.check()
    logger.info("remote command: %s", shown or command)
    stdout = LineWriter(ui.say, together=True)
    stderr = LineWriter(ui.error, together=True)
    running = communicator.start(
        RemoteCommand(command, stdin=stdin, stdout=stdout.as_file(), stderr=stderr.as_file())
    )
    try:
        status = _wait(running, cancel)
    finally:
        stdout.close()
        stderr.close()
    logger.info("remote command ended with exit status %d", status)
    return status


def _wait(running: RunningCommand, cancel: CancelToken | None) -> int:
    if cancel is None:
        return running.wait()
    while True:
        try:
            return running.wait(_LOOK_S)
        except TimeoutError:
            cancel.check()

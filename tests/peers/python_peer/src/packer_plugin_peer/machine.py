"""The builder's machine: this one, and two commands no shell has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk import ComponentError
from packer_sdk.communicators.local import LocalCommunicator

if TYPE_CHECKING:
    from packer_sdk import RemoteCommand, RunningCommand


class Machine(LocalCommunicator):
    """A communicator that reaches this very machine."""

    def start(self, command: RemoteCommand) -> RunningCommand:  # type: ignore[override]
        verb, _, rest = command.command.partition(" ")
        if verb == "no-start":
            raise ComponentError(rest)
        if verb == "status":
            return Ended(int(rest))
        return super().start(command)


class Ended:
    """A command that has ended already."""

    def __init__(self, status: int) -> None:
        self._status = status

    def wait(self, timeout: float | None = None) -> int:
        return self._status

"""One script on the machine: there, run, and gone again (PVS-002, PVS-003)."""

from __future__ import annotations

import io
import shlex
from contextlib import suppress
from dataclasses import dataclass

from packer_sdk import (
    DISCONNECTED,
    Cancelled,
    ComponentError,
    FileInfo,
    PackerError,
    RemoteCommand,
    run_remote,
)

from .scripts import unix_lines
from .transfer import chunks, watched
from .waiting import HOPELESS, stoppable, until_it_works

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

    from packer_sdk import CancelToken, Communicator, Ui

COMMAND_NOT_FOUND = 127
"""What a shell exits with when there is no such program (POSIX, 2.8.2)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """The machine being built, as scripts see it.

    Attributes:
        ui: Where output goes.
        communicator: The way in.
        cancel: Ends every wait.
        patience_s: How long to try again while the machine does not answer.
    """

    ui: Ui
    communicator: Communicator
    cancel: CancelToken
    patience_s: float

    def put(self, source: BinaryIO, path: str, mode: int) -> None:
        """Upload a file from its beginning."""
        size_bytes = source.seek(0, io.SEEK_END)
        source.seek(0)
        info = FileInfo(_base_name(path), size_bytes, mode)
        with watched(source, size_bytes, info.name, self.ui, self.cancel) as reader:
            stoppable(
                self.cancel, "upload", lambda: self.communicator.upload(path, reader, info=info)
            )
        # Some communicators do not carry the mode. Whether the machine has a chmod at all is
        # not ours to judge: if it mattered, running the script will tell.
        self.quietly(f"chmod {mode:04o} {quoted(path)}")

    def quietly(self, command: str) -> int:
        """Run a command without showing its output; gives its exit status."""
        return stoppable(
            self.cancel,
            "remote-command",
            lambda: self.communicator.start(RemoteCommand(command)).wait(),
        )

    def run(self, command: str, shown: str) -> int:
        """Run a command and show its output; ``shown`` is what is logged. Gives its exit status."""
        # Even starting may take its time, and must not hold up a cancel.
        return stoppable(
            self.cancel,
            "remote-script",
            lambda: run_remote(
                self.ui, self.communicator, command, cancel=self.cancel, shown=shown
            ),
        )

    def remove(self, *paths: str) -> None:
        """Delete files, until it works: an expected restart may still be under way.

        Raises:
            ComponentError: they cannot be deleted.
        """
        until_it_works(
            self.cancel, self.patience_s, f"remove {' '.join(paths)}", lambda: self._remove(paths)
        )

    def _remove(self, paths: tuple[str, ...]) -> None:
        status = self.quietly(f"rm -f {' '.join(quoted(path) for path in paths)}")
        if status == DISCONNECTED:
            raise ComponentError("the machine closed the connection")
        if status == COMMAND_NOT_FOUND:
            raise ComponentError(
                "the machine has no program rm to delete the uploaded script with",
                hint="add rm to the machine, or leave the script there: skip_clean = true",
                reference=HOPELESS,
            )
        if status != 0:
            raise ComponentError(
                f"rm exited with status {status}", hint="skip_clean = true leaves the files there"
            )

    def try_to_remove(self, path: str) -> None:
        """Delete a file once, after something else has gone wrong that matters more."""
        with suppress(PackerError):
            self._remove((path,))


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteScript:
    """A script and what belongs to it.

    Attributes:
        label: What the user calls it.
        path: Where it goes on the machine.
        command: What runs it.
        shown: The same without the values of variables, for the log.
        variables: Text of the file with its variables, empty if they are in the command.
        variables_path: Where that file goes.
    """

    label: str
    path: str
    command: str
    shown: str
    variables: str = ""
    variables_path: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        """Everything that is left on the machine."""
        return (self.path, self.variables_path) if self.variables_path else (self.path,)

    def run(self, machine: Machine, source: BinaryIO) -> int:
        """Upload it with its variables and start it until that works; gives its exit status.

        Every try uploads again: a restart may have emptied the folder. What was started is not
        started twice; from then on only the exit status counts.
        """
        what = f"run script: {self.label}"
        try:
            return until_it_works(
                machine.cancel, machine.patience_s, what, lambda: self._try(machine, source)
            )
        except Cancelled:
            raise
        except PackerError:
            self.hide(machine)
            raise

    def _try(self, machine: Machine, source: BinaryIO) -> int:
        if self.variables_path:
            machine.put(io.BytesIO(self.variables.encode()), self.variables_path, 0o600)
        machine.put(source, self.path, 0o755)
        return machine.run(self.command, self.shown)

    def hide(self, machine: Machine) -> None:
        """After a failure: the script stays for who looks into it, secrets do not."""
        if self.variables_path:
            machine.try_to_remove(self.variables_path)


def prepared_source(source: BinaryIO, *, binary: bool) -> BinaryIO:
    """Return what to upload: the file as it is, or a copy with the line ends of Unix.

    A copy on disk, because some communicators must know the size before the first byte.
    """
    if binary:
        return source
    import tempfile  # noqa: PLC0415 - it is slow to import, and starting must be quick

    copy = tempfile.TemporaryFile(prefix="packer-shell-")  # noqa: SIM115 - the caller closes it
    for piece in unix_lines(chunks(source)):
        copy.write(piece)
    return copy


def quoted(path: str) -> str:
    """Quote a path for the machine's shell; a ``~`` in front keeps its meaning."""
    if path.startswith("~/"):
        return f"~/{shlex.quote(path[2:])}"
    return shlex.quote(path)


def _base_name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]

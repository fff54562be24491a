"""What a component is handed. Each is a protocol: whatever has the methods will do.

In a running build every one of these may live in another process; nothing in the signatures
shows it. Calls block, raise what they raise, and are safe from several threads.
"""

from __future__ import annotations

from .records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from typing import BinaryIO, Protocol

    from .cancel import CancelToken
else:
    Protocol = object  # a plugin process has no use for it, and typing takes long to import

PROVISION_HOOK = "packer_provision"
"""Name a builder gives to :meth:`Hook.run` when its machine is ready (protocol section 5.5)."""

CLEANUP_HOOK = "packer_cleanup_provision"
"""Name a builder gives to :meth:`Hook.run` when the build has failed (protocol section 5.5)."""

DISCONNECTED = 2300218
"""Exit status that means: the remote side went away before it could tell (section 5.8)."""


class Progress(Protocol):
    """A bar that moves while bytes do."""

    def add(self, count: int) -> None:
        """Note that ``count`` more bytes have passed."""


class Ui(Protocol):
    """The person at the terminal."""

    def say(self, message: str) -> None:
        """Show a line, or several."""

    def error(self, message: str) -> None:
        """Show a line that tells of a failure."""

    def ask(self, query: str) -> str:
        """Put a question and wait for a line of answer.

        Raises:
            PackerError: nobody can answer (no terminal).
        """

    def machine(self, category: str, *values: str) -> None:
        """Emit a record for programs that read along; people do not see it."""

    def progress(
        self, label: str, *, total: int, current: int = 0
    ) -> AbstractContextManager[Progress]:
        """Show a bar for ``total`` bytes for as long as the context is open."""


@record
class FileInfo:
    """What travels with an uploaded file besides its bytes.

    Attributes:
        name: Base name.
        size_bytes: Length in bytes.
        mode: Permission bits (the low nine; the rest is ignored).
        modified: Time of last change; None means now.
    """

    name: str
    size_bytes: int
    mode: int = 0o644
    modified: datetime | None = None


@record
class RemoteCommand:
    """A command line for the machine being built.

    Attributes:
        command: Text for the remote shell.
        stdin: Read until its end; None gives the command an empty input.
        stdout: Gets what the command prints; None throws it away.
        stderr: Gets what the command complains; None throws it away.
    """

    command: str
    stdin: BinaryIO | None = None
    stdout: BinaryIO | None = None
    stderr: BinaryIO | None = None

    def __repr__(self) -> str:
        return f"RemoteCommand({self.command!r})"


class RunningCommand(Protocol):
    """A command that has been started."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, with all output delivered, and return the exit status.

        Args:
            timeout: Seconds; None waits for ever.

        Raises:
            TimeoutError: it is still running.
        """


class Communicator(Protocol):
    """The way into the machine being built. Paths are paths of that machine."""

    def start(self, command: RemoteCommand) -> RunningCommand:
        """Start a command and return at once."""

    def upload(self, destination: str, source: BinaryIO, *, info: FileInfo | None = None) -> None:
        """Write everything that can be read from ``source`` into a file of the machine."""

    def upload_dir(self, destination: str, source: str, *, exclude: Sequence[str] = ()) -> None:
        """Copy a local folder; a trailing ``/`` on ``source`` means: only what is in it."""

    def download(self, source: str, destination: BinaryIO) -> None:
        """Write everything in a file of the machine to ``destination``."""

    def download_dir(self, source: str, destination: str, *, exclude: Sequence[str] = ()) -> None:
        """Copy a folder of the machine to a local one; trailing ``/`` as in upload_dir."""


class Hook(Protocol):
    """Core's door for builders: "my machine is ready, run what is to be run in it"."""

    def run(
        self,
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """Run everything that waits for the moment called ``name``.

        Args:
            name: ``PROVISION_HOOK`` or ``CLEANUP_HOOK``; other names do nothing.
            ui: Where output goes.
            communicator: The way into the machine; None if there is no machine to get into.
            data: Values of the build (``ID``, ``Host``, …): str, bool, int, float or bytes.
            cancel: When it goes up, what is running is told to stop.

        Raises:
            RpcError, PackerError: what was run has failed.
        """


class Artifact(Protocol):
    """What a build has made."""

    @property
    def builder_id(self) -> str:
        """Names the kind of artifact, the same for all builds of one builder."""

    @property
    def id(self) -> str:
        """Names this artifact (an image id, a digest); may be empty."""

    @property
    def files(self) -> Sequence[str]:
        """Paths of the files it consists of; empty if it lies elsewhere."""

    def state(self, name: str) -> object:
        """A further value by name, None if unknown."""

    def destroy(self) -> None:
        """Delete what the artifact stands for."""

    def __str__(self) -> str:
        """What the user reads."""

"""Small real implementations of what a component is handed, which remember what was done.

Cancel with a real `packer_sdk.CancelToken`: a test holds it, and calls its ``cancel()``.
"""

from __future__ import annotations

import io
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

from packer_sdk.errors import ComponentError
from packer_sdk.threads import spawn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import BinaryIO

    from packer_sdk.cancel import CancelToken
    from packer_sdk.interfaces import Communicator, FileInfo, Progress, RemoteCommand, Ui


@dataclass(slots=True)
class RecordedProgress:
    """A bar: how it was opened, how far it came, and whether it was closed."""

    label: str
    total: int
    current: int
    open: bool = True

    def add(self, count: int) -> None:
        """Move it."""
        self.current += count


class RecordingUi:
    """A `Ui` that keeps what it is told, line by line: how many lines a call has is no promise.

    Args:
        answers: For `ask`, one after the other; without any left, asking fails.
    """

    def __init__(self, *answers: str) -> None:
        self.said: list[str] = []
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.records: list[tuple[str, ...]] = []
        self.bars: list[RecordedProgress] = []
        self._answers = list(answers)

    def say(self, message: str) -> None:
        """Keep it in ``said``."""
        self.said += message.split("\n")

    def error(self, message: str) -> None:
        """Keep it in ``errors``."""
        self.errors += message.split("\n")

    def ask(self, query: str) -> str:
        """Keep the question in ``asked`` and give the next answer.

        Raises:
            ComponentError: there is none.
        """
        self.asked.append(query)
        if not self._answers:
            raise ComponentError(f"nobody can answer: {query}")
        return self._answers.pop(0)

    def machine(self, category: str, *values: str) -> None:
        """Keep the record in ``records``."""
        self.records.append((category, *values))

    @contextmanager
    def progress(self, label: str, *, total: int, current: int = 0) -> Iterator[Progress]:
        """Keep the bar in ``bars``."""
        bar = RecordedProgress(label, total, current)
        self.bars.append(bar)
        try:
            yield bar
        finally:
            bar.open = False


@dataclass(slots=True)
class MemoryArtifact:
    """An `Artifact` that is nothing but its description.

    Attributes:
        states: What `state` gives.
        destroyed: Whether `destroy` was called.
        destroy_error: Raised by `destroy` instead.
    """

    builder_id: str = "memory"
    id: str = ""
    files: Sequence[str] = ()
    text: str = "an artifact in memory"
    states: Mapping[str, object] = field(default_factory=dict)
    destroyed: bool = False
    destroy_error: Exception | None = None

    def state(self, name: str) -> object:
        """A further value by name."""
        return self.states.get(name)

    def destroy(self) -> None:
        """Note that it was called, or fail as told."""
        if self.destroy_error:
            raise self.destroy_error
        self.destroyed = True

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class HookCall:
    """One call of a hook."""

    name: str
    communicator: Communicator | None
    data: Mapping[str, object]


class RecordingHook:
    """A `Hook` that keeps its calls.

    Args:
        behaviour: Does the work of each call, with the arguments of `Hook.run`.
    """

    def __init__(
        self,
        behaviour: Callable[[str, Ui, Communicator | None, Mapping[str, object], CancelToken], None]
        | None = None,
    ) -> None:
        self.calls: list[HookCall] = []
        self._behaviour = behaviour

    def run(
        self,
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """Keep the call in ``calls``, then behave."""
        self.calls.append(HookCall(name, communicator, data))
        if self._behaviour:
            self._behaviour(name, ui, communicator, data, cancel)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command of a `ScriptedCommunicator` does.

    Attributes:
        status: Exit status.
        stdout: What it prints.
        stderr: What it complains.
        echo: Whether it prints its whole input first.
        hold: Waited for before anything is printed.
        error: Raised instead of starting.
    """

    status: int = 0
    stdout: bytes = b""
    stderr: bytes = b""
    echo: bool = False
    hold: threading.Event | None = None
    error: Exception | None = None


class ScriptedCommunicator:
    """A `Communicator` to a machine that is a dictionary of files and a list of replies.

    Args:
        replies: By command; any other command succeeds in silence.
        files: Contents by path.

    Attributes:
        commands: What was started, in order.
        files: Contents by path; uploads end up here.
        infos: What came along with uploads, by path.
        folders: Calls for folders: method, destination, source, excluded names.
    """

    def __init__(
        self, replies: Mapping[str, Reply] | None = None, files: Mapping[str, bytes] | None = None
    ) -> None:
        self.commands: list[str] = []
        self.files = dict(files or {})
        self.infos: dict[str, FileInfo | None] = {}
        self.folders: list[tuple[str, str, str, tuple[str, ...]]] = []
        self._replies = dict(replies or {})

    def script(self, command: str, reply: Reply) -> None:
        """Have ``command`` do this from now on."""
        self._replies[command] = reply

    def start(self, command: RemoteCommand) -> ScriptedCommand:
        """Do what the script says for this command."""
        self.commands.append(command.command)
        reply = self._replies.get(command.command, Reply())
        if reply.error:
            raise reply.error
        return ScriptedCommand(command, reply)

    def upload(self, destination: str, source: BinaryIO, *, info: FileInfo | None = None) -> None:
        """Put a file into ``files``."""
        self.files[destination] = source.read()
        self.infos[destination] = info

    def download(self, source: str, destination: BinaryIO) -> None:
        """Take a file out of ``files``.

        Raises:
            ComponentError: it is not there.
        """
        if source not in self.files:
            raise ComponentError(f"no such file in the machine: {source}")
        destination.write(self.files[source])

    def upload_dir(self, destination: str, source: str, *, exclude: Sequence[str] = ()) -> None:
        """Keep the call in ``folders``."""
        self.folders.append(("upload_dir", destination, source, tuple(exclude)))

    def download_dir(self, source: str, destination: str, *, exclude: Sequence[str] = ()) -> None:
        """Keep the call in ``folders``."""
        self.folders.append(("download_dir", destination, source, tuple(exclude)))


class ScriptedCommand:
    """A command that is running, for a moment."""

    def __init__(self, command: RemoteCommand, reply: Reply) -> None:
        self._command = command
        self._reply = reply
        self._ended = threading.Event()
        spawn("scripted-command", self._run)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end.

        Raises:
            TimeoutError: it is still running.
        """
        if not self._ended.wait(timeout):
            raise TimeoutError(f"still running: {self._command.command}")
        return self._reply.status

    def _run(self) -> None:
        try:
            if self._reply.hold:
                self._reply.hold.wait()
            stdout = self._command.stdout or io.BytesIO()
            if self._reply.echo and self._command.stdin:
                stdout.write(self._command.stdin.read())
            stdout.write(self._reply.stdout)
            if self._command.stderr:
                self._command.stderr.write(self._reply.stderr)
        finally:
            self._ended.set()

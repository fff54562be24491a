"""The way into this very machine: commands are children, paths are paths of this machine.

For tests, doubles and builders that fill a folder. Every command runs in a process group of its
own, which :meth:`LocalCommunicator.close` kills; whoever makes the communicator closes it.
"""

from __future__ import annotations

import fnmatch
import os
import shutil
import signal
import subprocess
import threading
from contextlib import contextmanager, suppress

from packer_sdk.errors import ComponentError
from packer_sdk.threads import Deadline, spawn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import BinaryIO, Self

    from packer_sdk.interfaces import FileInfo, RemoteCommand

_CHUNK_BYTES = 256 * 1024


class LocalCommunicator:
    """Runs commands here, in ``/bin/sh``, and copies files here.

    Args:
        cwd: Folder commands start in; None is this process's own.
        env: Their whole environment; None is this process's own.
        shell: What the text of a command is given to as the last argument.
    """

    def __init__(
        self,
        *,
        cwd: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        shell: Sequence[str] = ("/bin/sh", "-c"),
    ) -> None:
        self._cwd = cwd
        self._env = env
        self._shell = tuple(shell)
        self._running: set[_LocalCommand] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill every command that is still running, with all its children."""
        with self._lock:
            running = list(self._running)
        for command in running:
            command.kill()

    def start(self, command: RemoteCommand) -> _LocalCommand:
        """Start a child and return at once.

        Raises:
            ComponentError: the shell cannot be started.
        """
        with _in_words("cannot start a command", self._shell[0]):
            process = subprocess.Popen(
                [*self._shell, command.command],
                bufsize=0,
                cwd=self._cwd,
                env=self._env,
                start_new_session=True,
                stdin=_pipe_if(command.stdin),
                stdout=_pipe_if(command.stdout),
                stderr=_pipe_if(command.stderr),
            )
        running = _LocalCommand(process, command, self._forget)
        with self._lock:
            self._running.add(running)
        return running

    def upload(self, destination: str, source: BinaryIO, *, info: FileInfo | None = None) -> None:
        """Write a file; into a folder under the name that ``info`` tells.

        Raises:
            ComponentError: it cannot be written.
        """
        if info and (destination.endswith("/") or os.path.isdir(destination)):  # noqa: PTH112
            destination = os.path.join(destination, info.name)  # noqa: PTH118 - paths are text here
        with (
            _in_words("cannot write", destination),
            open(destination, "wb") as target,  # noqa: PTH123
        ):
            _copy(source, target)
            if info:
                os.fchmod(target.fileno(), info.mode & 0o777)
        if info and info.modified:
            moment = info.modified.timestamp()
            os.utime(destination, (moment, moment))

    def upload_dir(self, destination: str, source: str, *, exclude: Sequence[str] = ()) -> None:
        """Copy a folder; a trailing ``/`` on ``source`` means: only what is in it.

        Raises:
            ComponentError: something in it cannot be copied.
        """
        _copy_folder(source, destination, exclude)

    def download(self, source: str, destination: BinaryIO) -> None:
        """Write what is in a file to ``destination``.

        Raises:
            ComponentError: it cannot be read.
        """
        with _in_words("cannot read", source), open(source, "rb") as file:  # noqa: PTH123
            _copy(file, destination)

    def download_dir(self, source: str, destination: str, *, exclude: Sequence[str] = ()) -> None:
        """Copy a folder; trailing ``/`` as in :meth:`upload_dir`.

        Raises:
            ComponentError: something in it cannot be copied.
        """
        _copy_folder(source, destination, exclude)

    def _forget(self, command: _LocalCommand) -> None:
        with self._lock:
            self._running.discard(command)


class _LocalCommand:
    """A child, and a thread for each of its streams.

    Nobody has to wait: a thread of its own reaps the child, so that none is left a zombie.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        command: RemoteCommand,
        forget: Callable[[_LocalCommand], None],
    ) -> None:
        self._process = process
        self._outputs = [
            spawn(f"local-{name}", _pump_output, pipe, sink)
            for name, pipe, sink in (
                ("stdout", process.stdout, command.stdout),
                ("stderr", process.stderr, command.stderr),
            )
            if pipe and sink
        ]
        if process.stdin and command.stdin:
            spawn("local-stdin", _pump_input, command.stdin, process.stdin)
        self._forget = forget
        self._done = threading.Event()
        spawn("local-reaper", self._reap)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, with all output delivered, and return the exit status.

        A child that a signal ended reports 128 and the number of the signal, as a shell does.

        Raises:
            TimeoutError: it is still running.
        """
        deadline = Deadline(timeout)
        if not self._done.wait(deadline.left()):
            raise TimeoutError("the command is still running")
        status = self._process.returncode
        return status if status >= 0 else 128 - status

    def kill(self) -> None:
        """End the child and everything it started."""
        # The group outlives the child while a grandchild holds an output open.
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _reap(self) -> None:
        self._process.wait()
        for thread in self._outputs:
            thread.join()
        self._forget(self)
        self._done.set()


def _pipe_if(stream: BinaryIO | None) -> int:
    return subprocess.PIPE if stream else subprocess.DEVNULL


def _pump_output(pipe: BinaryIO, sink: BinaryIO) -> None:
    """Copy to the end; a sink that is gone must not block the child, so reading goes on."""
    is_open = True
    with pipe:
        while chunk := pipe.read(_CHUNK_BYTES):
            try:
                if is_open:
                    sink.write(chunk)
            except (OSError, ValueError):
                is_open = False


def _pump_input(source: BinaryIO, pipe: BinaryIO) -> None:
    # read1 hands on what is there; read would wait until a whole chunk has been typed.
    read: Callable[[int], bytes] = getattr(source, "read1", source.read)
    with suppress(BrokenPipeError), pipe:
        while chunk := read(_CHUNK_BYTES):
            # An unbuffered pipe may take a part only.
            view = memoryview(chunk)
            while view:
                view = view[pipe.write(view) :]


def _copy(source: BinaryIO, destination: BinaryIO) -> None:
    # A stream's read() waits until all it wants is there; read1() takes what is there.
    read: Callable[[int], bytes] = getattr(source, "read1", source.read)
    while data := read(_CHUNK_BYTES):
        destination.write(data)


def _copy_folder(source: str, destination: str, exclude: Sequence[str]) -> None:
    if not os.path.isdir(source):  # noqa: PTH112
        raise ComponentError(f"cannot copy a folder that is not there: {source}")
    if not source.endswith("/"):
        destination = os.path.join(destination, os.path.basename(source))  # noqa: PTH118, PTH119

    def ignored(folder: str, names: list[str]) -> set[str]:
        inner = os.path.relpath(folder, source)
        return {
            name
            for name in names
            if _matches(os.path.normpath(os.path.join(inner, name)), exclude)  # noqa: PTH118
        }

    with _in_words("cannot copy", source):
        shutil.copytree(source, destination, ignore=ignored, dirs_exist_ok=True)


def _matches(path: str, patterns: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)


@contextmanager
def _in_words(what: str, path: str) -> Iterator[None]:
    try:
        yield
    except shutil.Error as error:
        # Copying a folder goes on after a failure and reports all at the end; one is enough.
        first = error.args[0][0] if isinstance(error.args[0], list) else (path, path, str(error))
        raise ComponentError(f"{what}: {first[0]}: {first[2]}") from error
    except OSError as error:
        raise ComponentError(f"{what}: {path}: {error.strerror or error}") from error

"""Child processes on this machine: they say what they do, and die when they are told to.

The life of one: it is started in a session of its own, so that it and everything it starts can be
signalled together and a Ctrl-C at the terminal reaches core alone. One loop, in the calling
thread, feeds its input, shows its output and watches for its end and for a cancel. A cancelled
child is asked to stop (SIGTERM), given a few seconds in which its output is still shown, and
killed with all it has started. It is waited for only then: while it has not been, its number
cannot become that of a stranger. Whatever raises, the child does not outlive the call.

A child that ends well may leave programs behind that keep its output open (a daemon, say). They
are left alone, and not waited for.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import shlex
import signal
import subprocess
from collections import deque
from functools import partial

from .cancel import CancelToken
from .errors import Cancelled, ComponentError
from .lines import LineWriter
from .threads import Deadline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import IO, Protocol, Self

    from .interfaces import Ui
else:
    Protocol = object  # as in interfaces

logger = logging.getLogger(__name__)

_CHUNK = 64 * 1024
# Where the system cannot tell us of a child's end, we look this often.
_LOOK_S = 0.05
_STOP_GRACE_S = 5.0
_DRAIN_GRACE_S = 1.0
_LAST_LINES = 20


def run_command(
    argv: Sequence[str | os.PathLike[str]],
    *,
    ui: Ui | None = None,
    cancel: CancelToken | None = None,
    env: Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] | None = None,
    input: str | bytes | None = None,  # noqa: A002 - the word of subprocess
    check: bool = False,
    shown: str = "",
) -> int:
    """Run a program on this machine and show what it prints, line by line.

    Args:
        argv: Program and arguments; no shell is involved.
        ui: Gets standard output as messages and standard error as errors; without it, both go
            to the log.
        cancel: When it goes up, the program and everything it started are stopped.
        env: The whole environment; None hands on ours.
        cwd: The folder to run in.
        input: What it reads; it reads nothing without.
        check: Whether an exit status other than 0 is an error.
        shown: What is logged, and told in errors, instead of the command, for one that holds
            values that are nobody's business. The environment is never shown.

    Returns:
        The exit status; minus the number of the signal that killed it.

    Raises:
        ComponentError: it could not be started, or ``check`` is set and it failed.
        Cancelled: the token went up.
    """
    say: Callable[[str], None] = ui.say if ui else _log_output
    complain: Callable[[str], None] = ui.error if ui else _log_output
    last_lines: deque[str] = deque(maxlen=_LAST_LINES)

    def show_error(lines: str) -> None:
        last_lines.extend(lines.split("\n"))
        complain(lines)

    together = ui is not None  # a log has one line for each
    sinks = (LineWriter(say, together=together), LineWriter(show_error, together=together))
    command = shown or shlex.join(_words(argv))
    status = _run(argv, sinks, command, cancel=cancel, env=env, cwd=cwd, input_=input)
    if check and status:
        # What the ui has shown need not be told again.
        raise _failure(command, status, () if ui else last_lines)
    return status


def read_command(
    argv: Sequence[str | os.PathLike[str]],
    *,
    cancel: CancelToken | None = None,
    env: Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] | None = None,
    input: str | bytes | None = None,  # noqa: A002 - the word of subprocess
) -> str:
    """Run a program on this machine and return what it prints.

    Arguments as for :func:`run_command`. Standard error goes to the log.

    Raises:
        ComponentError: it could not be started, or failed; the message ends with what it said.
        Cancelled: the token went up.
    """
    from io import BytesIO  # noqa: PLC0415 - not on the way of run_command

    printed = BytesIO()
    last_lines: deque[str] = deque(maxlen=_LAST_LINES)
    sinks = (printed, LineWriter(last_lines.append))
    command = shlex.join(_words(argv))
    status = _run(argv, sinks, command, cancel=cancel, env=env, cwd=cwd, input_=input)
    if status:
        raise _failure(command, status, last_lines)
    return printed.getvalue().decode(errors="replace")


def _log_output(line: str) -> None:
    logger.info("%s", line)


# --- failures -----------------------------------------------------------------------------


def _words(argv: Sequence[str | os.PathLike[str]]) -> list[str]:
    return [os.fspath(word) for word in argv]


def _failure(command: str, status: int, last_lines: Sequence[str] | deque[str]) -> ComponentError:
    """Return the best account of a failure there is: how it ended, what it was, what it said."""
    hint = None
    if status < 0:
        text = f"command was killed by {_signal_name(-status)}: {command}"
    else:
        text = f"command failed with exit status {status}: {command}"
    if status == 127:
        hint = "a program was not found, or the interpreter of a script is not installed"
    said = "".join(f"\n  {line}" for line in last_lines)
    return ComponentError(text + said, hint=hint, reference="command-failed")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _start_failure(argv: Sequence[str], cwd: object, error: OSError) -> ComponentError:
    program = argv[0]
    # Python names the folder in the error if that is what is missing.
    if cwd is not None and str(error.filename) == str(cwd):
        return ComponentError(f"cannot run {program} in {cwd}: {error.strerror}")
    hint = "install it, or set PATH" if isinstance(error, FileNotFoundError) else None
    return ComponentError(
        f"cannot run {program}: {error.strerror or error}", hint=hint, reference="command-failed"
    )


# --- one child ----------------------------------------------------------------------------


class _Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


def _run(
    argv: Sequence[str | os.PathLike[str]],
    sinks: tuple[_Sink, _Sink],
    command: str,
    *,
    cancel: CancelToken | None,
    env: Mapping[str, str] | None,
    cwd: str | os.PathLike[str] | None,
    input_: str | bytes | None,
) -> int:
    if cancel:
        cancel.check()
    words = _words(argv)
    logger.info("running %s", command)
    data = input_.encode() if isinstance(input_, str) else input_
    child = _start(words, env=env, cwd=cwd, has_input=data is not None)
    with _Watch(child, sinks, data, cancel or CancelToken()) as watch:
        watch.follow()
    for sink in sinks:
        if isinstance(sink, LineWriter):
            sink.close()
    if cancel and cancel.cancelled and watch.was_stopped:
        raise Cancelled
    assert child.returncode is not None
    logger.info("%s ended with status %d", words[0], child.returncode)
    return child.returncode


def _start(
    words: Sequence[str],
    *,
    env: Mapping[str, str] | None,
    cwd: str | os.PathLike[str] | None,
    has_input: bool,
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            words,
            stdin=subprocess.PIPE if has_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            cwd=cwd,
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        raise _start_failure(words, cwd, error) from error


class _Watch:
    """Everything that may happen to one child, in one loop."""

    def __init__(
        self,
        child: subprocess.Popen[bytes],
        sinks: tuple[_Sink, _Sink],
        data: bytes | None,
        cancel: CancelToken,
    ) -> None:
        self.was_stopped = False
        self._child = child
        self._sinks = sinks
        self._data = memoryview(data or b"")
        self._cancel = cancel
        self._selector = selectors.DefaultSelector()
        self._cleanup = contextlib.ExitStack()
        self._has_ended = False
        self._open = 0
        self._kill_at = Deadline(None)
        self._drained_at = Deadline(None)

    def __enter__(self) -> Self:
        enter = self._cleanup
        enter.callback(self._reap)
        enter.enter_context(self._selector)
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            if pipe:
                enter.callback(pipe.close)
        self._watch_output()
        self._watch_end()
        self._watch_cancel()
        return self

    def __exit__(self, *_error: object) -> None:
        self._cleanup.close()

    def follow(self) -> None:
        """Return when the child has ended and its output is shown."""
        while not self._is_done():
            for key, _ in self._selector.select(self._patience()):
                key.data()
            self._notice_end()
            if self._kill_at.passed:
                self._signal(signal.SIGKILL)
                self._kill_at = Deadline(None)

    # --- what is watched ------------------------------------------------------------------

    def _watch_output(self) -> None:
        for pipe, sink in zip((self._child.stdout, self._child.stderr), self._sinks, strict=True):
            assert pipe is not None
            self._open += 1
            self._register(pipe, selectors.EVENT_READ, partial(self._read, pipe, sink))
        if self._child.stdin:
            os.set_blocking(self._child.stdin.fileno(), False)
            stdin = self._child.stdin
            self._register(stdin, selectors.EVENT_WRITE, lambda: self._feed(stdin))

    def _watch_end(self) -> None:
        self._end_fd: int | None = None
        if hasattr(os, "pidfd_open"):
            # Old kernels have none, and sandboxes forbid it: then we look now and again.
            with contextlib.suppress(OSError):
                self._end_fd = os.pidfd_open(self._child.pid)
                self._cleanup.callback(os.close, self._end_fd)
                self._register(self._end_fd, selectors.EVENT_READ, lambda: None)

    def _watch_cancel(self) -> None:
        reader, writer = os.pipe()
        self._cleanup.callback(os.close, reader)
        self._cleanup.callback(os.close, writer)
        self._register(reader, selectors.EVENT_READ, lambda: self._stop(reader))
        # Popped first: once the pipe is closed nobody may write to it.
        self._cleanup.callback(self._cancel.on_cancel(lambda: _wake(writer)))

    def _register(self, file: IO[bytes] | int, event: int, react: Callable[[], None]) -> None:
        self._selector.register(file, event, react)

    # --- what happens ---------------------------------------------------------------------

    def _read(self, pipe: IO[bytes], sink: _Sink) -> None:
        data = os.read(pipe.fileno(), _CHUNK)
        if data:
            sink.write(data)
            return
        self._selector.unregister(pipe)
        self._open -= 1

    def _feed(self, stdin: IO[bytes]) -> None:
        try:
            if self._data:
                self._data = self._data[os.write(stdin.fileno(), self._data[:_CHUNK]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._data = self._data[:0]  # it does not want to know; its exit status tells more
        if not self._data:
            self._selector.unregister(stdin)
            stdin.close()

    def _stop(self, reader: int) -> None:
        self._selector.unregister(reader)
        self.was_stopped = True
        self._signal(signal.SIGTERM)
        self._kill_at = Deadline(_STOP_GRACE_S)

    def _notice_end(self) -> None:
        if self._has_ended:
            return
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        if os.waitid(os.P_PID, self._child.pid, flags) is None:
            return
        self._has_ended = True
        self._drained_at = Deadline(_DRAIN_GRACE_S)
        if self._end_fd is not None:
            self._selector.unregister(self._end_fd)
        if self.was_stopped:
            self._signal(signal.SIGKILL)  # what it started and did not take along

    def _is_done(self) -> bool:
        return self._has_ended and (not self._open or self._drained_at.passed)

    def _patience(self) -> float | None:
        waits = [self._kill_at.left(), self._drained_at.left()]
        if self._end_fd is None:
            waits.append(_LOOK_S)
        return min((wait for wait in waits if wait is not None), default=None)

    def _signal(self, number: signal.Signals) -> None:
        # The child has not been waited for, so its group's number is still its own.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, number)

    def _reap(self) -> None:
        if not self._has_ended:
            self._signal(signal.SIGKILL)
        self._child.wait()


def _wake(writer: int) -> None:
    with contextlib.suppress(OSError):
        os.write(writer, b"x")

"""What a plugin process prints, read for as long as it lives.

Two threads read its pipes, so that it can never block on a full one: stderr becomes log lines, and
so does stdout after its first line. The last lines of stderr are kept for the case that something
has to be explained.
"""

from __future__ import annotations

import collections
import os
import select
import threading
from typing import TYPE_CHECKING

from packer_core.logs import plugin_line
from packer_sdk.threads import Deadline, spawn

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from .catalog import Component
    from .host import Hosted

LAST_WORDS_S = 5.0
"""How long what outlived a process may go on writing to its pipes until they are closed."""

LAST_LINES = 200
"""Kept for the crash report."""

LINE_LIMIT = 64 * 1024
"""Bytes; a longer line is logged in pieces, so that memory stays flat whatever a plugin prints."""


def at_the_end(text: str) -> tuple[str, str]:
    """Keep nothing back."""
    return text, ""


class Printed:
    """What one process prints.

    Args:
        component: What runs in it.
        child: The process, with pipes for what it prints.
        part: Parts the beginning of a line that is too long, see `PluginProcess.start`.

    Attributes:
        first_line: Of stdout, where a plugin says where it listens; None until it has come.
        greeted: Set once the first line has come, or cannot come any more.
    """

    def __init__(
        self,
        component: Component,
        child: subprocess.Popen[bytes] | Hosted,
        part: Callable[[str], tuple[str, str]],
    ) -> None:
        self.first_line: str | None = None
        self.greeted = threading.Event()
        self._component = component
        self._child = child
        self._part = part
        self._last_lines: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
        self._pumps: list[threading.Thread] = []  # noqa: TID251 - `spawn` makes them

    @property
    def last_lines(self) -> tuple[str, ...]:
        """What it wrote to its stderr last."""
        return tuple(self._last_lines)

    def read(self) -> None:
        """Begin to read, until both pipes have come to their end.

        Raises:
            PackerError: there is no room for a further thread.
        """
        label = self._component.key.executable
        for name, line in (("stderr", self._keep_line), ("stdout", self._stdout_line)):
            pipe = getattr(self._child, name)
            self._pumps.append(spawn(f"{name} of {label}", self._pump, pipe, line))

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait for the end of the pipes.

        Args:
            timeout_s: Seconds for each of them; None waits as long as it takes.
        """
        for pump in self._pumps:
            pump.join(timeout_s)

    def close(self) -> None:
        """Wait for the last words of a process that is over, and close the pipes."""
        self.wait()
        for pipe in (self._child.stdout, self._child.stderr):
            if pipe is not None:
                pipe.close()

    def _is_over(self) -> bool:
        return self._child.poll() is not None

    def _pump(self, pipe: BinaryIO, line: Callable[[str], None]) -> None:
        for raw in lines(pipe, self._is_over, self._part):
            line(raw.decode("utf-8", "backslashreplace").rstrip())
        if line == self._stdout_line:  # also its end is an answer to who waits for the first line
            self.greeted.set()

    def _keep_line(self, text: str) -> None:
        self._last_lines.append(text)
        plugin_line(self._component.program, text)

    def _stdout_line(self, text: str) -> None:
        if self.greeted.is_set():
            plugin_line(self._component.program, text)
            return
        self.first_line = text
        self.greeted.set()


def lines(
    pipe: BinaryIO, is_over: Callable[[], bool], part: Callable[[str], tuple[str, str]]
) -> Iterator[bytes]:
    """Lines of a pipe until its end, or until its process is over and it has gone quiet.

    A program that the plugin has left running may hold the pipe open long after the plugin ended,
    so the end of the pipe alone is no end to wait for.
    """
    descriptor = pipe.fileno()
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    rest = b""
    patience: Deadline | None = None
    while True:
        over = is_over()
        if over and patience is None:
            patience = Deadline(LAST_WORDS_S)
        if not poller.poll(100 if over else 1000):
            if over:
                break
            continue
        if patience and patience.passed:
            break  # a program that left the group of its plugin may write for ever
        chunk = os.read(descriptor, LINE_LIMIT)
        if not chunk:
            break
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) >= LINE_LIMIT:
            piece, tail = part(rest.decode("utf-8", "surrogateescape"))
            if piece:
                yield piece.encode("utf-8", "surrogateescape")
            rest = tail.encode("utf-8", "surrogateescape")
    if rest:
        yield rest

"""Typing into a real shell on a real terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Self


class Shell:
    """An interactive shell. A context manager, whose end kills it.

    Args:
        argv: What to start.
        folder: Its working folder.
        environ: Its environment.
    """

    def __init__(self, argv: Sequence[str], folder: Path, environ: Mapping[str, str]) -> None:
        self._shown = ""
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            os.execve(argv[0], list(argv), dict(environ))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._terminal, text.encode())

    def until(self, mark: str) -> str:
        """Wait until the shell shows something; return, and forget, what it has shown before."""
        give_up = time.monotonic() + 30
        while mark not in self._shown:
            assert time.monotonic() < give_up, f"{mark!r} was not shown: {self._shown!r}"
            if select.select([self._terminal], [], [], 0.1)[0]:
                self._shown += os.read(self._terminal, 4096).decode(errors="replace")
        before, _, self._shown = self._shown.partition(mark)
        return before


def completed(argv: Sequence[str], setup: str, line: str, folder: Path) -> str:
    """What ``packer`` is given, each word followed by ``|``, when a line with TABs is typed.

    Args:
        argv: An interactive shell.
        setup: A command that makes it complete.
        line: What is typed, without the key that ends it.
        folder: Where it is typed.
    """
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    packer = programs / "packer"
    packer.write_text("#!/bin/sh\nprintf '<given '\nprintf '%s|' \"$@\"\necho '>'\n")
    packer.chmod(0o755)
    environ = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "TERM": "vt100"}
    with Shell(argv, folder, environ) as shell:
        # What is typed is shown as well: the quotes tell it from what is printed.
        shell.type(f"{setup}; echo 'rea''dy'\r")
        shell.until("ready")
        shell.type(f"{line}\r")
        shell.until("<given ")
        return shell.until(">")

"""Running pip, and a plugin's ``describe``: the only place here that starts a process.

A child gets no input and leads a process group of its own, so that Ctrl-C reaches only us; when
we stop, for whatever reason, the whole group is killed, build backends included, and waited for.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packer_sdk.cancel import CancelToken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finished:
    """What a child left behind: its exit status, and what it wrote."""

    status: int
    output: str
    errors: str = ""


def clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without what would bend another interpreter: ``PYTHON*`` and the like.

    The cookie goes too: what is started here is no component.
    """
    unwanted = {"__PYVENV_LAUNCHER__", "PACKER_PLUGIN_MAGIC_COOKIE"}
    return {
        name: value
        for name, value in environ.items()
        if not name.startswith("PYTHON") and name not in unwanted
    }


def run_streamed(
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    cancel: CancelToken | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Finished:
    """Run to the end; each line goes to the log at once and is kept, errors among the output.

    Args:
        command: The program and its arguments.
        environ: Its environment.
        cancel: Ends it.
        progress: Told each line as it comes.

    Raises:
        Cancelled: Somebody asked to stop; the child is gone.
        OSError: It cannot be started.
    """
    lines: list[str] = []
    with _child(command, environ, cancel, stderr=subprocess.STDOUT) as child:
        for line in child.stdout or ():
            logger.debug("%s", line.rstrip())
            progress(line.rstrip())
            lines.append(line)
        status = child.wait()
    return Finished(status, "".join(lines))


def run_captured(
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    cancel: CancelToken | None = None,
    timeout_s: float,
) -> Finished:
    """Run to the end, output and errors apart.

    Raises:
        Cancelled: Somebody asked to stop; the child is gone.
        OSError: It cannot be started.
        subprocess.TimeoutExpired: It took longer than ``timeout_s`` seconds; it is gone.
    """
    with _child(command, environ, cancel, stderr=subprocess.PIPE) as child:
        output, errors = child.communicate(timeout=timeout_s)
    return Finished(child.returncode, output, errors)


@contextmanager
def _child(
    command: Sequence[str],
    environ: Mapping[str, str],
    cancel: CancelToken | None,
    *,
    stderr: int,
) -> Iterator[subprocess.Popen[str]]:
    token = cancel or CancelToken()
    token.check()
    logger.debug("Starting %s", " ".join(command))
    with subprocess.Popen(
        command,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as child:
        release = token.on_cancel(lambda: _kill(child))
        try:
            yield child
        finally:
            release()
            _kill(child)
    token.check()


def _kill(child: subprocess.Popen[str]) -> None:
    if child.returncode is not None:
        return  # its number may belong to somebody else by now
    if not hasattr(os, "killpg"):
        child.kill()
        return
    with suppress(ProcessLookupError, PermissionError):  # it has ended by itself
        os.killpg(child.pid, signal.SIGKILL)

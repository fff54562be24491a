"""Logging of core: where it goes, how a line looks, and what is kept out of it.

The log is for the person with a problem. It goes nowhere unless ``PACKER_LOG`` sends it to stderr
or ``PACKER_LOG_PATH`` into a file (ENV-001, ENV-002). This is the only module of core that touches
handlers; all others call ``logging.getLogger(__name__)``.

A line (UI-010, and the sample in the plugin documentation of 2013)::

    2013/06/10 21:44:43 Loading builder: custom
    2013/06/10 21:44:43 packer-builder-custom: 2013/06/10 21:44:43 Plugin minimum port: 10000
    2013/06/10 21:44:43 [DEBUG] null.a: waiting for SSH

INFO is what a reader expects and carries no tag. Other levels do, followed by the job whose thread
wrote the line. What a plugin wrote stays as it wrote it, its own time and tag included.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, TextIO

from packer_sdk.errors import PackerError

from .version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .settings import Settings

PLUGIN = "packer.plugin"
"""Loggers below this one carry what plugins wrote: ``packer.plugin.packer-builder-null``."""

_OF_PLUGINS = logging.getLogger(PLUGIN)

UI = "packer.ui"
"""What the user was shown goes here; a terminal shows it once already (ENV-001)."""

job_name: ContextVar[str] = ContextVar("job_name", default="")
"""The job that the current thread works for; empty outside of one."""

_LEVELS = {
    "TRACE": logging.DEBUG,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "WARNING": logging.WARNING,
    "ERR": logging.ERROR,
    "ERROR": logging.ERROR,
    "CRITICAL": logging.CRITICAL,
    "FATAL": logging.CRITICAL,
}
_TAGS = {logging.WARNING: "WARN"}
_LEVEL_IN_LINE = re.compile(r"\[(" + "|".join(_LEVELS) + r")\]")


@contextlib.contextmanager
def logging_to(settings: Settings, mask: Callable[[str], str]) -> Iterator[bool]:
    """Send the log where the settings say for as long as the context is open.

    Args:
        settings: What the user wants.
        mask: Takes what is secret out of every line.

    Yields:
        Whether it goes anywhere.

    Raises:
        PackerError: the log file cannot be written.
    """
    level = level_of(settings.log)
    root = logging.getLogger()
    before = root.level
    handler = _handler(settings, mask, level)
    root.addHandler(handler)
    silent = isinstance(handler, logging.NullHandler)
    # Above everything, so that nobody formats what nobody reads.
    root.setLevel(logging.CRITICAL + 1 if silent else level or logging.DEBUG)
    try:
        yield not silent
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
        with contextlib.suppress(OSError):
            handler.close()


def level_of(text: str) -> int | None:
    """What ``PACKER_LOG`` asks for: None is off, an unknown word is everything."""
    if text in ("", "0"):
        return None
    return _LEVELS.get(text.upper(), logging.DEBUG)


def plugin_line(program: str, line: str) -> None:
    """Log a line that a plugin has written to its stderr.

    Args:
        program: Base name of its executable, or ``packer-KIND-NAME``.
        line: As it came; its end is trimmed. A ``[LEVEL]`` in it decides the level.
    """
    if not _OF_PLUGINS.isEnabledFor(logging.CRITICAL):
        return  # a plugin may write a million lines
    line = line.rstrip()
    found = _LEVEL_IN_LINE.search(line)
    level = _LEVELS[found[1]] if found else logging.INFO
    # A dot would make a child logger; there is nothing to be configured below a plugin.
    logger = logging.getLogger(f"{PLUGIN}.{program.replace('.', '_')}")
    logger.log(level, "%s: %s", program, line)


def note_start() -> None:
    """Log which program this is, on what."""
    logging.getLogger(__name__).info(
        "Packer for Python %s on Python %s, %s", VERSION, sys.version.split()[0], sys.platform
    )


class Journal:
    """What the Ui leaves to the log."""

    def shown(self, text: str) -> None:
        """Log what the user was shown."""
        logging.getLogger(UI).info("ui: %s", text)

    def record(self, category: str, *values: str) -> None:
        """Log a record that only programs would have been shown (UI-006)."""
        logging.getLogger(UI).info("machine readable: %s %s", category, list(values))


def _handler(settings: Settings, mask: Callable[[str], str], level: int | None) -> logging.Handler:
    handler: logging.Handler
    if settings.log_path:
        handler = _file(settings.log_path)
    elif level is not None:
        handler = _Stream(sys.stderr)
        handler.addFilter(lambda record: record.name != UI)
    else:
        return logging.NullHandler()
    handler.setFormatter(_Formatter(mask))
    return handler


def _file(path: str) -> logging.Handler:
    try:
        return _File(path, "w", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise PackerError(
            f"log file cannot be written: {path}: {error.strerror}",
            hint="set PACKER_LOG_PATH to a file in a folder that exists, or unset it",
            reference="log-unwritable",
        ) from error


class _Stream(logging.StreamHandler[TextIO]):
    """Says nothing when nobody reads the log any more: there is nowhere to say it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


class _File(logging.FileHandler):
    """Says once that lines of the log are lost, and not once for each."""

    _has_complained = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._has_complained:
            self._has_complained = True
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.write(f"the log is incomplete: {self.baseFilename}: {error.strerror}\n")


class _Formatter(logging.Formatter):
    def __init__(self, mask: Callable[[str], str]) -> None:
        super().__init__("%(asctime)s %(tag)s%(message)s", "%Y/%m/%d %H:%M:%S")
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        record.tag = _tag(record)
        return self._mask(super().format(record))


def _tag(record: logging.LogRecord) -> str:
    if record.levelno == logging.INFO or record.name.startswith(f"{PLUGIN}."):
        return ""
    job = job_name.get()
    name = _TAGS.get(record.levelno, record.levelname)
    return f"[{name}] {job}: " if job else f"[{name}] "

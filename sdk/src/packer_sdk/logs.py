"""Where the log of a plugin process goes: to its standard error, which core reads.

The only module of the SDK that touches handlers. Authors use the standard `logging`, or print:
both arrive in Packer's log (architecture section 9).
"""

from __future__ import annotations

import logging
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_LEVELS = {
    "TRACE": logging.DEBUG,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "ERROR": logging.ERROR,
}
_NAMES = {logging.WARNING: "WARN", logging.CRITICAL: "ERROR"}


class LineFormatter(logging.Formatter):
    """``2013/06/10 21:44:43 [DEBUG] text``, and the same in front of every further line.

    Core reads line by line and must be able to tell each line's level. INFO is what a line without
    a level means, as in the sample of the plugin page (seed F6 to F8).
    """

    def format(self, record: logging.LogRecord) -> str:
        """The lines of one record, traceback included."""
        stamp = time.strftime("%Y/%m/%d %H:%M:%S", time.localtime(record.created))
        level = _NAMES.get(record.levelno, record.levelname)
        tag = "" if record.levelno == logging.INFO else f"[{level}] "
        lines = super().format(record).splitlines() or [""]
        return "\n".join(f"{stamp} {tag}{line}" for line in lines)


def log_to_stderr(stream: TextIO | None = None, level: str | None = None) -> None:
    """Send everything that is logged in this process to its standard error.

    Args:
        stream: Instead of standard error.
        level: ``TRACE`` to ``ERROR``; anything else logs all, since core decides what is shown.
            By default what ``PACKER_LOG`` says.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    wanted = level if level is not None else os.environ.get("PACKER_LOG", "")
    root.setLevel(_LEVELS.get(wanted.upper(), logging.DEBUG))

"""Telling the user what went wrong: an error in our words, or a bug in ours."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

from packer_core.crashes import Crash
from packer_core.engine.findings import error_found
from packer_core.version import VERSION
from packer_sdk.errors import PackerError

from .render import render_error

if TYPE_CHECKING:
    from pathlib import Path

    from packer_core.app import App

logger = logging.getLogger(__name__)


def report(app: App, error: Exception) -> int:
    """Show a failure and return the exit code."""
    if isinstance(error, PackerError):
        app.monitor.tell(error_found(error))
        logger.debug("failed with %s", error.reference, exc_info=error)
        app.ui.error(render_error(error, color=app.color))
    else:
        bug = _bug(error, _report_bug(app, error))
        app.monitor.tell(error_found(bug))
        logger.critical("this is a bug", exc_info=error)
        app.ui.error(render_error(bug, color=app.color))
    return 1


def _report_bug(app: App, error: Exception) -> Path | None:
    trace = "".join(traceback.format_exception(error)).splitlines()
    try:
        reports = app.crashes
    except PackerError:
        return None  # there is no home folder to put it in
    return reports.write(Crash(who="packer", sections=(("Traceback", trace),)))


def _bug(error: Exception, report: Path | None) -> PackerError:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    hint = "run again with PACKER_LOG=1, and report what it shows"
    if report:
        hint = f"report it with {report}; PACKER_LOG=1 shows more"
    return PackerError(
        f"this is a bug in Packer for Python {VERSION}: {type(error).__name__}: {error}\n"
        f"  in {frame.name}, {frame.filename}:{frame.lineno}",
        hint=hint,
        reference="bug",
    )

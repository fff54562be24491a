"""Telling the user what went wrong: an error in our words, or a bug in ours."""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

from packer_core.crashes import Crash
from packer_core.engine.bugs import bug_of
from packer_core.engine.findings import error_found
from packer_core.errors import TemplateError
from packer_sdk.errors import PackerError

from .diagnosed import tell_machines
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
        if isinstance(error, TemplateError) and app.machine_readable:
            tell_machines(app.ui, error.diagnostics)
        app.ui.error(render_error(error, color=app.color, mask=app.secrets.apply))
    else:
        path = _report_bug(app, error)
        bug = bug_of(error, f"report it with {path}; PACKER_LOG=1 shows more" if path else None)
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

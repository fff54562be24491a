"""``packer validate -json``: the same verdict, as one document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.engine.configs import BuildFlags
from packer_core.engine.plan import plan
from packer_core.engine.prepare import PreparedJob, prepare
from packer_core.errors import ComponentRefused, TemplateError
from packer_core.plugins.watched import watched
from packer_sdk.errors import Cancelled, PackerError

from .diagnosed import document
from .refusals import refusals_found
from .templates import specs_for, undeclared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from packer_core.app import App
    from packer_core.engine.choice import Choice
    from packer_core.template.model import Template


def show_verdict(
    app: App, read: Callable[[], Template], choice: Choice | None, *, warn_undeclared: bool
) -> int:
    """Print everything that there is to tell about a template, and nothing else.

    Args:
        app: Of the run; it shows nothing else from here on.
        read: Reads the template.
        choice: The builds that plugins are asked about; None to ask none at all.
        warn_undeclared: Whether to warn of variables that nobody declares.

    Returns:
        The exit code.

    Raises:
        Cancelled: by the user; no document is written then.
    """
    app.mute()
    found: list[Diagnostic] = []
    try:
        template = read()
        found += template.warnings
        if warn_undeclared:
            found += undeclared(template)
        if choice is not None:
            found += _of_plugins(app, template, choice)
    except Cancelled:
        raise
    except PackerError as error:
        found += _of_errors([error])
    app.screen.say(document(dict.fromkeys(found)))  # builds may have mistakes in common
    return 1 if any(one.severity == "error" for one in found) else 0


def _of_plugins(app: App, template: Template, choice: Choice) -> Iterator[Diagnostic]:
    jobs = plan(template, app.catalog, choice)
    specs = specs_for(app, template, jobs)
    with (
        app.interruptible("validation") as interrupts,
        watched(app.fleet(), app.monitor) as fleet,
        interrupts.at_once(),
    ):
        prepared = prepare(jobs, template, BuildFlags(), fleet, app.monitor, specs=specs)
        app.cancel.check()
    for job in prepared:
        if isinstance(job, PreparedJob):
            for warning in job.warnings:
                yield Diagnostic(f"{job.job.name}: {warning}", severity="warning")
        else:
            yield from _of_errors(job.errors)


def _of_errors(errors: Iterable[PackerError]) -> Iterator[Diagnostic]:
    for error in errors:
        if isinstance(error, ComponentRefused | TemplateError):
            yield from refusals_found([error])
        else:
            yield Diagnostic(error.message, hint=error.hint)

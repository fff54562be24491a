"""``packer validate``: everything that ``build`` does before it builds (VAL-001, VAL-002)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packer_core.cli import options as flags
from packer_core.cli.command import Command
from packer_core.cli.preparation import prepare_and_show
from packer_core.cli.recording import record, record_plan
from packer_core.cli.templates import (
    TEMPLATE_PARAMETERS,
    TemplateOptions,
    everything,
    load,
    nothing,
    show_undeclared,
    show_unknown_choices,
    show_warnings,
    specs_for,
)
from packer_core.cli.verdict import show_verdict
from packer_core.engine.choice import Choice
from packer_core.engine.configs import BuildFlags
from packer_core.engine.plan import plan
from packer_core.plugins.watched import watched
from packer_core.ui.decorate import BuildUis

if TYPE_CHECKING:
    from packer_core.app import App
    from packer_core.template.model import Template


@dataclass(frozen=True, kw_only=True)
class ValidateOptions(TemplateOptions):
    """What the command line says."""

    only: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()
    events: str = ""
    json: bool = False
    syntax_only: bool = False
    no_warn_undeclared_var: bool = False
    evaluate_datasources: bool = False
    ignore_prerelease_plugins: bool = False
    use_sequential_evaluation: bool = False


def run(app: App, options: ValidateOptions) -> int:
    """Say whether the template would build, as far as that shows without building."""
    app.ignore_prereleases = options.ignore_prerelease_plugins
    record(app, "validate", options.events, keep=False)
    choice = Choice(only=options.only, except_=options.except_)
    if options.json:
        asked = None if options.syntax_only else choice
        warns = not options.no_warn_undeclared_var
        return show_verdict(app, lambda: _read(app, options, choice), asked, warn_undeclared=warns)
    template = _read(app, options, choice)
    show_warnings(app, template.warnings)
    if not options.no_warn_undeclared_var:
        show_undeclared(app, template)
    if options.syntax_only:
        app.ui.say("The syntax of the template is valid; no plugin was asked.")
        return 0
    if not _accepted(app, template, choice):
        return 1
    app.ui.say("The configuration is valid.")
    return 0


def _read(app: App, options: ValidateOptions, choice: Choice) -> Template:
    return load(
        app,
        options,
        strict_variables=not options.syntax_only,
        syntax_only=options.syntax_only,
        evaluate=everything if options.evaluate_datasources else nothing,
        choice=choice,
    )


def _accepted(app: App, template: Template, choice: Choice) -> bool:
    if template.language == "hcl2" and not template.sources and choice == Choice():
        return True  # there may be only variables, or data sources know what will be built
    jobs = plan(template, app.catalog, choice)
    show_unknown_choices(app, template, choice)
    app.discover()
    record_plan(app, jobs)
    specs = specs_for(app, template, jobs)
    ui_for = BuildUis(app.screen, color=app.color, monitor=app.monitor)
    with (
        app.interruptible("validation") as interrupts,
        watched(app.fleet(), app.monitor) as fleet,
        interrupts.at_once(),
    ):
        ready = prepare_and_show(
            jobs,
            template,
            BuildFlags(),
            fleet,
            ui=app.ui,
            ui_for=ui_for,
            color=app.color,
            cancel=app.cancel,
            monitor=app.monitor,
            specs=specs,
        )
    return len(ready) == len(jobs)


COMMAND = Command(
    "validate",
    "Check that a template can be built",
    description="Starts the plugins and has them judge their configuration. Nothing is built.",
    parameters=(
        flags.EVALUATE_DATASOURCES,
        flags.EVENTS,
        flags.EXCEPT,
        flags.IGNORE_PRERELEASE_PLUGINS,
        flags.JSON,
        flags.NO_WARN_UNDECLARED_VAR,
        flags.ONLY,
        flags.SYNTAX_ONLY,
        flags.USE_SEQUENTIAL_EVALUATION,
        *TEMPLATE_PARAMETERS,
    ),
    options=ValidateOptions,
    run=run,
)

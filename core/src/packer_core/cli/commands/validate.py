"""``packer validate``: everything that ``build`` does before it builds (VAL-001, VAL-002)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.cli import options as flags
from packer_core.cli.command import Command
from packer_core.cli.recording import record
from packer_core.cli.templates import (
    TEMPLATE_PARAMETERS,
    TemplateOptions,
    everything,
    load,
    nothing,
    show_undeclared,
    show_warnings,
)
from packer_core.engine.choice import Choice
from packer_sdk.records import named_record

if TYPE_CHECKING:
    from packer_core.app import App
    from packer_core.template.model import Template


@named_record
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
        from packer_core.cli.verdict import show_verdict  # noqa: PLC0415 - only here

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
    from packer_core.cli.judging import accepted  # noqa: PLC0415 - syntax is judged without it

    if not accepted(app, template, choice):
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

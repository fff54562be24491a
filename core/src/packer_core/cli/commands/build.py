"""``packer build``: from a template to artifacts (BLD-001 to BLD-018)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.cli import options as flags
from packer_core.cli.command import Command
from packer_core.cli.recording import record
from packer_core.cli.templates import (
    TEMPLATE_PARAMETERS,
    TemplateOptions,
    load,
    show_undeclared,
    show_unknown_choices,
    show_warnings,
)
from packer_core.cli.watching import listeners
from packer_core.engine.choice import Choice
from packer_core.engine.plan import plan
from packer_sdk.records import named_record

if TYPE_CHECKING:
    from packer_core.app import App
    from packer_core.engine.configs import OnError


@named_record
class BuildOptions(TemplateOptions):
    """What the command line says."""

    only: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()
    on_error: OnError = "cleanup"
    parallel_builds: int = 0
    color: bool | None = None
    debug: bool = False
    events: str = ""
    force: bool = False
    timestamp_ui: bool = False
    warn_on_undeclared_var: bool = False
    ignore_prerelease_plugins: bool = False
    skip_enforcement: bool = False
    use_sequential_evaluation: bool = False


def run(app: App, options: BuildOptions) -> int:
    """Load, plan, prepare, build, report."""
    app.ignore_prereleases = options.ignore_prerelease_plugins
    record(app, "build", options.events, keep=True, listeners=listeners(app))
    template = load(app, options)
    show_warnings(app, template.warnings)
    if options.warn_on_undeclared_var:
        show_undeclared(app, template)
    choice = Choice(only=options.only, except_=options.except_)
    jobs = plan(template, app.catalog, choice)
    app.expect(component for job in jobs for component in job.components)
    # What components are forked of comes up meanwhile; so the rest is imported only now.
    from packer_core.cli.building import build  # noqa: PLC0415

    show_unknown_choices(app, template, choice)
    return build(app, options, template, jobs)


COMMAND = Command(
    "build",
    "Build images from a template",
    description="Every builder of the template is a build; builds run side by side.",
    parameters=(
        flags.COLOR,
        flags.DEBUG,
        flags.EVENTS,
        flags.EXCEPT,
        flags.FORCE,
        flags.IGNORE_PRERELEASE_PLUGINS,
        flags.ON_ERROR,
        flags.ONLY,
        flags.PARALLEL_BUILDS,
        flags.SKIP_ENFORCEMENT,
        flags.TIMESTAMP_UI,
        flags.USE_SEQUENTIAL_EVALUATION,
        flags.WARN_ON_UNDECLARED_VAR,
        *TEMPLATE_PARAMETERS,
    ),
    options=BuildOptions,
    run=run,
)

"""What the commands that read a template have in common."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from packer_core.diagnostics import Diagnostic
from packer_core.nearest import did_you_mean, join
from packer_core.template.inputs import VariableInputs
from packer_core.template.load import is_hcl, load_template
from packer_sdk.records import named_record

from . import options as flags
from .diagnosed import tell_machines
from .recording import record_template
from .render import render_diagnostic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from packer_core.app import App
    from packer_core.engine.choice import Choice
    from packer_core.engine.plan import Job
    from packer_core.engine.protocols import Specs
    from packer_core.template.model import Source, Template

    Evaluate = Callable[[str, str], bool]

    class GivesVariables(Protocol):
        """Options of a command that takes variables."""

        @property
        def variables(self) -> tuple[tuple[str, str], ...]:
            """Of ``-var``."""

        @property
        def var_files(self) -> tuple[str, ...]:
            """Of ``-var-file``."""


TEMPLATE_PARAMETERS = (flags.VAR, flags.VAR_FILE, flags.CONFIG_TYPE, flags.TEMPLATE)


def everything(type_: str, name: str) -> bool:  # noqa: ARG001 - see `load`
    """Ask every data source."""
    return True


def nothing(type_: str, name: str) -> bool:  # noqa: ARG001 - see `load`
    """Ask no data source; they only judge their configuration (VAL-003)."""
    return False


@named_record
class TemplateOptions:
    """Which template, and what its variables are set to."""

    template: str
    variables: tuple[tuple[str, str], ...] = ()
    var_files: tuple[str, ...] = ()
    config_type: str = "json"


def load(
    app: App,
    options: TemplateOptions,
    *,
    strict_variables: bool = True,
    syntax_only: bool = False,
    evaluate: Evaluate = everything,
    choice: Choice | None = None,
) -> Template:
    """Read the template, and mask its secrets from here on.

    Args:
        app: Of the run.
        options: Which template, and its variables.
        strict_variables: Whether a variable without a value is an error.
        syntax_only: Whether to stop behind the variables of an HCL2 template.
        evaluate: Which data sources are asked, by type and name.
        choice: If given, only data sources that these builds reach are asked.

    Raises:
        TemplateError: it is refused.
    """
    path = Path(options.template)
    app.crashes.template = str(path.absolute())
    with contextlib.ExitStack() as stack:
        lookups = None
        if is_hcl(path, options.config_type) and not syntax_only:
            from .lookups import lookups_of  # noqa: PLC0415 - JSON templates do without

            lookups = lookups_of(app, stack, evaluate, path)
        template = load_template(
            path,
            inputs_of(app, options),
            config_type=options.config_type,
            strict_variables=strict_variables,
            syntax_only=syntax_only,
            lookups=lookups,
            chosen=_counting(choice) if choice else None,
        )
    for secret in template.secrets:
        app.secrets.register(secret)
    record_template(app, template)
    return template


def _counting(choice: Choice) -> Callable[[Source], bool]:
    """Whether a build of an HCL2 template is chosen."""
    from packer_core.engine.choice import matching  # noqa: PLC0415 - not where all are chosen

    matches = matching("hcl2")
    return lambda source: choice.takes(source.display_name, matches)


def inputs_of(app: App, options: GivesVariables) -> VariableInputs:
    """What the user gave besides the template."""
    return VariableInputs(
        assignments=options.variables,
        files=tuple(map(Path, options.var_files)),
        environ=app.environ,
    )


def specs_for(app: App, template: Template, jobs: Sequence[Job]) -> Specs | None:
    """The schemas that the components of an HCL2 template need; None for one in JSON."""
    if template.language == "json":
        return None
    specs = app.specs()
    specs.prefetch((component.kind, component.name) for job in jobs for component in job.components)
    return specs


def show_warnings(app: App, warnings: Iterable[Diagnostic]) -> None:
    """Show what is worth knowing though it stops nothing."""
    for warning in warnings:
        if app.machine_readable:
            tell_machines(app.ui, [warning])
        app.ui.say(f"{render_diagnostic(warning, color=app.color, mask=app.secrets.apply)}\n")


def show_undeclared(app: App, template: Template) -> None:
    """Warn of variables that are set and neither declared nor used (BLD-013)."""
    show_warnings(app, undeclared(template))


def undeclared(template: Template) -> Iterator[Diagnostic]:
    """Return a warning for each variable that is set and neither declared nor used."""
    declared = [variable.name for variable in template.variables.values() if variable.place]
    for name in template.undeclared:
        yield Diagnostic(
            f'variable "{name}" is set by {template.variables[name].source}, but the template'
            " does not declare it",
            hint=did_you_mean(name, declared),
            severity="warning",
        )


def show_unknown_choices(app: App, template: Template, choice: Choice) -> None:
    """Warn of names behind ``-only`` and ``-except`` that match nothing."""
    from packer_core.engine.plan import build_names, unknown_choices  # noqa: PLC0415 - see above

    names = build_names(template)
    show_warnings(
        app,
        (
            Diagnostic(
                f"no build is named {name}",
                hint=did_you_mean(name, names) or f"there are {join(names)}",
                severity="warning",
            )
            for name in unknown_choices(template, choice)
        ),
    )

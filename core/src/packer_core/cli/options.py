"""The flags that several commands share, each declared once (BLD-004 to BLD-018).

A flag is written as HashiCorp's documentation has it, with one dash; `flags` takes both. The
second name is the one the value gets as a field of the command's options.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    PairType = click.ParamType[tuple[str, str]]
else:
    PairType = click.ParamType  # generic since click 8.2 only


class YesNo(click.types.BoolParamType):
    """What click takes for a boolean, with an error for people."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> bool:
        """Read it."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is neither true nor false", param, ctx)


class Switch(click.Option):
    """On or off: ``-force`` or ``-force=false``, never with a word of its own (CLI-004)."""

    def __init__(self, declarations: list[str], *, default: bool | None = False, help: str) -> None:  # noqa: A002
        super().__init__(declarations, type=YesNo(), default=default, help=help)

    def make_metavar(self, ctx: click.Context) -> str:  # noqa: ARG002
        """Show the bare flag."""
        return ""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Show the bare flag."""
        record = super().get_help_record(ctx)
        return (record[0].rstrip(), record[1]) if record else None


class KeyValue(PairType):
    """``KEY=VALUE``, parted at the first ``=`` (BLD-011); a pair of texts."""

    name = "key=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Part it."""
        if isinstance(value, tuple):
            return value
        key, equals, text = str(value).partition("=")
        if not equals or not key.strip():
            self.fail(f"{value!r} is not of the form KEY=VALUE", param, ctx)
        return key.strip(), text


def _at_commas(
    context: click.Context,  # noqa: ARG001
    parameter: click.Parameter,  # noqa: ARG001
    values: tuple[str, ...],
) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in _PART.findall(value) if part.strip())


_PART = re.compile(r"(?:\{[^{}]*\}|[^,])+")  # commas in braces belong to a pattern (BLD-009)


TEMPLATE = click.Argument(["template"], metavar="TEMPLATE")
"""``template: str``: a file, a folder, or ``-``."""

VAR = click.Option(
    ["-var", "variables"],
    type=KeyValue(),
    multiple=True,
    metavar="KEY=VALUE",
    help="Set a variable of the template; may be given several times.",
)
"""``variables: tuple[tuple[str, str], ...]``"""

VAR_FILE = click.Option(
    ["-var-file", "var_files"],
    multiple=True,
    metavar="PATH",
    help="Set variables from a file, JSON or HCL; may be given several times.",
)
"""``var_files: tuple[str, ...]``"""

ONLY = click.Option(
    ["-only", "only"],
    multiple=True,
    metavar="NAME,…",
    callback=_at_commas,
    help="Build only these.",
)
"""``only: tuple[str, ...]``"""

EXCEPT = click.Option(
    ["-except", "except_"],
    multiple=True,
    metavar="NAME,…",
    callback=_at_commas,
    help="Build all but these; post-processors can be named, too.",
)
"""``except_: tuple[str, ...]``"""

ON_ERROR = click.Option(
    ["-on-error", "on_error"],
    type=click.Choice(["cleanup", "abort", "ask", "run-cleanup-provisioner"]),
    default="cleanup",
    help="What to do when a build fails: clean up (the default), stop and leave everything, ask,"
    " or run the error-cleanup-provisioner and stop.",
)
"""``on_error: str``"""

PARALLEL_BUILDS = click.Option(
    ["-parallel-builds", "parallel_builds"],
    type=click.INT,
    default=0,
    metavar="NUMBER",
    help="How many builds run at once; 0, the default, is no limit.",
)
"""``parallel_builds: int``"""

COLOR = Switch(
    ["-color", "color"],
    default=None,
    help="Print in colours. The default is to do so on a terminal only; -color insists.",
)
"""``color: bool | None``, for `App.wants_color`."""

DEBUG = Switch(["-debug", "debug"], help="Build one after the other, with a stop before each step.")
"""``debug: bool``"""

FORCE = Switch(
    ["-force", "force"], help="Go on where a builder would stop, such as at an image that exists."
)
"""``force: bool``"""

EVENTS = click.Option(
    ["-events", "events"],
    default="",
    metavar="PATH",
    help="Write what happens to a file or a named pipe, as JSON lines; 0 writes and keeps none.",
)
"""``events: str``; empty leaves it to ``PACKER_EVENTS``"""

TIMESTAMP_UI = Switch(["-timestamp-ui", "timestamp_ui"], help="Start each line with the time.")
"""``timestamp_ui: bool``"""

CONFIG_TYPE = click.Option(
    ["-config-type", "config_type"],
    type=click.Choice(["json", "hcl2"]),
    default="json",
    help="Language of a template whose name does not tell it; json is the default.",
)
"""``config_type: str``"""

WARN_ON_UNDECLARED_VAR = Switch(
    ["-warn-on-undeclared-var", "warn_on_undeclared_var"],
    help="Warn of variables in files that the template does not declare.",
)
"""``warn_on_undeclared_var: bool``"""

NO_WARN_UNDECLARED_VAR = Switch(
    ["-no-warn-undeclared-var", "no_warn_undeclared_var"],
    help="Do not warn of variables in files that the template does not declare.",
)
"""``no_warn_undeclared_var: bool``"""

SYNTAX_ONLY = Switch(
    ["-syntax-only", "syntax_only"], help="Read the template, and start no plugin."
)
"""``syntax_only: bool``"""

JSON = Switch(["-json", "json"], help="Print the verdict as one JSON document, and nothing else.")
"""``json: bool``"""

EVALUATE_DATASOURCES = Switch(
    ["-evaluate-datasources", "evaluate_datasources"], help="Run the data sources, too."
)
"""``evaluate_datasources: bool``"""

IGNORE_PRERELEASE_PLUGINS = Switch(
    ["-ignore-prerelease-plugins", "ignore_prerelease_plugins"],
    help="Leave out versions such as 1.0.0-dev of plugins that were not installed by this packer.",
)
"""``ignore_prerelease_plugins: bool``"""

USE_SEQUENTIAL_EVALUATION = Switch(
    ["-use-sequential-evaluation", "use_sequential_evaluation"],
    help="Taken, and changes nothing: data sources and locals may need each other in any order.",
)
"""``use_sequential_evaluation: bool``"""

SKIP_ENFORCEMENT = Switch(
    ["-skip-enforcement", "skip_enforcement"],
    help="Taken, and changes nothing: no registry adds provisioners to a build.",
)
"""``skip_enforcement: bool``"""

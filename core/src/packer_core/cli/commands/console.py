"""``packer console``: try expressions, with the variables of a template or without (CON-001)."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packer_core.cli import options as flags
from packer_core.cli.command import Command
from packer_core.cli.render import render_error
from packer_core.cli.templates import everything, inputs_of, show_warnings
from packer_core.template.console import open_console
from packer_core.template.load import is_hcl
from packer_sdk.errors import PackerError
from packer_sdk.records import named_record

from .inspect import variable_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from packer_core.app import App
    from packer_core.template.console import Console

PROMPT = "> "
HELP = """\
Type an expression to see its value.

  variables  shows the variables of the template
  exit       ends the console; so do Ctrl-C and Ctrl-D
  help       shows this"""


@named_record
class ConsoleOptions:
    """What the command line says."""

    template: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    var_files: tuple[str, ...] = ()
    config_type: str = "json"
    use_sequential_evaluation: bool = False


def run(app: App, options: ConsoleOptions) -> int:
    """Evaluate what is typed, or what comes through a pipe."""
    console = _opened(app, options)
    if console.template:
        for secret in console.template.secrets:
            app.secrets.register(secret)
        show_warnings(app, console.template.warnings)
    if sys.stdin is not None and sys.stdin.isatty():
        return _talk(app, console, _typed())
    return _answer_last(app, console, sys.stdin or ())


def _opened(app: App, options: ConsoleOptions) -> Console:
    path = Path(options.template) if options.template else None
    with ExitStack() as stack:
        lookups = None
        if path and is_hcl(path, options.config_type):
            from packer_core.cli.lookups import lookups_of  # noqa: PLC0415 - for HCL2 only

            lookups = lookups_of(app, stack, everything, path)
        inputs = inputs_of(app, options)
        return open_console(path, inputs, config_type=options.config_type, lookups=lookups)


def _talk(app: App, console: Console, lines: Iterable[str]) -> int:
    """Answer every line, until somebody wants to stop."""
    for line in lines:
        if line == "exit":
            break
        try:
            answer = _answer(console, line)
        except PackerError as error:
            app.ui.error(render_error(error, color=app.color, mask=app.secrets.apply))
        else:
            if answer:
                app.ui.say(answer)
    return 0


def _answer_last(app: App, console: Console, lines: Iterable[str]) -> int:
    """Evaluate every line, and show the value of the last."""
    answer, failed = "", False
    for line in lines:
        try:
            answer = _answer(console, line.strip()) or answer
        except PackerError as error:
            failed = True
            app.ui.error(render_error(error, color=app.color, mask=app.secrets.apply))
    if answer:
        app.ui.say(answer)
    return 1 if failed else 0


def _answer(console: Console, line: str) -> str:
    match line:
        case "" | "exit":
            return ""
        case "help":
            return HELP
        case "variables":
            return "\n".join(_variables(console))
        case _:
            return console.evaluate(line)


def _variables(console: Console) -> Iterator[str]:
    template = console.template
    if template is None:
        yield "There is no template, and so there are no variables."
    elif template.language == "hcl2":
        yield from variable_lines(template)
    else:
        for name, variable in template.variables.items():
            yield f"{name}: {'<sensitive>' if variable.sensitive else variable.value}"


def _typed() -> Iterator[str]:
    """Lines from a terminal; what readline brings is the user's to configure."""
    half_typed = _editing()
    while True:
        try:
            yield input(PROMPT).strip()
        except EOFError:
            return
        except KeyboardInterrupt:
            if not half_typed():
                return


def _editing() -> Callable[[], str]:
    """Let lines be edited, where that is possible; returns what tells the line so far."""
    try:
        import readline  # noqa: PLC0415 - slow, and not on every system
    except ImportError:
        return str
    return readline.get_line_buffer


COMMAND = Command(
    "console",
    "Try expressions",
    description="Evaluates what is typed: HCL2 expressions, or {{ … }} for a JSON template."
    " Through a pipe, it answers the last line.",
    parameters=(
        flags.VAR,
        flags.VAR_FILE,
        flags.CONFIG_TYPE,
        flags.USE_SEQUENTIAL_EVALUATION,
        click.Argument(["template"], metavar="[TEMPLATE]", required=False, default=""),
    ),
    options=ConsoleOptions,
    run=run,
)

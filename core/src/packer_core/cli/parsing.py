"""click, behind `Command`: what it parses, what it says, and how its errors read here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .errors import UsageError
from .flags import normalise
from .options import Switch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .command import Command


def parse(command: Command, words: Sequence[str], path: str) -> dict[str, Any]:
    """Return the value of every parameter by its name.

    Args:
        command: Whose words they are.
        words: As typed after the command.
        path: The commands so far, as the user would type them: ``packer plugins install``.

    Raises:
        UsageError: a flag or an argument is unknown, missing, or has no such value.
    """
    try:
        rewritten = normalise(words, _switches(command))
        context = _clicks(command).make_context(path, rewritten)
    except UsageError as error:
        error.hint = error.hint or f"{path} -h"
        raise
    except click.UsageError as error:
        raise UsageError(_in_our_words(error), hint=f"{path} -h") from error
    if context.args:
        raise _too_many(context.args, path)
    if late := [] if "--" in words else _flags_among_arguments(command, context.params):
        raise _too_many(late, path)
    return context.params


def _flags_among_arguments(command: Command, values: dict[str, Any]) -> list[str]:
    """Flags that an argument of any number of words has swallowed."""
    swallowing = [
        parameter.name
        for parameter in command.parameters
        if isinstance(parameter, click.Argument) and parameter.nargs == -1
    ]
    words = [word for name in swallowing if name for word in values[name]]
    return [word for word in words if word.startswith("-") and word != "-"]


def help_text(command: Command, path: str) -> str:
    """What ``-h`` shows."""
    context = click.Context(_clicks(command), info_name=path, max_content_width=100)
    return context.get_help()


def _clicks(command: Command) -> click.Command:
    return click.Command(
        command.name,
        # Arguments that are too many are judged here: click would not say which and why.
        context_settings={"allow_extra_args": True},
        params=list(command.parameters),
        help=f"{command.summary}.\n\n{command.description}",
        add_help_option=False,
        options_metavar="[FLAGS]",
    )


def _switches(command: Command) -> dict[str, bool]:
    return {
        spelling.lstrip("-"): isinstance(parameter, Switch)
        for parameter in command.parameters
        if isinstance(parameter, click.Option)
        for spelling in parameter.opts
    }


def _in_our_words(error: click.UsageError) -> str:
    parameter = getattr(error, "param", None)
    name = _display(parameter) if parameter else ""
    if isinstance(error, click.MissingParameter):
        return f"missing argument: {name}"
    if isinstance(error, click.BadParameter):
        return f"bad value for {name}: {error.message.rstrip('.')}"
    return error.format_message().rstrip(".")


def _display(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Argument):
        return parameter.human_readable_name
    return parameter.opts[0]


def _too_many(words: Sequence[str], path: str) -> UsageError:
    if words[0].startswith("-") and words[0] != "-":
        return UsageError(
            f"flag behind an argument: {words[0]}",
            hint=f"flags stand in front: {path} {words[0]} …",
        )
    return UsageError(f"too many arguments: {' '.join(words)}", hint=f"{path} -h")

"""What can be completed, read off the commands: words, flags and their values (CLI-008)."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Literal

import click

from packer_core.cli.command import Command, Group
from packer_core.cli.help import COMMANDS
from packer_core.cli.options import Switch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Kind = Literal["nothing", "text", "words", "path", "template", "plugin"]

_KINDS: dict[str, Kind] = {
    "PATH": "path",
    "TEMPLATE": "template",
    "REQUIREMENT...": "path",  # a folder or a wheel; what is on an index is not known here
    "name": "plugin",
    "[NAME...]": "plugin",
}
"""What a parameter is about, by the word that help shows for it."""


@dataclass(frozen=True, slots=True)
class Value:
    """What follows a flag, or stands for an argument.

    Attributes:
        kind: ``nothing`` for a switch, ``text`` for what only the user can know.
        words: All there are, for ``words``.
    """

    kind: Kind
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag, its name without dashes."""

    name: str
    help: str
    value: Value
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A command, or a word that holds others.

    Attributes:
        path: The words that lead here, without ``packer``.
        members: Words that may follow, each with a line about it.
        flags: Those of the command.
        argument: What follows the flags.
    """

    path: tuple[str, ...]
    members: tuple[tuple[str, str], ...] = ()
    flags: tuple[Flag, ...] = ()
    argument: Value = Value("nothing")

    @property
    def words(self) -> str:
        """The path as it is typed; empty at the top."""
        return " ".join(self.path)


TOP_FLAGS = (
    Flag("machine-readable", "Write records for programs.", Value("nothing")),
    Flag("h", "Show help.", Value("nothing")),
    Flag("v", "Show the version.", Value("nothing")),
)


def nodes(extensions: Sequence[Command | Group] = ()) -> list[Node]:
    """Everything there is, the top first.

    Args:
        extensions: Further commands.
    """
    ours = [import_module(f"packer_core.cli.commands.{name}").COMMAND for name in COMMANDS]
    commands: list[Command | Group] = [*ours, *extensions]
    shown = tuple((one.name, one.summary) for one in commands if not one.hidden)
    below = [node for one in commands if not one.hidden for node in _nodes(one, ())]
    return [Node((), shown, TOP_FLAGS), *below]


def _nodes(command: Command | Group, path: tuple[str, ...]) -> Iterator[Node]:
    path = (*path, command.name)
    if isinstance(command, Group):
        members = [member for member in command.members.values() if not member.hidden]
        yield Node(path, tuple((member.name, member.summary) for member in members))
        for member in members:
            yield from _nodes(member, path)
        return
    flags = [flag for one in command.parameters for flag in _flags(one)]
    arguments = [one for one in command.parameters if isinstance(one, click.Argument)]
    argument = _value(arguments[0]) if arguments else Value("nothing")
    yield Node(path, flags=(*flags, Flag("h", "Show help.", Value("nothing"))), argument=argument)


def _flags(parameter: click.Parameter) -> Iterator[Flag]:
    if isinstance(parameter, click.Option) and not parameter.hidden:
        value = Value("nothing") if isinstance(parameter, Switch) else _value(parameter)
        for spelling in parameter.opts:
            yield Flag(spelling.lstrip("-"), parameter.help or "", value, parameter.multiple)


def _value(parameter: click.Parameter) -> Value:
    if isinstance(parameter.type, click.Choice):
        return Value("words", tuple(map(str, parameter.type.choices)))
    return Value(_KINDS.get(parameter.metavar or parameter.name or "", "text"))

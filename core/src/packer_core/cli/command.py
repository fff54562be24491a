"""What a command is made of, for ours and for those of extensions alike.

A command module holds a frozen dataclass of options, a function and one line that ties them::

    COMMAND = Command(
        "sleep",
        "Wait a while",
        parameters=(SECONDS,),
        options=SleepOptions,
        run=run,
    )

The names of the click parameters are the names of the fields. click knows types, defaults and
help; `flags` translates Go's way of writing flags for it. Importing this module imports neither,
since `packer version` has no time for them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    import click

    from packer_core.app import App

    from .errors import UsageError

HELP = ("-h", "-help", "--help")


class Command:
    """One command.

    Args:
        name: The word the user types.
        summary: One line for the list of commands: starts with a verb, no full stop.
        description: More, shown above the options; paragraphs apart by an empty line.
        parameters: click options and arguments, best from `packer_core.cli.options`; or what makes
            them, for a command that people wait for. It is asked once there are words to
            understand: without any, the options are made of their own defaults.
        options: Makes the options from the parameters' values, given by name; a dataclass.
        run: Does the work and returns the exit code.
        hidden: Left out of lists.
    """

    def __init__(
        self,
        name: str,
        summary: str,
        *,
        run: Callable[[App, Any], int],
        options: Callable[..., object] = dict,
        parameters: Sequence[click.Parameter] | Callable[[], Sequence[click.Parameter]] = (),
        description: str = "",
        hidden: bool = False,
    ) -> None:
        self.name = name
        self.summary = summary
        self.description = description
        self._parameters = parameters
        self.options = options
        self.run = run
        self.hidden = hidden

    @property
    def parameters(self) -> tuple[click.Parameter, ...]:
        """What click knows of them."""
        return tuple(self._parameters() if callable(self._parameters) else self._parameters)

    def start(self, app: App, words: Sequence[str], path: str = "packer") -> int:
        """Parse the words after the command's name and run it, or show its help.

        Raises:
            UsageError: the words make no sense.
        """
        path = f"{path} {self.name}"
        if wants_help(words):
            app.ui.say(self.help(path))
            return 0
        return self.run(app, self.parse(words, path))

    def parse(self, words: Sequence[str], path: str = "") -> object:
        """Return the options that the words stand for; ``path`` is what hints call the command.

        Raises:
            UsageError: a flag or an argument is unknown, missing, or has no such value.
        """
        if not words and callable(self._parameters):
            return self.options()
        from . import parsing  # noqa: PLC0415

        return self.options(**parsing.parse(self, words, path or f"packer {self.name}"))

    def help(self, path: str) -> str:
        """The text of ``-h``."""
        from . import parsing  # noqa: PLC0415

        return parsing.help_text(self, path)


class Group:
    """A command that only holds others: ``packer plugins install``.

    Args:
        name: The word the user types.
        summary: One line for the list of commands.
        members: The commands in it.
        aliases: Further words for members, by their names; not listed.
    """

    hidden = False

    def __init__(
        self,
        name: str,
        summary: str,
        members: Sequence[Command],
        aliases: dict[str, str] | None = None,
    ) -> None:
        self.name = name
        self.summary = summary
        self.members: Mapping[str, Command] = {member.name: member for member in members}
        self._aliases = aliases or {}

    def start(self, app: App, words: Sequence[str], path: str = "packer") -> int:
        """Run a member; without one, show what there is, which is an error (CLI-002).

        Raises:
            UsageError: there is no such member, or its words make no sense.
        """
        path = f"{path} {self.name}"
        word = words[0] if words else ""
        if not word or word in HELP:
            app.ui.say(self.help(path))
            return 0 if word else 1
        member = self.members.get(self._aliases.get(word, word))
        if member is None:
            raise self._unknown(word, path)
        return member.start(app, words[1:], path)

    def summaries(self) -> Mapping[str, str]:
        """What lists say of each member."""
        return {member.name: member.summary for member in self.members.values()}

    def help(self, path: str) -> str:
        """The text of ``-h``."""
        from .help import table  # noqa: PLC0415

        return "\n".join(
            [
                f"Usage: {path} COMMAND [FLAGS] [ARGUMENTS]",
                "",
                f"  {self.summary}.",
                "",
                "Commands:",
                *table(self.summaries().items()),
                "",
                f'"{path} COMMAND -h" tells more about a command.',
            ]
        )

    def _unknown(self, word: str, path: str) -> UsageError:
        from packer_core.nearest import did_you_mean  # noqa: PLC0415

        from .errors import UsageError  # noqa: PLC0415

        near = did_you_mean(word, [*self.members, *self._aliases])
        return UsageError(f"unknown command: {path} {word}", hint=near or f"{path} -h")


def wants_help(words: Sequence[str]) -> bool:
    """Whether ``-h`` is among the words; behind ``--`` everything is an argument."""
    end = words.index("--") if "--" in words else len(words)
    return any(word in HELP for word in words[:end])

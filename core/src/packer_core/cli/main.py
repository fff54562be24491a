"""From the command line to an exit code. What goes wrong anywhere ends here, and only here.

Exit codes (CLI-002): 0 done; 1 anything wrong, a cancelled build included; 127 no such command.
A reader that has left (``packer … | head -1``) changes nothing; output lost to a full disk is 1.

The hot paths come first and import almost nothing: ``packer version``, ``packer -h``, and the
process of a bundled component, of which a build starts several.
"""

# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import os
import sys

from .commands import plugin as plugin_process
from .flags import asks_version, take_machine_readable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packer_core.app import App

    from .command import Command, Group

NO_SUCH_COMMAND = 127

_HELP = ("-h", "-help", "--help")

_AS_HASHICORP_SAYS = {
    f"{dashes}autocomplete-{what}": ["completion", what]
    for dashes in ("-", "--")
    for what in ("install", "uninstall")
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run packer.

    Args:
        argv: The words after the program's name; those of this process without them.

    Returns:
        The exit code.
    """
    argv = sys.argv[1:] if argv is None else argv
    if component := plugin_process.component_in(argv):
        return plugin_process.serve(component)
    if plugin_process.asks_host(argv):
        return plugin_process.host(int(argv[2]))
    from packer_core.app import App

    words, machine_readable = take_machine_readable(argv)
    with App(os.environ, machine_readable=machine_readable, words=argv) as app:
        code = _guarded(app, words)
        if app.has_lost_output:
            code = code or 1  # what was to be told was not, whatever else was done
        app.ended(code)
    _let_go_of_output()
    return code


def _guarded(app: App, words: Sequence[str]) -> int:
    try:
        return run(app, words)
    except KeyboardInterrupt:
        from packer_sdk.errors import Cancelled

        from .failures import report

        return report(app, Cancelled())
    except Exception as error:  # noqa: BLE001
        from .failures import report

        return report(app, error)


def run(app: App, words: Sequence[str]) -> int:
    """Find the command and run it.

    Raises:
        PackerError: whatever went wrong.
    """
    if asks_version(words) or list(words) == ["version"]:
        from .commands import version

        return version.run(app, None)
    words = _AS_HASHICORP_SAYS.get(words[0], words) if len(words) == 1 else words
    if not words or words[0].startswith("-"):
        return _without_command(app, words)
    app.start_log()
    command = _find(app, words[0])
    if command is None:
        return _no_such_command(app, words[0])
    return command.start(app, words[1:])


def _without_command(app: App, words: Sequence[str]) -> int:
    if words and words[0] not in _HELP:
        from .errors import UsageError

        raise UsageError(f"unknown flag in front of the command: {words[0]}", hint="packer -h")
    app.ui.say(_top_help(app))
    return 0 if words else NO_SUCH_COMMAND


def _find(app: App, word: str) -> Command | Group | None:
    """The command of that name: one of ours, or else one of an extension."""
    from .help import COMMANDS

    if word in plugin_process.COMMANDS[:1]:
        word = "plugins"  # HashiCorp's users mistype it so often that it is an alias there
    if word in COMMANDS:
        from importlib import import_module

        command: Command | Group = import_module(f"{__package__}.commands.{word}").COMMAND
        return command
    added = app.extensions.commands() if app.extended else []
    return next((one for one in added if one.name == word), None)


def _no_such_command(app: App, word: str) -> int:
    from .absent import no_such_command
    from .failures import report

    report(app, no_such_command(word))
    return NO_SUCH_COMMAND


def _top_help(app: App) -> str:
    from .help import top_help

    if not app.extended:
        return top_help()
    commands = [one for one in app.extensions.commands() if not one.hidden]
    return top_help((one.name, one.summary) for one in commands)


def _let_go_of_output() -> None:
    """Flush, and keep the interpreter from complaining at its end that nobody reads."""
    for descriptor, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
        except ValueError:
            pass  # closed already

"""The text of ``packer -h``, written without click: it is what people ask for most."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COMMANDS = {
    "init": "Install the plugins that a template requires",
    "build": "Build images from a template",
    "validate": "Check that a template can be built",
    "inspect": "Show what is in a template",
    "console": "Try expressions",
    "fmt": "Lay HCL2 files out as everybody does",
    "fix": "Bring an old JSON template up to date",
    "hcl2_upgrade": "Turn a JSON template into HCL2",
    "explain": "Tell what happened in a run",
    "plugins": "Install, list and remove plugins",
    "gc": "Clean up after runs that were killed",
    "completion": "Complete commands and flags in bash, zsh and fish",
    "version": "Show the version of this program",
}
"""Our commands in their order; each lives in `packer_core.cli.commands` under its name."""

_HEAD = """\
Usage: packer [-v] [-h] [-machine-readable] COMMAND [FLAGS] [ARGUMENTS]

  Build machine images from a template, every part of it a plugin in an
  environment of its own.

Commands:"""

_FOOT = """
Flags for every command:
  -h                 Show help; "packer COMMAND -h" is about a command
  -v                 Show the version
  -machine-readable  Write records for programs: time,target,type,data

Packer for Python is a project of its own. It reads the templates and speaks
the plugin protocol of HashiCorp Packer, and is neither made nor endorsed by
HashiCorp."""


def top_help(extensions: Iterable[tuple[str, str]] = ()) -> str:
    """Every command with a line each.

    Args:
        extensions: Name and summary of further commands.
    """
    return "\n".join([_HEAD, *table([*COMMANDS.items(), *extensions]), _FOOT])


def table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Lay out rows in columns, two spaces before and between them."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {'  '.join(cells)}".rstrip()

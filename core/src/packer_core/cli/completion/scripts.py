"""The scripts by the name of their shell."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from .bash import bash
from .fish import fish
from .zsh import zsh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .table import Node

SHELLS = ("bash", "zsh", "fish")


def script(shell: str, nodes: Sequence[Node]) -> str:
    """The script for one of `SHELLS`.

    It names no folder of the machine it is made on, so that a package may ship it.
    """
    if shell == "fish":
        return fish(nodes, _fish_folder())
    environments = f"${{PACKER_DATA_DIR:-{_data_home()}/packer}}/environments"
    return (bash if shell == "bash" else zsh)(nodes, environments)


def _data_home() -> str:
    """The folder of the user's data, as bash and zsh write it; see `packer_core.paths`."""
    if sys.platform == "darwin":
        return "$HOME/Library/Application Support"
    return "${XDG_DATA_HOME:-$HOME/.local/share}"


def _fish_folder() -> str:
    lines = ["set -l folder $HOME/.local/share/packer"]
    if sys.platform == "darwin":
        lines = ["set -l folder $HOME/Library/'Application Support'/packer"]
    else:
        lines.append('test -n "$XDG_DATA_HOME"; and set folder $XDG_DATA_HOME/packer')
    lines.append('test -n "$PACKER_DATA_DIR"; and set folder $PACKER_DATA_DIR')
    return "\n    ".join(lines)

"""The script for bash, from 3.2 on; it needs no other package."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .table import Node, Value

_HEAD = r"""# Completion of packer in bash, made by: packer completion bash

_packer_words() {
    local IFS=$' \t\n'
    COMPREPLY=($(compgen -P "$prefix" -W "$1" -- "$cur"))
}

_packer_files() {
    local IFS=$'\n'
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -P "$prefix" -f -- "$cur"))
}

_packer_templates() {
    local IFS=$'\n' ending
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -d -- "$cur"))
    for ending in .json .pkr.hcl; do
        COMPREPLY+=($(compgen -f -X "!*$ending" -- "$cur"))
    done
}

_packer_plugins() {
    local folder=@ENVIRONMENTS@
    _packer_words "$(command ls "$folder" 2>/dev/null)"
}

_packer() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} prefix=
    local path=packer word index commands= flags= argument=
    COMPREPLY=()
    # Bash takes "-flag=value" for three words, unless it was told otherwise.
    if [[ $cur == = ]]; then
        cur=
    elif [[ $prev == = ]]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    elif [[ $cur == -*=* ]]; then
        prev=${cur%%=*} prefix=${cur%%=*}= cur=${cur#*=}
    fi
    for ((index = 1; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        case "$path $word" in
            @PATHS@) path="$path $word" ;;
            *" -"*) ;;
            *) break ;;
        esac
    done
    case "$path:${prev/#--/-}" in
"""

_MIDDLE = r"""    esac
    case "$path" in
"""

_FOOT = r"""    esac
    if [[ $cur == --* ]]; then
        flags=" $flags"
        _packer_words "${flags// -/ --}"
    elif [[ $cur == -* ]]; then
        _packer_words "$flags"
    elif [[ $commands ]]; then
        _packer_words "$commands"
    elif [[ $argument ]]; then
        $argument
    fi
}

complete -F _packer packer
"""


def bash(nodes: Sequence[Node], environments: str) -> str:
    """The script.

    Args:
        nodes: What can be completed.
        environments: The folder whose entries are named after the plugins, as a shell writes it.
    """
    paths = "|".join(f'"{_path(node)}"' for node in nodes if node.path)
    head = _HEAD.replace("@PATHS@", paths).replace("@ENVIRONMENTS@", f'"{environments}"')
    values = "".join(line for node in nodes for line in _values(node))
    return head + values + _MIDDLE + "".join(map(_node, nodes)) + _FOOT


def _path(node: Node) -> str:
    return " ".join(("packer", *node.path))


def _values(node: Node) -> Iterator[str]:
    for flag in node.flags:
        if flag.value.kind != "nothing":
            action = _action(flag.value)
            yield f'        "{_path(node)}:-{flag.name}") {action}; return ;;\n'


def _node(node: Node) -> str:
    flags = " ".join(f"-{flag.name}" for flag in node.flags)
    commands = " ".join(name for name, _ in node.members)
    argument = _action(node.argument) if node.argument.kind not in ("nothing", "text") else ""
    return (
        f'        "{_path(node)}")\n'
        f'            commands="{commands}"\n'
        f'            flags="{flags}"\n'
        f"            argument='{argument}'\n"
        "            ;;\n"
    )


def _action(value: Value) -> str:
    if value.kind == "words":
        return f'_packer_words "{" ".join(value.words)}"'
    actions = {
        "path": "_packer_files",
        "template": "_packer_templates",
        "plugin": "_packer_plugins",
    }
    return actions.get(value.kind, ":")

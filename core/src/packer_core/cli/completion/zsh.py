"""The script for zsh: to be sourced, or put into a folder of ``fpath`` as ``_packer``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .table import Flag, Node, Value

_HEAD = """\
#compdef packer
# Completion of packer in zsh, made by: packer completion zsh

_packer_installed_plugins() {
    local -a names
    names=(@ENVIRONMENTS@/*(N:t))
    compadd -a names
}

"""

_FOOT = """\
if [[ $funcstack[1] == _packer ]]; then
    _packer "$@"
else
    (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
    compdef _packer packer
fi
"""


def zsh(nodes: Sequence[Node], environments: str) -> str:
    """The script; the arguments are those of `bash.bash`."""
    functions = [_group(node) if node.members else _command(node) for node in nodes]
    head = _HEAD.replace("@ENVIRONMENTS@", f'"{environments}"')
    return head + "\n".join(functions) + "\n" + _FOOT


def _function(path: tuple[str, ...]) -> str:
    return "_".join(("_packer", *path)).replace("-", "_")


def _group(node: Node) -> str:
    members = "\n".join(f"        {_quoted(f'{name}:{text}')}" for name, text in node.members)
    cases = "\n".join(
        f"                {name}) {_function((*node.path, name))} ;;" for name, _ in node.members
    )
    specs = "".join(f" \\\n        {_flag(flag)}" for flag in node.flags)
    return (
        f"{_function(node.path)}() {{\n"
        "    local context state state_descr line\n"
        "    typeset -A opt_args\n"
        f"    local -a commands\n    commands=(\n{members}\n    )\n"
        f"    _arguments -C{specs} \\\n        '1: :->command' \\\n        '*:: :->argument'\n"
        "    case $state in\n"
        "        command) _describe command commands ;;\n"
        "        argument)\n"
        f"            case $words[1] in\n{cases}\n            esac\n"
        "            ;;\n"
        "    esac\n"
        "}\n"
    )


def _command(node: Node) -> str:
    specs = [*map(_flag, node.flags), *_argument(node.argument)]
    return f"{_function(node.path)}() {{\n    _arguments \\\n        " + (
        " \\\n        ".join(specs) + "\n}\n"
    )


def _flag(flag: Flag) -> str:
    text = flag.help.rstrip(".").replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    star = "*" if flag.repeats else ""
    if flag.value.kind == "nothing":
        return _quoted(f"{star}-{flag.name}[{text}]")
    # With "=" behind the name, the value may follow as a word of its own as well.
    return _quoted(f"{star}-{flag.name}=[{text}]:{flag.name}:{_action(flag.value)}")


def _argument(value: Value) -> Iterator[str]:
    if value.kind != "nothing":
        yield _quoted(f"1:{value.kind}:{_action(value)}")


def _action(value: Value) -> str:
    if value.kind == "words":
        return f"({' '.join(value.words)})"
    actions = {
        "path": "_files",
        "template": '_files -g "*.(json|pkr.hcl)(-.)"',
        "plugin": "_packer_installed_plugins",
    }
    return actions.get(value.kind, " ")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"

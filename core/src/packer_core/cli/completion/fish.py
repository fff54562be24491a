"""The script for fish: to be sourced, or put into a folder of ``fish_complete_path``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .table import Flag, Node, Value

_HEAD = """\
# Completion of packer in fish, made by: packer completion fish

function __packer_at --description 'Whether the commands so far are these'
    set -l path
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; and continue
        switch (string join ' ' $path $word)
            case @PATHS@
                set -a path $word
            case '*'
                break
        end
    end
    test "$path" = "$argv"
end

function __packer_installed_plugins
    @FOLDER@
    command ls $folder/environments 2>/dev/null
end

complete -c packer -f
"""


def fish(nodes: Sequence[Node], folder: str) -> str:
    """The script.

    Args:
        nodes: What can be completed.
        folder: Commands that set ``folder`` to the store of plugins.
    """
    paths = " ".join(_quoted(node.words) for node in nodes if node.path)
    head = _HEAD.replace("@PATHS@", paths).replace("@FOLDER@", folder)
    return head + "".join(f"{line}\n" for node in nodes for line in _lines(node))


def _lines(node: Node) -> Iterator[str]:
    at = _quoted(f"__packer_at {node.words}".strip())
    start = f"complete -c packer -n {at}"
    for name, text in node.members:
        yield f"{start} -a {name} -d {_quoted(text)}"
    for flag in node.flags:
        yield f"{start} {_flag(flag)} -d {_quoted(flag.help.rstrip('.'))}"
    if node.argument.kind not in ("nothing", "text"):
        yield f"{start} {_action(node.argument)}"


def _flag(flag: Flag) -> str:
    # An old style flag: one dash, whatever its length.
    spelling = f"-o {flag.name}" if len(flag.name) > 1 else f"-s {flag.name}"
    if flag.value.kind == "nothing":
        return spelling
    if flag.value.kind == "text":
        return f"{spelling} -x"
    return f"{spelling} -r {_action(flag.value)}"


def _action(value: Value) -> str:
    if value.kind == "words":
        return f"-f -a {_quoted(' '.join(value.words))}"
    actions = {
        "template": "-k -a '(__fish_complete_suffix .json; __fish_complete_suffix .pkr.hcl)'",
        "plugin": "-f -a '(__packer_installed_plugins)'",
    }
    return actions.get(value.kind, "-F")


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

"""The reference pages that can be read off the code: commands, settings, components, the SDK.

    python docs/generate.py

writes them; a test compares, so that no page falls behind. Everything here is a function from the
code to the text of a page; only `main` writes.
"""

# ruff: noqa: INP001 - a folder of pages is no package

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import json
import os
import re
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.cli.command import Command, Group
from packer_core.cli.help import COMMANDS, top_help
from packer_core.events.schema import reference as events_reference
from packer_core.events.schema import schema
from packer_core.settings import reference as settings_reference
from packer_sdk import plugin, testing
from packer_sdk.config.declare import options_of
from packer_sdk.manifest import GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from importlib.metadata import EntryPoint

    from packer_sdk.config.declare import Option

FOLDER = Path(__file__).parent / "reference"

COLUMNS = 80
"""Width of help texts."""

_NOTE = "<!-- Made by `python docs/generate.py`: change the code instead. -->"

_COMMANDS = """\
What `-h` shows. A flag may be written with one dash or with two, `-var a=b` or `-var=a=b`; a switch
takes a value only behind `=`, as in `-force=false`. Flags stand in front of arguments. What the
exit code means is on the page about [errors](errors.md).

`packer plugin packer-KIND-NAME`, or `packer execute packer-KIND-NAME`, is how packer starts a
component that comes with it. It is not for people, and says so."""

_SETTINGS = """\
Settings are environment variables. Where there is a flag for the same thing, the flag wins. An
empty variable is as good as none."""

_SETTINGS_END = """\
What pip is told, for example with `PIP_INDEX_URL` and `PIP_FIND_LINKS`, counts when a plugin is
installed: see [installing plugins](../how-to/install-plugins.md)."""

_COMPONENTS = """\
The options of every component in this repository. What a component does with them, and where it
differs from HashiCorp's component of that name, is told by its plugin: `packer-plugin-bundled`,
which comes with packer, and `packer-plugin-oci`, which does not.

A *template* is rendered late and knows more values than other texts; its option names them. The
keys that packer itself reads in a provisioner or post-processor are on the page about
[templates](templates.md)."""

_EVENTS = """\
Every `packer build` and `packer validate` can write down what happens, as it happens: one JSON
object a line, in UTF-8, each line written at once.

- `-events=PATH` or `PACKER_EVENTS=PATH` names a file, which is emptied first, or a named pipe. A
  path that cannot be written is an error before anything has started. If it cannot be written
  later, because the disk is full or the reader of a pipe is gone or does not read for 10 seconds,
  there is one warning, and the run goes on without it. `-` is refused: on standard output the
  events would be mixed with the output.
- The last 20 builds are kept besides, in the folder `runs` of the data folder, readable by you
  alone, and found by [`packer explain`](commands.md). Of a build that says more than 8 MiB only
  the output is cut there, not the other events. `PACKER_EVENTS=0` or `-events=0` keeps none.

The last event of a run is `run-finished`. Without it, packer is still at work, was killed, or could
not write on. Events of builds that run side by side are mixed; the field `build` tells them apart.

What is [sensitive](../how-to/run-in-ci.md) is masked as everywhere else, and of the words of the
command line those of `-var` are left out. Plugins, and a packer that a build starts, do not get
`PACKER_EVENTS`.

[`events.schema.json`](events.schema.json) is a JSON Schema of one line. Under
the same `schema` types and fields may be added: ignore what you do not know. Nothing is removed or
changes its meaning without a new number."""

_SDK = """\
Two modules matter to the author of a plugin: `packer_sdk`, to implement a component, and
`packer_sdk.plugin`, to serve it. A third, `packer_sdk.testing`, is for tests. [Your first
plugin](../tutorial/first-plugin.md) shows them at work.

Everything below is the source, without bodies."""


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


# --- commands


def commands_page() -> str:
    """Every command with its own help."""
    os.environ["COLUMNS"] = str(COLUMNS)  # click asks the terminal otherwise
    commands = [part for name in COMMANDS for part in _command(name)]
    return _page("Commands", _COMMANDS, _help("packer", top_help()), *commands)


def _command(name: str) -> Iterator[str]:
    command: Command | Group = importlib.import_module(f"packer_core.cli.commands.{name}").COMMAND
    path = f"packer {name}"
    yield _help(path, command.help(path))
    if isinstance(command, Group):
        for member in command.members.values():
            yield _help(f"{path} {member.name}", member.help(f"{path} {member.name}"))


def _help(path: str, text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return f"## `{path}`\n\n```text\n{lines}\n```"


# --- settings


def settings_page() -> str:
    """The table of `packer_core.settings`."""
    return _page("Settings", _SETTINGS, settings_reference().strip(), _SETTINGS_END)


# --- components


def components_page() -> str:
    """Every component of the plugins that are developed here, with every option."""
    components = [
        _component(kind, point)
        for group, kind in GROUPS.items()
        for point in sorted(entry_points(group=group), key=lambda point: point.name)
        if _is_ours(point)
    ]
    return _page("Components", _COMPONENTS, *components)


def _is_ours(point: EntryPoint) -> bool:
    return point.value.startswith(("packer_plugin_bundled.", "packer_plugin_oci."))


def _component(kind: str, point: EntryPoint) -> str:
    component = point.load()
    rows = [
        _row(component.config_class, option)
        for option in options_of(component.config_class)
        if not option.name.startswith("packer_")
    ]
    summary = (component.__doc__ or "").partition("\n\n")[0]
    head = ["| option | type | default | |", "| --- | --- | --- | --- |"]
    return "\n".join([f"## {kind} `{point.name}`", "", summary, "", *head, *rows])


def _row(config_class: type, option: Option) -> str:
    annotation = next(
        base.__annotations__[option.attribute]
        for base in config_class.__mro__
        if option.attribute in inspect.get_annotations(base)
    )
    words = [f"`{option.name}`", _in_words(annotation), _default(option), option.doc]
    return f"| {' | '.join(words)} |".replace("|  |", "| |")


_WORDS = {"str": "string", "int": "number", "float": "number", "Path": "path"}


def _in_words(annotation: str) -> str:
    """The type of an option as its users call it: ``list[str] | None`` is ``list of strings``."""
    annotation = annotation.removesuffix(" | None")
    if match := re.fullmatch(r"list\[(.+)\]", annotation):
        return f"list of {_in_words(match[1])}s"
    if match := re.fullmatch(r"dict\[str, (.+)\]", annotation):
        return f"map of {_in_words(match[1])}s"
    if match := re.fullmatch(r"Literal\[(.+)\]", annotation):
        return " or ".join(f"`{word.strip(' ')[1:-1]}`" for word in match[1].split(","))
    return _WORDS.get(annotation, annotation.lower())


def _default(option: Option) -> str:
    if option.required:
        return "**required**"
    default = option.make_default()
    if default is None or str(default) in {"", "[]", "{}"}:
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


# --- the SDK


def sdk_page() -> str:
    """Every public name of the SDK, with its signature and its documentation."""
    sdk = importlib.import_module("packer_sdk")
    homes = sdk._HOMES.items()  # noqa: SLF001 - the one list of what is where
    implement = [part for home, names in homes for part in _names(f"packer_sdk.{home}", names)]
    serve = _names(plugin.__name__, _functions(plugin.__file__))
    test = [
        part
        for module in ("harness", "doubles")
        for part in _names(
            f"packer_sdk.testing.{module}",
            [name for name in testing.__all__ if _home(name) == module],
        )
    ]
    return _page(
        "The SDK",
        _SDK,
        "## `packer_sdk`",
        *implement,
        "## `packer_sdk.plugin`",
        *serve,
        "## `packer_sdk.testing`",
        *test,
    )


def _home(name: str) -> str:
    module: str = getattr(testing, name).__module__
    return module.rpartition(".")[2]


def _functions(path: str) -> list[str]:
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    found = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [name for name in found if not name.startswith("_")]


def _names(module: str, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        lines, node = _find(module, name)
        yield f"### `{name}`\n\n```python\n{_outline(lines, node)}\n```"


def _find(module: str, name: str) -> tuple[list[str], ast.stmt]:
    """The source that a name is in, and where in it."""
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8")
    for node in reversed(ast.parse(source).body):  # overloads come before what they are of
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
            return source.splitlines(), node
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return source.splitlines(), node
        if isinstance(node, ast.ImportFrom) and name in {alias.name for alias in node.names}:
            return _find(f"{module}.{node.module}", name)
    raise LookupError(f"{module} has no {name}")


def _outline(lines: list[str], node: ast.stmt) -> str:
    """The source without what only a computer reads: bodies, private names, notes for linters."""
    if isinstance(node, ast.ClassDef):
        parts = [_head(lines, node), *_members(lines, node)]
    elif isinstance(node, ast.FunctionDef):
        parts = [_head(lines, node)]
    else:
        # A constant, and the string behind it that explains it.
        parts = ["\n".join(lines[node.lineno - 1 : (node.end_lineno or 0) + 1])]
    return re.sub(r"  # (noqa|type: ignore).*", "", "\n\n".join(parts))


def _members(lines: list[str], node: ast.ClassDef) -> Iterator[str]:
    fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
    public = [one for one in fields if not ast.unparse(one.target).startswith("_")]
    if public:
        yield "\n".join(_field(lines, node, one) for one in public)
    for one in node.body:
        if isinstance(one, ast.FunctionDef) and (one.name == "__init__" or one.name[0] != "_"):
            yield _head(lines, one)


def _field(lines: list[str], node: ast.ClassDef, field: ast.AnnAssign) -> str:
    following = node.body[node.body.index(field) + 1 :][:1]
    explained = following and isinstance(following[0], ast.Expr)
    last = following[0] if explained else field
    return "\n".join(lines[field.lineno - 1 : last.end_lineno])


def _head(lines: list[str], node: ast.ClassDef | ast.FunctionDef) -> str:
    """Signature and docstring, with the decorators that change how it is used."""
    decorators = [
        f"{' ' * node.col_offset}@{ast.unparse(one)}"
        for one in node.decorator_list
        if ast.unparse(one) in {"property", "classmethod", "abstractmethod"}
    ]
    documented = ast.get_docstring(node) is not None
    last = node.body[0].end_lineno if documented else node.body[0].lineno - 1
    return "\n".join([*decorators, *lines[node.lineno - 1 : last]])


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", _NOTE, *parts]) + "\n"


# --- events


def events_page() -> str:
    """Every event of `packer_core.events.model`."""
    return _page("Events", _EVENTS, events_reference())


def events_schema() -> str:
    """The same for programs."""
    return json.dumps(schema(), indent=2) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "events.md": events_page,
    "events.schema.json": events_schema,
    "commands.md": commands_page,
    "settings.md": settings_page,
    "components.md": components_page,
    "sdk.md": sdk_page,
}

if __name__ == "__main__":
    main()

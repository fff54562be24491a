"""A new plugin from the template that cookiecutter renders, without cookiecutter.

Of Jinja the template uses three things, and so does this: ``{{ cookiecutter.NAME }}``,
``{% if cookiecutter.NAME %}`` with ``else`` and ``endif`` (also ``== 'text'`` and ``!= 'text'``),
and the hyphen in ``{%-`` that takes the space in front away. A file whose name comes out empty is
left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk.errors import PackerError
from packer_sdk.plugin import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TEMPLATE = Path(__file__).parents[1] / "plugin_template"

LICENCES = ("Apache-2.0", "MIT", "BSD-3-Clause", "none")
CIS = ("github", "gitlab", "none")

_ROOT = "{{cookiecutter.dist_name}}"
_PREFIX = "packer-plugin-"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MARK = re.compile(
    r"\{\{\s*cookiecutter\.(?P<value>\w+)\s*\}\}"
    r"|(?P<before>\s*)\{%-\s*(?P<tight>[^%]+?)\s*%\}"
    r"|\{%\s*(?P<loose>[^%]+?)\s*%\}"
)
_CONDITION = re.compile(r"if cookiecutter\.(\w+)(?:\s*([=!]=)\s*['\"]([^'\"]*)['\"])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a new plugin is to be.

    Attributes:
        name: As templates say it; ``packer-plugin-`` in front of it is taken off.
        kinds: Of its components, of `KINDS`.
        licence: Of `LICENCES`.
        ci: Where its tests run, of `CIS`.
        author: Who holds the copyright.
        description: What it does, in one line.
    """

    name: str
    kinds: tuple[str, ...] = KINDS
    licence: str = "Apache-2.0"
    ci: str = "github"
    author: str = ""
    description: str = ""

    def values(self) -> dict[str, str | bool]:
        """What cookiecutter calls them, with what follows from them.

        Raises:
            PackerError: no plugin can be called so.
        """
        name = self.name.removeprefix(_PREFIX)
        if not _NAME.fullmatch(name):
            raise PackerError(
                f"not a name for a plugin: {self.name}",
                hint="small letters, digits and single hyphens: packer plugins new my-cloud",
            )
        for what, text in (("author", self.author), ("description", self.description)):
            if not text.isprintable() or '"' in text or "\\" in text:
                raise PackerError(
                    f"the {what} cannot stand between quotes in a file: {text}",
                    hint="leave out quotes, backslashes and line ends",
                )
        dist_name = _PREFIX + name
        return {
            "name": name,
            "dist_name": dist_name,
            "package": dist_name.replace("-", "_"),
            "class_name": name.replace("-", " ").title().replace(" ", ""),
            "description": self.description or f"Packer plugin {name}",
            "author": self.author or f"the authors of {dist_name}",
            **{kind.replace("-", "_"): kind in self.kinds for kind in KINDS},
            "licence": self.licence,
            "ci": self.ci,
        }


def create(choices: Choices, parent: Path) -> Path:
    """Write a new plugin into a folder of its own.

    Args:
        choices: What it is to be.
        parent: The folder that gets the new one.

    Returns:
        The new folder.

    Raises:
        PackerError: the name is none, the folder is there already, or cannot be written.
    """
    values = choices.values()
    folder = parent / str(values["dist_name"])
    if folder.exists():
        raise PackerError(f"there is something already: {folder}", hint="nothing was changed")
    try:
        for path, text in rendered(values):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PackerError(f"cannot write the plugin: {error.filename}: {error.strerror}") from error
    return folder


def rendered(values: Mapping[str, str | bool]) -> Iterator[tuple[str, str]]:
    """Every file of a new plugin: its path in it, and its text."""
    root = TEMPLATE / _ROOT
    for source in sorted(root.rglob("*")):
        parts = [render(part, values) for part in source.relative_to(root).parts]
        if source.is_file() and all(parts) and "__pycache__" not in parts:
            yield "/".join(parts), render(source.read_text(encoding="utf-8"), values)


def render(text: str, values: Mapping[str, str | bool]) -> str:
    """Fill in one text of the template."""
    done: list[str] = []
    shown = [True]  # whether what stands here is meant, by depth
    end = 0
    for mark in _MARK.finditer(text):
        if shown[-1]:
            done.append(text[end : mark.start()])
        end = mark.end()
        if mark["value"]:
            if shown[-1]:
                done.append(str(values[mark["value"]]))
        else:
            _branch(mark["tight"] or mark["loose"], shown, values)
    if shown[-1]:
        done.append(text[end:])
    return "".join(done)


def _branch(word: str, shown: list[bool], values: Mapping[str, str | bool]) -> None:
    if word == "endif":
        shown.pop()
    elif word == "else":
        shown.append(not shown.pop() and shown[-1])
    else:
        shown.append(shown[-1] and _holds(word, values))


def _holds(word: str, values: Mapping[str, str | bool]) -> bool:
    condition = _CONDITION.fullmatch(word)
    assert condition, f"more of Jinja than is read here: {word}"
    name, operator, text = condition.groups()
    if operator is None:
        return bool(values[name])
    return (values[name] == text) is (operator == "==")

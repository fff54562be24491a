"""Files: ``file``, ``fileset``, ``templatefile`` and others.

Relative paths start at the folder of the template; of ``filebase64`` and ``abspath`` at the current
one (CTX-007).
"""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.hcl import values
from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.findings import Findings
from packer_core.hcl.function import Function, FunctionError, Parameter
from packer_core.hcl.parser import parse_template
from packer_core.hcl.scope import Scope
from packer_core.hcl.variables import variables_of
from packer_sdk.cty.types import MapType, ObjectType, SetType

from .encoding import encoded
from .simple import simple
from .table import Library

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packer_sdk.cty.values import Value

    from .table import Surroundings


def functions(surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    root = surroundings.root
    return {
        "abspath": simple("string", lambda path: _slashed(str(_absolute(path))), path="string"),
        "basename": simple("string", _basename, path="string"),
        "dirname": simple("string", _dirname, path="string"),
        "file": simple("string", lambda path: text_of_file(root, path), path="string"),
        "filebase64": simple(
            "string", lambda path: encoded(_bytes_of_file(".", path)), path="string"
        ),
        "fileexists": simple("bool", partial(_fileexists, root), path="string"),
        "fileset": Function(
            [Parameter("path", "string"), Parameter("pattern", "string")],
            SetType("string"),
            partial(_fileset, root),
        ),
        "pathexpand": simple("string", _expanded, path="string"),
        "templatefile": Function(
            [Parameter("path", "string"), Parameter("vars")],
            "dynamic",
            partial(_templatefile, surroundings),
        ),
    }


def _path(root: str, given: str) -> Path:
    return Path(root, _expanded(given, 0))


def _expanded(path: str, argument: int = 0) -> str:
    if not path.startswith("~"):
        return path
    if path[1:2] not in {"", "/", "\\"}:
        raise FunctionError("only the home of the current user is known: ~/", argument)
    try:
        return str(Path.home()) + path[1:]
    except RuntimeError as error:
        raise FunctionError("the home of the current user is not known", argument) from error


def _absolute(path: str) -> Path:
    """The same from the root, without ``..``; links stay, which `Path.resolve` would follow."""
    return Path(os.path.normpath(Path.cwd() / path))


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")


def _bytes_of_file(root: str, given: str) -> bytes:
    path = _path(root, given)
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        # A path that starts with path.root is one from the current folder; here it starts there.
        way = " (functions start at path.root; leave it out)" if Path(given).is_file() else ""
        raise FunctionError(f"no such file: {path}{way}", 0) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise FunctionError(f"cannot be read: {path}: {reason}", 0) from error


def text_of_file(root: str, given: str) -> str:
    """Read a file of text.

    Raises:
        FunctionError: it cannot be read, or is no text.
    """
    try:
        return _bytes_of_file(root, given).decode()
    except UnicodeDecodeError as error:
        raise FunctionError(f"no text in UTF-8: {given} (filebase64 reads any file)", 0) from error


def _fileexists(root: str, given: str) -> bool:
    path = _path(root, given)
    try:
        is_file, exists = path.is_file(), path.exists()
    except (OSError, ValueError) as error:
        raise FunctionError(f"cannot be looked at: {path}", 0) from error
    if exists and not is_file:
        raise FunctionError(f"no regular file: {path}", 0)
    return is_file


def _basename(path: str) -> str:
    stripped = path.rstrip("/")
    if not stripped:
        return "/" if path else "."
    return stripped.rpartition("/")[2]


def _dirname(path: str) -> str:
    """What stands before the last slash, tidied as Go does."""
    head = path.rpartition("/")[0] + ("/" if "/" in path else "")
    if not head:
        return "."
    tidied = os.path.normpath(head)
    return "/" if tidied == "//" else tidied


def _fileset(root: str, path: Value, pattern: Value) -> Value:
    base = _path(root, values.text_in(path))
    text = values.text_in(pattern)
    wanted = _glob(text)
    levels = None if "**" in text else text.count("/")
    try:
        names = [name for name in _files_below(base, levels) if wanted.fullmatch(name)]
        found = [values.string(name) for name in names if Path(base, name).is_file()]
    except ValueError as error:
        raise FunctionError(f"cannot be looked at: {base}", 0) from error
    return values.set_of("string", found)


def _files_below(base: Path, levels: int | None) -> Iterator[str]:
    """Names of files, with their folders in front, down to some level; links are followed."""
    for folder, folders, names in os.walk(base, followlinks=True):
        inside = os.path.relpath(folder, base)
        yield from (_slashed(os.path.normpath(Path(inside, name))) for name in names)
        level = 0 if inside == "." else len(Path(inside).parts)
        if levels is not None and level >= levels:
            folders.clear()
        folders[:] = [name for name in folders if not _leads_back(Path(folder, name))]


def _leads_back(folder: Path) -> bool:
    """Whether a link leads to a folder it is in: following it would never end."""
    if not folder.is_symlink():
        return False
    here = Path(os.path.realpath(folder.parent))
    return Path(os.path.realpath(folder)) in (here, *here.parents)


_GLOB = re.compile(r"\*\*/|\*\*|\*|\?|\[\^?(?:\\.|[^\]\\])+\]|\{[^{}]*\}|\\.|.", re.DOTALL)


def _glob(pattern: str) -> re.Pattern[str]:
    """A pattern of names: ``*`` within one, ``**`` across folders, ``{a,b}`` either."""
    normal = os.path.normpath(pattern) if pattern else pattern
    translated = "".join(_glob_part(part) for part in _GLOB.findall(normal))
    try:
        return re.compile(translated)
    except re.error as error:
        raise FunctionError(f"no pattern of names: {pattern}", 1) from error


def _glob_part(part: str) -> str:  # noqa: PLR0911 - a case each
    match part:
        case "**/":
            return "(?:.*/)?"
        case "**":
            return ".*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
    if part.startswith("[") and len(part) > 1:
        return part
    if part.startswith("{") and len(part) > 1:
        either = ("".join(map(_glob_part, _GLOB.findall(one))) for one in part[1:-1].split(","))
        return f"(?:{'|'.join(either)})"
    return re.escape(part.removeprefix("\\") or part)


def _templatefile(surroundings: Surroundings, path: Value, given: Value) -> Value:
    if not isinstance(given.type, MapType | ObjectType):
        raise FunctionError("a map or object of variables is required", 1)
    name = values.text_in(path)
    text = text_of_file(surroundings.root, name)
    template, problems = parse_template(text, name)
    if template is None:
        raise FunctionError("\n".join(str(problem) for problem in problems), 0)
    variables = values.entries(given)
    for reference in variables_of(template):
        if reference.root not in variables:
            raise FunctionError(f'"{reference.root}", used at {reference.span}, is missing', 1)
    scope = Scope(variables, Library(surroundings, without=frozenset({"templatefile"})))
    findings = Findings()
    value = evaluate(template, scope, findings)
    if findings.errors:
        raise FunctionError("\n".join(map(_told, findings.diagnostics)), 0)
    return value


def _told(diagnostic: object) -> str:
    hint = getattr(diagnostic, "hint", None)
    return f"{diagnostic}; {hint}" if hint else str(diagnostic)

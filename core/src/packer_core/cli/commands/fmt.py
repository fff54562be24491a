"""``packer fmt``: HCL2 in its tidy form (FMT-001, FMT-002)."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.cli.failures import report
from packer_core.cli.options import Switch
from packer_core.diagnostics import Diagnostic, in_order
from packer_core.errors import TemplateError
from packer_core.hcl.parser import parse_file
from packer_core.hcl.printer import format_text
from packer_core.template.source_file import read_file, read_standard_input

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_core.app import App

SUFFIXES = (".pkr.hcl", ".pkrvars.hcl")
"""How files end that are tidied; JSON is not ours to lay out."""

UNTIDY = 3
"""The exit code of ``-check`` if something would change."""

_STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class FmtOptions:
    """What the command line says."""

    paths: tuple[str, ...]
    check: bool
    diff: bool
    write: bool
    recursive: bool


@dataclass(slots=True)
class _Account:
    """What has come of it so far."""

    changed: int = 0
    failed: int = 0


def run(app: App, options: FmtOptions) -> int:
    """Tidy every file; one that cannot be read does not keep the others from it."""
    account = _Account()
    for given in options.paths:
        try:
            if given == _STANDARD_INPUT:
                _tidy_standard_input(app, options, account)
            for path in _files(given, recursive=options.recursive):
                _guarded(app, path, options, account)
        except TemplateError as error:
            account.failed += report(app, error)
    if account.failed:
        return 1
    return UNTIDY if options.check and account.changed else 0


def _guarded(app: App, path: Path, options: FmtOptions, account: _Account) -> None:
    try:
        _tidy_file(app, path, options, account)
    except TemplateError as error:
        account.failed += report(app, error)


def _tidy_standard_input(app: App, options: FmtOptions, account: _Account) -> None:
    before = read_standard_input("text").decode("utf-8", "surrogateescape")
    after = tidied(before, "<stdin>")
    account.changed += after != before
    if options.diff:
        _show_diff(app, before, after, "<stdin>")
    elif not options.check:
        app.ui.say(after.removesuffix("\n"))


def _tidy_file(app: App, path: Path, options: FmtOptions, account: _Account) -> None:
    before = read_file(path, "file").decode("utf-8", "surrogateescape")
    after = tidied(before, str(path))
    if after == before:
        return
    account.changed += 1
    app.ui.say(str(path))
    if options.diff:
        _show_diff(app, before, after, str(path))
    if options.write and not options.check:
        _write(path, after)


def _write(path: Path, text: str) -> None:
    try:
        # In place: links, owner and mode of the file stay what they are.
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise TemplateError([Diagnostic(f"cannot write {path}: {reason}")]) from error


def tidied(text: str, path: str) -> str:
    """Return a text in its tidy form.

    Raises:
        TemplateError: it has syntax errors, so nobody knows what belongs together.
    """
    findings = parse_file(text.encode("utf-8", "surrogateescape"), path).diagnostics
    if findings:
        raise TemplateError(in_order(findings))
    return format_text(text)


def _show_diff(app: App, before: str, after: str, name: str) -> None:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"old/{name}", f"new/{name}", lineterm=""
    )
    if text := "\n".join(lines):
        app.ui.say(text)


def _files(given: str, *, recursive: bool) -> Iterator[Path]:
    """Return the files that a word of the command line means.

    Raises:
        TemplateError: it is no file of ours, or there is nothing of that name.
    """
    path = Path(given)
    if given == _STANDARD_INPUT:
        return
    if path.is_dir():
        yield from _in_folder(path, recursive=recursive)
    elif path.exists() and not given.endswith(SUFFIXES):
        raise TemplateError(
            [
                Diagnostic(
                    f"not a file of HCL2: {given}",
                    hint=f"names end with {' or '.join(SUFFIXES)}; - takes any text from a pipe",
                )
            ]
        )
    else:
        yield path


def _in_folder(folder: Path, *, recursive: bool) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise TemplateError([Diagnostic(f"cannot read folder {folder}: {reason}")]) from error
    for entry in entries:
        if _is_passed_over(entry.name):
            continue
        if entry.is_dir():
            # A link to a folder is not followed: it may lead back up.
            if recursive and not entry.is_symlink():
                yield from _in_folder(entry, recursive=True)
        elif entry.name.endswith(SUFFIXES):
            yield entry


def _is_passed_over(name: str) -> bool:
    """Whether a name is hidden, or that of an editor's copy."""
    return name.startswith(".") or name.endswith("~") or (name[0] == name[-1] == "#")


COMMAND = Command(
    "fmt",
    "Lay HCL2 files out as everybody does",
    description=(
        "Tidies blanks and indentation in .pkr.hcl and .pkrvars.hcl files and prints the names of"
        " those it changed. PATH is a file, a folder, or - for standard input, whose tidy form"
        " is printed. Meaning and comments stay as they are."
    ),
    parameters=(
        Switch(["-check", "check"], help="Change nothing; exit with 3 if something would change."),
        Switch(["-diff", "diff"], help="Show what changes."),
        Switch(["-recursive", "recursive"], help="Go into the folders of a folder as well."),
        Switch(["-write", "write"], default=True, help="-write=false changes nothing on disk."),
        click.Argument(["paths"], nargs=-1, required=True, metavar="PATH…"),
    ),
    options=FmtOptions,
    run=run,
)

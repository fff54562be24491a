"""Which files an HCL2 template is made of, and what is in them (HCL-001, HCL-002)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.errors import TemplateError
from packer_core.hcl.parser import parse_file

from .source_file import read_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from packer_core.hcl.parser import File

TEMPLATE_SUFFIXES = (".pkr.hcl", ".pkr.json")
AUTO_SUFFIXES = (".auto.pkrvars.hcl", ".auto.pkrvars.json")


def template_files(path: Path) -> list[Path]:
    """The files of a template, native syntax first.

    Raises:
        TemplateError: it is a folder without any.
    """
    if not path.is_dir():
        return [path]
    found = _in_folder(path, TEMPLATE_SUFFIXES)
    if not found:
        raise TemplateError(
            [
                Diagnostic(
                    f"no templates in folder: {path}",
                    hint="the names of HCL2 templates end in .pkr.hcl or .pkr.json",
                )
            ]
        )
    return found


def automatic_variable_files(path: Path) -> list[Path]:
    """Variable files that are read without being named, in their order.

    Only beside a folder that was given as the template: one file stands for itself.
    """
    return _in_folder(path, AUTO_SUFFIXES) if path.is_dir() else []


def read_hcl(path: Path, what: str) -> File:
    """Read a file in the syntax that its name tells.

    Raises:
        TemplateError: it cannot be read; what is wrong inside is in the result.
    """
    data = read_file(path, what)
    if path.name.endswith(".json"):
        from packer_core.hcl.json_body import parse_json_file  # noqa: PLC0415 - hardly anybody

        return parse_json_file(data, str(path))
    return parse_file(data, str(path))


def root_of(path: Path) -> str:
    """What ``path.root`` is: the folder of the template as it was typed (CTX-004)."""
    folder = path if path.is_dir() else path.parent
    return str(folder).replace("\\", "/")


def _in_folder(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - names are all that is needed
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise TemplateError([Diagnostic(f"cannot read folder: {folder}: {reason}")]) from error
    return [
        folder / name
        for suffix in suffixes
        for name in names
        if name.endswith(suffix) and (folder / name).is_file()
    ]

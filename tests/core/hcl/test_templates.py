"""The corpus: every file in it can be read (see tests/data/hcl/README.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpers.hcl_texts import TEMPLATES
from packer_core.hcl.json_body import parse_json_file
from packer_core.hcl.parser import parse_file

if TYPE_CHECKING:
    from pathlib import Path

CASES = TEMPLATES / "templates"
NATIVE = sorted(CASES.rglob("*.hcl"))
JSON = sorted({*CASES.rglob("*.pkr.json"), *CASES.rglob("*.pkrvars.json")})


def name_of(path: Path) -> str:
    return str(path.relative_to(CASES))


def test_there_are_many_cases() -> None:
    assert len([path for path in CASES.iterdir() if path.is_dir()]) >= 60
    assert len(JSON) >= 8


@pytest.mark.parametrize("path", NATIVE, ids=name_of)
def test_a_template_is_read(path: Path) -> None:
    assert parse_file(path.read_bytes(), path.name).diagnostics == ()


@pytest.mark.parametrize("path", JSON, ids=name_of)
def test_a_template_in_json_is_read(path: Path) -> None:
    file = parse_json_file(path.read_bytes(), path.name)
    assert file.diagnostics == ()
    assert file.body.just_attributes()[1] == ()

"""Every function is in the reference, and every example there is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_core.hcl import values
from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.findings import Findings
from packer_core.hcl.functions.table import Library, Surroundings
from packer_core.hcl.parser import parse_expression
from packer_core.hcl.scope import Scope
from packer_sdk.cty import json as cty_json

if TYPE_CHECKING:
    from packer_sdk.cty.values import Value

PAGE = (Path(__file__).parents[4] / "docs/reference/functions.md").read_text("utf-8")
ENTRY = re.compile(r"^- `(\w+)\(([^`]*)\)`: (.+)$", re.MULTILINE)
EXAMPLE = re.compile(r"`([^`]+)`\s+(is|gives\s+something\s+like)\s+`([^`]+)`")


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    (tmp_path / "hello.txt").write_text("Hello\n")
    (tmp_path / "greeting.tpl").write_text("Hello, ${name}!\n")
    monkeypatch.chdir(tmp_path)
    return Library(Surroundings(str(tmp_path)))


def evaluated(text: str, library: Library) -> Value:
    expression, problems = parse_expression(text)
    assert expression is not None, problems
    findings = Findings()
    value = evaluate(expression, Scope({}, library), findings)
    assert not findings.diagnostics, (text, findings.diagnostics)
    return value


def test_every_function_is_in_the_reference() -> None:
    documented = [name for name, _, _ in ENTRY.findall(PAGE)]
    assert sorted(documented) == sorted([*Library(Surroundings()), "env"])
    assert len(documented) == 104
    assert len(EXAMPLE.findall(PAGE)) == 99


def test_parameters_are_called_as_in_the_reference(library: Library) -> None:
    for name, parameters, _ in ENTRY.findall(PAGE):
        if name == "env" or library[name].special or name.startswith("set"):
            continue
        function = library[name]
        names = [parameter.name for parameter in function.parameters]
        names += [f"{function.rest.name}..."] if function.rest else []
        assert parameters == ", ".join(names), name


@pytest.mark.parametrize(("example", "verb", "result"), EXAMPLE.findall(PAGE))
def test_examples_have_the_value_the_reference_says(
    example: str, verb: str, result: str, library: Library
) -> None:
    value, wanted = evaluated(example, library), evaluated(result, library)
    if verb == "is":
        assert plain(value) == plain(wanted)
    else:
        assert value.type == wanted.type
        assert len(values.text_in(value)) >= len(values.text_in(wanted)) - 20


def plain(value: Value) -> bytes:
    return cty_json.encode_plain(value)

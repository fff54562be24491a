from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_core.template.console import open_console
from packer_core.template.inputs import VariableInputs
from packer_sdk.errors import PackerError

if TYPE_CHECKING:
    from .conftest import Load, LoadHcl

NOTHING = VariableInputs()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("1 + 2", "3"),
        ('"a"', "a"),
        ('["a", null, true, 1.5]', '[\n  "a",\n  null,\n  true,\n  1.5,\n]'),
        ('{b = {c = "x"}, a = []}', '{\n  "a" = []\n  "b" = {\n    "c" = "x"\n  }\n}'),
        ("var.a", "hi"),
        ("upper(local.b)", "HI!"),
        ("path.root", "box"),
        ("var.secret", "(sensitive value)"),
        ("var.unset", "<unknown>"),
        ("null", "null"),
    ],
)
def test_expressions_are_evaluated_with_what_the_template_has(
    load_hcl: LoadHcl, line: str, shown: str
) -> None:
    load_hcl(
        """
        variable "a" { default = "hi" }
        variable "secret" {
          default   = "x"
          sensitive = true
        }
        variable "unset" {}
        locals { b = "${var.a}!" }
        """,
        strict=False,
    )
    assert open_console(Path("box"), NOTHING).evaluate(line) == shown


@pytest.mark.parametrize("line", ["1 +", "nope", "var.nope", 'env("HOME")', "data", "build.ID"])
def test_what_cannot_be_evaluated_is_told(load_hcl: LoadHcl, line: str) -> None:
    load_hcl('data "http" "x" {}\nlocals {}\n')
    console = open_console(Path("box"), NOTHING)
    with pytest.raises(PackerError):
        console.evaluate(line)


def test_without_a_file_there_are_functions(tmp_path: Path) -> None:
    console = open_console(None, NOTHING, config_type="hcl2")
    assert console.evaluate('upper("x")') == "X"
    assert console.template is None


def test_json_is_rendered(load: Load, template_path: Path) -> None:
    load({"builders": [{"type": "null"}], "variables": {"a": "hi"}})
    console = open_console(template_path, VariableInputs(assignments=(("b", "there"),)))
    assert console.evaluate("{{user `a`}} {{user `b` | upper}}") == "hi THERE"
    with pytest.raises(PackerError):
        console.evaluate("{{nope}}")


def test_json_without_a_file_knows_what_was_set() -> None:
    console = open_console(None, VariableInputs(assignments=(("b", "there"),)))
    assert console.evaluate("{{user `b`}}") == "there"

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.errors import TemplateError
from packer_core.template.inputs import VariableInputs
from packer_core.template.load import is_hcl, load_template

if TYPE_CHECKING:
    from packer_core.diagnostics import Diagnostic

    from .conftest import Load

TEMPLATES = Path(__file__).parents[2] / "data" / "templates"
NOTHING = VariableInputs()
MINIMAL = b'{"builders": [{"type": "null"}]}'


def refusal(path: Path, config_type: str = "json") -> Diagnostic:
    with pytest.raises(TemplateError) as caught:
        load_template(path, NOTHING, config_type=config_type)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def test_minimal_template_is_loaded() -> None:
    template = load_template(TEMPLATES / "minimal.json", NOTHING)
    assert template.path == TEMPLATES / "minimal.json"
    assert [(s.name, s.type, s.options) for s in template.sources] == [("null", "null", {})]


@pytest.mark.parametrize("name", ["box", "box.txt", "box.json.tmpl", "box.hcl", "box.JSON"])
def test_any_other_name_is_json(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(MINIMAL)
    assert load_template(tmp_path / name, NOTHING).sources


@pytest.mark.parametrize(
    ("name", "config_type", "is_it"),
    [
        ("box.pkr.hcl", "json", True),
        ("box.pkr.json", "json", True),
        (".", "json", True),
        ("box", "hcl2", True),
        ("box.json", "hcl2", True),
        ("box.hcl", "json", False),
        ("box.json", "json", False),
        ("-", "json", False),
    ],
)
def test_what_is_hcl_shows_in_its_name_or_is_said(name: str, config_type: str, is_it: bool) -> None:
    assert is_hcl(Path(name), config_type) is is_it


def test_hcl_is_not_read_from_standard_input() -> None:
    diagnostic = refusal(Path("-"), "hcl2")
    assert diagnostic.summary == "an HCL2 template is not read from standard input"


def test_folder_without_templates_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path).summary == f"no templates in folder: {tmp_path}"


def test_json_knows_nothing_of_hcl() -> None:
    template = TEMPLATES / "minimal.json"
    lines = [
        "import pathlib, sys",
        "from packer_core.template.load import load_template",
        "from packer_core.template.inputs import VariableInputs",
        f"load_template(pathlib.Path({str(template)!r}), VariableInputs())",
        "print([one for one in sys.modules if '.hcl' in one or '.cty' in one])",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_unknown_config_type_is_refused(tmp_path: Path) -> None:
    diagnostic = refusal(tmp_path / "box", "yaml")
    assert diagnostic.summary == "unknown -config-type: yaml"
    assert diagnostic.hint == "-config-type is one of json, hcl2"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("box.json", "packer {\n  required_plugins {}\n}\n"),
        ("box.json", '# a box\n\nsource "null" "a" {}\n'),
        ("box", '// a box\nvariable "a" {\n  default = 1\n}\n'),
        ("box", "locals {}\n"),
        ("box.hcl", "anything = 1\n"),
    ],
)
def test_hcl_under_another_name_is_recognised(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    diagnostic = refusal(tmp_path / name)
    assert "this looks like HCL2, and is read as JSON" in diagnostic.summary
    assert diagnostic.place is not None


@pytest.mark.parametrize("text", ["build", "# note\n{}", "x = 1", '"source": {}', ""])
def test_other_mistakes_are_not_taken_for_hcl(tmp_path: Path, text: str) -> None:
    (tmp_path / "box.json").write_text(text)
    assert "HCL2" not in refusal(tmp_path / "box.json").summary


def test_many_comments_in_front_of_nothing_are_looked_through_once(tmp_path: Path) -> None:
    (tmp_path / "box.json").write_text("# note   \t   \n" * 1000 + "nothing")
    assert refusal(tmp_path / "box.json").summary == "JSON has no comments"


def test_standard_input_is_read_for_a_dash() -> None:
    template = load_template(Path("-"), NOTHING, stdin=io.BytesIO(MINIMAL))
    assert str(template.path) == "-"
    assert template.sources[0].place.path == "<stdin>"


def test_standard_input_that_is_wrong_is_told(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="<stdin>:1:2: keys are written in double quotes"):
        load_template(Path("-"), NOTHING, stdin=io.BytesIO(b"{a}"))


def test_missing_file_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path / "box.json").summary.endswith("there is no such file")


def test_empty_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "box.json").touch()
    diagnostic = refusal(tmp_path / "box.json")
    assert diagnostic.summary == "the file is empty"
    assert str(diagnostic.place) == f"{tmp_path / 'box.json'}:1:1"


def test_device_is_refused() -> None:
    assert refusal(Path("/dev/zero")).summary.endswith("it is a device, not a file")


def test_template_may_come_through_a_pipe() -> None:
    reading, writing = os.pipe()
    try:
        os.write(writing, MINIMAL)
        os.close(writing)
        assert load_template(Path(f"/dev/fd/{reading}"), NOTHING).sources
    finally:
        os.close(reading)


def test_places_hold_the_path_as_it_was_typed(load: Load) -> None:
    template = load({"builders": [{"type": "null"}]})
    assert str(template.sources[0].place) == "box.json:4:15"


def test_warnings_alone_do_not_refuse(load: Load) -> None:
    template = load({"sensitive-variables": ["a"], "builders": [{"type": "null"}]})
    assert [warning.severity for warning in template.warnings] == ["warning"]


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_a_template_or_a_refusal(data: bytes) -> None:
    told = False
    try:
        told = bool(load_template(Path("-"), NOTHING, stdin=io.BytesIO(data)).sources)
    except TemplateError as error:
        told = bool(error.diagnostics)
    assert told

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from packer_core.app import App
from packer_core.cli.commands.hcl2_upgrade import COMMAND
from packer_core.errors import TemplateError

if TYPE_CHECKING:
    from pathlib import Path

BOX = {"builders": [{"type": "file", "name": "a", "target": "{{user `t`}}.txt"}]}


def upgrade(home: Path, *words: str, status: int = 0) -> str:
    stream = io.StringIO()
    assert COMMAND.start(App({"HOME": str(home)}, stream=stream), words) == status
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(folder: Path, template: Any, name: str = "box.json") -> str:
    (folder / name).write_text(json.dumps(template))
    return name


def test_the_new_template_lies_beside_the_old_one(folder: Path) -> None:
    assert upgrade(folder, put(folder, BOX)) == "Written: box.json.pkr.hcl\n"
    text = (folder / "box.json.pkr.hcl").read_text()
    assert text.startswith("# t is used and was not declared")
    assert 'source "file" "a" {\n  target = "${var.t}.txt"\n}\n' in text
    assert json.loads((folder / "box.json").read_text()) == BOX


def test_the_new_template_lies_where_it_is_wanted(folder: Path) -> None:
    words = ("-output-file", "new.pkr.hcl", put(folder, BOX))
    assert upgrade(folder, *words) == "Written: new.pkr.hcl\n"
    assert (folder / "new.pkr.hcl").exists()


def test_annotations_explain_each_kind_of_block(folder: Path) -> None:
    upgrade(folder, "-with-annotations", put(folder, BOX))
    text = (folder / "box.json.pkr.hcl").read_text()
    assert "# A source says how one machine is made." in text
    assert "# Locals are worked out" not in text


def test_a_file_of_variables_is_turned_into_one_of_variables(folder: Path) -> None:
    declared = {"variables": {"a": "x", "b": None}, "sensitive-variables": ["b"]}
    upgrade(folder, put(folder, declared))
    assert (folder / "box.json.pkr.hcl").read_text() == (
        'variable "a" {\n  type    = string\n  default = "x"\n}\n\n'
        'variable "b" {\n  type      = string\n  sensitive = true\n}\n'
    )


def test_what_is_not_installed_is_told_and_written_all_the_same(folder: Path) -> None:
    template = {"builders": [{"type": "nothing", "a": {"b": 1}}], "post-processors": ["never"]}
    shown = upgrade(folder, put(folder, template), status=1)
    assert "Error: not installed: builder nothing, post-processor never\n" in shown
    assert shown.endswith("Written: box.json.pkr.hcl\n")
    text = (folder / "box.json.pkr.hcl").read_text()
    assert "# No builder nothing is installed: which options are blocks is a guess.\n" in text


def test_what_has_another_name_is_told(folder: Path) -> None:
    template = {"variables": {"a b": "x"}, **BOX}
    shown = upgrade(folder, put(folder, template))
    assert 'Warning: variable "a b" is called a_b now' in shown


@pytest.mark.parametrize(
    ("template", "name", "message"),
    [
        ({"builders": []}, "box.json", '"builders" is empty'),
        ({"provisioners": []}, "box.json", '"builders" is missing'),
        ({"variables": {"a": 1}}, "box.json", 'variable "a" must be a string'),
        ({}, "box.pkr.json", "only a file with a template in JSON"),
    ],
)
def test_what_is_no_json_template_is_refused(
    folder: Path, template: Any, name: str, message: str
) -> None:
    with pytest.raises(TemplateError, match=message):
        upgrade(folder, put(folder, template, name))
    assert [path.name for path in folder.iterdir()] == [name]


def test_standard_input_has_no_name_to_write_to(folder: Path) -> None:
    with pytest.raises(TemplateError, match="only a file with a template in JSON"):
        upgrade(folder, "-")


def test_a_folder_that_is_not_there_is_told(folder: Path) -> None:
    with pytest.raises(TemplateError, match="cannot write no/x: no such file or directory"):
        upgrade(folder, "-output-file", "no/x", put(folder, BOX))

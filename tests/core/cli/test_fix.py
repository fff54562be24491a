from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest

from packer_core.app import App
from packer_core.cli.commands.fix import COMMAND
from packer_core.errors import TemplateError

if TYPE_CHECKING:
    from pathlib import Path

OLD = {"builders": [{"type": "null", "ssh_key_path": "k", "é": "<&>"}], "_b": "x", "_a": "y"}
NEW = """\
{
  "_a": "y",
  "_b": "x",
  "builders": [
    {
      "ssh_private_key_file": "k",
      "type": "null",
      "é": "<&>"
    }
  ]
}
"""


def fix(*words: str, stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    assert COMMAND.start(App({"HOME": "/nowhere"}, stream=stream), words) == 0
    return stream.getvalue()


def put(folder: Path, template: object) -> str:
    path = folder / "old.json"
    path.write_text(json.dumps(template))
    return str(path)


def test_the_new_form_is_printed_with_sorted_keys_and_the_file_stays(tmp_path: Path) -> None:
    path = put(tmp_path, OLD)
    assert fix(path) == NEW
    assert [one.name for one in tmp_path.iterdir()] == ["old.json"]
    assert json.loads((tmp_path / "old.json").read_text()) == OLD


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(OLD).encode())))
    assert fix("-") == NEW


def test_what_comes_out_is_looked_at(tmp_path: Path) -> None:
    path = put(tmp_path, {"builders": [{"type": "vmware"}], "provisioners": [{}], "x": 1})
    stream = io.StringIO()
    with pytest.raises(TemplateError) as caught:
        fix(path, stream=stream)
    printed = json.loads(stream.getvalue())
    assert printed == {"builders": [{"type": "vmware-iso"}], "provisioners": [{}], "x": 1}
    places = [(one.summary, one.place and one.place.line) for one in caught.value.diagnostics]
    assert places == [('a provisioner without a "type"', 8), ('unknown key "x"', 10)]


def test_what_comes_out_is_not_looked_at_if_nobody_wants_it(tmp_path: Path) -> None:
    assert json.loads(fix("-validate=false", put(tmp_path, {"x": 1}))) == {"x": 1}


def test_variables_without_a_value_are_no_mistake(tmp_path: Path) -> None:
    template = {"variables": {"a": None}, "builders": [{"type": "null", "x": "{{user `a`}}"}]}
    assert json.loads(fix(put(tmp_path, template))) == template


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "{", "the file ends too early"),
        ("a.json", "[]", "a template is an object"),
        ("a.json", '{"a": 1, "a": 2}', 'key "a" is used twice'),
        ("a.pkr.hcl", "", "only templates in JSON are fixed"),
    ],
)
def test_what_is_no_json_template_is_refused(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(TemplateError, match=message):
        fix(str(tmp_path / name))

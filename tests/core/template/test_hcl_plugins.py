from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_core.errors import TemplateError
from packer_core.template.hcl_plugins import read_required_plugins

if TYPE_CHECKING:
    from pathlib import Path

ONE = """\
packer {
  required_plugins {
    note = {
      source  = "pypi.org/packer-plugin-note"
      version = "~> 1.2"
    }
  }
}
"""


def test_nothing_else_of_a_template_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a.pkr.hcl").write_text(ONE)
    (tmp_path / "b.pkr.hcl").write_text(
        'variable "needed" {}\nlocals {\n  a = var.gone\n}\nsource "none" "x" {}\n'
    )
    [plugin] = read_required_plugins(tmp_path)
    assert (plugin.accessor, plugin.source, plugin.version) == (
        "note",
        "pypi.org/packer-plugin-note",
        "~> 1.2",
    )
    assert read_required_plugins(tmp_path / "b.pkr.hcl") == ()


def test_template_in_json_is_refused_unless_it_is_hcl(tmp_path: Path) -> None:
    path = tmp_path / "box.json"
    path.write_text("{}")
    with pytest.raises(TemplateError, match="only templates in HCL2") as caught:
        read_required_plugins(path)
    assert "packer plugins install" in (caught.value.diagnostics[0].hint or "")
    (tmp_path / "box.hcl").write_text(ONE)
    assert len(read_required_plugins(tmp_path / "box.hcl", "hcl2")) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ONE.replace("pypi.org/", "elsewhere/"), "not a source of a plugin"),
        (ONE.replace("~> 1.2", "~> 1.2-beta"), "pre-release"),
        ('packer {\n  required_version = "> 99"\n}\n', "the template needs Packer > 99"),
        ("packer {\n", "the block is never closed"),
    ],
)
def test_wrong_template_is_told(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "box.pkr.hcl"
    path.write_text(text)
    with pytest.raises(TemplateError, match=message) as caught:
        read_required_plugins(path)
    assert caught.value.diagnostics[0].place

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from helpers.hcl import content_of, error_of, scope_of
from packer_core.hcl.functions.table import Surroundings

if TYPE_CHECKING:
    from pathlib import Path

    from packer_core.hcl.scope import Scope


@pytest.fixture
def scope(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scope:
    root = tmp_path / "template"
    (root / "files/deep").mkdir(parents=True)
    for name in ("a.txt", "b.sh", "deep/c.txt", "deep/d.TXT"):
        (root / "files" / name).write_text(f"{name}\n")
    (root / "raw.bin").write_bytes(b"\xff\x00")
    (root / "t.tpl").write_text("%{ for x in names ~}\n- ${upper(x)}\n%{ endfor ~}\n$${kept}\n")
    (root / "nested.tpl").write_text('${templatefile("t.tpl", {})}')
    (root / "bad.tpl").write_text("${a\n")
    (tmp_path / "here.txt").write_text("here")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return scope_of(Surroundings(str(root)))


def test_paths_start_at_the_folder_of_the_template(scope: Scope, tmp_path: Path) -> None:
    assert content_of('file("files/a.txt")', scope) == "a.txt\n"
    assert content_of('fileexists("here.txt")', scope) is False
    assert content_of('file("~/here.txt")', scope) == "here"
    assert content_of('abspath("x/../y")', scope) == str(tmp_path / "y")
    assert content_of('filebase64("here.txt")', scope) == base64.b64encode(b"here").decode()
    assert content_of('pathexpand("~/x")', scope) == str(tmp_path / "x")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.txt", ["a.txt"]),
        ("**/*.txt", ["a.txt", "deep/c.txt"]),
        ("**", ["a.txt", "b.sh", "deep/c.txt", "deep/d.TXT"]),
        ("?.{txt,sh}", ["a.txt", "b.sh"]),
        ("deep/[c-d].*", ["deep/c.txt", "deep/d.TXT"]),
        ("nothing", []),
    ],
)
def test_filesets_are_found_by_pattern(pattern: str, found: list[str], scope: Scope) -> None:
    assert content_of(f'fileset("files", "{pattern}")', scope) == found


def test_a_file_is_a_template_with_variables_of_its_own(scope: Scope) -> None:
    text = 'templatefile("t.tpl", {names = ["a", "b"]})'
    assert content_of(text, scope) == "- A\n- B\n${kept}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('file("absent")', "no such file"),
        ('file("raw.bin")', "no text in UTF-8"),
        ('file("files")', "cannot be read"),
        ('fileexists("files")', "no regular file"),
        ('file("~other/x")', "only the home of the current user"),
        ('templatefile("t.tpl", {})', '"names", used at t.tpl:1:13, is missing'),
        ('templatefile("t.tpl", {names = 5})', "a number cannot be gone through"),
        ('templatefile("nested.tpl", {})', 'unknown function "templatefile"'),
        ('templatefile("bad.tpl", {a = 1})', "bad.tpl:"),
        ('templatefile("t.tpl", [])', "a map or object of variables is required"),
    ],
)
def test_what_is_wrong_with_a_file_is_told(text: str, message: str, scope: Scope) -> None:
    assert message in error_of(text, scope).summary


def test_a_fileset_goes_no_deeper_than_its_pattern_and_never_in_circles(
    scope: Scope, tmp_path: Path
) -> None:
    files = tmp_path / "template" / "files"
    (files / "deep" / "up").symlink_to(files)
    (files / "deep" / "self").symlink_to(".")
    (files / "other").symlink_to("deep")
    assert content_of('fileset("files", "**/c.txt")', scope) == ["deep/c.txt", "other/c.txt"]
    assert content_of('fileset("files", "*/c.txt")', scope) == ["deep/c.txt", "other/c.txt"]
    assert "cannot be looked at" in error_of('fileset("\\u0000", "*")', scope).summary


def test_a_path_with_the_folder_of_the_template_twice_is_explained(scope: Scope) -> None:
    summary = error_of('file("template/t.tpl")', scope_of(Surroundings("template"))).summary
    assert summary.endswith("template/template/t.tpl (functions start at path.root; leave it out)")
    assert "leave it out" not in error_of('file("nope")', scope).summary

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from packer_core.app import App
from packer_core.cli.commands.fmt import COMMAND, UNTIDY
from packer_core.cli.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

UNTIDY_TEXT = "a={\nb=1 # one\n  ccc   = [ 1,2 ]\n}\n"
TIDY_TEXT = "a = {\n  b   = 1 # one\n  ccc = [1, 2]\n}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fmt(*words: str, status: int = 0) -> str:
    stream = io.StringIO()
    assert COMMAND.start(App({"HOME": "/nowhere"}, stream=stream), words) == status
    return stream.getvalue()


def put(folder: Path, name: str, text: str = UNTIDY_TEXT) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_file_is_tidied_and_named(folder: Path) -> None:
    path = put(folder, "a.pkr.hcl")
    assert fmt("a.pkr.hcl") == "a.pkr.hcl\n"
    assert path.read_text() == TIDY_TEXT
    assert fmt("a.pkr.hcl") == ""


def test_several_paths_are_tidied(folder: Path) -> None:
    put(folder, "a.pkr.hcl")
    put(folder, "b.pkrvars.hcl")
    put(folder, "c.pkr.hcl", TIDY_TEXT)
    assert fmt("a.pkr.hcl", "c.pkr.hcl", "b.pkrvars.hcl") == "a.pkr.hcl\nb.pkrvars.hcl\n"


def test_check_changes_nothing_and_exits_with_3(folder: Path) -> None:
    path = put(folder, "a.pkr.hcl")
    assert fmt("-check", "a.pkr.hcl", status=UNTIDY) == "a.pkr.hcl\n"
    assert path.read_text() == UNTIDY_TEXT


def test_check_of_tidy_files_exits_with_0(folder: Path) -> None:
    put(folder, "a.pkr.hcl", TIDY_TEXT)
    assert fmt("-check", ".") == ""


def test_write_can_be_turned_off(folder: Path) -> None:
    path = put(folder, "a.pkr.hcl")
    assert fmt("-write=false", "a.pkr.hcl") == "a.pkr.hcl\n"
    assert path.read_text() == UNTIDY_TEXT


def test_diff_shows_what_changes(folder: Path) -> None:
    put(folder, "a.pkr.hcl", "a=1\n")
    assert fmt("-diff", "a.pkr.hcl") == (
        "a.pkr.hcl\n--- old/a.pkr.hcl\n+++ new/a.pkr.hcl\n@@ -1 +1 @@\n-a=1\n+a = 1\n"
    )


def test_a_folder_is_tidied_without_what_is_below_it(folder: Path) -> None:
    put(folder, "a.pkr.hcl")
    put(folder, "b/c.pkr.hcl")
    assert fmt(".") == "a.pkr.hcl\n"


def test_recursive_goes_into_folders_that_are_nobodys_copies(folder: Path) -> None:
    put(folder, "x/b/c.pkrvars.hcl")
    for name in (".h/a.pkr.hcl", "b~/a.pkr.hcl", "#b#/a.pkr.hcl", ".a.pkr.hcl", "x/#a.pkr.hcl#"):
        put(folder, name)
    put(folder, "x/a.pkr.json", "{}")
    put(folder, "x/a.hcl")
    (folder / "x/link").symlink_to(folder)
    assert fmt("-recursive", str(folder)) == f"{folder}/x/b/c.pkrvars.hcl\n"


def test_standard_input_is_tidied_to_standard_output(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del folder
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(UNTIDY_TEXT.encode())))
    assert fmt("-") == TIDY_TEXT


def test_check_of_standard_input_prints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(UNTIDY_TEXT.encode())))
    assert fmt("-check", "-", status=UNTIDY) == ""


def test_another_suffix_is_refused_and_the_rest_is_done(folder: Path) -> None:
    put(folder, "a.json")
    path = put(folder, "b.pkr.hcl")
    printed = fmt("a.json", "b.pkr.hcl", status=1)
    assert "not a file of HCL2: a.json" in printed
    assert path.read_text() == TIDY_TEXT


def test_a_syntax_error_is_shown_and_nothing_is_written(folder: Path) -> None:
    path = put(folder, "a.pkr.hcl", "a = [1 2]\n")
    put(folder, "b.pkr.hcl")
    printed = fmt(".", status=1)
    assert "a.pkr.hcl:1:8" in printed
    assert printed.endswith("b.pkr.hcl\n")
    assert path.read_text() == "a = [1 2]\n"


def test_a_missing_file_is_an_error(folder: Path) -> None:
    put(folder, "box.pkr.hcl")
    assert "there is no such file" in fmt("bax.pkr.hcl", status=1)


def test_carriage_returns_and_modes_stay(folder: Path) -> None:
    path = put(folder, "a.pkr.hcl")
    path.write_bytes(b"a=1\r\n")
    path.chmod(0o640)
    fmt("a.pkr.hcl")
    assert path.read_bytes() == b"a = 1\r\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_path_is_needed() -> None:
    with pytest.raises(UsageError, match="PATH"):
        fmt()

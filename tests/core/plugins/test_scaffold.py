from __future__ import annotations

import subprocess
import sys
import tomllib
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from cookiecutter.exceptions import FailedHookException
from cookiecutter.main import cookiecutter

from packer_core.plugins.scaffold import CIS, LICENCES, Choices, create, rendered
from packer_sdk.errors import PackerError
from packer_sdk.plugin import KINDS

ROOT = Path(__file__).parents[3]
SOME = [
    Choices(name="note"),
    Choices(name="my-cloud", kinds=("builder",), licence="MIT", ci="gitlab", author="Ann Ö."),
    Choices(name="x9", kinds=("provisioner", "post-processor"), licence="none", ci="none"),
    Choices(
        name="packer-plugin-weather",
        kinds=("datasource",),
        licence="BSD-3-Clause",
        description="What the weather is like",
    ),
]


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def cookies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what cookiecutter makes, which keeps its own things below the home folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "cookies"
    folder.mkdir()
    return folder


def by_cookiecutter(folder: Path, **answers: Any) -> Path:
    made = cookiecutter(
        str(ROOT / "plugin-template"), no_input=True, extra_context=answers, output_dir=str(folder)
    )
    return Path(made)


@pytest.mark.parametrize("choices", SOME, ids=lambda choices: choices.name)
def test_cookiecutter_makes_the_same(choices: Choices, cookies: Path, tmp_path: Path) -> None:
    values = choices.values()
    answers = {key: values[key] for key in values if key not in {"package", "class_name"}}
    theirs = by_cookiecutter(cookies, **answers)
    ours = create(choices, tmp_path)
    assert files(ours) == files(theirs)
    assert ours.name == theirs.name
    folders = {path.relative_to(theirs) for path in theirs.rglob("*") if path.is_dir()}
    assert {path.relative_to(ours) for path in ours.rglob("*") if path.is_dir()} == folders


def test_the_answers_of_the_template_are_ours(cookies: Path, tmp_path: Path) -> None:
    theirs = by_cookiecutter(cookies)
    assert files(theirs) == files(create(Choices(name="note"), tmp_path))


@pytest.mark.parametrize("name", ["Note", "9to5", "a_b", "a--b", "-a", "", "packer-plugin-"])
def test_no_plugin_is_called_so(name: str, cookies: Path, tmp_path: Path) -> None:
    with pytest.raises(PackerError, match="not a name for a plugin"):
        create(Choices(name=name), tmp_path / "new")
    if name:
        with pytest.raises(FailedHookException):
            by_cookiecutter(cookies, name=name, dist_name="packer-plugin-x")
    assert not (tmp_path / "new").exists()
    assert list(cookies.iterdir()) == []


def test_a_plugin_has_a_component(cookies: Path) -> None:
    nothing = {kind.replace("-", "_"): False for kind in KINDS}
    with pytest.raises(FailedHookException):
        by_cookiecutter(cookies, **nothing)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "packer-plugin-note").mkdir()
    with pytest.raises(PackerError, match="there is something already"):
        create(Choices(name="note"), tmp_path)
    assert list((tmp_path / "packer-plugin-note").iterdir()) == []


@pytest.mark.parametrize("text", ['say "hi"', "a\\b", "a\nb"])
def test_what_would_break_a_file_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(PackerError, match="cannot stand between quotes"):
        create(Choices(name="note", author=text), tmp_path)
    with pytest.raises(PackerError, match="cannot stand between quotes"):
        create(Choices(name="note", description=text), tmp_path)


def test_every_combination_declares_what_it_has() -> None:
    for number in range(1, 16):
        kinds = tuple(kind for bit, kind in enumerate(KINDS) if number >> bit & 1)
        made = dict(rendered(Choices(name="note", kinds=kinds).values()))
        project = tomllib.loads(made["pyproject.toml"])["project"]
        declared = {
            group.removeprefix("packer.").removesuffix("s").replace("_", "-"): entries["note"]
            for group, entries in project["entry-points"].items()
        }
        assert sorted(declared) == sorted(kinds)
        for reference in declared.values():
            module = reference.partition(":")[0].replace(".", "/")
            assert f"src/{module}.py" in made
        for kind in KINDS:
            test = f"tests/test_{kind.replace('-', '_')}.py"
            assert (test in made) is (kind in kinds)
        assert not any("cookiecutter" in text or "{%" in text for text in made.values())


def test_every_licence_and_place_of_tests() -> None:
    for licence, ci in product(LICENCES, CIS):
        made = dict(rendered(Choices(name="note", licence=licence, ci=ci).values()))
        project = tomllib.loads(made["pyproject.toml"])["project"]
        assert project.get("license", "none") == licence
        assert ("LICENSE" in made) is (licence != "none")
        assert (".github/workflows/ci.yml" in made) is (ci == "github")
        assert (".gitlab-ci.yml" in made) is (ci == "gitlab")


@pytest.mark.parametrize("name", ["x", "note", "my-very-long-cloudy"])
def test_ruff_has_nothing_to_say(name: str, tmp_path: Path) -> None:
    folder = create(Choices(name=name), tmp_path)
    for words in (["check", "--no-cache"], ["format", "--check", "--no-cache"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, str(folder)],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
        )
        assert done.returncode == 0, done.stdout + done.stderr

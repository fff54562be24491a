from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING

import pytest

from packer_core.app import App
from packer_core.cli.commands.explain import ExplainOptions, run
from packer_core.cli.recording import without_values
from packer_sdk.errors import PackerError

if TYPE_CHECKING:
    from pathlib import Path

EVENTS: list[dict[str, object]] = [
    {"type": "run-started", "command": "build", "argv": ["build", "t.json"]},
    {"type": "output", "build": "a", "stream": "say", "text": "\x1b[2J\u202eevil"},
    {"type": "error", "build": "a", "reference": "error", "message": "no luck"},
    {"type": "run-finished", "exit_code": 1},
]


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    lines = [
        {"schema": 1, "seq": seq, "offset_s": seq, "run": "r", **event}
        for seq, event in enumerate(EVENTS, start=1)
    ]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def explain(**options: str | bool) -> str:
    shown = io.StringIO()
    with App(os.environ, stream=shown) as app:
        assert run(app, ExplainOptions(**options)) == 0  # type: ignore[arg-type]
    return shown.getvalue()


def test_explain_tells_the_story(events: Path) -> None:
    text = explain(run=str(events))
    assert text.startswith("packer build t.json: exit code 1 after 4.0 s\n")
    assert "Why a failed:\n    no luck\n" in text


def test_explain_shows_nothing_a_terminal_would_obey(events: Path) -> None:
    text = explain(run=str(events))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[2J" in text


def test_explain_as_json(events: Path) -> None:
    told = json.loads(explain(run=str(events), json=True))
    assert told["schema"] == 1
    assert (told["exit_code"], told["ending"]) == (1, "finished")
    assert told["builds"][0]["failures"][0]["message"] == "no luck"


def test_explain_as_a_page(events: Path, tmp_path: Path) -> None:
    page = tmp_path / "run.html"
    assert explain(run=str(events), html=str(page)) == f"Written: {page}\n"
    assert "no luck" in page.read_text()


def test_explain_a_page_that_cannot_be_written(events: Path, tmp_path: Path) -> None:
    with pytest.raises(PackerError, match="page cannot be written") as caught:
        explain(run=str(events), html=str(tmp_path / "none" / "run.html"))
    assert caught.value.reference == "page-unwritable"


def test_explain_finds_the_last_run(
    events: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACKER_DATA_DIR", str(tmp_path))
    (tmp_path / "runs").mkdir()
    events.rename(tmp_path / "runs" / "20130610T214443.1-abc.jsonl")
    assert explain() == explain(run="abc")


def test_explain_what_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PackerError, match="no such file, and no such run: nope"):
        explain(run="nope")


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("build -var a=1 t.json", "build -var a=… t.json"),
        ("build -var=a=1 --var=b=2 --var c=3=4", "build -var=a=… --var=b=… --var c=…"),
        ("build -var", "build -var"),
        ("build -var nonsense t", "build -var … t"),
        ("build -var-file a=b var x=1", "build -var-file a=b var x=1"),
    ],
)
def test_values_of_variables_are_left_out(words: str, kept: str) -> None:
    assert without_values(words.split()) == tuple(kept.split())

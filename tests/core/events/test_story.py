from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.events.model import EVENTS
from packer_core.events.page import story_page
from packer_core.events.reading import Recording, find_run, read_events
from packer_core.events.story import Story, tell
from packer_core.events.text import seconds, story_text
from packer_sdk.errors import PackerError

CALL = {"build": "a", "kind": "provisioner", "name": "shell", "method": "Provision", "call": 7}
STEP = {"build": "a", "name": "shell", "number": 1, "attempt": 1, "attempts": 2}
FAILED: list[dict[str, object]] = [
    {"type": "run-started", "command": "build", "argv": ["build", "t.json"], "packer": "0.1"},
    {"type": "build-planned", "build": "a"},
    {"type": "build-planned", "build": "b"},
    {"type": "component-started", "build": "a", "kind": "builder", "name": "x", "duration_s": 0.5},
    {"type": "build-started", "build": "a"},
    {"type": "provisioner-started", **STEP},
    {"type": "call-started", **CALL},
    {"type": "output", "build": "a", "stream": "say", "text": "one\ntwo"},
    {"type": "call-finished", **CALL, "result": "failed", "error": "status 3"},
    {"type": "provisioner-finished", **STEP, "error": "status 3"},
    {
        "type": "error",
        "build": "a",
        "reference": "error",
        "message": "it failed: status 3",
        "hint": "try harder",
        "last_lines": ["last words"],
    },
    {"type": "build-finished", "build": "a", "result": "failed"},
    {"type": "run-finished", "exit_code": 1},
]


def numbered(events: list[dict[str, Any]]) -> tuple[dict[str, object], ...]:
    return tuple(
        {"schema": 1, "seq": number, "offset_s": number / 10, "run": "r", **event}
        for number, event in enumerate(events, start=1)
    )


def story(*events: dict[str, Any], **about: Any) -> Story:
    return tell(Recording(path=Path("e"), events=numbered(list(events)), **about))


def test_a_failure_is_told_with_its_call_and_what_was_said() -> None:
    told = story(*FAILED)
    assert told.ending == "finished"
    first, second = told.builds
    [failure] = first.failures
    assert failure.step == "provisioner shell: Provision"
    assert (failure.message, failure.hint) == ("it failed: status 3", "try harder")
    assert first.output == ["one", "two"]
    assert second.begin_s is None
    text = story_text(told)
    assert "packer build t.json: exit code 1 after 1.3 s" in text
    assert re.search(r"^  a  failed +700 ms +\| *░*█+ *\|$", text, re.MULTILINE)
    assert re.search(r"^  b  not started +\| +\|$", text, re.MULTILINE)
    assert "provisioner 1 (shell), attempt 1 of 2  failed" in text
    assert "      last words" in text


def test_a_run_that_was_cut_off_says_so() -> None:
    told = story(*FAILED[:7])
    assert told.ending == "cut"
    assert "packer was killed" in told.notes[0]
    assert "no end after 700 ms" in story_text(told)
    assert "no end" in story_page(told)


def test_a_run_that_goes_on_says_so() -> None:
    assert story(*FAILED[:7], running=True).notes == ["This run is still under way."]


def test_what_is_missing_is_told() -> None:
    notes = story(*FAILED, unreadable=2, missing=3).notes
    assert notes == [
        "Lines that cannot be read, which are left out: 2.",
        "Lines of output that were not kept: 3.",
    ]


def test_the_page_escapes_whatever_comes_from_a_run() -> None:
    evil = "<script>alert(1)</script>\"'><img src=http://x onerror=y>"
    names = ("build", "name", "text", "message", "hint", "result", "argv", "last_lines", "error")
    events = [
        {
            **event,
            **{
                name: [evil] if isinstance(event[name], list) else evil
                for name in names
                if name in event
            },
        }
        for event in FAILED
    ]
    page = story_page(story(*events))
    body = page.partition("</style>")[2]
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in body
    assert "default-src 'none'" in page
    assert "http" not in body.replace("http://x onerror", "")


def test_the_page_is_whole_and_alone() -> None:
    page = story_page(story(*FAILED))
    assert page.startswith("<!DOCTYPE html>")
    assert page.endswith("</html>\n")
    for tag in ("div", "p", "span", "table", "pre", "h2"):
        assert page.count(f"<{tag}") - page.count(f"<{tag}r") * (tag == "p") >= 0
        assert page.count(f"<{tag} ") + page.count(f"<{tag}>") == page.count(f"</{tag}>"), tag
    for outside in ("src=", "href=", "url(", "@import", "<script"):
        assert outside not in page


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.text(max_size=3), max_size=3),
    st.sampled_from(["a", "b"]),
)
NAMES = ("build", "call", "offset_s", "duration_s", "text", "error", "result", "argv", "number")
ODD = st.builds(
    lambda kind, fields: {"type": kind, **fields},
    st.sampled_from([kind.type for kind in EVENTS] + ["new"]),
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6),
)


@given(st.lists(ODD, min_size=1, max_size=12))
def test_no_event_file_is_too_odd_to_be_told(events: list[dict[str, Any]]) -> None:
    told = story(*events)
    assert story_text(told)
    assert story_page(told)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (None, "?"),
        (0, "0 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.0 s"),
        (59.9, "59.9 s"),
        (59.96, "1 min 00 s"),
        (3725, "1 h 02 min"),
    ],
)
def test_seconds_read_well(duration: float | None, text: str) -> None:
    assert seconds(duration) == text


# --- reading


def write(path: Path, *events: dict[str, object]) -> Path:
    path.write_text("".join(f"{json.dumps(event)}\n" for event in numbered(list(events))))
    return path


def test_a_file_is_read_with_its_flaws(tmp_path: Path) -> None:
    path = write(tmp_path / "e", *FAILED)
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([*lines[:3], b"\xff\xfe", b"[1]", *lines[4:8], lines[8][:20]]))
    recording = read_events(path)
    assert [event["seq"] for event in recording.events] == [1, 2, 3, 5, 6, 7, 8]
    assert (recording.unreadable, recording.missing) == (3, 1)
    assert not recording.complete


@pytest.mark.parametrize("text", ["", "hello\n", "{}\n", '{"type": 1, "schema": 1}\n'])
def test_a_file_without_events_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "e").write_text(text)
    with pytest.raises(PackerError, match="no events in this file"):
        read_events(tmp_path / "e")


def test_events_of_another_version_are_refused(tmp_path: Path) -> None:
    (tmp_path / "e").write_text('{"type": "run-started", "schema": 2}\n')
    with pytest.raises(PackerError, match="events of another version"):
        read_events(tmp_path / "e")


def test_runs_are_found_by_the_beginning_of_their_ids(tmp_path: Path) -> None:
    for name in ("1-abc-1", "2-abd-2", "3-xyz-3", "4-xyz-3"):
        (tmp_path / f"{name}.jsonl").touch()
    assert find_run(tmp_path, "").name == "4-xyz-3.jsonl"
    assert find_run(tmp_path, "abc").name == "1-abc-1.jsonl"
    assert find_run(tmp_path, "xyz").name == "3-xyz-3.jsonl"
    with pytest.raises(PackerError, match="several runs begin with this id: ab: abc-1, abd-2"):
        find_run(tmp_path, "ab")
    with pytest.raises(PackerError, match="no such file, and no such run: q") as caught:
        find_run(tmp_path, "q")
    assert "xyz-3, abd-2" in (caught.value.hint or "")


def test_no_runs_is_said_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(PackerError, match="there is no run to explain") as caught:
        find_run(tmp_path / "none", "")
    assert "PACKER_EVENTS=0" in (caught.value.hint or "")

from __future__ import annotations

import pytest

from helpers.engine import Thing
from packer_core.engine.findings import Findings, error_found
from packer_core.errors import PluginCrashed
from packer_core.events.model import (
    MOST_FILES,
    ArtifactDestroyed,
    ArtifactKept,
    ArtifactMade,
    Event,
)
from packer_core.events.monitor import Monitor
from packer_sdk.errors import PackerError


class Notebook:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def notice(self, event: Event) -> None:
        self.events.append(event)


class Gone(Thing):
    """An artifact whose process has died."""

    def __str__(self) -> str:
        raise PackerError("the process is gone")


class Untouchable(Thing):
    """An artifact that must not be asked anything."""

    def __str__(self) -> str:
        raise AssertionError("somebody asked")


def test_artifacts_are_described() -> None:
    notebook = Notebook()
    findings = Findings("a", "maker", Monitor(notebook))
    thing = Thing("i-1", files=tuple(map(str, range(MOST_FILES + 5))))
    findings.made(thing, "builder", "maker")
    findings.kept([thing])
    about = {"build": "a", "builder_id": "test", "id": "i-1", "text": "thing i-1"}
    made, kept = notebook.events
    assert isinstance(made, ArtifactMade)
    assert isinstance(kept, ArtifactKept)
    assert {name: getattr(made, name) for name in about} == about
    assert (len(kept.files), kept.file_count) == (MOST_FILES, MOST_FILES + 5)


def test_an_artifact_that_is_gone_is_told_as_far_as_it_is_known() -> None:
    notebook = Notebook()
    Findings("a", "maker", Monitor(notebook)).kept([Gone("i-1")])
    [kept] = notebook.events
    assert isinstance(kept, ArtifactKept)
    assert (kept.id, kept.text) == ("i-1", "")


def test_with_nobody_listening_nothing_is_asked() -> None:
    findings = Findings("a")
    thing = Untouchable("i-1")
    findings.made(thing, "builder", "maker")
    findings.kept([thing])
    findings.destroy(thing, "builder", "")
    assert thing.destroyed


def test_a_destroyed_artifact_is_a_call_and_an_end() -> None:
    notebook = Notebook()
    findings = Findings("a", "maker", Monitor(notebook))
    findings.destroy(Thing("i-1"), "builder", "")
    assert [event.type for event in notebook.events] == [
        "call-started",
        "call-finished",
        "artifact-destroyed",
    ]
    assert notebook.events[0].name == "maker"  # type: ignore[attr-defined]
    with pytest.raises(PackerError, match="busy"):
        findings.destroy(Thing("i-2", refuses="busy"), "builder", "")
    assert notebook.events[-1] == ArtifactDestroyed(build="a", id="i-2", error="busy")


def test_an_error_keeps_its_hint_its_reference_and_last_words() -> None:
    told = error_found(PluginCrashed("it died", last_lines=["a", "b"], hint="look"), "null")
    assert (told.build, told.reference, told.message) == ("null", "plugin-crashed", "it died")
    assert (told.hint, told.last_lines) == ("look", ("a", "b"))

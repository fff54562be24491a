from __future__ import annotations

import io

import pytest

from packer_sdk.cancel import CancelToken
from packer_sdk.errors import ComponentError
from packer_sdk.interfaces import RemoteCommand
from packer_sdk.testing import (
    MemoryArtifact,
    RecordingHook,
    RecordingUi,
    Reply,
    ScriptedCommunicator,
)


def test_ui_keeps_what_it_is_told() -> None:
    ui = RecordingUi("yes")
    ui.say("a")
    ui.error("b")
    ui.machine("c", "1", "2")
    assert ui.ask("sure?") == "yes"
    with ui.progress("file", total=10, current=1) as bar:
        bar.add(2)
        assert ui.bars[0].open
    assert (ui.said, ui.errors, ui.records, ui.asked) == (
        ["a"],
        ["b"],
        [("c", "1", "2")],
        ["sure?"],
    )
    assert (ui.bars[0].current, ui.bars[0].open) == (3, False)
    with pytest.raises(ComponentError, match="nobody can answer: again"):
        ui.ask("again?")


def test_artifact_is_its_description() -> None:
    artifact = MemoryArtifact(text="a thing", states={"size": 1})
    assert str(artifact) == "a thing"
    assert (artifact.state("size"), artifact.state("other")) == (1, None)
    artifact.destroy()
    assert artifact.destroyed


def test_artifact_can_be_stuck() -> None:
    artifact = MemoryArtifact(destroy_error=ComponentError("stuck"))
    with pytest.raises(ComponentError, match="stuck"):
        artifact.destroy()
    assert not artifact.destroyed


def test_hook_keeps_its_calls() -> None:
    hook = RecordingHook()
    hook.run("now", RecordingUi(), None, {"ID": 1}, CancelToken())
    assert (hook.calls[0].name, hook.calls[0].data) == ("now", {"ID": 1})


def test_communicator_does_what_the_script_says() -> None:
    machine = ScriptedCommunicator({"cat": Reply(2, b"!", b"?", echo=True)})
    output, complaints = io.BytesIO(), io.BytesIO()
    command = RemoteCommand("cat", io.BytesIO(b"in"), output, complaints)
    assert machine.start(command).wait(10) == 2
    assert (output.getvalue(), complaints.getvalue()) == (b"in!", b"?")
    assert machine.start(RemoteCommand("other")).wait(10) == 0
    assert machine.commands == ["cat", "other"]


def test_communicator_refuses_to_start_what_the_script_refuses() -> None:
    machine = ScriptedCommunicator({"never": Reply(error=ComponentError("no"))})
    with pytest.raises(ComponentError, match="no"):
        machine.start(RemoteCommand("never"))


def test_communicator_has_files() -> None:
    machine = ScriptedCommunicator(files={"/a": b"1"})
    machine.upload("/b", io.BytesIO(b"2"))
    destination = io.BytesIO()
    machine.download("/b", destination)
    assert (destination.getvalue(), machine.files) == (b"2", {"/a": b"1", "/b": b"2"})
    with pytest.raises(ComponentError, match="no such file in the machine: /c"):
        machine.download("/c", destination)

"""Everything that our core and a plugin say to each other while something is built."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from typing import TYPE_CHECKING, Any

import pytest

from helpers.our_core import KINDS, Core, cancelled_once_there, killed_once_there
from packer_core.errors import PluginCrashed
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled, RemoteError
from packer_sdk.interfaces import RemoteCommand
from packer_sdk.testing import RecordingHook
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from helpers.our_core import IdlingCore
    from packer_sdk.interfaces import Communicator, Ui

SIZE = 3_000_001
WITH_UI = ("builder", "provisioner", "post-processor")


@pytest.mark.parametrize("kind", WITH_UI)
def test_what_a_plugin_tells_its_user(core: Core, kind: str) -> None:
    steps = [
        "say hello ü",
        "message as of old",
        "error trouble",
        "machine size 1 2 3",
        "ask why?",
        "progress 4096 a file",
        "log not for the user",
    ]
    core.do(kind, {"steps": steps})
    assert core.ui.said == ["hello ü", "as of old", "answer: the answer"]
    assert core.ui.errors == ["trouble"]
    assert core.records("size") == [("1", "2", "3")]
    assert core.ui.asked == ["why?"]
    (bar,) = core.ui.bars
    assert (bar.label, bar.total, bar.current, bar.open) == ("a file", 4096, 4096, False)


def test_a_flood_of_lines_arrives_whole(core: Core) -> None:
    core.do("builder", {"steps": ["flood 500"]})
    assert sorted(core.ui.said) == sorted(f"flood {number}" for number in range(500))


def test_two_hundred_calls_at_once_to_a_plugin(core: Core) -> None:
    """Of its communicator, each with three streams of its own, and of its artifact."""
    ended: dict[int, tuple[int, bytes]] = {}
    ids: dict[int, str] = {}

    def work(_name: str, _ui: Ui, machine: Communicator | None, *_: object) -> None:
        assert machine is not None

        def command(number: int) -> None:
            out = io.BytesIO()
            running = machine.start(RemoteCommand(f"echo {number}; exit {number % 7}", None, out))
            ended[number] = (running.wait(), out.getvalue())

        at_once(200, command)

    builder = core.builder({"artifact": "a-1", "steps": ["provision"]})
    artifact = builder.run(core.ui, RecordingHook(work), CancelToken())
    assert ended == {number: (number % 7, f"{number}\n".encode()) for number in range(200)}
    assert artifact is not None
    at_once(200, lambda number: ids.update({number: artifact.id}))
    assert ids == dict.fromkeys(range(200), "a-1")


def at_once(count: int, call: Callable[[int], None]) -> None:
    for thread in [spawn(f"call-{number}", call, number) for number in range(count)]:
        thread.join()


def test_connections_nobody_uses_survive_two_keep_alives(idling_core: IdlingCore) -> None:
    said = idling_core.said()
    assert said == {name: ["still here"] for name in ("go", "old", "python")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_tells_why(core: Core, kind: str) -> None:
    text = "two\nlines, ünï: <&> %s"
    with pytest.raises(RemoteError) as caught:
        core.do(kind, {"steps": [f"fail {text}"]})
    assert text in str(caught.value)


def test_a_hook_gets_the_values_of_the_build(core: Core) -> None:
    hook = RecordingHook()
    options = {
        "text": "t",
        "number": 7,
        "fraction": 1.5,
        "flag": True,
        "generated": {"More": "m"},
        "steps": ["provision", "cleanup", "hook another"],
    }
    core.builder(options).run(core.ui, hook, CancelToken())
    assert [call.name for call in hook.calls] == [
        "packer_provision",
        "packer_cleanup_provision",
        "another",
    ]
    for call in hook.calls:
        assert call.communicator is not None
        assert call.data == {
            "ID": "peer-1",
            "PeerText": "t",
            "PeerNumber": 7,
            "PeerFraction": 1.5,
            "PeerFlag": True,
            "More": "m",
        }


@pytest.mark.parametrize("other", ["go", "old", "python"])
def test_a_provisioner_gets_the_values_of_any_builder(core: Core, other: str) -> None:
    core.provisioned({"steps": ["data"]}, builder=other, text="t", number=7, flag=True)
    data = core.record("data")
    assert (data["ID"], data["PeerText"], data["PeerNumber"], data["PeerFlag"]) == (
        "peer-1",
        "t",
        7,
        True,
    )


@pytest.mark.parametrize("other", ["go", "old", "python"])
def test_commands_run_in_any_builders_machine(core: Core, other: str) -> None:
    steps = [
        "run echo out; echo err >&2; exit 3",
        "feed some text|cat; exit 0",
        "run status 0",
        "run status 255",
        "run status 2300218",
        "stream printf 'a\\nb\\n'",
    ]
    core.provisioned({"steps": steps}, builder=other)
    assert core.records("ran") == [
        ("3", "out\n", "err\n"),
        ("0", "some text", ""),
        ("0", "", ""),
        ("255", "", ""),
        ("2300218", "", ""),
    ]
    assert core.ui.said == ["a", "b"]


@pytest.mark.parametrize("other", ["go", "python"])
def test_a_command_that_cannot_be_started_tells_why(core: Core, other: str) -> None:
    with pytest.raises(RemoteError, match="no shell here"):
        core.provisioned({"steps": ["run no-start no shell here"]}, builder=other)


@pytest.mark.parametrize("other", ["go", "python"])
def test_files_and_folders_go_there_and_back(core: Core, other: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "sub").mkdir(parents=True)
    (source / "a.txt").write_text("a")
    (source / "sub" / "b.bin").write_bytes(bytes(range(256)))
    (source / "a.txt").chmod(0o640)
    os.utime(source / "a.txt", (1_600_000_000, 1_600_000_000))
    steps = [
        f"upload {tmp_path}/one.txt {source}/a.txt",
        f"put {tmp_path}/pattern {SIZE}",
        f"get {tmp_path}/pattern",
        f"upload-dir {tmp_path}/up {source}/",
        f"download-dir {source}/ {tmp_path}/down",
    ]
    (tmp_path / "up").mkdir()
    (tmp_path / "down").mkdir()
    core.provisioned({"steps": steps}, builder=other)
    assert (tmp_path / "one.txt").read_text() == "a"
    pattern = (tmp_path / "pattern").read_bytes()
    digest = hashlib.sha256(pattern).hexdigest()
    assert len(pattern) == SIZE
    assert core.records("put") == [(str(SIZE), digest)]
    assert core.records("got") == [(str(SIZE), digest)]
    for copy in ("up", "down"):
        assert (tmp_path / copy / "a.txt").read_text() == "a"
        assert (tmp_path / copy / "sub" / "b.bin").read_bytes() == bytes(range(256))


def test_a_file_that_is_not_there_is_an_error(core: Core, tmp_path: Path) -> None:
    with pytest.raises(RemoteError) as caught:
        core.provisioned({"steps": [f"get {tmp_path}/none"]})
    assert "no such file" in str(caught.value).lower()


def test_an_artifact_is_what_the_builder_says(core: Core, tmp_path: Path) -> None:
    options = {
        "artifact": "image-1",
        "files": ["a", "b/ü"],
        "state": {"region": "north"},
        "text": "t",
        "destroy_file": str(tmp_path / "destroyed"),
    }
    artifact = core.built(options)
    assert (artifact.builder_id, artifact.id) == ("packer.peer", "image-1")
    assert list(artifact.files) == ["a", "b/ü"]
    assert str(artifact) == "Artifact: image-1"
    assert artifact.state("region") == "north"
    assert artifact.state("unknown") is None
    generated = artifact.state("generated_data")
    assert isinstance(generated, dict)
    assert generated["PeerText"] == "t"
    everything = artifact.state("everything")
    assert everything == ["text", 7, 1.5, True, None, b"\0\xff", {"k": "v"}]
    artifact.destroy()
    assert (tmp_path / "destroyed").exists()


def test_an_artifact_that_cannot_be_destroyed_tells_why(core: Core) -> None:
    artifact = core.built({"artifact": "x", "destroy_error": "it is in use"})
    with pytest.raises(RemoteError, match="it is in use"):
        artifact.destroy()


def test_no_artifact_is_none(core: Core) -> None:
    assert core.builder({}).run(core.ui, RecordingHook(), CancelToken()) is None


def test_a_post_processor_sees_the_artifact_and_makes_another(core: Core) -> None:
    given = core.built({"artifact": "one", "files": ["f"], "state": {"k": "v"}})
    processed = core.processed(
        {"steps": ["artifact", "state k", "state none"], "artifact": "two", "keep": True}, given
    )
    assert core.record("artifact") == {
        "builder_id": "packer.peer",
        "id": "one",
        "files": ["f"],
        "string": "Artifact: one",
    }
    assert core.records("state") == [("k", '"v"'), ("none", "null")]
    assert processed is not None
    assert (processed.artifact.id, processed.keep_input, processed.force_keep) == (
        "two",
        True,
        False,
    )


def test_a_post_processor_may_destroy_or_hand_on_what_it_got(core: Core, tmp_path: Path) -> None:
    given = core.built({"artifact": "one", "destroy_file": str(tmp_path / "destroyed")})
    processed = core.processed({"result": "input", "steps": ["destroy"], "force": True}, given)
    assert processed is not None
    assert processed.artifact.id == "one"
    assert processed.force_keep
    assert (tmp_path / "destroyed").exists()


def test_a_post_processor_may_make_nothing(core: Core) -> None:
    assert core.processed({"result": "none"}, core.built({"artifact": "one"})) is None


# --- the middle of a call


@pytest.mark.parametrize("kind", WITH_UI)
def test_a_call_is_cancelled_in_its_middle(core: Core, kind: str, tmp_path: Path) -> None:
    there = tmp_path / "there"
    with cancelled_once_there(there) as cancel, pytest.raises(Cancelled):
        core.do(kind, {"steps": [f"hold {there}"]}, cancel)


def test_a_data_source_is_cancelled_if_it_can_be(core: Core, tmp_path: Path) -> None:
    """HashiCorp's SDK takes the call, and has nothing to tell a data source: it works on."""
    there = tmp_path / "there"
    with cancelled_once_there(there) as cancel:
        if core.name == "python":
            with pytest.raises(Cancelled):
                core.do("datasource", {"steps": [f"hold {there}"]}, cancel)
        else:
            core.do("datasource", {"steps": [f"mark {there}", "wait 500"]}, cancel)
    assert cancel.cancelled


def test_a_provisioner_in_a_builder_is_cancelled(core: Core, tmp_path: Path) -> None:
    there = tmp_path / "there"
    with cancelled_once_there(there) as cancel, pytest.raises(Cancelled):
        core.provisioned({"steps": [f"hold {there}"]}, cancel=cancel)


@pytest.mark.parametrize(
    ("kind", "step", "end"),
    [
        *((kind, "kill", "killed by SIGKILL") for kind in KINDS),
        ("builder", "exit 3", "exit status 3"),
        ("builder", "exit 0", "exit status 0"),
    ],
)
def test_a_plugin_that_dies_in_the_middle_of_its_work_is_explained(
    core: Core, kind: str, step: str, end: str
) -> None:
    with pytest.raises(PluginCrashed, match=end):
        core.do(kind, {"steps": [step]})


@pytest.mark.parametrize("kind", KINDS)
def test_a_plugin_that_dies_while_it_tells_its_schema_is_explained(
    core: Core, kind: str, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    with core.another(PEER_HOLD_SPEC=str(there)) as other:
        face = other.face(kind)
        with (
            killed_once_there(there, face.process.pid),
            pytest.raises(PluginCrashed, match="killed by SIGKILL during ConfigSpec"),
        ):
            face.config_spec()


def test_a_data_source_that_dies_while_it_tells_its_outputs_is_explained(
    core: Core, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    with core.another(PEER_HOLD_OUTPUT=str(there)) as other:
        face = other.face("datasource")
        face.configure([{}])
        with (
            killed_once_there(there, face.process.pid),
            pytest.raises(PluginCrashed, match="killed by SIGKILL during OutputSpec"),
        ):
            face.output_spec()


@pytest.mark.parametrize("step", ["put {} 1000000", "get {}", "run cat {}"])
@pytest.mark.parametrize("who", ["builder", "provisioner"])
def test_a_plugin_that_dies_in_the_middle_of_a_transfer_is_blamed(
    core: Core, step: str, who: str, tmp_path: Path
) -> None:
    """A pipe that nobody opens at its other end: the builder's machine waits in it for ever."""
    there, pipe = tmp_path / "there", tmp_path / "pipe"
    os.mkfifo(pipe)
    provisioner = core.provisioner({"steps": [f"run touch {there}", step.format(pipe)]})
    builder = core.builder({"steps": ["provision"]})
    victim = builder if who == "builder" else provisioner

    def work(
        name: str,
        ui: Ui,
        machine: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        provisioner.provision(ui, machine, data, cancel)

    with (
        killed_once_there(there, victim.process.pid, wait_s=0.1),
        pytest.raises(PluginCrashed, match=rf"packer-{who}-{core.name} was killed by SIGKILL"),
    ):
        builder.run(core.ui, RecordingHook(work), CancelToken())
    with contextlib.suppress(OSError):  # nobody who reads is left
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))


@pytest.mark.parametrize("kind", KINDS)
def test_a_plugin_that_dies_while_it_is_configured_is_explained(core: Core, kind: str) -> None:
    with pytest.raises(PluginCrashed, match=r"killed by SIGKILL during (Prepare|Configure)"):
        core.do(kind, {"prepare_steps": ["kill"]})


@pytest.mark.parametrize("other", ["go", "python"])
def test_a_builder_that_dies_under_a_provisioner_is_blamed(core: Core, other: str) -> None:
    with pytest.raises(PluginCrashed, match=f"packer-builder-{other} was killed by SIGKILL"):
        core.provisioned({"steps": ["run kill -9 $PPID", "run echo gone"]}, builder=other)


@pytest.mark.parametrize("ask", [lambda a: a.id, lambda a: a.destroy(), lambda a: a.state("x")])
def test_an_artifact_of_a_dead_plugin_is_explained(
    core: Core, ask: Callable[[Any], object]
) -> None:
    face = core.builder({"artifact": "x"})
    artifact = face.run(core.ui, RecordingHook(), CancelToken())
    os.kill(face.process.pid, 9)
    with pytest.raises(PluginCrashed, match="killed by SIGKILL"):
        ask(artifact)

"""Section A of the plugin page: what plugins are, and which processes there are."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from helpers import wonder
from helpers.seed import NULL, Place, script, wait_until
from packer_sdk.adapters import adapter_for
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import PackerError
from packer_sdk.interfaces import RemoteCommand
from packer_sdk.testing import MemoryArtifact, RecordingHook, RecordingUi, ScriptedCommunicator
from packer_sdk.testing.doubles import Reply
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from packer_sdk.interfaces import Communicator, Hook, Ui

ROOT = Path(__file__).parents[2]

BUNDLED = {
    "builders": [{"type": "null", "communicator": "none"}],
    "provisioners": [{"type": "shell-local", "inline": ["echo parent $PPID"]}],
    "post-processors": ["manifest"],
}


def distributions(place: Place) -> str:
    """Everything that is installed beside core."""
    code = "from importlib.metadata import *\nfor d in distributions(): print(d.name, d.version)"
    return place.run("-c", code, program=[sys.executable]).stdout


def test_A1_a_new_component_needs_no_change_of_core(place: Place) -> None:
    """MUST: A builder, provisioner or post-processor is added without touching core."""
    before = distributions(place), sorted(place.exe.iterdir())
    place.put(
        place.plugins,
        "packer-builder-new",
        script(
            "builder",
            "hook.run("
            "'packer_provision', ui, NoneCommunicator(), {}, cancel)\n"
            "return RecordArtifact('new', 'made', 'a record')",
            before="from packer_sdk.communicators.none import NoneCommunicator",
        ),
    )
    place.put(place.plugins, "packer-provisioner-new", script("provisioner", "ui.say('set up')"))
    place.put(
        place.plugins,
        "packer-post-processor-new",
        script("post-processor", "ui.say(f'wrapped {artifact.id}')"),
    )
    template = {
        "builders": [{"type": "new"}],
        "provisioners": [{"type": "new"}],
        "post-processors": ["new"],
    }
    done = place.build(template)
    assert "new: set up" in done.stdout
    assert "wrapped made" in done.stdout
    assert (distributions(place), sorted(place.exe.iterdir())) == before


@dataclass(frozen=True)
class Seen:
    """A build, looked at from outside while every component runs."""

    core: int
    children: dict[int, list[str]]
    script_parents: set[int]


def words(process: psutil.Process) -> list[str]:
    """The command line; behind that of a fork there is room left."""
    return [word for word in process.cmdline() if word]


@pytest.fixture(scope="module")
def seen(shared_place: Place) -> Seen:
    """The process list during a build with nothing but bundled components."""
    gate = shared_place.root / "gate"
    wait = f"echo parent $PPID; while [ ! -e {gate} ]; do sleep 0.02; done"
    template = {**BUNDLED, "provisioners": [{"type": "shell-local", "inline": [wait]}]}
    with shared_place.running(template) as build:
        build.wait_for("parent")
        children = {child.pid: words(child) for child in build.children()}
        (parent,) = re.findall(r"parent (\d+)", build.printed)
        parents = {int(parent), *(one.pid for one in psutil.Process(int(parent)).parents())}
        gate.touch()
        assert build.end() == 0, build.printed
        return Seen(build.child.pid, children, parents)


def test_A2_what_ships_with_core_runs_in_processes_of_its_own(seen: Seen) -> None:
    """MUST: Every component that comes with core is a plugin itself, only known beforehand."""
    assert sorted(words[3] for words in seen.children.values()) == [
        "packer-builder-null",
        "packer-post-processor-manifest",
        "packer-provisioner-shell-local",
    ]
    (started_by,) = seen.script_parents & seen.children.keys()
    assert seen.children[started_by][3] == "packer-provisioner-shell-local"


def test_A3_bundled_components_need_no_installation(place: Place) -> None:
    """MUST: What comes with core works with empty plugin folders and no file of any kind."""
    place.build(BUNDLED)
    made = {path.name for path in (place.root / "home").iterdir()}
    assert ".packer.d" not in made, "it was not there, and is not made"


def test_A4_core_never_imports_a_plugin(place: Place) -> None:
    """MUST: A plugin is an application of its own that core starts and talks to."""
    code = (
        "import sys\n"
        "from packer_core.cli.main import main\n"
        "status = main(sys.argv[1:])\n"
        "sys.exit(repr([name for name in sys.modules if 'plugin_' in name]) if not status else 9)"
    )
    template = str(place.template(BUNDLED))
    done = place.run("-c", code, "build", template, program=[sys.executable], status=1)
    assert done.log[-1] == "[]"


def by_hand(place: Place, *command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=place.environ, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("what", ["bundled", "script"])
def test_A5_a_plugin_started_by_hand_explains_itself(what: str, place: Place) -> None:
    """MUST: Plugins are not meant to be run by people; one that is says so and ends.

    Decision: exit status 1, a hint on stderr, nothing on stdout and no listener.
    """
    commands: dict[str, list[str | Path]] = {
        "bundled": [place.packer, "plugin", "packer-builder-null"],
        "script": [place.builder(place.work, "packer-builder-x")],
    }
    done = by_hand(place, *commands[what])
    assert (done.returncode, done.stdout) == (1, "")
    assert "packer starts it when a template needs it" in done.stderr
    assert "hint: " in done.stderr
    assert list(place.temporary.iterdir()) == []


def test_A6_bundled_components_are_sub_commands_of_packer(seen: Seen, shared_place: Place) -> None:
    """MUST: A component of core runs as `packer plugin packer-TYPE-NAME`."""
    for words in seen.children.values():
        # In front of it stands the interpreter, as the kernel has it from the first line.
        assert words[1:3] == [str(shared_place.packer), "plugin"]


def test_A6_an_unknown_component_is_named(place: Place) -> None:
    done = by_hand(place, place.packer, "plugin", "packer-builder-vmware")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "no such component comes with packer: packer-builder-vmware\n"


def test_A7_the_process_list_shows_packer_applications(seen: Seen) -> None:
    """MUST: During a build the process list shows several `packer-` applications."""
    assert len(seen.children) == 3
    for words in seen.children.values():
        assert re.search(r"packer-(builder|provisioner|post-processor)-", " ".join(words))


def test_A8_a_plugin_is_started_only_when_a_build_needs_it(place: Place) -> None:
    """MUST: Core starts plugins itself, and only those that are needed."""
    place.spy(place.work, "packer-builder-spy")
    place.found()
    place.build(NULL)
    assert not place.was_run
    place.build(["spy"], status=1)
    assert place.was_run


def test_A9_core_waits_for_a_plugin_that_is_stopped(place: Place) -> None:
    """MUST: Core and plugins are processes that call each other, one for each use."""
    body = "ui.say(f'pid {os.getpid()}')\ntime.sleep(0.2)\nui.say('done')"
    place.put(place.work, "packer-builder-slow", script("builder", body))
    template = {"builders": [{"type": "slow", "name": name} for name in ("a", "b")]}
    with place.running(template) as build:
        build.wait_for("pid", 2)
        pids = {int(number) for number in re.findall(r"pid (\d+)", build.printed)}
        assert pids == {child.pid for child in build.children()}
        assert len(pids) == 2
        stopped = pids.pop()
        os.kill(stopped, signal.SIGSTOP)
        build.wait_for("done")
        assert build.child.poll() is None
        os.kill(stopped, signal.SIGCONT)
        assert build.end() == 0


ENDINGS = {
    "success": "return None",
    "failure": "raise ComponentError('it failed')",
    "crash": "os.kill(os.getpid(), signal.SIGKILL)",
    "interrupt": "ui.say('waiting')\ncancel.wait()\ncancel.check()",
    "termination": "ui.say('waiting')\ncancel.wait()\ncancel.check()",
    "two interrupts": "ui.say('waiting')\nwhile True: time.sleep(1)",
}
SIGNALS = {
    "interrupt": [signal.SIGINT],
    "termination": [signal.SIGTERM],
    "two interrupts": [signal.SIGINT, signal.SIGINT],
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_A10_core_cleans_up_however_a_build_ends(ending: str, place: Place) -> None:
    """MUST: Core orchestrates the processes and does the clean-up."""
    helper = f"subprocess.Popen(['tail', '-f', {str(place.packer)!r}])\n"
    place.put(place.work, "packer-builder-x", script("builder", helper + ENDINGS[ending]))
    with place.running({"builders": [{"type": "x"}], "post-processors": ["manifest"]}) as build:
        for count, number in enumerate(SIGNALS.get(ending, ()), start=1):
            build.wait_for("waiting" if count == 1 else "Cancelling")
            build.child.send_signal(number)
        assert build.end() == (0 if ending == "success" else 1), build.printed
    assert place.processes() == []
    assert list(place.temporary.rglob("*")) == [], build.printed


def test_A10_an_interrupt_while_plugins_start_leaves_nothing(place: Place) -> None:
    trace = place.root / "loading"
    before = f"open({str(trace)!r}, 'w').close()\ntime.sleep(0.5)"
    place.put(place.work, "packer-builder-x", script("builder", "cancel.check()", before=before))
    with place.running(["x"]) as build:
        wait_until(trace.exists, lambda: build.printed)
        build.child.send_signal(signal.SIGINT)
        assert build.end() == 1, build.printed
    assert place.processes() == []
    assert list(place.temporary.rglob("*")) == [], build.printed


# --- A12: the same calls of an object, and of the same object in another process


def object_here(kind: str) -> contextlib.AbstractContextManager[Any]:
    classes = {
        "builder": "WonderBuilder",
        "provisioner": "WonderProvisioner",
        "post-processor": "WonderPostProcessor",
    }
    return contextlib.nullcontext(adapter_for(kind, getattr(wonder.module(), classes[kind])))


def object_elsewhere(kind: str) -> contextlib.AbstractContextManager[Any]:
    return wonder.process(kind)


def told(call: Callable[[], object]) -> object:
    """What came of a call: its value, or its error as a person reads it."""
    try:
        return call()
    except PackerError as error:
        return f"{error}", error.hint


def prepared(face: Any) -> Iterator[object]:
    for do in ("nothing", "warn", "refuse"):
        result = told(partial(face.prepare, [{"do": do}]))
        # A refusal is text on the wire: its lines are all there, whatever they stand behind.
        yield result if do != "refuse" else "cannot be done" in str(result)


def schema(face: Any) -> Iterator[object]:
    yield face.config_spec()


def artifact(face: Any) -> Iterator[object]:
    ui = RecordingUi()
    face.prepare([{"do": "be stuck", "text": "hello"}])
    made = face.run(ui, RecordingHook(), CancelToken())
    yield from (ui.said, made.builder_id, made.id, list(made.files), str(made))
    yield made.state("generated_data")
    yield made.state("no such state")
    yield told(made.destroy)
    face.prepare([{"do": "make nothing"}])
    yield face.run(ui, RecordingHook(), CancelToken())


def failure(face: Any) -> Iterator[object]:
    face.prepare([{"do": "fail"}])
    # The hint of an author's error is part of its text on the wire.
    yield "it went wrong: 7" in str(
        told(lambda: face.run(RecordingUi(), RecordingHook(), CancelToken()))
    )


def cancelled(face: Any) -> Iterator[object]:
    ui, token = RecordingUi(), CancelToken()

    def cancel_when_it_waits() -> None:
        wait_until(lambda: "waiting" in ui.said)
        token.cancel()

    face.prepare([{"do": "wait"}])
    spawn("test", cancel_when_it_waits)
    yield told(lambda: face.run(ui, RecordingHook(), token))
    yield ui.said


def hook_and_machine(face: Any) -> Iterator[object]:
    notes: list[object] = []

    def provision(
        name: str, ui: Ui, machine: Communicator | None, data: object, cancel: object
    ) -> None:
        assert machine is not None
        notes.extend((name, data))
        output, complaints = io.BytesIO(), io.BytesIO()
        machine.upload("/tmp/big", io.BytesIO(b"u" * 300_000))
        content = io.BytesIO()
        machine.download("/tmp/big", content)
        notes.append(len(content.getvalue()))
        command = RemoteCommand("fail", stdout=output, stderr=complaints)
        notes.append(machine.start(command).wait())
        notes.extend((output.getvalue(), complaints.getvalue()))
        echoed = io.BytesIO()
        echo = RemoteCommand("cat", stdin=io.BytesIO(b"through"), stdout=echoed)
        notes.extend((machine.start(echo).wait(), echoed.getvalue()))
        notes.append(str(told(lambda: machine.start(RemoteCommand("never")).wait())))
        raise PackerError("the provisioner failed")

    hook: Hook = RecordingHook(provision)
    face.prepare([{"do": "provision"}])
    notes.append(
        "the provisioner failed" in str(told(lambda: face.run(RecordingUi(), hook, CancelToken())))
    )
    yield from notes


def provisioner(face: Any) -> Iterator[object]:
    ui = RecordingUi()
    machine = ScriptedCommunicator({"fail": Reply(3, b"out", b"err")})
    face.prepare([{"do": "use the machine"}])
    face.provision(ui, machine, {}, CancelToken())
    face.prepare([{"do": "show the data"}])
    face.provision(ui, machine, {"ID": "i-1", "Port": 22, "Ready": True}, CancelToken())
    yield ui.said


def post_processor(face: Any) -> Iterator[object]:
    given = MemoryArtifact("given", "g-1", ["a"], "a thing")
    for do in ("nothing", "make nothing", "give back"):
        face.configure([{"do": do}])
        processed = face.post_process(RecordingUi(), given, CancelToken())
        yield processed and (processed.artifact.id, processed.keep_input, processed.force_keep)


CONVERSATIONS = [
    ("builder", schema),
    ("builder", prepared),
    ("builder", artifact),
    ("builder", failure),
    ("builder", cancelled),
    ("builder", hook_and_machine),
    ("provisioner", provisioner),
    ("post-processor", post_processor),
]


@pytest.mark.parametrize(
    ("kind", "conversation"), CONVERSATIONS, ids=[one.__name__ for _, one in CONVERSATIONS]
)
def test_A12_a_remote_object_behaves_like_a_local_one(
    kind: str, conversation: Callable[[Any], Iterator[object]]
) -> None:
    """MUST: Whoever uses an interface cannot tell that it is served by another process.

    Decision: an error arrives as its text, because that is all the protocol carries.
    """
    with object_here(kind) as face:
        here = list(conversation(face))
    with object_elsewhere(kind) as face:
        elsewhere = list(conversation(face))
    assert elsewhere == here
    assert here


def test_A13_a_builder_reaches_the_provisioners_through_its_hook(place: Place) -> None:
    """MUST: Hooks are a plugin interface, though no type of their own."""
    template = {**BUNDLED, "provisioners": [{"type": "x"}, {"type": "x"}]}
    place.put(place.work, "packer-provisioner-x", script("provisioner", "ui.say('by the hook')"))
    assert place.build(template).stdout.count("by the hook") == 2


def test_A13_H10_hooks_are_no_type_that_is_looked_for(place: Place) -> None:
    """H: The page lists hooks among the plugins; Packer 1.16 has no hook plugins.

    Decision: the hook interface is served across processes; `packer-hook-NAME` is nothing.
    """
    place.spy(place.work, "packer-hook-x")
    assert not [kind for kind, name in place.found() if kind == "hook" or name == "x"]
    config = json.dumps({"hooks": {"x": str(place.work / "packer-hook-x")}})
    place.configure(config)
    assert not [kind for kind, name in place.found() if kind == "hook" or name == "x"]


def test_A14_the_documentation_tells_how_to_find_plugins() -> None:
    """DOC: Plugins are found by searching for "packer plugin"; there is no list."""
    page = (ROOT / "docs/how-to/publish-a-plugin.md").read_text()
    assert "packer-plugin-NAME" in page
    assert "There is no list of plugins" in page
    assert "packer plugin docker" in page
    for project in (ROOT / "plugins").glob("*/pyproject.toml"):
        assert "packer-plugin" in tomllib.loads(project.read_text())["project"]["keywords"]

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from helpers.programs import component, plugin
from packer_core.crashes import CrashReports
from packer_core.errors import PluginCrashed
from packer_core.journal import read
from packer_core.plugins.fleet import Fleet
from packer_core.plugins.witness import MOST_CALLS, Witnesses
from packer_core.run import Run
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import RemoteError
from packer_sdk.testing import RecordingHook, RecordingUi

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk.interfaces import Communicator, Ui

DIE = "os.kill(os.getpid(), signal.SIGKILL)"
TALKATIVE = """
    import traceback
    try:
        {}["lost"]
    except KeyError:
        traceback.print_exc()
        print("password is hunter2", file=sys.stderr)
        sys.stderr.flush()
        os._exit(7)
"""


def reports(folder: Path) -> CrashReports:
    return CrashReports(folder, lambda text: text.replace("hunter2", "***"), os.environ, ["packer"])


def crash_of(call: object) -> PluginCrashed:
    with pytest.raises(PluginCrashed) as caught:
        call()  # type: ignore[operator]
    return caught.value


def test_a_death_is_accounted_for_with_all_that_is_known(tmp_path: Path) -> None:
    witnesses = Witnesses(None, reports(tmp_path / "crashes"), lambda _: "packer-plugin-test 1.2")
    with Fleet(os.environ, witnesses=witnesses) as fleet:
        builder = fleet.builder(plugin(tmp_path, TALKATIVE), "test.a")
        builder.prepare([{}])
        error = crash_of(lambda: builder.run(RecordingUi(), RecordingHook(), CancelToken()))
    assert error.message == (
        "packer-builder-test (packer-plugin-test 1.2) ended with exit status 7 during Run"
        f" of build 'test.a': {tmp_path / 'program'}"
    )
    [path] = (tmp_path / "crashes").iterdir()
    assert error.report == str(path)
    assert error.hint == f"all that is known is in {path}"
    text = path.read_text()
    for line in (
        "component: builder test\n",
        "plugin:    packer-plugin-test 1.2\n",
        "build:     test.a\n",
        "call:      Run\n",
        "end:       ended with exit status 7 during Run\n",
        "KeyError: 'lost'\n",
        "  Prepare ",
        "not answered\n",
        "password is ***\n",
    ):
        assert line in text
    assert "hunter2" not in text


def test_one_death_is_one_report_however_many_ask(tmp_path: Path) -> None:
    witnesses = Witnesses(None, reports(tmp_path / "crashes"))
    with Fleet(os.environ, witnesses=witnesses) as fleet:
        builder = fleet.builder(plugin(tmp_path, DIE), "a")
        builder.prepare([{}])
        first = crash_of(lambda: builder.run(RecordingUi(), RecordingHook(), CancelToken()))
        second = crash_of(lambda: builder.prepare([{}]))
    assert first.message == second.message
    assert first is not second
    assert "SIGKILL that nobody sent" in str(first.hint)
    assert len(list((tmp_path / "crashes").iterdir())) == 1


def test_a_death_between_calls_is_told_as_that(tmp_path: Path) -> None:
    with Fleet(os.environ) as fleet:
        body = "return RecordArtifact('b', 'x', 'y')"
        builder = fleet.builder(plugin(tmp_path, body), "a")
        builder.prepare([{}])
        artifact = builder.run(RecordingUi(), RecordingHook(), CancelToken())
        assert artifact is not None
        psutil.Process(builder.process.pid).kill()
        assert builder.process.session is not None
        assert builder.process.session.connection.wait_closed(10)
        error = crash_of(lambda: artifact.id)
        assert crash_of(artifact.destroy).message == error.message
    assert "was killed by SIGKILL between two calls of build 'a'" in error.message


def test_a_process_that_was_told_to_end_is_no_crash(tmp_path: Path) -> None:
    witnesses = Witnesses(None, reports(tmp_path / "crashes"))
    with Fleet(os.environ, witnesses=witnesses) as fleet:
        builder = fleet.builder(plugin(tmp_path, "\nwhile True: time.sleep(1)\n"), "a")
        builder.prepare([{}])
        fleet.abandon()
        crash_of(lambda: builder.run(RecordingUi(), RecordingHook(), CancelToken()))
    assert not (tmp_path / "crashes").exists()


def fleet_of_two(tmp_path: Path, builds: str, provisions: str, fleet: Fleet) -> PluginCrashed:
    """Run a builder whose hook runs a provisioner, and return what it fails with."""
    for kind in ("builder", "provisioner"):
        (tmp_path / kind).mkdir()
    builder = fleet.builder(plugin(tmp_path / "builder", builds), "a")
    provisioner = fleet.provisioner(
        plugin(tmp_path / "provisioner", provisions, "provisioner"), "a"
    )
    builder.prepare([{}])
    provisioner.prepare([{}])

    class Provision:
        def run(
            self,
            name: str,
            ui: Ui,
            communicator: Communicator | None,
            data: Mapping[str, object],
            cancel: CancelToken,
        ) -> None:
            provisioner.provision(ui, communicator, data, cancel)

    return crash_of(lambda: builder.run(RecordingUi(), Provision(), CancelToken()))


MACHINE = """
    class Machine:
        def upload(self, destination, source, *, info=None):
            source.read(1)
            %s
        start = upload_dir = download = download_dir = None
    hook.run(PROVISION_HOOK, ui, Machine(), {}, cancel)
"""
UPLOAD = """
    import io
    communicator.upload("/x", io.BytesIO(b"x" * 1000))
"""


def test_a_builder_that_dies_under_a_provisioner_gets_the_blame(tmp_path: Path) -> None:
    with Fleet(os.environ) as fleet:
        error = fleet_of_two(tmp_path, MACHINE % DIE, UPLOAD, fleet)
    assert error.message.startswith("packer-builder-test was killed by SIGKILL during Run")


def test_a_provisioner_that_dies_under_a_builder_gets_the_blame(tmp_path: Path) -> None:
    witnesses = Witnesses(None, reports(tmp_path / "crashes"))
    with Fleet(os.environ, witnesses=witnesses) as fleet:
        error = fleet_of_two(tmp_path, MACHINE % "pass", DIE, fleet)
    assert error.message.startswith("packer-provisioner-test was killed by SIGKILL during Prov")
    assert len(list((tmp_path / "crashes").iterdir())) == 1
    assert error.report


def test_a_provisioner_that_dies_in_an_upload_gets_the_blame(tmp_path: Path) -> None:
    slow = """
        class Slow:
            def read(self, size=-1):
                os.kill(os.getpid(), signal.SIGKILL)
        communicator.upload("/x", Slow())
    """
    with Fleet(os.environ) as fleet:
        error = fleet_of_two(tmp_path, MACHINE % "pass", slow, fleet)
    assert error.message.startswith("packer-provisioner-test was killed by SIGKILL")


def test_a_builder_that_dies_before_its_artifact_is_used_gets_the_blame(tmp_path: Path) -> None:
    for kind in ("builder", "post-processor"):
        (tmp_path / kind).mkdir()
    with Fleet(os.environ) as fleet:
        body = "return RecordArtifact('b', 'x', 'y')"
        builder = fleet.builder(plugin(tmp_path / "builder", body), "a")
        builder.prepare([{}])
        artifact = builder.run(RecordingUi(), RecordingHook(), CancelToken())
        assert artifact is not None
        last = fleet.post_processor(
            plugin(tmp_path / "post-processor", "ui.say(artifact.id)", "post-processor"), "a"
        )
        last.configure([{}])
        psutil.Process(builder.process.pid).kill()
        error = crash_of(lambda: last.post_process(RecordingUi(), artifact, CancelToken()))
    assert "packer-builder-test was killed by SIGKILL" in error.message


def test_an_error_that_quotes_no_dead_process_stays_as_it_is() -> None:
    witnesses = Witnesses()
    error = RemoteError("it went wrong")
    assert witnesses.blame(error) is error


def test_the_journal_knows_a_process_before_it_runs_and_until_it_is_gone(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    short = tmp_path_factory.mktemp("t")
    run = Run.begin(tmp_path / "journal", {**os.environ, "TMPDIR": str(short)})
    assert run.journal is not None
    path = run.journal.path
    witness = Witnesses(run).witness(component(Path("/x")), "a")
    witness.starting()
    assert [thing.what for thing in read(path).things] == ["folder", "process"]
    witness.gone(None)
    with Fleet(os.environ, witnesses=Witnesses(run)) as fleet:
        builder = fleet.builder(plugin(tmp_path, "ui.say(os.environ['TMPDIR'])"), "test.a")
        builder.prepare([{}])
        ui = RecordingUi()
        builder.run(ui, RecordingHook(), CancelToken())
        assert ui.said == [str(run.folder)]
        things = {thing.what: thing for thing in read(path).things}
        assert things["process"].details["pid"] == builder.process.pid
        assert things["process"].details["label"] == "packer-builder-test"
        assert things["socket"].name.startswith(f"{run.folder}/")
        assert "artifact" not in things
    assert list((tmp_path / "journal").iterdir()) == []
    assert list(short.iterdir()) == []


def test_a_long_life_is_remembered_by_its_last_calls() -> None:
    witness = Witnesses().witness(component(Path("/x")))
    for number in range(MOST_CALLS + 5):
        with witness.calling(str(number)):
            pass
    assert len(witness._calls) == MOST_CALLS
    assert witness.moment("x", had_ended=False) == "during x"


def test_what_a_crashed_plugin_has_left_running_is_killed_wherever_it_went(tmp_path: Path) -> None:
    body = f"""
        import subprocess
        child = subprocess.Popen(["sleep", "600"], start_new_session=True)
        open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
        os._exit(1)
    """
    with Fleet(os.environ) as fleet:
        builder = fleet.builder(plugin(tmp_path, body), "a")
        builder.prepare([{}])
        crash_of(lambda: builder.run(RecordingUi(), RecordingHook(), CancelToken()))
        left = psutil.Process(int((tmp_path / "pid").read_text()))
    left.wait(10)


def test_what_a_plugin_that_ended_well_has_left_running_may_stay(tmp_path: Path) -> None:
    body = f"""
        import subprocess
        child = subprocess.Popen(["sleep", "600"], start_new_session=True)
        open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
    """
    with Fleet(os.environ) as fleet:
        builder = fleet.builder(plugin(tmp_path, body), "a")
        builder.prepare([{}])
        builder.run(RecordingUi(), RecordingHook(), CancelToken())
    left = psutil.Process(int((tmp_path / "pid").read_text()))
    assert left.is_running()
    left.kill()

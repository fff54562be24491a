"""Real runs, judged by the schema that is published."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from helpers.json_schema import violations

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs" / "reference" / "events.schema.json").read_text("utf-8")
)
Events = list[dict[str, Any]]


def start(folder: Path, *words: str, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "packer_core", *words],
        cwd=folder,
        env={**os.environ, "PACKER_DATA_DIR": str(folder / "data"), **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def packer(folder: Path, *words: str, status: int = 0, **environ: str) -> str:
    with start(folder, *words, **environ) as child:
        output, _ = child.communicate(timeout=60)
    assert child.returncode == status, output
    return output


def template(folder: Path, *steps: dict[str, object], **more: object) -> None:
    text = {
        "builders": [{"type": "null", "communicator": "none"}],
        "provisioners": list(steps),
        **more,
    }
    (folder / "t.json").write_text(json.dumps(text))


def script(*lines: str, **options: object) -> dict[str, object]:
    return {"type": "shell-local", "inline": list(lines), **options}


def read(path: Path, *, complete: bool = True) -> Events:
    events: Events = [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]
    for event in events:
        assert list(violations(SCHEMA, event)) == [], event
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert len({event["run"] for event in events}) == 1
    assert events[0]["type"] == "run-started"
    assert (events[-1]["type"] == "run-finished") == complete
    return events


def only(events: Events, kind: str, **wanted: object) -> Events:
    return [
        event
        for event in events
        if event["type"] == kind and all(event[name] == value for name, value in wanted.items())
    ]


def assert_calls_are_closed(events: Events) -> None:
    started = {event["call"]: event["method"] for event in only(events, "call-started")}
    finished = {event["call"]: event["method"] for event in only(events, "call-finished")}
    assert started == finished


def test_a_build_that_goes_well(tmp_path: Path) -> None:
    made = {"type": "file", "name": "made", "content": "x", "target": str(tmp_path / "made")}
    null = {"type": "null", "communicator": "none"}
    template(
        tmp_path,
        script("echo hello"),
        builders=[made, null],
        **{"post-processors": [["compress", "manifest"]]},
    )
    packer(tmp_path, "build", "-except=null", "-events=e", "t.json")
    events = read(tmp_path / "e")
    assert_calls_are_closed(events)
    [planned] = only(events, "build-planned")
    assert planned["build"] == "file.made"
    assert planned["provisioners"] == ["shell-local"]
    assert planned["post_processors"] == ["compress", "manifest"]
    methods = [event["method"] for event in only(events, "call-finished", result="succeeded")]
    assert sorted(methods) == sorted(
        [
            "Prepare",
            "Prepare",
            "Configure",
            "Configure",
            "Run",
            "Hook",
            "Provision",
            "PostProcess",
            "PostProcess",
            "Destroy",
        ]
    )
    assert [event["kind"] for event in only(events, "artifact-made")] == [
        "builder",
        "post-processor",
        "post-processor",
    ]
    [kept] = only(events, "artifact-kept")
    assert kept["file_count"] == len(kept["files"]) > 0
    [destroyed] = only(events, "artifact-destroyed")
    assert destroyed["error"] is None
    assert [event["text"] for event in only(events, "output", build="file.made")] == [
        f"Writing {tmp_path}/made",
        "Running local shell script: inline lines",
        "hello",
        "Running post-processor: compress",
        *[
            event["text"]
            for event in only(events, "output", post_processor="compress")
            if not event["text"].startswith("Running")
        ],
        "Running post-processor: manifest",
    ]
    assert len(only(events, "component-started")) == len(only(events, "component-stopped")) == 4
    assert {event["status"] for event in only(events, "component-stopped")} == {0}
    assert only(events, "build-finished")[0]["result"] == "succeeded"
    assert events[-1]["exit_code"] == 0


def test_attempts_and_pauses(tmp_path: Path) -> None:
    once = f"test -e {tmp_path}/again || {{ touch {tmp_path}/again; exit 3; }}"
    flaky = script(once, max_retries=2, pause_before="10ms")
    template(tmp_path, flaky)
    packer(tmp_path, "build", "-events=e", "t.json")
    events = read(tmp_path / "e")
    assert [event["duration_s"] for event in only(events, "provisioner-paused")] == [0.01, 0.01]
    tries = [(one["attempt"], one["error"]) for one in only(events, "provisioner-finished")]
    assert tries[1] == (2, None)
    assert tries[0][0] == 1
    assert "status 3" in tries[0][1]


def test_a_template_that_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text("{")
    packer(tmp_path, "validate", "-events=e", "t.json", status=1)
    events = read(tmp_path / "e")
    assert [event["type"] for event in events] == ["run-started", "error", "output", "run-finished"]
    assert events[1]["reference"] == "template-refused"
    assert not (tmp_path / "data" / "runs").exists()


def test_a_configuration_that_is_refused(tmp_path: Path) -> None:
    template(tmp_path, script())
    packer(tmp_path, "build", "-events=e", "t.json", status=1)
    events = read(tmp_path / "e")
    assert_calls_are_closed(events)
    [refused] = only(events, "build-refused")
    assert len(only(events, "error", build="null")) == refused["errors"] == 1
    assert only(events, "build-started") == []


def test_words_of_the_command_line_without_values(tmp_path: Path) -> None:
    template(tmp_path, variables={"a": "", "b": ""})
    packer(tmp_path, "build", "-events=e", "-var", "a=1", "-var=b=2", "t.json")
    argv = read(tmp_path / "e")[0]["argv"]
    assert argv == ["build", "-events=e", "-var", "a=…", "-var=b=…", "t.json"]


def test_an_interrupt_leaves_a_whole_file(tmp_path: Path) -> None:
    template(tmp_path, script("touch running", "sleep 60"))
    with start(tmp_path, "build", "-events=e", "t.json") as child:
        wait_for(tmp_path / "running")
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=60)
    assert child.returncode == 1
    events = read(tmp_path / "e")
    assert_calls_are_closed(events)
    assert only(events, "interrupted")[0]["signal"] == "SIGTERM"
    assert only(events, "build-finished")[0]["result"] == "cancelled"
    assert only(events, "call-finished", method="Provision")[0]["result"] == "cancelled"


def test_a_plugin_that_dies_leaves_a_whole_file(tmp_path: Path) -> None:
    # The shell that runs the script is the parent, the plugin is the one above it.
    template(tmp_path, script("kill -9 $(cut -d ' ' -f 4 /proc/$PPID/stat)"))
    packer(tmp_path, "build", "-events=e", "t.json", status=1)
    events = read(tmp_path / "e")
    assert_calls_are_closed(events)
    [error] = only(events, "error", build="null")
    assert error["reference"] == "plugin-crashed"
    assert -signal.SIGKILL in {event["status"] for event in only(events, "component-stopped")}
    told = packer(tmp_path, "explain", "e")
    assert "in provisioner shell-local: Provision:" in told
    assert "was killed by SIGKILL" in told


def test_a_packer_that_is_killed_leaves_a_file_that_says_so(tmp_path: Path) -> None:
    template(tmp_path, script("touch running", "sleep 60"))
    with start(tmp_path, "build", "-events=e", "t.json") as child:
        wait_for(tmp_path / "running")
        assert "still under way" in packer(tmp_path, "explain")
        child.kill()
    read(tmp_path / "e", complete=False)
    told = packer(tmp_path, "explain")
    assert "packer was killed, or could no longer" in told
    assert "provisioner 1 (shell-local)  no end" in told
    wait_until_gone(tmp_path)


def test_nothing_is_kept_if_nobody_wants_it(tmp_path: Path) -> None:
    template(tmp_path)
    packer(tmp_path, "build", "t.json", PACKER_EVENTS="0")
    packer(tmp_path, "build", "-events=0", "t.json")
    assert not (tmp_path / "data" / "runs").exists()


@pytest.mark.parametrize("path", ["none/e", "-", "."])
def test_a_path_that_cannot_be_written_stops_the_run_at_once(tmp_path: Path, path: str) -> None:
    template(tmp_path, script("touch running"))
    assert "Error: events cannot" in packer(
        tmp_path, "build", f"-events={path}", "t.json", status=1
    )
    assert not (tmp_path / "running").exists()


def test_a_full_disk_is_one_warning_and_no_failure(tmp_path: Path) -> None:
    template(tmp_path, script("echo hello"))
    output = packer(tmp_path, "build", "-events=/dev/full", "t.json")
    assert output.count("events are no longer written to /dev/full") == 1
    assert "==> null: hello" in output


def test_a_named_pipe_is_read_along(tmp_path: Path) -> None:
    template(tmp_path, script("echo hello"))
    os.mkfifo(tmp_path / "pipe")
    with start(tmp_path, "build", "-events=pipe", "t.json") as child:
        text = (tmp_path / "pipe").read_bytes()
        child.communicate(timeout=60)
    (tmp_path / "e").write_bytes(text)
    assert read(tmp_path / "e")[-1]["exit_code"] == 0


def wait_for(path: Path) -> None:
    give_up = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def wait_until_gone(folder: Path) -> None:
    """Plugins of a packer that was killed clean up by themselves; wait for the script's end."""
    give_up = time.monotonic() + 20
    while subprocess.run(["pgrep", "-f", str(folder)], capture_output=True, check=False).stdout:
        assert time.monotonic() < give_up
        time.sleep(0.1)

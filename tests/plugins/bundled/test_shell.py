from __future__ import annotations

import io
import re
import threading
from typing import TYPE_CHECKING

import pytest

from packer_plugin_bundled import waiting
from packer_plugin_bundled.shell import ShellConfig, ShellProvisioner
from packer_sdk import (
    DISCONNECTED,
    Cancelled,
    ComponentError,
    RemoteError,
)
from packer_sdk.communicators.none import NoneCommunicator
from packer_sdk.config import decode_config
from packer_sdk.testing import Loopback, Reply, ScriptedCommunicator

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import BinaryIO

    from packer_sdk import CancelToken, Communicator, FileInfo, RemoteCommand, RunningCommand
    from packer_sdk.communicators.local import LocalCommunicator
    from packer_sdk.testing import RecordingUi

SCRIPT = "/tmp/s.sh"


class Shell:
    """A shell provisioner, its ui and its token."""

    def __init__(self, ui: RecordingUi, cancel: CancelToken) -> None:
        self.ui = ui
        self.cancel = cancel

    def __call__(
        self,
        communicator: Communicator,
        data: Mapping[str, object] | None = None,
        **options: object,
    ) -> None:
        raw = {"packer_build_name": "web", "packer_builder_type": "file", **options}
        config = decode_config(ShellConfig, [raw])
        assert not list(ShellProvisioner().check(config))
        provisioner = ShellProvisioner()
        provisioner.provision(config, self.ui, communicator, data or {}, self.cancel)


@pytest.fixture
def shell(ui: RecordingUi, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr(waiting, "RETRY_PAUSE_S", 0.01)
    return Shell(ui, cancel)


@pytest.fixture
def machine() -> ScriptedCommunicator:
    return ScriptedCommunicator()


# --- what happens in a real shell ---------------------------------------------------------


def test_inline_lines_run_with_all_variables(
    shell: Shell, local: LocalCommunicator, here: Path
) -> None:
    shell(
        local,
        {"PackerHTTPAddr": "1.2.3.4:80"},
        inline=["echo $A, $B, $PACKER_BUILD_NAME, $PACKER_BUILDER_TYPE, $PACKER_HTTP_ADDR"],
        environment_vars=["A=it's", "B=lost"],
        env={"B": "$won"},
        remote_folder=str(here),
    )
    assert shell.ui.said[1:] == ["it's, $won, web, file, 1.2.3.4:80"]
    assert not list(here.iterdir())


def test_variables_in_a_file_reach_the_script_and_no_command_line(
    shell: Shell, local: LocalCommunicator, here: Path
) -> None:
    shell(
        local,
        inline=["echo $SECRET", "stat -c %a varfile_*"],
        env={"SECRET": "it's"},
        use_env_var_file=True,
        remote_folder=str(here),
    )
    assert shell.ui.said[1:] == ["it's", "600"]
    assert not list(here.iterdir())


def test_scripts_run_in_order_and_the_first_failure_ends_it(
    shell: Shell, local: LocalCommunicator, here: Path
) -> None:
    for name, text in (("a.sh", "echo a"), ("b.sh", "echo b >&2; exit 3"), ("c.sh", "echo c")):
        (here / name).write_text(f"{text}\n")
    with pytest.raises(ComponentError, match=r"script exited with status 3: b\.sh \(allowed: 0\)"):
        shell(local, scripts=["a.sh", "b.sh", "c.sh"], remote_folder=str(here))
    assert "a" in shell.ui.said
    assert "c" not in shell.ui.said
    assert shell.ui.errors == ["b"]


def test_a_failed_script_stays_but_its_variables_do_not(
    shell: Shell, local: LocalCommunicator, here: Path
) -> None:
    with pytest.raises(ComponentError):
        shell(local, inline=["exit 1"], use_env_var_file=True, remote_folder=str(here))
    (left,) = here.iterdir()
    assert re.fullmatch(r"script_\d{8}\.sh", left.name)


def test_other_exit_codes_can_be_valid(shell: Shell, local: LocalCommunicator, here: Path) -> None:
    shell(local, inline=["exit 3"], valid_exit_codes=[0, 3], remote_folder=str(here))


def test_crlf_becomes_lf(shell: Shell, local: LocalCommunicator, here: Path) -> None:
    (here / "dos.sh").write_bytes(b"#!/bin/sh\r\necho dos\r\n")
    shell(local, script="dos.sh", remote_folder=str(here))
    assert shell.ui.said[-1] == "dos"


def test_a_program_that_is_missing_gets_a_hint(
    shell: Shell, local: LocalCommunicator, here: Path
) -> None:
    with pytest.raises(ComponentError, match="status 127") as caught:
        shell(local, inline=["no-such-program"], remote_folder=str(here))
    assert "not found" in (caught.value.hint or "")


def test_the_first_inline_line_may_choose_the_interpreter(
    shell: Shell, local: LocalCommunicator, here: Path
) -> None:
    lines = ["#!/usr/bin/env python3", "print('python', 6 * 7)"]
    shell(local, inline=lines, remote_folder=str(here))
    assert shell.ui.said[-1] == "python 42"


def test_a_custom_command_sees_path_and_vars(
    shell: Shell, local: LocalCommunicator, here: Path
) -> None:
    shell(
        local,
        inline=["echo $A"],
        env={"A": "1"},
        execute_command="{{.Vars}} env B=2 sh '{{.Path}}'; echo {{.EnvVarFile}} done",
        remote_path=f"{here}/with space.sh",
    )
    assert shell.ui.said[1:] == ["1", "done"]
    assert not list(here.iterdir())


def test_a_cancel_ends_a_running_script(
    shell: Shell, local: LocalCommunicator, here: Path, cancel: CancelToken
) -> None:
    timer = threading.Timer(0.2, cancel.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        shell(local, inline=["sleep 600"], remote_folder=str(here))
    timer.join()
    local.close()


# --- what is sent -------------------------------------------------------------------------


def test_the_default_steps_are_upload_chmod_run_remove(
    shell: Shell, machine: ScriptedCommunicator
) -> None:
    shell(machine, inline=["true"], env={"A": "1"}, remote_path=SCRIPT)
    variables = "A='1' PACKER_BUILDER_TYPE='file' PACKER_BUILD_NAME='web' "
    assert machine.commands == [
        f"chmod 0755 {SCRIPT}",
        f"chmod +x {SCRIPT}; {variables} {SCRIPT}",
        f"rm -f {SCRIPT}",
    ]
    text = b"#!/bin/sh -e\ntrue\n"
    assert machine.files == {SCRIPT: text}
    info = machine.infos[SCRIPT]
    assert info
    assert (info.name, info.size_bytes, info.mode) == ("s.sh", len(text), 0o755)


def test_a_file_of_variables_comes_first_and_is_private(
    shell: Shell, machine: ScriptedCommunicator
) -> None:
    shell(machine, inline=["true"], env={"A": "1"}, use_env_var_file=True, remote_path=SCRIPT)
    (variables,) = set(machine.files) - {SCRIPT}
    assert re.fullmatch(r"/tmp/varfile_\d{8}\.sh", variables)
    assert machine.files[variables] == (
        b"export A='1'\nexport PACKER_BUILDER_TYPE='file'\nexport PACKER_BUILD_NAME='web'\n"
    )
    info = machine.infos[variables]
    assert info
    assert info.mode == 0o600
    assert machine.commands == [
        f"chmod 0600 {variables}",
        f"chmod 0755 {SCRIPT}",
        f"chmod +x {SCRIPT}; . {variables} && {SCRIPT}",
        f"rm -f {SCRIPT} {variables}",
    ]


def test_the_size_told_is_the_size_sent(
    shell: Shell, machine: ScriptedCommunicator, here: Path
) -> None:
    (here / "dos.sh").write_bytes(b"a\r\nb\r\n")
    shell(machine, script="dos.sh", remote_path=SCRIPT)
    assert machine.files[SCRIPT] == b"a\nb\n"
    info = machine.infos[SCRIPT]
    assert info
    assert info.size_bytes == 4


def test_a_binary_script_is_sent_as_it_is(
    shell: Shell, machine: ScriptedCommunicator, here: Path
) -> None:
    (here / "dos.sh").write_bytes(b"a\r\nb\r\n")
    shell(machine, script="dos.sh", binary=True, remote_path=SCRIPT)
    assert machine.files[SCRIPT] == b"a\r\nb\r\n"


def test_every_script_gets_a_new_name(
    shell: Shell, machine: ScriptedCommunicator, here: Path
) -> None:
    (here / "a.sh").touch()
    shell(machine, scripts=["a.sh", "a.sh"], remote_folder="/opt/")
    assert len(machine.files) == 2
    assert all(re.fullmatch(r"/opt/script_\d{8}\.sh", path) for path in machine.files)


def test_skip_clean_leaves_the_script(shell: Shell, machine: ScriptedCommunicator) -> None:
    shell(machine, inline=["true"], remote_file="s.sh", skip_clean=True)
    assert not [command for command in machine.commands if command.startswith("rm")]
    assert list(machine.files) == [SCRIPT]


def test_a_home_folder_keeps_its_meaning(shell: Shell, machine: ScriptedCommunicator) -> None:
    shell(machine, inline=["true"], remote_path="~/my script.sh")
    assert machine.commands[-1] == "rm -f ~/'my script.sh'"


def test_pause_after_waits_once(shell: Shell, machine: ScriptedCommunicator) -> None:
    shell(machine, inline=["true"], pause_after="10ms")
    assert shell.ui.said[-1] == "Pausing for 10ms"


# --- when the machine does not answer -----------------------------------------------------


class Restarting(ScriptedCommunicator):
    """A machine that refuses the first ``refusals`` calls of each of the given kinds."""

    def __init__(self, refusals: int, *kinds: str) -> None:
        super().__init__()
        self._left = dict.fromkeys(kinds, refusals)

    def _refuse(self, kind: str) -> None:
        if self._left.get(kind, 0):
            self._left[kind] -= 1
            raise RemoteError("connection refused")

    def start(self, command: RemoteCommand) -> RunningCommand:  # type: ignore[override]
        self._refuse(command.command.split()[0])
        return super().start(command)

    def upload(self, destination: str, source: BinaryIO, *, info: FileInfo | None = None) -> None:
        # A part has gone through already: the next try must begin at the beginning.
        source.read(3)
        self._refuse("upload")
        super().upload(destination, io.BytesIO(b"#!/" + source.read()), info=info)


@pytest.mark.parametrize("kind", ["upload", "chmod", "run-it", "rm"])
def test_what_fails_is_tried_again(shell: Shell, kind: str) -> None:
    machine = Restarting(3, kind)
    shell(machine, inline=["true"], remote_path=SCRIPT, execute_command="run-it {{.Path}}")
    assert machine.files == {SCRIPT: b"#!/bin/sh -e\ntrue\n"}
    assert machine.commands.count(f"run-it {SCRIPT}") == 1


@pytest.mark.parametrize(
    ("kind", "what"),
    [("upload", r"run script: inline lines"), ("rm", rf"remove {SCRIPT}")],
)
def test_trying_again_ends_after_start_retry_timeout(shell: Shell, kind: str, what: str) -> None:
    machine = Restarting(10**9, kind)
    with pytest.raises(ComponentError, match=f"cannot {what}: connection refused"):
        shell(machine, inline=["true"], remote_path=SCRIPT, start_retry_timeout="50ms")


def test_a_machine_that_does_not_exist_is_not_waited_for(shell: Shell) -> None:
    with pytest.raises(ComponentError, match="the communicator is none"):
        shell(NoneCommunicator(), inline=["true"])


def test_a_disconnect_is_an_error_with_a_hint(shell: Shell) -> None:
    machine = ScriptedCommunicator({"go": Reply(status=DISCONNECTED)})
    with pytest.raises(ComponentError, match="closed the connection during script") as caught:
        shell(machine, inline=["reboot"], execute_command="go")
    assert "expect_disconnect" in (caught.value.hint or "")


@pytest.mark.parametrize(("is_expected", "codes"), [(True, [0]), (False, [0, DISCONNECTED])])
def test_an_expected_disconnect_goes_on(shell: Shell, is_expected: bool, codes: list[int]) -> None:
    machine = ScriptedCommunicator({"go": Reply(status=DISCONNECTED)})
    shell(
        machine,
        inline=["reboot"],
        execute_command="go",
        remote_path=SCRIPT,
        expect_disconnect=is_expected,
        valid_exit_codes=codes,
    )
    assert machine.commands[-1] == f"rm -f {SCRIPT}"


@pytest.mark.parametrize(("status", "text"), [(1, "rm exited"), (DISCONNECTED, "closed the")])
def test_a_script_that_cannot_be_removed_fails(shell: Shell, status: int, text: str) -> None:
    machine = ScriptedCommunicator({f"rm -f {SCRIPT}": Reply(status=status)})
    with pytest.raises(ComponentError, match=text):
        shell(machine, inline=["true"], remote_path=SCRIPT, start_retry_timeout="20ms")
    assert machine.commands.count(f"rm -f {SCRIPT}") > 1


def test_a_machine_without_rm_is_not_waited_for(shell: Shell) -> None:
    machine = ScriptedCommunicator({f"rm -f {SCRIPT}": Reply(status=127)})
    with pytest.raises(ComponentError, match="no program rm") as caught:
        shell(machine, inline=["true"], remote_path=SCRIPT)
    assert machine.commands.count(f"rm -f {SCRIPT}") == 1
    assert "skip_clean" in (caught.value.hint or "")


class Stuck(ScriptedCommunicator):
    """A machine that takes an upload for ever, or until ``release``."""

    def __init__(self, cancel: CancelToken) -> None:
        super().__init__()
        self.release = threading.Event()
        self._cancel = cancel

    def upload(self, destination: str, source: BinaryIO, *, info: FileInfo | None = None) -> None:
        self._cancel.cancel()
        self.release.wait()


def test_a_cancel_ends_an_upload_that_is_stuck(shell: Shell, cancel: CancelToken) -> None:
    machine = Stuck(cancel)
    try:
        with pytest.raises(Cancelled):
            shell(machine, inline=["true"])
    finally:
        machine.release.set()


# --- check --------------------------------------------------------------------------------


def problems_of(**options: object) -> list[str]:
    config = decode_config(ShellConfig, [options])
    return [str(problem) for problem in ShellProvisioner().check(config)]


def test_check_reports_everything_at_once(here: Path) -> None:
    given = {"inline": ["a"], "script": "gone.sh", "environment_vars": ["x"]}
    assert problems_of(**given) == [
        "set only one of inline, script, scripts; these are set: inline, script",
        f"script: no such file: gone.sh (seen from {here})",
        "environment_vars[0]: is not of the form NAME=VALUE",
    ]


def test_check_trusts_paths_that_are_not_known_yet() -> None:
    assert not problems_of(script="<unknown>")


# --- through the wire ---------------------------------------------------------------------


def test_a_large_script_goes_through_two_processes_with_a_bar(
    ui: RecordingUi, cancel: CancelToken, here: Path, local: LocalCommunicator
) -> None:
    (here / "big.sh").write_text(f"#!/bin/sh\necho $A\nexit 0\n{'#' * 3_000_000}\n")
    options = {"script": "big.sh", "env": {"A": "{{build `ID`}}"}, "remote_folder": str(here)}
    placeholders = {"ID": "Build_ID. …", "PackerRunUUID": "Build_PackerRunUUID. …"}
    with Loopback(ShellProvisioner) as provisioner:
        provisioner.prepare([options, {"packer_build_name": "web"}, placeholders])
        provisioner.provision(ui, local, {"ID": "i-123"}, cancel)
    assert ui.said[-1] == "i-123"
    (bar,) = ui.bars
    assert bar.current == bar.total > 3_000_000
    assert [path.name for path in here.iterdir()] == ["big.sh"]


def test_no_machine_is_known_through_the_wire(ui: RecordingUi, cancel: CancelToken) -> None:
    with Loopback(ShellProvisioner) as provisioner:
        provisioner.prepare([{"inline": ["true"]}])
        with pytest.raises(RemoteError, match="the communicator is none"):
            provisioner.provision(ui, NoneCommunicator(), {}, cancel)


def test_a_missing_script_is_found_at_prepare(here: Path) -> None:
    with Loopback(ShellProvisioner) as provisioner, pytest.raises(RemoteError, match=r"gone\.sh"):
        provisioner.prepare([{"script": "gone.sh"}])


def test_a_cancel_ends_a_script_through_the_wire(
    ui: RecordingUi, cancel: CancelToken, here: Path, local: LocalCommunicator
) -> None:
    timer = threading.Timer(0.2, cancel.cancel)
    with Loopback(ShellProvisioner) as provisioner:
        provisioner.prepare([{"inline": ["sleep 600"], "remote_folder": str(here)}])
        timer.start()
        with pytest.raises(Cancelled):
            provisioner.provision(ui, local, {}, cancel)
        local.close()
    timer.join()

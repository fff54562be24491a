from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpers.bundled import an_artifact
from packer_plugin_bundled import local_script
from packer_plugin_bundled.local_script import linux_path, system_name
from packer_plugin_bundled.shell_local import (
    ShellLocalConfig,
    ShellLocalPostProcessor,
    ShellLocalProvisioner,
)
from packer_sdk import Cancelled, ComponentError
from packer_sdk.communicators.none import NoneCommunicator
from packer_sdk.config import decode_config
from packer_sdk.testing import Loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk import CancelToken
    from packer_sdk.testing import RecordingUi


class Local:
    """A shell-local provisioner, its ui and its token."""

    def __init__(self, ui: RecordingUi, cancel: CancelToken) -> None:
        self.ui = ui
        self.cancel = cancel

    def __call__(self, data: Mapping[str, object] | None = None, **options: object) -> None:
        raw = {"packer_build_name": "web", "packer_builder_type": "file", **options}
        config = decode_config(ShellLocalConfig, [raw])
        provisioner = ShellLocalProvisioner()
        assert not list(provisioner.check(config))
        provisioner.provision(config, self.ui, NoneCommunicator(), data or {}, self.cancel)

    @property
    def output(self) -> list[str]:
        return self.ui.said[1:]


@pytest.fixture
def run(ui: RecordingUi, cancel: CancelToken, here: Path) -> Local:
    return Local(ui, cancel)


def script(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.mark.parametrize("option", ["inline", "command"])
def test_lines_run_here_with_all_variables(run: Local, here: Path, option: str) -> None:
    line = "pwd; echo $A, $B, $PACKER_BUILD_NAME, $PACKER_BUILDER_TYPE, $PACKER_HTTP_PORT"
    run(
        {"PackerHTTPPort": 80},
        environment_vars=["A=it's", "B=lost"],
        env={"B": "$won"},
        **{option: line if option == "command" else [line]},
    )
    assert run.output == [str(here), "it's, $won, web, file, 80"]


def test_output_and_errors_are_told_apart(run: Local) -> None:
    run(inline=["echo out", "echo err >&2"])
    assert run.output == ["out"]
    assert run.ui.errors == ["err"]


def test_scripts_run_in_order_and_the_first_failure_ends_it(run: Local, here: Path) -> None:
    script(here / "a b.sh", "#!/bin/sh\necho a\n")
    script(here / "b.sh", "exit 7\n")
    script(here / "c.sh", "echo c\n")
    with pytest.raises(ComponentError, match=r"exited with status 7: b\.sh \(allowed: 0\)"):
        run(scripts=["a b.sh", "b.sh", "c.sh"])
    assert "a" in run.output
    assert "c" not in run.output


def test_other_exit_codes_can_be_valid(run: Local, here: Path) -> None:
    script(here / "a.sh", "exit 7\n")
    run(script="a.sh", valid_exit_codes=[7])


def test_a_script_that_is_not_executable_gets_a_hint(run: Local, here: Path) -> None:
    (here / "a.sh").write_text("echo a\n")
    with pytest.raises(ComponentError, match="status 126") as caught:
        run(script="a.sh")
    assert f"chmod +x {here}/a.sh" in (caught.value.hint or "")


def test_a_script_that_is_gone_by_now_is_named(ui: RecordingUi, cancel: CancelToken) -> None:
    config = ShellLocalConfig(script="/no/such.sh")
    with pytest.raises(ComponentError, match=r"cannot run the script: /no/such\.sh: No such"):
        ShellLocalProvisioner().provision(config, ui, NoneCommunicator(), {}, cancel)


def test_a_killed_script_says_so(run: Local) -> None:
    with pytest.raises(ComponentError, match="killed by signal 9"):
        run(inline=["#!/bin/sh", "kill -9 $$"], execute_command=["/bin/sh", "{{.Script}}"])


def test_a_command_of_several_words_runs_as_it_is(run: Local) -> None:
    run(
        inline=["print('hi')"],
        execute_command=["/usr/bin/env", "python3", "{{.Script}}"],
        inline_shebang="ignored",
    )
    assert run.output == ["hi"]


def test_a_command_of_one_word_is_given_to_a_shell(run: Local) -> None:
    run(
        inline=["echo $A-$B"],
        env={"A": "it's"},
        execute_command="B=2 {{.Vars}} sh {{.Script}}",
    )
    assert run.output == ["it's-2"]


def test_env_var_format_shapes_vars(run: Local) -> None:
    run(
        inline=["true"],
        env={"A": "1"},
        env_var_format="%s:%s;",
        execute_command=["/bin/echo", "{{.Vars}}"],
    )
    assert run.output == ["A:1;PACKER_BUILDER_TYPE:file;PACKER_BUILD_NAME:web;"]


def test_variables_are_on_no_command_line(run: Local) -> None:
    run(
        inline=["tr '\\0' ' ' < /proc/$PPID/cmdline; tr '\\0' ' ' < /proc/$$/cmdline"],
        env={"TOKEN": "s3cret"},
    )
    assert "s3cret" not in "".join(run.output)


@pytest.mark.parametrize(("given", "ending"), [("py", ".py"), (".py", ".py"), ("", "script")])
def test_tempfile_extension_ends_the_name(run: Local, given: str, ending: str) -> None:
    run(inline=["echo $0"], tempfile_extension=given)
    assert run.output[0].endswith(ending)


def test_the_file_of_inline_lines_is_private_and_removed(run: Local) -> None:
    run(inline=["stat -c '%a' $0 $(dirname $0)", "echo $0"])
    file_mode, folder_mode, name = run.output
    assert (file_mode, folder_mode) == ("700", "700")
    assert not Path(name).exists()


def test_only_on_another_system_is_skipped(
    run: Local, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(inline=["touch here"], only_on=["windows", "plan9"])
    assert not (here / "here").exists()
    assert run.ui.said == ["Skipping shell-local: it is only for windows, plan9, this is linux"]
    run(inline=["touch here"], only_on=["linux"])
    assert (here / "here").exists()


def test_use_linux_pathing_leaves_paths_of_linux_alone(run: Local) -> None:
    run(inline=["echo fine"], use_linux_pathing=True)
    assert run.output == ["fine"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [(r"C:\a b\c.sh", "/mnt/c/a b/c.sh"), ("/a/b", "/a/b"), ("D:/x", "/mnt/d/x")],
)
def test_linux_path_of_a_windows_path(path: str, expected: str) -> None:
    assert linux_path(path) == expected


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        ("linux", "linux"),
        ("darwin", "darwin"),
        ("win32", "windows"),
        ("freebsd14", "freebsd"),
        ("sunos5", "solaris"),
    ],
)
def test_system_name_is_what_go_says(platform: str, name: str) -> None:
    assert system_name(platform) == name
    assert name in local_script.SYSTEMS


def test_a_cancel_kills_the_script_and_its_children(
    run: Local, here: Path, cancel: CancelToken
) -> None:
    def cancel_when_running() -> None:
        while not (here / "running").exists():
            time.sleep(0.01)
        cancel.cancel()

    thread = threading.Thread(target=cancel_when_running)  # noqa: TID251
    thread.start()
    with pytest.raises(Cancelled):
        run(inline=["sleep 600 & touch running", "wait"])
    thread.join()


def problems_of(**options: object) -> list[str]:
    config = decode_config(ShellLocalConfig, [options])
    return [str(problem) for problem in ShellLocalPostProcessor().check(config)]


def test_check_reports_everything_at_once(here: Path) -> None:
    problems = problems_of(
        command="a", scripts=["gone.sh"], env={"a b": "1"}, only_on=["linux", "macos"]
    )
    assert [problem.partition(":")[0] for problem in problems] == [
        "set only one of command, inline, script, scripts; these are set",
        "scripts[0]",
        "env",
        "only_on[1]",
    ]


def test_the_post_processor_hands_the_artifact_on(
    ui: RecordingUi, cancel: CancelToken, here: Path
) -> None:
    artifact = an_artifact(data={"PackerHTTPIP": "1.2.3.4"})
    config = ShellLocalConfig(inline=["echo $PACKER_HTTP_IP"])
    processed = ShellLocalPostProcessor().post_process(config, ui, artifact, cancel)
    assert processed.artifact is artifact
    assert (processed.keep_input, processed.force_keep) == (True, True)
    assert ui.said[-1] == "1.2.3.4"


def test_the_post_processor_fails_with_its_script(ui: RecordingUi, cancel: CancelToken) -> None:
    config = ShellLocalConfig(inline=["exit 1"])
    with pytest.raises(ComponentError, match="inline lines"):
        ShellLocalPostProcessor().post_process(config, ui, an_artifact(), cancel)


def test_values_of_the_build_reach_the_lines_through_the_wire(
    ui: RecordingUi, cancel: CancelToken
) -> None:
    placeholders = {"ID": "Build_ID. …", "PackerRunUUID": "Build_PackerRunUUID. …"}
    with Loopback(ShellLocalPostProcessor) as post_processor:
        post_processor.configure([{"inline": ["echo {{build `ID`}}"]}, placeholders])
        processed = post_processor.post_process(ui, an_artifact(data={"ID": "i-1"}), cancel)
    assert processed.force_keep
    assert ui.said[-1] == "i-1"

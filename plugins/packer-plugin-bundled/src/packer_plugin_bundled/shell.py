"""Provisioner `shell`: run scripts in the machine (PVS-001, PVS-002, PVS-003)."""

from __future__ import annotations

import io
import os
from contextlib import ExitStack
from pathlib import Path

from packer_sdk import (
    DISCONNECTED,
    ComponentError,
    Duration,
    PackerKeys,
    Problem,
    Provisioner,
    Template,
    config,
    field,
)

from .files import in_words
from .remote_script import Machine, RemoteScript, prepared_source
from .scripts import check_scripts, inline_script
from .variables import (
    FILE_FORMAT,
    HIDDEN,
    INLINE_FORMAT,
    check_variables,
    script_variables,
    written,
)
from .waiting import pause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import BinaryIO

    from packer_sdk import CancelToken, Communicator, Ui

_COMMAND = "chmod +x {{.Path}}; {{.Vars}} {{.Path}}"
_COMMAND_WITH_FILE = "chmod +x {{.Path}}; . {{.EnvVarFile}} && {{.Path}}"


@config
class ShellConfig(PackerKeys):
    """Options of the provisioner."""

    inline: list[str] = field(
        doc="Lines of a script. Exactly one of inline, script and scripts is set.",
        default_factory=list,
    )
    script: str = field(doc="Path of a script on this machine.", default="")
    scripts: list[str] = field(
        doc="Paths of scripts on this machine, run one after the other.", default_factory=list
    )
    binary: bool = field(
        doc="Upload scripts byte for byte; otherwise CRLF at the end of a line becomes LF.",
        default=False,
    )
    valid_exit_codes: list[int] = field(
        doc="Exit statuses that mean success.", default_factory=lambda: [0]
    )
    environment_vars: list[str] = field(
        doc="Variables for the scripts, as NAME=VALUE.", default_factory=list
    )
    env: dict[str, str] = field(
        doc="Variables for the scripts, by name; win over environment_vars.", default_factory=dict
    )
    env_var_format: str = field(
        doc="How one variable is written down, the first %s is its name, the second its value. "
        f"Empty means {INLINE_FORMAT!r}, and {FILE_FORMAT!r} with use_env_var_file.",
        default="",
    )
    use_env_var_file: bool = field(
        doc="Upload the variables in a file with mode 0600, so that no list of processes on the "
        "machine shows them.",
        default=False,
    )
    execute_command: Template = field(
        doc="Command that runs a script; knows {{.Path}}, {{.Vars}} and {{.EnvVarFile}}. "
        f"Empty means `{_COMMAND}`, and `{_COMMAND_WITH_FILE}` with use_env_var_file.",
        default=Template(""),
    )
    inline_shebang: str = field(
        doc="First line of the inline script, without #!. Empty means /bin/sh -e, unless the "
        "first inline line is a shebang itself.",
        default="",
    )
    remote_folder: str = field(doc="Folder on the machine for scripts.", default="/tmp")  # noqa: S108
    remote_file: str = field(
        doc="Name of the script in remote_folder. Empty means a new name for every script.",
        default="",
    )
    remote_path: str = field(
        doc="Whole path of the script on the machine; wins over remote_folder and remote_file.",
        default="",
    )
    start_retry_timeout: Duration = field(
        doc="How long uploading, starting and removing a script are tried again while the "
        "machine does not answer.",
        default=Duration("5m"),
    )
    expect_disconnect: bool = field(
        doc="A script may cut the connection, for example by a restart.", default=False
    )
    skip_clean: bool = field(doc="Leave the scripts on the machine.", default=False)
    pause_after: Duration = field(
        doc="How long to wait after the last script.", default=Duration("0s")
    )


class ShellProvisioner(Provisioner[ShellConfig]):
    """Upload scripts, run them, judge their exit status, remove them."""

    def check(self, config: ShellConfig) -> Iterator[Problem]:
        """Find wrong combinations and scripts that are missing on this machine."""
        yield from check_scripts(
            {
                "inline": config.inline,
                "script": [config.script] if config.script else [],
                "scripts": config.scripts,
            }
        )
        yield from check_variables(config.environment_vars, config.env, config.env_var_format)

    def provision(
        self,
        config: ShellConfig,
        ui: Ui,
        communicator: Communicator,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """Run all scripts in their order; the first that fails ends it."""
        machine = Machine(
            ui=ui,
            communicator=communicator,
            cancel=cancel,
            patience_s=config.start_retry_timeout.seconds,
        )
        variables = script_variables(
            config.packer_build_name,
            config.packer_builder_type,
            data,
            config.environment_vars,
            config.env,
        )
        if config.inline:
            text = inline_script(config.inline, config.inline_shebang)
            _run_one(config, machine, "inline lines", io.BytesIO(text), variables)
        for path in _paths(config):
            with in_words("read script", path):
                source = Path(path).open("rb")  # noqa: SIM115 - closed below
            with source:
                _run_one(config, machine, path, source, variables)
        if config.pause_after:
            ui.say(f"Pausing for {config.pause_after}")
            pause(cancel, config.pause_after.seconds)


def _paths(config: ShellConfig) -> Iterable[str]:
    return [config.script] if config.script else config.scripts


def _run_one(
    config: ShellConfig,
    machine: Machine,
    label: str,
    source: BinaryIO,
    variables: Mapping[str, str],
) -> None:
    machine.ui.say(f"Provisioning with shell script: {label}")
    script = _remote_script(config, label, variables)
    with ExitStack() as stack:
        upload = prepared_source(source, binary=config.binary)
        stack.callback(upload.close)
        status = script.run(machine, upload)
    _judge(config, machine, script, status)
    if not config.skip_clean:
        machine.remove(*script.paths)


def _remote_script(config: ShellConfig, label: str, variables: Mapping[str, str]) -> RemoteScript:
    number = int.from_bytes(os.urandom(4)) % 10**8
    path = config.remote_path or _joined(
        config.remote_folder, config.remote_file or f"script_{number:08d}.sh"
    )
    pattern = config.env_var_format or (FILE_FORMAT if config.use_env_var_file else INLINE_FORMAT)
    text = written(variables, pattern)
    hidden = written(dict.fromkeys(variables, HIDDEN), pattern)
    in_file = config.use_env_var_file
    variables_path = _joined(config.remote_folder, f"varfile_{number:08d}.sh") if in_file else ""
    return RemoteScript(
        label=label,
        path=path,
        command=_command(config, path, variables_path, "" if in_file else text),
        shown=_command(config, path, variables_path, "" if in_file else hidden),
        variables=text if in_file else "",
        variables_path=variables_path,
    )


def _command(config: ShellConfig, path: str, variables_path: str, text: str) -> str:
    template = config.execute_command
    if not template.text:
        default = _COMMAND_WITH_FILE if config.use_env_var_file else _COMMAND
        template = Template(default)
    return template.render({"Path": path, "Vars": text, "EnvVarFile": variables_path})


def _joined(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}"


def _judge(config: ShellConfig, machine: Machine, script: RemoteScript, status: int) -> None:
    """Accept an exit status or raise.

    Raises:
        ComponentError: it is none of the valid ones.
    """
    if status in config.valid_exit_codes:
        return
    if status == DISCONNECTED:
        if config.expect_disconnect:
            machine.ui.say("The machine closed the connection, as expected")
            return
        raise ComponentError(
            f"the machine closed the connection during script: {script.label}",
            hint="if the script restarts the machine, set expect_disconnect = true",
        )
    script.hide(machine)
    allowed = ", ".join(str(code) for code in config.valid_exit_codes)
    raise ComponentError(
        f"script exited with status {status}: {script.label} (allowed: {allowed})",
        hint=_reason(status),
    )


def _reason(status: int) -> str:
    known = {
        126: "the file was found and could not be run: is remote_folder mounted noexec?",
        127: "a program was not found, maybe the interpreter in the first line of the script",
    }
    return known.get(status, "valid_exit_codes says which other statuses mean success")

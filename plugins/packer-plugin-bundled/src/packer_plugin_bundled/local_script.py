"""Scripts on this machine: written down if need be, run, judged (PVS-005)."""

from __future__ import annotations

import os
import re
import shlex
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

from packer_sdk import ComponentError, Problem

from .files import in_words
from .scripts import check_scripts, inline_script
from .variables import HIDDEN, INLINE_FORMAT, check_variables, script_variables, written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packer_sdk import CancelToken, Ui

    from .shell_local import ShellLocalConfig

SYSTEMS = (
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "illumos",
    "linux",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
)
"""Operating systems as Go calls them: the values ``only_on`` may have."""

_DRIVE = re.compile(r"([A-Za-z]):")


def check_local(config: ShellLocalConfig) -> Iterator[Problem]:
    """Judge the options of a shell-local."""
    yield from check_scripts(
        {
            "command": [config.command] if config.command else [],
            "inline": config.inline,
            "script": [config.script] if config.script else [],
            "scripts": config.scripts,
        }
    )
    yield from check_variables(config.environment_vars, config.env, config.env_var_format)
    for index, system in enumerate(config.only_on):
        if system not in SYSTEMS:
            yield Problem(
                f"is no operating system: {system}",
                path=f"only_on[{index}]",
                hint=f"one of {', '.join(SYSTEMS)}",
            )


class LocalScripts:
    """The scripts of one shell-local, for one call."""

    def __init__(self, config: ShellLocalConfig, ui: Ui, cancel: CancelToken) -> None:
        self._config = config
        self._ui = ui
        self._cancel = cancel

    def run(self, data: Mapping[str, object]) -> None:
        """Run them all.

        Raises:
            ComponentError: one exits with a status that is not valid.
            Cancelled: the token went up; the script and all it started are killed.
        """
        system = system_name(sys.platform)
        if self._config.only_on and system not in self._config.only_on:
            wanted = ", ".join(self._config.only_on)
            self._ui.say(f"Skipping shell-local: it is only for {wanted}, this is {system}")
            return
        variables = self._variables(data)
        with self._paths() as paths:
            for label, path in paths:
                self._run_one(label, path, variables)

    def _variables(self, data: Mapping[str, object]) -> dict[str, str]:
        config = self._config
        return script_variables(
            config.packer_build_name,
            config.packer_builder_type,
            data,
            config.environment_vars,
            config.env,
        )

    @contextmanager
    def _paths(self) -> Iterator[Sequence[tuple[str, Path]]]:
        """Scripts with what the user calls them; inline lines live in a file for that long."""
        config = self._config
        lines = [config.command] if config.command else config.inline
        if not lines:
            names = [config.script] if config.script else config.scripts
            yield [(name, Path(name).absolute()) for name in names]
            return
        import tempfile  # noqa: PLC0415 - it is slow to import, and starting must be quick

        ending = config.tempfile_extension
        suffix = ending if not ending or ending.startswith(".") else f".{ending}"
        with tempfile.TemporaryDirectory(prefix="packer-shell-") as folder:
            # A folder only we can enter: the lines may hold secrets.
            path = Path(folder, f"script{suffix}")
            path.write_bytes(inline_script(lines, config.inline_shebang))
            path.chmod(0o700)
            yield [("inline lines", path)]

    def _run_one(self, label: str, path: Path, variables: Mapping[str, str]) -> None:
        from packer_sdk import run_command  # noqa: PLC0415 - brings subprocess along
        from packer_sdk.environment import user_environ  # noqa: PLC0415 - as above

        self._ui.say(f"Running local shell script: {label}")
        with in_words("run the script", path):
            # Looked at again: the script may be made by the build itself.
            path.stat()
        status = run_command(
            self._command(path, variables),
            ui=self._ui,
            cancel=self._cancel,
            shown=shlex.join(self._command(path, dict.fromkeys(variables, HIDDEN))),
            # In the environment they are seen by the script only, on a command line by all.
            env={**user_environ(os.environ), **variables},
        )
        if status not in self._config.valid_exit_codes:
            raise _failed(label, path, status, self._config.valid_exit_codes)

    def _command(self, path: Path, variables: Mapping[str, str]) -> list[str]:
        script = linux_path(str(path)) if self._config.use_linux_pathing else str(path)
        if not self._config.execute_command:
            if sys.platform == "win32":
                return ["cmd", "/V", "/C", "call", script]
            # The shell, because a script without a shebang is its business.
            return ["/bin/sh", "-c", shlex.quote(script)]
        text = written(variables, self._config.env_var_format or INLINE_FORMAT)
        values = {"Script": script, "Vars": text, "Command": script}
        words = [word.render(values) for word in self._config.execute_command]
        return ["/bin/sh", "-c", *words] if len(words) == 1 else words


def system_name(platform: str) -> str:
    """What Go calls the operating system that Python calls ``platform``."""
    if platform == "win32":
        return "windows"
    if platform.startswith("sunos"):
        return "solaris"
    return platform.rstrip("0123456789")


def linux_path(path: str) -> str:
    r"""Turn ``C:\a\b`` into ``/mnt/c/a/b``, where the Windows Subsystem for Linux finds it."""
    drive = _DRIVE.match(path)
    if drive is None:
        return path
    return f"/mnt/{drive[1].lower()}{path[2:]}".replace("\\", "/")


def _failed(label: str, path: Path, status: int, allowed: Sequence[int]) -> ComponentError:
    codes = ", ".join(str(code) for code in allowed)
    hints = {
        126: f"is it executable? chmod +x {shlex.quote(str(path))}",
        127: "a program was not found, maybe the interpreter in the first line of the script",
    }
    if _ends_in_crlf(path):
        hints[127] = f"its lines end in CRLF: sed -i 's/\\r$//' {shlex.quote(str(path))}"
    if status < 0:
        return ComponentError(f"local script was killed by signal {-status}: {label}")
    return ComponentError(
        f"local script exited with status {status}: {label} (allowed: {codes})",
        hint=hints.get(status, "valid_exit_codes says which other statuses mean success"),
    )


def _ends_in_crlf(path: Path) -> bool:
    """Whether the first line of a script ends as on Windows, which no interpreter's name does."""
    with suppress(OSError), path.open("rb") as file:
        return file.readline(1024).endswith(b"\r\n")
    return False

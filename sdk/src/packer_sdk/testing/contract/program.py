"""The executable that is examined: what it is called, what it says of itself, how it is started.

``packer-plugin-NAME`` obeys ``describe`` and ``start KIND NAME``; ``packer-KIND-NAME`` is one
component, and serves it when it is started.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from packer_sdk.errors import PackerError
from packer_sdk.plugin import KINDS, PROTOBUF_FLAG
from packer_sdk.wire import handshake

from .model import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

LISTS = {
    "builders": "builder",
    "provisioners": "provisioner",
    "post_processors": "post-processor",
    "datasources": "datasource",
}
"""Where ``describe`` names the components of each kind."""

RUN_S = 30.0
"""What a command that only prints something may take."""


class Ran(NamedTuple):
    """What a command did; ``status`` is None if it had to be killed."""

    status: int | None
    stdout: str
    stderr: str


class Program:
    """A plugin executable.

    Args:
        path: Of the executable.
        target: The component it serves, for one whose file name does not say so.

    Attributes:
        path: Absolute.
        obeys: Whether it knows ``describe`` and ``start``; False for a single component.
        described: What ``describe`` did; None for a single component.
        targets: Its components.

    Raises:
        PackerError: it is not there, or it is not clear what it is.
    """

    def __init__(self, path: str, target: Target | None = None) -> None:
        found = shutil.which(path)
        if found is None:
            raise PackerError(f"no executable of this name: {path}")
        self.path = Path(found).absolute()
        single = _single(self.path.name)
        self.obeys = single is None
        self.described = self.run("describe", cookie=None) if self.obeys else None
        self.targets = (single,) if single else self._own_targets()
        if target and target not in self.targets:
            self.targets = self._with(target)

    @property
    def description(self) -> dict[str, object]:
        """What ``describe`` answered; empty if that is no JSON object."""
        return description(self.described.stdout) if self.described else {}

    def argv(self, target: Target, *, protobuf: bool = False) -> list[str]:
        """The command that starts a component, as core gives it."""
        flag = [PROTOBUF_FLAG] if protobuf else []
        if not self.obeys:
            return [str(self.path), *flag]
        return [str(self.path), "start", target.kind, *flag, target.name]

    def run(self, *words: str, cookie: str | None, timeout_s: float = RUN_S) -> Ran:
        """Run it to its end.

        Args:
            words: Of the command line.
            cookie: Core's, or another, or none.
            timeout_s: Seconds until it is killed.
        """
        environ = {key: value for key, value in os.environ.items() if key not in _FROM_CORE}
        if cookie is not None:
            environ |= _FROM_CORE | {handshake.MAGIC_COOKIE_NAME: cookie}
        return _run([str(self.path), *words], environ, timeout_s)

    def _own_targets(self) -> tuple[Target, ...]:
        return tuple(
            Target(kind, name)
            for key, kind in LISTS.items()
            for name in _names(self.description.get(key))
        )

    def _with(self, target: Target) -> tuple[Target, ...]:
        if not self.description:  # whatever it is called, it is one component
            self.obeys, self.described = False, None
            return (target,)
        if self.obeys:
            known = ", ".join(map(str, self.targets)) or "none"
            raise PackerError(f"{self.path.name} has no {target}", hint=f"it has: {known}")
        raise PackerError(f"{self.path.name} is the {self.targets[0]}, not the {target}")


def description(text: str) -> dict[str, object]:
    """A JSON object, or an empty one if the text is none."""
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _single(file_name: str) -> Target | None:
    for kind in KINDS:
        prefix = f"packer-{kind}-"
        if file_name.startswith(prefix) and len(file_name) > len(prefix):
            return Target(kind, file_name.removeprefix(prefix).removesuffix(".exe"))
    return None


def _names(value: object) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def _run(argv: Sequence[str], environ: dict[str, str], timeout_s: float) -> Ran:
    child = subprocess.Popen(
        argv,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    with child:
        try:
            stdout, stderr = child.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            child.kill()
            stdout, stderr = child.communicate()
            return Ran(None, stdout, stderr)
    return Ran(child.returncode, stdout, stderr)


_FROM_CORE = handshake.environment()

"""A place for a run of packer to go wrong in, from which nothing may be left."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterator, Mapping

GUARD_S = 120.0
"""Seconds until something counts as hanging: far more than anything takes here."""

KINDS = ("builder", "provisioner", "post-processor")
SCRIPTS = Path(__file__).parent


def wait_until(is_so: Callable[[], object], what: str, timeout_s: float = GUARD_S) -> None:
    """Look again and again."""
    deadline = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline, f"waited too long: {what}"
        time.sleep(0.01)


@dataclass(frozen=True)
class Ended:
    """A run that is over."""

    status: int
    text: str


@dataclass
class Run:
    """A run of packer that is under way."""

    child: subprocess.Popen[str]
    mark: Path
    output: Path

    def reached(self) -> None:
        """Wait until the chaos begins."""
        wait_until(lambda: self.mark.exists() or self.child.poll() is not None, "the phase")
        assert self.mark.exists(), self.text

    def says(self, text: str) -> None:
        """Wait until it has printed something."""
        wait_until(lambda: text in self.text or self.child.poll() is not None, text)
        assert text in self.text

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to core alone."""
        self.child.send_signal(number)

    @property
    def text(self) -> str:
        """What it has printed so far."""
        return self.output.read_text(encoding="utf-8", errors="replace")

    def end(self) -> Ended:
        """Wait for its end."""
        status = self.child.wait(GUARD_S)
        return Ended(status, self.text)


@dataclass
class Arena:
    """A folder, an environment, and plugins that misbehave on demand.

    Attributes:
        folder: Where templates lie and packer runs.
        temporary: What is its TMPDIR.
        environ: For every process.
    """

    folder: Path
    temporary: Path
    environ: dict[str, str]
    runs: list[Run] = field(default_factory=list)

    def template(self, **more: object) -> Path:
        """Write the template of two builds, `broken` with the components called chaos."""
        path = self.folder / "template.json"
        path.write_text(json.dumps(two_builds() | more), encoding="utf-8")
        return path

    def start(
        self,
        *words: str,
        chaos: str = "",
        under: tuple[str, ...] = (),
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Run:
        """Start packer.

        Args:
            words: Of its command line; ``build template.json`` without any.
            chaos: ``PHASE:DEED``.
            under: A program with arguments that runs it.
            more: For the environment.
        """
        mark = self.folder / f"mark{len(self.runs)}"
        output = self.folder / f"output{len(self.runs)}"
        with output.open("wb") as file:
            child = subprocess.Popen(
                [*under, *packer(), *(words or ("build", str(self.template())))],
                cwd=self.folder,
                env={**self.environ, "CHAOS": chaos, "CHAOS_MARK": str(mark), **more},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        self.runs.append(Run(child, mark, output))
        return self.runs[-1]

    def processes(self) -> list[psutil.Process]:
        """Everything that runs in this arena."""
        return list(marked(self.environ["PACKER_RUN_UUID"]))

    def left_behind(self) -> list[str]:
        """What should not be there any more once packer has ended."""
        found = [str(process) for process in self.processes()]
        return found + [str(path) for path in sorted(self.temporary.rglob("*"))]

    def assert_nothing_left(self) -> None:
        """Plugins may take a moment to notice that core is gone."""
        with contextlib.suppress(AssertionError):
            wait_until(lambda: not self.left_behind(), "the last of it to go", 30)
        assert self.left_behind() == []


def packer() -> list[str]:
    """The command, in this environment."""
    return [sys.executable, "-m", "packer_core"]


def two_builds() -> dict[str, object]:
    """A build that misbehaves beside one that does not."""
    pairs = (("broken", "chaos"), ("healthy", "healthy"))
    steps = [{"type": component, "only": [build]} for build, component in pairs]
    return {
        "builders": [{"name": build, "type": component} for build, component in pairs],
        "provisioners": steps,
        "post-processors": steps,
    }


def install(folder: Path, *roles: str, script: str = "misbehaving.py") -> None:
    """Put a plugin there, once for each kind of component and role."""
    text = f"#!{sys.executable} -I\n{(SCRIPTS / script).read_text(encoding='utf-8')}"
    for kind in KINDS:
        for role in roles:
            path = folder / f"packer-{kind}-{role}"
            path.write_text(text, encoding="utf-8")
            path.chmod(0o755)


def marked(run_uuid: str) -> Iterator[psutil.Process]:
    """Processes that belong to a run, whoever is their parent now."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("PACKER_RUN_UUID") == run_uuid and (
                process.status() != psutil.STATUS_ZOMBIE
            ):
                yield process


@pytest.fixture
def arena(home: Path) -> Iterator[Arena]:
    """See `Arena`. Its path is short, because it holds sockets."""
    root = Path(tempfile.mkdtemp(prefix="chaos", dir="/tmp"))
    for name in ("tmp", "plugins", "work"):
        (root / name).mkdir()
    install(root / "plugins", "chaos", "healthy")
    environ: Mapping[str, str] = os.environ
    made = Arena(
        root / "work",
        root / "tmp",
        {
            **environ,
            "HOME": str(home),
            "TMPDIR": str(root / "tmp"),
            "PACKER_PLUGIN_PATH": str(root / "plugins"),
            "PACKER_DATA_DIR": str(root / "data"),
            "PACKER_RUN_UUID": str(uuid.uuid4()),
        },
    )
    try:
        yield made
    finally:
        for process in made.processes():
            with contextlib.suppress(psutil.Error):
                process.kill()
        for run in made.runs:
            run.child.wait(GUARD_S)
        shutil.rmtree(root)

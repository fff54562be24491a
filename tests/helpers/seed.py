"""A machine of its own for every promise of the plugin page: folders, plugins, and packer runs."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from textwrap import dedent, indent
from typing import TYPE_CHECKING, Any

import psutil

from helpers.waiting import plugins_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

TIMEOUT_S = 60

NULL = {"builders": [{"type": "null", "communicator": "none"}]}
"""A template that builds nothing, with what comes with packer."""

_PACKER = f"#!{sys.executable}\nfrom packer_core.__main__ import main\nmain()\n"

_KINDS = {
    "builder": ("Builder", "run(self, config, ui, hook, cancel)"),
    "provisioner": ("Provisioner", "provision(self, config, ui, communicator, data, cancel)"),
    "post-processor": ("PostProcessor", "post_process(self, config, ui, artifact, cancel)"),
}


def script(kind: str, body: str, *, before: str = "") -> str:
    """A plugin in one file: ``body`` is its one method, ``before`` runs when it is loaded."""
    base, signature = _KINDS[kind]
    serve = f"plugin.register_{kind.replace('-', '_')}(It)"
    return (
        f"#!{sys.executable}\n"
        "import logging, os, signal, subprocess, sys, time\n"
        "from packer_sdk import *\n"
        "from packer_sdk import plugin\n"
        f"{dedent(before)}\n"
        "@config\n"
        "class Config:\n"
        "    option: str = field(doc='An option.', default='')\n"
        f"class It({base}[Config]):\n"
        f"    def {signature}:\n{indent(dedent(body).strip(), ' ' * 8)}\n"
        "if __name__ == '__main__':\n"
        f"    {serve}\n"
    )


@dataclass(frozen=True)
class Done:
    """A run of packer that has ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def log(self) -> list[str]:
        """The lines of stderr."""
        return self.stderr.splitlines()


@dataclass(frozen=True)
class Place:
    """One machine.

    Attributes:
        root: Everything is below it.
        temporary: What TMPDIR is set to; short, because sockets are made in it.
        environ: For everything that is run.
    """

    root: Path
    temporary: Path
    environ: dict[str, str]

    @classmethod
    def make(cls, root: Path, temporary: Path) -> Place:
        """Lay out an empty machine with packer on it."""
        for name in ("exe", "home", "work", "elsewhere"):
            (root / name).mkdir()
        environ = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PACKER_", "XDG_", "PKR_VAR_"))
        }
        environ |= {"HOME": str(root / "home"), "TMPDIR": str(temporary)}
        place = cls(root, temporary, environ)
        place.packer.write_text(_PACKER)
        place.packer.chmod(0o755)
        return place

    @property
    def packer(self) -> Path:
        """The executable."""
        return self.root / "exe" / "packer"

    @property
    def exe(self) -> Path:
        """The folder of the executable."""
        return self.root / "exe"

    @property
    def work(self) -> Path:
        """The working folder."""
        return self.root / "work"

    @property
    def elsewhere(self) -> Path:
        """A folder in which nobody looks."""
        return self.root / "elsewhere"

    @property
    def plugins(self) -> Path:
        """``~/.packer.d/plugins``; made when it is asked for."""
        path = self.root / "home" / ".packer.d" / "plugins"
        path.mkdir(parents=True, exist_ok=True)
        return path

    @property
    def config_file(self) -> Path:
        """``~/.packerconfig``."""
        return self.root / "home" / ".packerconfig"

    def put(self, folder: Path, name: str, text: str, mode: int = 0o755) -> Path:
        """Write an executable."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        return path

    def builder(self, folder: Path, name: str, says: str | None = None) -> Path:
        """A builder that says something, by default where it is."""
        path = folder / name
        return self.put(folder, name, script("builder", f"ui.say({says or f'I am {path}'!r})"))

    def spy(self, folder: Path, name: str) -> Path:
        """An executable that leaves a trace when it is run: see `was_run`."""
        return self.put(folder, name, f"#!/bin/sh\ntouch {self.root}/was-run\n")

    @property
    def was_run(self) -> bool:
        """Whether a spy was run."""
        return (self.root / "was-run").exists()

    def template(self, content: object, name: str = "t.json", folder: Path | None = None) -> Path:
        """Write a template; a list of words is a list of builders."""
        if isinstance(content, list):
            content = {"builders": [{"type": word} for word in content]}
        path = (folder or self.work) / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    def configure(self, content: object) -> None:
        """Write ``~/.packerconfig``."""
        text = content if isinstance(content, str) else json.dumps(content)
        self.config_file.write_text(text, encoding="utf-8")

    def run(
        self,
        *words: str,
        status: int | None = 0,
        cwd: Path | None = None,
        program: Sequence[str | Path] = (),
        **environ: Any,
    ) -> Done:
        """Run packer to its end; ``status`` is what it must end with, None for anything."""
        done = subprocess.run(
            [*(program or [self.packer]), *words],
            cwd=cwd or self.work,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="backslashreplace",
            timeout=TIMEOUT_S,
            check=False,
        )
        if status is not None:
            assert done.returncode == status, done.stdout + done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def build(self, content: object, *, status: int | None = 0, **environ: Any) -> Done:
        """Write a template and build it."""
        return self.run("build", str(self.template(content)), status=status, **environ)

    def found(self, *, cwd: Path | None = None, **environ: Any) -> dict[tuple[str, str], str]:
        """What ``packer plugins list`` shows as used: kind and name, and the path."""
        listed = json.loads(self.run("plugins", "list", "-json", cwd=cwd, **environ).stdout)
        rows = listed["components"]
        return {
            (row["kind"], row["name"]): row["path"] for row in rows if row["state"] != "shadowed"
        }

    @contextlib.contextmanager
    def running(self, content: object, **environ: Any) -> Iterator[Running]:
        """A build that is under way; it is ended with the context."""
        path = self.template(content)
        output = self.root / "output"
        with output.open("w") as file:
            child = subprocess.Popen(
                [self.packer, "build", path],
                cwd=self.work,
                env={**self.environ, **environ},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Running(child, output)
        finally:
            child.kill()
            child.wait()

    def processes(self) -> list[str]:
        """Command lines of everything that runs from here."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                words = process.cmdline()
                if any(str(self.root) in word for word in words):
                    found.append(" ".join(words))
        return found


@dataclass(frozen=True)
class Running:
    """A build under way."""

    child: subprocess.Popen[bytes]
    output: Path

    @property
    def printed(self) -> str:
        """Stdout and stderr so far."""
        return self.output.read_text(errors="backslashreplace")

    def wait_for(self, text: str, count: int = 1) -> None:
        """Until it has printed a text so many times."""
        wait_until(lambda: self.printed.count(text) >= count, lambda: self.printed)

    def children(self) -> list[psutil.Process]:
        """The plugin processes of packer."""
        return plugins_of(self.child.pid)

    def end(self) -> int:
        """Wait for the exit status."""
        return self.child.wait(TIMEOUT_S)


def wait_until(
    condition: Callable[[], bool], explain: Callable[[], str] = lambda: "", limit_s: float = 30
) -> None:
    """Until a condition holds; only a hang takes longer than the limit."""
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, explain()
        time.sleep(0.02)

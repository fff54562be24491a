"""Small executables for tests that start plugin processes."""

from __future__ import annotations

import sys
from textwrap import dedent
from typing import TYPE_CHECKING

from packer_core.plugins.catalog import Component

if TYPE_CHECKING:
    from pathlib import Path


def program(folder: Path, text: str, *, interpreter: str = sys.executable) -> Path:
    """Write an executable script."""
    path = folder / "program"
    path.write_text(f"#!{interpreter}\n{dedent(text)}", encoding="utf-8")
    path.chmod(0o755)
    return path


def component(path: Path, kind: str = "builder", name: str = "test") -> Component:
    """What the catalog would say of it."""
    return Component(kind=kind, name=name, argv=(str(path),), source="config file", path=path)


def plugin(folder: Path, body: str, kind: str = "builder") -> Component:
    """A component of ``kind`` whose one method consists of ``body``."""
    head = {
        "builder": ("Builder", "run(self, config, ui, hook, cancel)"),
        "provisioner": (
            "Provisioner",
            "provision(self, config, ui, communicator, data, cancel)",
        ),
        "post-processor": ("PostProcessor", "post_process(self, config, ui, artifact, cancel)"),
        "datasource": ("Datasource", "execute(self, config, cancel)"),
    }
    base, signature = head[kind]
    types = "Config, Output" if kind == "datasource" else "Config"
    lines = "\n".join(f"        {line}" for line in dedent(body).strip().splitlines())
    text = (
        "import os, signal, sys, time\n"
        "from packer_sdk import *\n"
        "from packer_sdk import plugin\n"
        "@config\n"
        "class Config:\n"
        "    option: str = field(doc='An option.', default='')\n"
        "@config\n"
        "class Output:\n"
        "    text: str = field(doc='A text.', default='')\n"
        "    number: int | None = field(doc='A number.', default=None)\n"
        f"class It({base}[{types}]):\n"
        f"    def {signature}:\n{lines}\n"
        "if __name__ == '__main__':\n"
        f"    sys.exit(plugin.register_{kind.replace('-', '_')}(It))\n"
    )
    return component(program(folder, text), kind)

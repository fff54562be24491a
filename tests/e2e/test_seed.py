"""What the plugin page promises and only whole installations can show; see tests/seed."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from e2e.conftest import Machine

pytestmark = pytest.mark.e2e

PLUGIN = """\
import wonderlib
from packer_sdk import Builder, RecordArtifact, config, plugin

@config
class Config:
    pass

class It(Builder[Config]):
    def run(self, config, ui, hook, cancel):
        ui.say(f"this is wonderlib {CALL}")
        return RecordArtifact("seed", "1", "a thing")

def main():
    return plugin.main("packer-plugin-NAME")

def serve():
    plugin.register_builder(It)
"""
# Between its versions the library has renamed the one thing everybody uses.
CALLS = {"old": "wonderlib.version()", "new": "wonderlib.VERSION"}
LIBRARY = {
    "1.5": "def version(): return '1.5'\n",
    "2.5": "VERSION = '2.5'\n",
    "3.5": "def of_core(): return '3.5'\n",
}


def digest(text: str) -> str:
    """As ``RECORD`` of a wheel has it."""
    raw = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def write_wheel(
    folder: Path,
    name: str,
    version: str,
    module: str,
    *,
    requires: tuple[str, ...] = (),
    entry_points: str = "",
) -> Path:
    """A wheel of one module, as a backend would make it."""
    stem = name.replace("-", "_")
    info = f"{stem}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"]
    metadata += [f"Requires-Dist: {requirement}\n" for requirement in requires]
    files = {
        f"{stem}.py": module,
        f"{info}/METADATA": "".join(metadata),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": entry_points,
    }
    record = [f"{path},{digest(text)},{len(text.encode())}\n" for path, text in files.items()]
    files[f"{info}/RECORD"] = "".join([*record, f"{info}/RECORD,,\n"])
    path = folder / f"{stem}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
    return path


def write_plugin(folder: Path, name: str, requires: str) -> Path:
    module = f"packer_plugin_{name}"
    return write_wheel(
        folder,
        f"packer-plugin-{name}",
        "1.0",
        PLUGIN.replace("CALL", CALLS[name]).replace("NAME", name),
        requires=("packer-sdk", requires),
        entry_points=(
            f"[console_scripts]\npacker-plugin-{name} = {module}:main\n"
            f"packer-builder-{name}-by-hand = {module}:serve\n\n"
            f"[packer.builders]\n{name} = {module}:It\n"
        ),
    )


@dataclass
class Shop:
    """A store, and an index with the library in three versions and a plugin for two of them."""

    machine: Machine
    root: Path
    environ: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        for version, module in LIBRARY.items():
            write_wheel(self.root, "wonderlib", version, module)
        write_plugin(self.root, "old", "wonderlib<2")
        write_plugin(self.root, "new", "wonderlib>=2,<3")
        links = f"{self.machine.environ['PIP_FIND_LINKS']} {self.root}"
        self.environ = {"PIP_FIND_LINKS": links, "PACKER_DATA_DIR": str(self.root / "store")}

    def packer(self, *words: str) -> str:
        return self.machine.packer(*words, cwd=self.root, **self.environ).stdout

    def pip_of_core(self, *words: str) -> str:
        python = str(self.machine.environment / "bin" / "python")
        return subprocess.run(
            [sys.executable, "-m", "pip", "--python", python, *words],
            env={**self.machine.environ, **self.environ},
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def build(self, *names: str) -> str:
        template = {"builders": [{"type": name} for name in names]}
        (self.root / "t.json").write_text(json.dumps(template))
        return self.packer("build", "t.json")


@pytest.fixture
def shop(machine: Machine, tmp_path: Path) -> Iterator[Shop]:
    made = Shop(machine, tmp_path)
    made.pip_of_core("install", "--quiet", "wonderlib==3.5")
    yield made
    made.pip_of_core("uninstall", "--quiet", "--yes", "wonderlib")


def test_A11_A1_E7_plugins_with_libraries_that_exclude_each_other(shop: Shop) -> None:
    """MUST: A plugin has any dependencies it wants; they need not fit core's or another's.

    E7 MUST: Any package of third parties may be used.
    """
    before = shop.pip_of_core("list")
    assert "wonderlib" in before
    shop.packer("plugins", "install", "packer-plugin-old")
    shop.packer("plugins", "install", "packer-plugin-new")
    printed = shop.build("old", "new")
    assert "old: this is wonderlib 1.5" in printed
    assert "new: this is wonderlib 2.5" in printed
    assert shop.pip_of_core("list") == before, "core's environment is as it was"
    code = "import wonderlib; print(wonderlib.of_core())"
    python = shop.machine.environment / "bin" / "python"
    assert subprocess.check_output([python, "-I", "-c", code], text=True) == "3.5\n"


def test_E6_a_console_script_of_pip_is_installed_by_copying_or_linking_it(shop: Shop) -> None:
    environment = shop.root / "by-hand"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = str(environment / "bin" / "python")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", python, "install", "-q", "packer-plugin-old"],
        env={**shop.machine.environ, **shop.environ},
        check=True,
    )
    script = environment / "bin" / "packer-builder-old-by-hand"
    (shop.root / "packer-builder-linked").symlink_to(script)
    copied = shop.root / "packer-builder-copied"
    copied.write_bytes(script.read_bytes())
    copied.chmod(0o755)
    printed = shop.build("linked", "copied")
    assert "linked: this is wonderlib 1.5" in printed
    assert "copied: this is wonderlib 1.5" in printed


def test_G2_one_wheel_installs_by_the_standard_procedure(shop: Shop, wheelhouse: Path) -> None:
    """MUST: What is distributed installs on each platform in the standard way.

    Decision: `packer plugins install WHEEL`, the same file everywhere. Shown on the platform of
    the tests; that Windows gets an `.exe` which is found there is shown everywhere.
    """
    ours = sorted(wheelhouse.glob("packer_plugin_*.whl"))
    assert ours
    assert all(path.name.endswith("-py3-none-any.whl") for path in ours)
    (wheel,) = shop.root.glob("packer_plugin_new-*.whl")
    assert "builder new" in shop.packer("plugins", "install", str(wheel))
    assert "new: this is wonderlib 2.5" in shop.build("new")

"""A real index on loopback, and tiny packages that are made while the tests run."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_core.paths import Paths
from packer_core.plugins.install import Installer, Sources
from packer_sdk.cancel import CancelToken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_core.plugins.install import Receipt
    from packer_core.plugins.preflight import Preflight

ROOT = Path(__file__).parents[2]
SDK = ROOT / "sdk" / "src" / "packer_sdk"

BUILDER = """\
from packer_sdk import Builder, config


@config
class Config:
    '''Nothing to choose.'''


class Made(Builder[Config]):
    '''Makes nothing.'''

    def run(self, config, ui, hook, cancel):
        ui.say({said!r})
"""


@dataclass(frozen=True)
class Package:
    """A wheel to be made."""

    name: str
    version: str = "1.0"
    requires: tuple[str, ...] = ("packer-sdk",)
    builders: tuple[str, ...] = ("",)
    python: str = ""
    files: dict[str, str] = field(default_factory=dict)
    source: str = BUILDER
    commands: bool = True

    @property
    def module(self) -> str:
        return self.name.replace("-", "_")

    @property
    def short(self) -> str:
        return self.name.rpartition("-")[2]

    def contents(self) -> dict[str, str]:
        info = f"{self.module}-{self.version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {self.name}\nVersion: {self.version}\n"
        metadata += "".join(f"Requires-Dist: {one}\n" for one in self.requires)
        metadata += f"Requires-Python: {self.python}\n" if self.python else ""
        names = [name or self.short for name in self.builders]
        points = ""
        if names:
            points += "[packer.builders]\n"
            points += "".join(f"{name} = {self.module}:Made\n" for name in names)
        if self.commands and names:
            points += f"[console_scripts]\n{self.name} = {self.module}:main\n"
        said = f"{self.name} {self.version}"
        main = "\n\ndef main():\n    from packer_sdk import plugin\n"
        main += f"    return plugin.main({self.name!r})\n"
        return {
            f"{self.module}.py": self.source.format(said=said) + main,
            **self.files,
            f"{info}/METADATA": metadata,
            f"{info}/entry_points.txt": points,
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\n"
            "Tag: py3-none-any\n",
        }

    def write(self, folder: Path) -> Path:
        info = f"{self.module}-{self.version}.dist-info"
        path = folder / f"{self.module}-{self.version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            record = ""
            for name, text in self.contents().items():
                archive.writestr(name, text)
                digest = hashlib.sha256(text.encode()).digest()
                coded = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
                record += f"{name},sha256={coded},{len(text.encode())}\n"
            archive.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
        return path


def sdk_package() -> Package:
    """The SDK of this checkout, as it is."""
    files = {
        str(path.relative_to(SDK.parent)): path.read_text(encoding="utf-8")
        for path in sorted(SDK.rglob("*.py"))
    }
    return Package("packer-sdk", "0.1.0", ("msgpack",), (), files=files, source="")


def write_sdist(folder: Path, name: str) -> None:
    """A source archive whose build leaves a trace: nobody shall build it unasked."""
    import io
    import tarfile

    base = f"{name.replace('-', '_')}-1.0"
    setup = "raise SystemExit('somebody has built it')\n"
    with tarfile.open(folder / f"{base}.tar.gz", "w:gz") as archive:
        for path, text in {
            "setup.py": setup,
            "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        }.items():
            info = tarfile.TarInfo(f"{base}/{path}")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))


SLOW = """\
import os
import time

from packer_sdk import Builder, config


@config
class Config:
    '''When to go on.'''

    ready: str
    go: str


class Made(Builder[Config]):
    '''Waits.'''

    def run(self, config, ui, hook, cancel):
        open(config.ready, "w").close()
        while not os.path.exists(config.go):
            time.sleep(0.05)
        import came_late

        ui.say(f"what came late: {{came_late.VERSION}}")
# {said}
"""
PTH = "import os; os.environ.setdefault('HOSTILE', '1')\n"
BROKEN = "import a_module_that_nobody_has\n# {said}\n"
PACKAGES = [
    Package("packer-plugin-tiny", "1.0.0"),
    Package("packer-plugin-tiny", "1.1.0"),
    Package("packer-builder-other"),
    Package("unusual-name", commands=False),
    Package("library", "1.0", (), ()),
    Package("library", "2.0", (), ()),
    Package("packer-plugin-left", requires=("packer-sdk", "library<2")),
    Package("packer-plugin-right", requires=("packer-sdk", "library>=2")),
    Package("packer-plugin-torn", requires=("packer-sdk", "library<2", "needs-new-library")),
    Package("needs-new-library", "1.0", ("library>=2",), ()),
    Package("packer-plugin-flaky", "1.0.0"),
    Package("packer-plugin-flaky", "2.0", source=BROKEN),
    Package("packer-plugin-hostile", files={"hostile.pth": PTH}),
    Package("packer-plugin-site", files={"sitecustomize.py": "print('here I am')\n"}),
    Package("nothing", "1.0", (), ()),
    Package("packer-plugin-twin", builders=("tiny",)),
    Package("packer-plugin-old", python="<3.9"),
    Package("packer-plugin-slow", source=SLOW, files={"came_late.py": "VERSION = '1.0'\n"}),
    Package("packer-plugin-many", files={f"many_{n}.py": "x = 1\n" for n in range(50)}),
]


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all of them; pip's own configuration says where msgpack comes from."""
    folder = tmp_path_factory.mktemp("packages")
    for package in [*PACKAGES, sdk_package()]:
        package.write(folder)
    write_sdist(folder, "packer-plugin-source")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder)]
    subprocess.run([*pip, "msgpack"], check=True)
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(command: list[str], url: str) -> subprocess.Popen[bytes]:
    nothing = subprocess.DEVNULL
    server = subprocess.Popen(command, stdout=nothing, stderr=nothing)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return server
        time.sleep(0.05)
    server.kill()
    raise AssertionError(f"the index did not come up: {command}")


@pytest.fixture(scope="session")
def index(packages: Path) -> Iterator[str]:
    """URL of a PyPI server with them."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/simple/"
    command = [sys.executable, "-m", "pypiserver", "run", "-i", "127.0.0.1", "-p", str(port)]
    server = serve([*command, "--disable-fallback", str(packages)], url)
    yield url
    server.kill()
    server.wait()


@pytest.fixture(scope="session")
def odd_index(
    packages: Path, index: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """URL of an index that takes back a release, and lies about the hash of another."""
    folder = tmp_path_factory.mktemp("odd")
    pages = {
        "packer-plugin-tiny": [
            ("packer_plugin_tiny-1.0.0-py3-none-any.whl", "", ""),
            ("packer_plugin_tiny-1.1.0-py3-none-any.whl", "", ' data-yanked="it hurts"'),
        ],
        "packer-plugin-many": [
            ("packer_plugin_many-1.0-py3-none-any.whl", f"#sha256={'0' * 64}", "")
        ],
        "packer-sdk": [("packer_sdk-0.1.0-py3-none-any.whl", "", "")],
        "msgpack": [(path.name, "", "") for path in packages.glob("msgpack-*.whl")],
    }
    for name, files in pages.items():
        (folder / "simple" / name).mkdir(parents=True)
        links = [f'<a href="/{file}{hashed}"{more}>{file}</a>' for file, hashed, more in files]
        (folder / "simple" / name / "index.html").write_text("<br>".join(links))
    for path in packages.iterdir():
        (folder / path.name).symlink_to(path)
    port = free_port()
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    url = f"http://127.0.0.1:{port}/simple/"
    server = serve([*command, "--directory", str(folder)], url)
    yield url
    server.kill()
    server.wait()


class Shop:
    """An installer with a store of its own, and an index to buy from."""

    def __init__(self, root: Path, index: str, backend: str = "pip") -> None:
        self.root = root
        self.index = index
        self.environ = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PIP_", "UV_", "PACKER_"))
        }
        self.environ |= {
            "PACKER_DATA_DIR": str(root / "store"),
            "PACKER_CACHE_DIR": str(root / "cache"),
            "PIP_INDEX_URL": index,
            "PIP_CONFIG_FILE": os.devnull,
        }
        self.paths = Paths.from_environ(self.environ)
        self.said: list[str] = []
        self.cancel = CancelToken()
        self.to_close: list[Preflight] = []
        self.installer = Installer(
            self.paths,
            self.said.append,
            environ=self.environ,
            cancel=self.cancel,
            backend=backend,
        )

    def install(self, requirement: str, **options: object) -> Receipt:
        sources = Sources(**options) if options else None  # type: ignore[arg-type]
        return self.installer.install(requirement, sources=sources)

    def packer(
        self, *words: str, status: int | None = 0, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "packer_core", *words],
            env={**self.environ, **environ},
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if status is not None:
            assert done.returncode == status, done.stdout + done.stderr
        return done

    def holds(self) -> dict[str, str]:
        """Every file and link of the store, but locks and the wheels that are kept."""
        root = self.paths.data_dir
        found = {}
        for path in sorted(root.rglob("*")):
            if path.is_relative_to(self.paths.wheels) or path.is_relative_to(self.paths.locks):
                continue
            if path.is_symlink():
                found[str(path.relative_to(root))] = f"-> {path.readlink()}"
            elif path.is_file():
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found[str(path.relative_to(root))] = digest
        return found


@pytest.fixture
def shop(tmp_path: Path, index: str) -> Iterator[Shop]:
    made = Shop(tmp_path, index)
    yield made
    for one in made.to_close:
        one.close()


@pytest.fixture
def dedented() -> object:
    return textwrap.dedent

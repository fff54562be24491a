"""The judges: programs on HashiCorp's own SDK, built once; and our plugin that does the same.

Building all of them takes a minute and a half where Go has nothing in its caches and two seconds
where it has.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpers.judges import Idling, Pair
from helpers.our_core import PEERS, Core, IdlingCore, Judges
from packer_core.plugins.fleet import Fleet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
GO_FOLDER = HERE / "go"
# Tests have homes of their own; Go's caches are in the one of the person who runs them.
HOME = os.environ["HOME"]
OLDEST_GO = (1, 21)
"""From here on Go fetches the version that a module asks for."""
DEBIAN_PACKER = "root/usr/bin/packer"
PROGRAMS = {"plugin": "packer-plugin-peer", "driver": "packer-driver"}


@dataclass(frozen=True)
class Module:
    """What is built together.

    Attributes:
        folder: Of the module, below ``go``.
        flags: Of ``go build``.
    """

    folder: str = ""
    flags: tuple[str, ...] = ()


MODULES = {
    "peers": Module(),
    "old": Module(flags=(f"-modfile={HERE / 'go-old' / 'go.mod'}", "-tags=gob_only")),
    "hcleval": Module("hcleval"),
    "hclformat": Module("hclformat"),
}
"""The first holds most of what the others are made of, so it goes before them."""


def find_go() -> str | None:
    """The Go tool, on the PATH or where its installer puts it; one that can fetch a later Go."""
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    return go if go and _version(go) >= OLDEST_GO else None


def _version(go: str) -> tuple[int, ...]:
    environment = os.environ | {"HOME": HOME, "GOTOOLCHAIN": "local"}
    asked = [go, "env", "GOVERSION"]
    told = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
    return tuple(map(int, re.findall(r"\d+", told.stdout)[:2]))


def build(folder: Path) -> None:
    """Build every program; Go caches what it has built before."""
    go = find_go()
    if go is None:
        pytest.skip("no Go 1.21 or later here: the judges need it to be built (https://go.dev/dl)")
    first, *others = MODULES
    _finish(_begin(go, folder, first))
    for process in [_begin(go, folder, name) for name in others]:
        _finish(process)
    for name in ("peers", "old"):
        for package, program in PROGRAMS.items():
            (folder / name / package).rename(folder / name / program)


def _begin(go: str, folder: Path, name: str) -> subprocess.Popen[str]:
    module = MODULES[name]
    (folder / name).mkdir()
    return subprocess.Popen(
        # Without what debuggers need, linking takes half the time.
        [go, "build", *module.flags, "-ldflags=-s -w", "-o", f"{folder / name}/", "./..."],
        cwd=GO_FOLDER / module.folder,
        env=os.environ
        | {
            "CGO_ENABLED": "0",
            "GOTOOLCHAIN": os.environ.get("GOTOOLCHAIN", "auto"),  # Debian's default is to stay
            "GOFLAGS": "-mod=readonly -buildvcs=false -trimpath",
            "GOWORK": "off",
            "HOME": HOME,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _finish(process: subprocess.Popen[str]) -> None:
    said, _ = process.communicate()
    assert process.returncode == 0, f"{process.args!r}\n{said}"


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first worker fills and all others find filled."""
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = root / name, root / f"{name}.done"
    with (root / f"{name}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def shared(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str, Callable[[Path], object]], Path]:
    """Gives a folder of a name, which whoever comes first has filled."""
    return partial(made_once, tmp_path_factory)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a folder for each of the `MODULES`."""
    return made_once(tmp_path_factory, "judges-go", build)


@pytest.fixture(scope="session")
def go_programs(built: Path) -> Path:
    """Folder with the judges on the SDK of today."""
    return built / "peers"


@pytest.fixture(scope="session")
def old_go_programs(built: Path) -> Path:
    """Folder with the same judges on an SDK that knows only gob."""
    return built / "old"


@pytest.fixture(scope="session")
def hcleval(built: Path) -> Path:
    """The program that evaluates expressions with HashiCorp's libraries."""
    return built / "hcleval" / "hcleval"


@pytest.fixture(scope="session")
def hclformat(built: Path) -> Path:
    """The program that lays templates out with HashiCorp's library."""
    return built / "hclformat" / "hclformat"


@pytest.fixture(scope="session")
def go_plugin(go_programs: Path) -> Path:
    """`packer-plugin-peer` in Go; plugin/main.go says what its components can be told."""
    return go_programs / "packer-plugin-peer"


@pytest.fixture(scope="session")
def old_go_plugin(old_go_programs: Path) -> Path:
    """`packer-plugin-peer` in Go, from before there was protobuf."""
    return old_go_programs / "packer-plugin-peer"


@pytest.fixture(scope="session")
def go_driver(go_programs: Path) -> Path:
    """The program that plays HashiCorp's core; driver/main.go says how to use it."""
    return go_programs / "packer-driver"


@pytest.fixture(scope="session")
def old_go_driver(old_go_programs: Path) -> Path:
    """The same, from before there was protobuf."""
    return old_go_programs / "packer-driver"


@pytest.fixture(scope="session")
def python_plugin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`packer-plugin-peer` in Python, installed in an environment of its own."""
    folder = made_once(tmp_path_factory, "judges-python", _install_python_plugin)
    return folder / "environment" / "bin" / "packer-plugin-peer"


def _install_python_plugin(folder: Path) -> None:
    environment = folder / "environment"
    pip = [sys.executable, "-m", "pip", "--quiet"]
    wheel = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([*wheel, str(HERE / "python_peer")], check=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    install = [*pip, "--python", str(python), "install", "--no-deps", "--no-index"]
    subprocess.run([*install, *map(str, folder.glob("*.whl"))], check=True)
    _share_packages(python)


def _share_packages(python: Path) -> None:
    """The SDK and what it needs are the ones of this environment, under test and measured."""
    ours = [path for path in sys.path if path.endswith("site-packages")]
    script = "import sysconfig; print(sysconfig.get_path('purelib'))"
    theirs = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True)
    lines = "".join(f"import site; site.addsitedir({path!r})\n" for path in ours)
    (Path(theirs.stdout.strip()) / "shared.pth").write_text(lines, encoding="utf-8")


@pytest.fixture(
    params=["go-protobuf", "go-gob", "python-protobuf", "python-gob", "python-old"],
)
def pair(request: pytest.FixtureRequest) -> Pair:
    """HashiCorp's core, played by the driver, and a plugin; `old` knows only gob."""
    language, encoding = request.param.split("-")
    driver = request.getfixturevalue("old_go_driver" if encoding == "old" else "go_driver")
    plugin = request.getfixturevalue(f"{language}_plugin")
    return Pair(driver, plugin, language, protobuf=encoding == "protobuf")


@pytest.fixture(scope="session")
def judges(
    go_plugin: Path,
    old_go_plugin: Path,
    python_plugin: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Judges:
    """All plugins, called `go`, `old` and `python`, where HashiCorp's packer has its own."""
    made = Judges(tmp_path_factory.mktemp("judges"))
    for name, plugin in [("go", go_plugin), ("old", old_go_plugin), ("python", python_plugin)]:
        made.install(name, plugin)
    return made


@pytest.fixture(params=PEERS)
def core(request: pytest.FixtureRequest, judges: Judges) -> Iterator[Core]:
    """Our core, and one of the plugins."""
    name, encoding = request.param.split("-")
    with Fleet(judges.environ) as fleet:
        yield Core(judges, fleet, name, gob=encoding == "gob")


@pytest.fixture(scope="session")
def debian_packer(shared: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """The executable, out of Debian's package; nothing is installed."""
    if not shutil.which("apt-get"):
        pytest.skip("there is no apt-get to fetch Debian's package with")
    return shared("debian", _fetch_debian) / DEBIAN_PACKER


def _fetch_debian(folder: Path) -> None:
    got = subprocess.run(
        ["apt-get", "download", "packer"], cwd=folder, capture_output=True, text=True, check=False
    )
    packages = list(folder.glob("packer_*.deb"))
    if got.returncode or not packages:
        pytest.skip(f"Debian's package of packer cannot be fetched: {got.stderr.strip()}")
    subprocess.run(["dpkg", "-x", packages[0], folder / "root"], check=True)
    words = [str(folder / DEBIAN_PACKER), "version"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    if "v1.6." not in done.stdout:
        pytest.skip(f"Debian has another packer by now: {done.stdout.strip()}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What idles goes last: it has idled while the others ran."""
    items.sort(key=lambda item: bool(_idle_in(item)))


def _idle_in(item: object) -> set[str]:
    return {"idling", "idling_core"} & set(getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def _idle_first(request: pytest.FixtureRequest) -> None:
    """Begin to idle before anything else is done, if there is a test that looks at it."""
    wanted = {name for item in request.session.items for name in _idle_in(item)}
    if find_go():
        for name in sorted(wanted):
            request.getfixturevalue(name)


@pytest.fixture(scope="session")
def idling(
    go_driver: Path, python_plugin: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Idling]:
    """A connection between HashiCorp's core and our plugin that nobody uses."""
    there = tmp_path_factory.mktemp("idling") / "there"
    connection = Idling(go_driver, python_plugin, 65_000, there)
    yield connection
    connection.close()


@pytest.fixture(scope="session")
def idling_core(judges: Judges) -> Iterator[IdlingCore]:
    """Connections between our core and all plugins that nobody uses."""
    with Fleet(judges.environ) as fleet:
        yield IdlingCore(judges, fleet, 65)

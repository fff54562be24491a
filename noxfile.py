"""Everything a developer or CI runs. `nox` runs the tests, `nox -s demo` the main job."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = [
    "lint",
    "types",
    "tests",
    "referee",
    "e2e",
    "install",
    "chaos",
    "peers",
    "docs",
]

ROOT = Path(__file__).parent
PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
DISTRIBUTIONS = ("sdk", "plugins/packer-plugin-bundled", "core")
PLUGINS = ("plugins/packer-plugin-oci",)
SOURCES = (
    "sdk/src/packer_sdk",
    "core/src/packer_core",
    "plugins/packer-plugin-bundled/src/packer_plugin_bundled",
    "plugins/packer-plugin-oci/src/packer_plugin_oci",
)


def group(name: str) -> list[str]:
    return list(nox.project.dependency_groups(PYPROJECT, name))


def install_everything(session: nox.Session, *groups: str) -> None:
    """The distributions in editable form, and what the groups name."""
    editable = [part for path in (*DISTRIBUTIONS, *PLUGINS) for part in ("-e", path)]
    wanted = [requirement for name in groups for requirement in group(name)]
    session.install(*editable, *wanted)


def run_tests(session: nox.Session, at_once: int, *words: str) -> None:
    """Run pytest in several workers; `-n 0` behind ``--`` runs all in one process.

    Args:
        session: Everything is installed in it.
        at_once: Workers. More than there are processors where tests mostly wait.
        words: What to run.
    """
    # Tests start hundreds of processes, which is faster when none has to compile what it imports.
    session.run("python", "-m", "compileall", "-q", *SOURCES, silent=True)
    session.run("pytest", "-n", str(at_once), "--dist", "loadgroup", *words, *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Units and contracts: no network, nothing that takes long."""
    install_everything(session, "tests")
    run_tests(session, 3)


@nox.session(python=["3.12", "3.13"])
def versions(session: nox.Session) -> None:
    """The same tests with the other Pythons that are supported."""
    install_everything(session, "tests")
    run_tests(session, 3)


@nox.session
def e2e(session: nox.Session) -> None:
    """Whole builds with real environments and processes."""
    install_everything(session, "tests", "types", "build")
    run_tests(session, 3, "tests/e2e")


@nox.session
def chaos(session: nox.Session) -> None:
    """Plugins that misbehave at every moment, and cores that are knocked over."""
    install_everything(session, "tests")
    run_tests(session, 6, "tests/chaos")


@nox.session
def referee(session: nox.Session) -> None:
    """Forty thousand texts, judged by HashiCorp's HCL and by ours."""
    install_everything(session, "tests")
    asked = {"REFEREE_TEXTS": "20000"}
    session.run("pytest", "tests/core/hcl/test_referee.py", *session.posargs, env=asked)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Every reader of foreign bytes, guided by coverage: `nox -s fuzz -- TARGET SECONDS`."""
    install_everything(session, "tests", "fuzz")
    session.run("python", "tests/fuzz/run.py", *(session.posargs or ("all", "60")))


@nox.session
def peers(session: nox.Session) -> None:
    """Our SDK against programs on HashiCorp's own: needs Go, which fetches that SDK by itself."""
    if not (shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")):
        session.warn(
            "Go is not installed: what needs the judges in tests/peers/go is skipped; "
            "Go 1.21 or later (https://go.dev/dl) is all they need"
        )
    install_everything(session, "tests", "build")
    run_tests(session, 3, "tests/peers")


@nox.session
def install(session: nox.Session) -> None:
    """Plugins from an index, by pip and by uv; INSTALL_KILLS=200 kills more upgrades than 12."""
    install_everything(session, "tests")
    run_tests(session, 3, "tests/install")


@nox.session
def minimums(session: nox.Session) -> None:
    """The same tests with the oldest versions that are allowed."""
    oldest = [
        requirement.partition(">=")[0] + "==" + requirement.partition(">=")[2]
        for path in DISTRIBUTIONS
        for requirement in nox.project.load_toml(ROOT / path / "pyproject.toml")["project"][
            "dependencies"
        ]
        if ">=" in requirement and "packer-" not in requirement
    ]
    install_everything(session, "tests")
    session.install(*oldest)
    run_tests(session, 3)


@nox.session
def types(session: nox.Session) -> None:
    """mypy, strict."""
    install_everything(session, "types")
    session.run("mypy", *SOURCES, "tests", "noxfile.py", "bench")


@nox.session
def lint(session: nox.Session) -> None:
    """Format, rules, spelling."""
    session.install(*group("lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("codespell", "sdk", "core", "plugins", "docs", "examples", "README.md")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, warnings as errors."""
    install_everything(session, "docs")
    session.run("sphinx-build", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html")


@nox.session
def build(session: nox.Session) -> None:
    """Wheels, installed alone and imported."""
    wheelhouse = build_wheels(session, Path(session.create_tmp()) / "wheels")
    session.install("packer-sdk", env=with_wheelhouse(wheelhouse))
    session.run("python", "-I", "-c", "import packer_sdk.plugin, packer_sdk.wire.session")
    session.install("packer-core", env=with_wheelhouse(wheelhouse))
    session.run("packer", "version")


@nox.session
def bench(session: nox.Session) -> None:
    """Numbers, as ratios within one run."""
    install_everything(session, "tests")
    session.run("python", "bench/run.py", *session.posargs)
    session.run("python", "bench/wire.py", *(["--quick"] if "--quick" in session.posargs else []))


@nox.session
def demo(session: nox.Session) -> None:
    """The main job: core in one environment, a plugin in its own, an image out of both."""
    work = ROOT / "demo"
    shutil.rmtree(work, ignore_errors=True)
    for left in ("hello.oci.tar", "hello.oci.tar.sha256", "packer-manifest.json"):
        (ROOT / left).unlink(missing_ok=True)
    wheelhouse = build_wheels(session, work / "wheels")
    env = {**with_wheelhouse(wheelhouse), "PACKER_DATA_DIR": str(work / "store")}
    session.install("packer-core", env=env)
    session.run("packer", "plugins", "install", "./plugins/packer-plugin-oci", env=env)
    session.run("packer", "plugins", "list", env=env)
    session.run("packer", "build", "examples/quickstart/template.pkr.hcl", env=env)
    print(  # noqa: T201 - a demo ends by saying what to look at
        f"\nThe image lies in {ROOT / 'hello.oci.tar'}; run it with\n\n"
        "    podman run --rm oci-archive:hello.oci.tar\n\n"
        "or look into it with `skopeo inspect oci-archive:hello.oci.tar`."
    )


def build_wheels(session: nox.Session, folder: Path) -> Path:
    """Wheels of what is on no index yet, for pip to find."""
    session.install(*group("build"))
    for path in (*DISTRIBUTIONS, *PLUGINS):
        session.run("python", "-m", "build", "--wheel", "--outdir", folder, path, silent=True)
    return folder


def with_wheelhouse(folder: Path) -> dict[str, str]:
    """pip's environment, with the folder beside what the user has set."""
    links = f"{folder} {os.environ.get('PIP_FIND_LINKS', '')}".strip()
    return {"PIP_FIND_LINKS": links}

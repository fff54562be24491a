"""What is done in one place is done nowhere else."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SOURCES = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
    for folder in ("sdk/src", "core/src", "plugins")
    for path in sorted((ROOT / folder).rglob("*.py"))
}
SDK, CORE = "sdk/src/packer_sdk", "core/src/packer_core"
OCI = "plugins/packer-plugin-oci/src/packer_plugin_oci"


def test_there_are_sources_to_look_at() -> None:
    assert len(SOURCES) > 50


def calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def catches(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            yield ast.unparse(node.type) if node.type else "everything"


@pytest.mark.parametrize(
    ("what", "names", "allowed"),
    [
        (
            "exits",
            {"sys.exit", "os._exit", "exit", "SystemExit"},
            {
                f"{CORE}/__main__.py",
                f"{SDK}/__main__.py",
                f"{SDK}/server.py",
                f"{CORE}/plugins/host_process.py",  # the end of a fork is the end of a process
                f"{SDK}/plugin.py",  # the register functions are a script's whole main
                f"{OCI}/gate.py",  # a program of its own
                "plugins/packer-plugin-bundled/src/packer_plugin_bundled/__main__.py",
                f"{OCI}/__main__.py",
            },
        ),
        ("makes threads", {"threading.Thread", "Thread"}, {f"{SDK}/threads.py"}),
        (
            "touches log handlers",
            {"logging.basicConfig", "logging.StreamHandler", "logging.FileHandler"},
            {f"{SDK}/logs.py", f"{CORE}/logs.py"},
        ),
        (
            "starts children",
            {"subprocess.Popen", "subprocess.run", "os.fork", "os.system", "os.execv"},
            {
                f"{SDK}/process.py",
                f"{SDK}/testing/harness.py",
                f"{SDK}/testing/contract/program.py",  # stdout and stderr apart, to their end
                f"{SDK}/communicators/local.py",
                f"{CORE}/plugins/launch.py",
                f"{CORE}/plugins/host.py",  # what bundled components are forked of
                f"{CORE}/plugins/host_process.py",  # and the fork
                f"{CORE}/plugins/install/children.py",
                f"{OCI}/chroot.py",
                f"{OCI}/gate.py",
            },
        ),
        ("prints", {"print"}, set()),
    ],
)
def test_only_one_place(what: str, names: set[str], allowed: set[str]) -> None:
    elsewhere = [
        path
        for path, tree in SOURCES.items()
        if path not in allowed and not names.isdisjoint(calls(tree))
    ]
    assert elsewhere == [], f"who else {what}"


def test_only_the_outermost_frames_catch_everything() -> None:
    allowed = {
        f"{CORE}/cli/main.py",  # renders a bug
        f"{CORE}/plugins/host_process.py",  # the last frame of a fork
        f"{CORE}/extensions.py",  # an extension that fails must not fail a build
        f"{CORE}/engine/job.py",  # a bug costs one build, not those beside it
        f"{SDK}/rpc/server.py",  # answers a call with a bug
        f"{SDK}/threads.py",  # the last frame of a thread
        f"{SDK}/cancel.py",  # one bad callback must not keep the others from stopping
        f"{SDK}/steps.py",  # nor one bad clean-up
    }
    elsewhere = [
        path
        for path, tree in SOURCES.items()
        if path not in allowed and not {"Exception", "everything"}.isdisjoint(catches(tree))
    ]
    assert elsewhere == []

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import packer_sdk

PUBLIC = [
    "Artifact",
    "Builder",
    "CLEANUP_HOOK",
    "CancelToken",
    "Cancelled",
    "Communicator",
    "Component",
    "ComponentError",
    "ConfigProblems",
    "ConnectionLost",
    "DISCONNECTED",
    "Datasource",
    "Duration",
    "FileArtifact",
    "FileInfo",
    "Hook",
    "OctalMode",
    "PROVISION_HOOK",
    "PackerError",
    "PackerKeys",
    "PostProcessor",
    "Problem",
    "Processed",
    "Progress",
    "Provisioner",
    "RecordArtifact",
    "RemoteCommand",
    "RemoteError",
    "RpcError",
    "RunningCommand",
    "Secret",
    "Step",
    "Template",
    "Ui",
    "config",
    "field",
    "run_command",
    "run_remote",
    "run_steps",
]


def test_public_names_are_these_and_no_others() -> None:
    assert sorted(packer_sdk.__all__) == sorted(PUBLIC)


def test_every_public_name_can_be_had() -> None:
    for name in PUBLIC:
        assert getattr(packer_sdk, name) is not None


def test_the_names_for_type_checkers_are_the_names_at_run_time() -> None:
    assert packer_sdk.__file__ is not None
    tree = ast.parse(Path(packer_sdk.__file__).read_text(encoding="utf-8"))
    typed = {
        (node.module, alias.name)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If)
        for node in branch.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    homes = {(home, name) for name, home in packer_sdk._HOME_OF.items()}
    assert typed == homes
    for home, name in homes:
        assert hasattr(importlib.import_module(f"packer_sdk.{home}"), name)


def test_importing_the_sdk_imports_little() -> None:
    code = "import sys, packer_sdk; print(*sorted(m for m in sys.modules if 'packer' in m))"
    out = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    assert out.stdout.split() == ["packer_sdk"]


def test_the_sdk_depends_on_msgpack_alone() -> None:
    import tomllib

    root = Path(__file__).parents[2]
    project = tomllib.loads((root / "sdk/pyproject.toml").read_text(encoding="utf-8"))
    assert [name.partition(">")[0] for name in project["project"]["dependencies"]] == ["msgpack"]

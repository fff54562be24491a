from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from packer_sdk.config import config_spec
from packer_sdk.testing import Loopback

# `inspect` would be in it, did not `dataclasses` bring it along.
HEAVY = {"asyncio", "importlib.metadata", "subprocess", "tempfile", "shutil", "tarfile", "hashlib"}
POINTS = [
    point
    for group in (
        "packer.builders",
        "packer.provisioners",
        "packer.post_processors",
        "packer.datasources",
    )
    for point in entry_points(group=group)
    if point.value.startswith("packer_plugin_bundled.")
]
IDS = [f"{point.group}-{point.name}" for point in POINTS]


@pytest.mark.parametrize("point", POINTS, ids=IDS)
def test_every_component_has_a_schema_and_can_be_served(point: object) -> None:
    component = point.load()  # type: ignore[attr-defined]
    assert config_spec(component.config_class)
    assert component.kind.replace("-", "_") + "s" == point.group.removeprefix("packer.")  # type: ignore[attr-defined]
    with Loopback(component) as client:
        assert client.config_spec()


@pytest.mark.parametrize("point", POINTS, ids=IDS)
def test_importing_a_component_imports_nothing_heavy(point: object) -> None:
    module = point.value.partition(":")[0]  # type: ignore[attr-defined]
    code = f"import sys, {module}; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True)
    loaded = set(done.stdout.decode().split())
    allowed = {"hashlib"} if module.endswith("checksum") else set()
    assert not (loaded & HEAVY) - allowed

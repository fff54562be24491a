"""The plugin of tests/data/plugins, in this process or as one of its own."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packer_sdk.testing import Loopback, PluginProcess

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

FOLDER = Path(__file__).parent.parent / "data" / "plugins"


def command(kind: str, *further: str) -> list[str]:
    """How core would start the component of this kind."""
    return [sys.executable, str(FOLDER / "serve_wonder.py"), kind, *further]


def process(kind: str, environment: Mapping[str, str] | None = None) -> PluginProcess:
    """The component in a process of its own."""
    return PluginProcess(command(kind, "--protobuf"), kind, environment=environment)


def loopback(kind: str) -> Loopback:
    """The component in this process."""
    names = {
        "builder": "WonderBuilder",
        "provisioner": "WonderProvisioner",
        "post-processor": "WonderPostProcessor",
        "datasource": "WonderDatasource",
    }
    return Loopback(getattr(module(), names[kind]))


def module() -> ModuleType:
    """The plugin's module, imported under a name nobody else has."""
    name = "wonder_of_tests"
    if name not in sys.modules:
        spec: Any = importlib.util.spec_from_file_location(name, FOLDER / "wonder.py")
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]

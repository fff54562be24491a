"""Write Packer plugins in Python.

Two modules matter to an author: this one, to implement a component, and `packer_sdk.plugin`, to
serve it. The names are looked up on first use, so that a plugin process pays only for what it
imports.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    # Type checkers ask __getattr__ before they look for a submodule.
    from . import plugin as plugin
    from .artifacts import FileArtifact, RecordArtifact
    from .cancel import CancelToken
    from .components import (
        Builder,
        Component,
        Datasource,
        PostProcessor,
        Processed,
        Provisioner,
    )
    from .config import Duration, OctalMode, PackerKeys, Secret, Template, config, field
    from .errors import (
        Cancelled,
        ComponentError,
        ConfigProblems,
        ConnectionLost,
        PackerError,
        RemoteError,
        RpcError,
    )
    from .interfaces import (
        CLEANUP_HOOK,
        DISCONNECTED,
        PROVISION_HOOK,
        Artifact,
        Communicator,
        FileInfo,
        Hook,
        Progress,
        RemoteCommand,
        RunningCommand,
        Ui,
    )
    from .problems import Problem
    from .process import run_command
    from .remote import run_remote
    from .steps import Step, run_steps

__all__ = [
    "CLEANUP_HOOK",
    "DISCONNECTED",
    "PROVISION_HOOK",
    "Artifact",
    "Builder",
    "CancelToken",
    "Cancelled",
    "Communicator",
    "Component",
    "ComponentError",
    "ConfigProblems",
    "ConnectionLost",
    "Datasource",
    "Duration",
    "FileArtifact",
    "FileInfo",
    "Hook",
    "OctalMode",
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

_HOMES = {
    "artifacts": ("FileArtifact", "RecordArtifact"),
    "cancel": ("CancelToken",),
    "components": (
        "Builder",
        "Component",
        "Datasource",
        "PostProcessor",
        "Processed",
        "Provisioner",
    ),
    "config": ("Duration", "OctalMode", "PackerKeys", "Secret", "Template", "config", "field"),
    "errors": (
        "Cancelled",
        "ComponentError",
        "ConfigProblems",
        "ConnectionLost",
        "PackerError",
        "RemoteError",
        "RpcError",
    ),
    "interfaces": (
        "CLEANUP_HOOK",
        "DISCONNECTED",
        "PROVISION_HOOK",
        "Artifact",
        "Communicator",
        "FileInfo",
        "Hook",
        "Progress",
        "RemoteCommand",
        "RunningCommand",
        "Ui",
    ),
    "problems": ("Problem",),
    "process": ("run_command",),
    "remote": ("run_remote",),
    "steps": ("Step", "run_steps"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{home}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""What plugin authors test with: doubles, a loopback, a harness, a contract."""

from __future__ import annotations

from .doubles import (
    HookCall,
    MemoryArtifact,
    RecordedProgress,
    RecordingHook,
    RecordingUi,
    Reply,
    ScriptedCommand,
    ScriptedCommunicator,
)
from .harness import Connected, Loopback, PluginProcess, client_of, connect

__all__ = [
    "Connected",
    "HookCall",
    "Loopback",
    "MemoryArtifact",
    "PluginProcess",
    "RecordedProgress",
    "RecordingHook",
    "RecordingUi",
    "Reply",
    "ScriptedCommand",
    "ScriptedCommunicator",
    "client_of",
    "connect",
]

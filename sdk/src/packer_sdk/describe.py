"""What ``describe`` answers (protocol section 1.5): one JSON object about a whole plugin."""

from __future__ import annotations

import json
from importlib import metadata

from .manifest import GROUPS, components_of
from .plugin import DEFAULT_NAME, plugin_name
from .versions import API_VERSION, PROTOCOL_VERSION, SDK_VERSION, semantic_version

_ORDER = ("builders", "post_processors", "provisioners", "datasources")


def describe(distribution: str) -> str:
    """Describe an installed plugin without importing it, byte for byte as Go's SDK does.

    Raises:
        LookupError: it is not installed.
    """
    components = components_of(distribution)
    plugin = plugin_name(distribution)
    lists = {
        group: sorted(
            short_name(plugin, name)
            for kind, name in components
            if kind == GROUPS[f"packer.{group}"]
        )
        for group in _ORDER
    }
    return json.dumps(
        {
            "version": semantic_version(metadata.version(distribution)),
            "sdk_version": SDK_VERSION,
            "api_version": API_VERSION,
            **lists,
            "protocol_version": PROTOCOL_VERSION,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def short_name(plugin: str, name: str) -> str:
    """A component's name without its plugin's, which Packer puts in front again (section 1.6)."""
    return DEFAULT_NAME if name == plugin else name.removeprefix(f"{plugin}-")

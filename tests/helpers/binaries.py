"""Files that look like plugins of HashiCorp's packer: a script that answers `describe`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packer_core.plugins.binary_names import platform_suffix

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = platform_suffix()
DEFAULT = "-packer-default-plugin-name-"


def description(version: str, /, **changes: object) -> dict[str, object]:
    """What a plugin with one builder of its own name says of itself."""
    answer: dict[str, object] = {
        "version": version,
        "sdk_version": "0.6.10",
        "api_version": "x5.0",
        "builders": [DEFAULT],
        "post_processors": [],
        "provisioners": [],
        "datasources": [],
        "protocol_version": "v2",
    }
    return {name: value for name, value in (answer | changes).items() if value is not ...}


@dataclass
class Shelf:
    """A plugin folder.

    Attributes:
        root: Its path.
        asked: One line for each time a plugin in it was run.
    """

    root: Path
    asked: Path = field(init=False)

    def __post_init__(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        self.asked = self.root.with_name(f"{self.root.name}-asked")

    @property
    def questions(self) -> list[str]:
        """Which files were run, in order."""
        return self.asked.read_text().splitlines() if self.asked.exists() else []

    def put(
        self,
        plugin: str = "cloud",
        version: str = "1.0.0",
        *,
        folder: str = "github.com/maker/cloud",
        says: dict[str, object] | str | None = None,
        api: str = "x5.0",
        name: str | None = None,
        checksum: str | None = "",
        status: int = 0,
    ) -> Path:
        """Put a plugin there.

        Args:
            plugin: Its name.
            version: The one in the name of the file.
            folder: Below the root.
            says: Its answer; by default the one that fits its name.
            api: The one in the name of the file.
            name: Of the file, if it is to be another.
            checksum: What stands beside it; empty for the right one, None for none.
            status: How it ends when it is asked.
        """
        path = self.root / folder / (name or f"packer-plugin-{plugin}_v{version}_{api}{SUFFIX}")
        path.parent.mkdir(parents=True, exist_ok=True)
        answer = says if isinstance(says, str) else json.dumps(says or description(version))
        path.write_text(
            f"#!/bin/sh\n# {folder}\necho {path.name} $* >> {self.asked}\n"
            f"echo why not >&2\ncat <<'END'\n{answer}\nEND\nexit {status}\n"
        )
        path.chmod(0o755)
        if checksum is not None:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            path.with_name(f"{path.name}_SHA256SUM").write_text(checksum or digest)
        return path

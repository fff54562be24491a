"""A provisioner that uploads zeros, and tells how long it took and what it needed."""

from __future__ import annotations

import io
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk import Provisioner, config, field, plugin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk import CancelToken, Communicator, Ui


class Zeros(io.RawIOBase):
    """A file of so many zeros."""

    def __init__(self, size: int) -> None:
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        count = min(len(buffer), self._left)
        self._left -= count
        return count


@config
class PourConfig:
    size: int = field(doc="Bytes to upload.")


class PourProvisioner(Provisioner[PourConfig]):
    """Uploads zeros."""

    def provision(
        self,
        config: PourConfig,
        ui: Ui,
        communicator: Communicator,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        started = time.perf_counter()
        communicator.upload("/zeros", io.BufferedReader(Zeros(config.size), 1 << 18))
        took = time.perf_counter() - started
        ui.say(
            f"bench seconds={took} bench provisioner={peak('self')} bench core={peak(os.getppid())}"
        )


def peak(process: object) -> str:
    """The most memory a process has had, in KiB."""
    found = re.search(r"VmHWM:\s*(\d+)", Path(f"/proc/{process}/status").read_text())
    assert found
    return found[1]


if __name__ == "__main__":
    plugin.register_provisioner(PourProvisioner)

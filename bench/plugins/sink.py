"""A builder whose machine swallows what is uploaded to it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk import PROVISION_HOOK, Builder, config, field, plugin

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from packer_sdk import CancelToken, FileInfo, Hook, RemoteCommand, RunningCommand, Ui


class Sink:
    """A communicator that counts and forgets."""

    def __init__(self) -> None:
        self.count = 0

    def start(self, command: RemoteCommand) -> RunningCommand:
        raise NotImplementedError

    def upload(self, destination: str, source: BinaryIO, *, info: FileInfo | None = None) -> None:
        while chunk := source.read(1 << 18):
            self.count += len(chunk)

    def upload_dir(self, destination: str, source: str, *, exclude: Sequence[str] = ()) -> None:
        raise NotImplementedError

    def download(self, source: str, destination: BinaryIO) -> None:
        raise NotImplementedError

    def download_dir(self, source: str, destination: str, *, exclude: Sequence[str] = ()) -> None:
        raise NotImplementedError


@config
class SinkConfig:
    unused: str = field(doc="Nothing.", default="")


class SinkBuilder(Builder[SinkConfig]):
    """Has a machine that is a sink."""

    def run(self, config: SinkConfig, ui: Ui, hook: Hook, cancel: CancelToken) -> None:
        sink = Sink()
        hook.run(PROVISION_HOOK, ui, sink, {}, cancel)
        peak = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
        assert peak
        ui.say(f"bench builder={peak[1]} bench count={sink.count}")


if __name__ == "__main__":
    plugin.register_builder(SinkBuilder)

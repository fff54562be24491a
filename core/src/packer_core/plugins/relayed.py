"""The way into a builder's machine, as core lends it to provisioners.

A provisioner's command goes through core to the builder. When the builder dies meanwhile, the
provisioner must not be told of a lost connection, which would look like its own, but of what
happened to the builder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from packer_sdk.cancel import CancelToken
    from packer_sdk.interfaces import (
        Communicator,
        FileInfo,
        Hook,
        RemoteCommand,
        RunningCommand,
        Ui,
    )

    from .process import PluginProcess


class RelayedHook:
    """A hook that gets a communicator which explains the death of its builder.

    Args:
        process: The builder's.
        hook: What it calls.
    """

    def __init__(self, process: PluginProcess, hook: Hook) -> None:
        self._process = process
        self._hook = hook

    def run(
        self,
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """See `packer_sdk.interfaces.Hook`."""
        door = RelayedCommunicator(self._process, communicator) if communicator else None
        self._hook.run(name, ui, door, data, cancel)


class RelayedCommunicator:
    """A communicator in a builder's process."""

    def __init__(self, process: PluginProcess, communicator: Communicator) -> None:
        self._process = process
        self._communicator = communicator

    def start(self, command: RemoteCommand) -> RunningCommand:
        """See `packer_sdk.interfaces.Communicator`."""
        with self._process.explaining("Communicator.Start", relayed=True):
            return self._communicator.start(command)

    def upload(self, destination: str, source: BinaryIO, *, info: FileInfo | None = None) -> None:
        """See `packer_sdk.interfaces.Communicator`."""
        with self._process.explaining("Communicator.Upload", relayed=True):
            self._communicator.upload(destination, source, info=info)

    def upload_dir(self, destination: str, source: str, *, exclude: Sequence[str] = ()) -> None:
        """See `packer_sdk.interfaces.Communicator`."""
        with self._process.explaining("Communicator.UploadDir", relayed=True):
            self._communicator.upload_dir(destination, source, exclude=exclude)

    def download(self, source: str, destination: BinaryIO) -> None:
        """See `packer_sdk.interfaces.Communicator`."""
        with self._process.explaining("Communicator.Download", relayed=True):
            self._communicator.download(source, destination)

    def download_dir(self, source: str, destination: str, *, exclude: Sequence[str] = ()) -> None:
        """See `packer_sdk.interfaces.Communicator`."""
        with self._process.explaining("Communicator.DownloadDir", relayed=True):
            self._communicator.download_dir(source, destination, exclude=exclude)

"""Provisioner `note`: add a line to a file in the machine."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from packer_sdk import Provisioner, config, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk import CancelToken, Communicator, Ui


@config
class NoteProvisionerConfig:
    """Which file, which line."""

    path: str = field(doc="File in the machine.")
    line: str = field(doc="What to add to it.")


class NoteProvisioner(Provisioner[NoteProvisionerConfig]):
    """Fetches the file, adds the line and puts it back."""

    def provision(
        self,
        config: NoteProvisionerConfig,
        ui: Ui,
        communicator: Communicator,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """Add the line."""
        ui.say(f"Adding a line to {config.path}, {data.get('NoteSize')} characters so far")
        content = io.BytesIO()
        communicator.download(config.path, content)
        cancel.check()
        content.write(f"{config.line}\n".encode())
        communicator.upload(config.path, io.BytesIO(content.getvalue()))

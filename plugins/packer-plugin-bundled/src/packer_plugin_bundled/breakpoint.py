"""Provisioner `breakpoint`: stop until somebody presses Enter (PVS-009)."""

from __future__ import annotations

from packer_sdk import (
    Cancelled,
    ComponentError,
    PackerError,
    PackerKeys,
    Provisioner,
    config,
    field,
)

from .waiting import stoppable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk import CancelToken, Communicator, Ui


@config
class BreakpointConfig(PackerKeys):
    """Options of the provisioner."""

    note: str = field(doc="Shown, to tell one breakpoint from another.", default="")
    disable: bool = field(doc="Go on without stopping.", default=False)


class BreakpointProvisioner(Provisioner[BreakpointConfig]):
    """Stop the build and let somebody look at the machine."""

    def provision(
        self,
        config: BreakpointConfig,
        ui: Ui,
        communicator: Communicator,  # noqa: ARG002 - any machine will do, also none
        data: Mapping[str, object],  # noqa: ARG002
        cancel: CancelToken,
    ) -> None:
        """Ask for Enter; cancelling the build ends the question too."""
        note = f": {config.note}" if config.note else ""
        if config.disable:
            ui.say(f"Breakpoint is disabled{note}")
            return
        ui.say(f"Paused at breakpoint{note}")
        try:
            stoppable(cancel, "breakpoint", lambda: ui.ask("Press Enter to continue: "))
        except Cancelled:
            raise
        except PackerError as error:
            raise ComponentError(
                f"cannot stop at breakpoint{note}: {error}",
                hint="run packer in a terminal, or set disable = true",
            ) from error

"""What every builder does with its hook: provision, and clean up if that failed (ENG-006)."""

from __future__ import annotations

import os

from packer_sdk import CLEANUP_HOOK, PROVISION_HOOK, Cancelled, PackerError, run_steps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk import CancelToken, Communicator, Hook, PackerKeys, Step, Ui


def build_data(build_id: str) -> dict[str, object]:
    """Values of a build without a machine (CTX-002); those it has not are said to be missing."""
    missing = "ERR_{}_NOT_IMPLEMENTED_BY_BUILDER"
    return {
        "ID": build_id,
        "ConnType": "none",
        "PackerRunUUID": os.environ.get("PACKER_RUN_UUID", ""),
        "PackerHTTPAddr": missing.format("HTTP_ADDR"),
        "PackerHTTPIP": missing.format("HTTP_IP"),
        "PackerHTTPPort": missing.format("HTTP_PORT"),
    }


class Build:
    """One run of a builder, as its steps share it.

    Attributes:
        is_done: Whether the provisioners have all run, which is the last step.
        is_cancelled: Whether a call ended because somebody asked to stop.
    """

    def __init__(
        self,
        hook: Hook,
        ui: Ui,
        communicator: Communicator,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        self.hook = hook
        self.ui = ui
        self.communicator = communicator
        self.data = data
        self.cancel = cancel
        self.is_done = False
        self.is_cancelled = False

    def call(self, name: str) -> None:
        """Have core run what waits for ``name``."""
        try:
            self.hook.run(name, self.ui, self.communicator, self.data, self.cancel)
        except PackerError as error:
            # A call that was cut short by cancelling may come back as a plain error.
            self.is_cancelled = self.cancel.cancelled or isinstance(error, Cancelled)
            self.cancel.check()
            raise


class Provision:
    """The step in which core runs the provisioners; if one fails, the error-cleanup one (PRV-008).

    A cancelled build runs none, as in Packer.
    """

    provisions = True

    def run(self, build: Build) -> None:
        """Run them."""
        build.call(PROVISION_HOOK)
        build.is_done = True

    def cleanup(self, build: Build) -> None:
        """Clean up after a failure."""
        if not (build.is_done or build.is_cancelled or build.cancel.cancelled):
            build.call(CLEANUP_HOOK)


def run_build(build: Build, config: PackerKeys, *steps: Step[Build]) -> None:
    """Run steps and then the provisioners, the way ``-on-error`` and ``-debug`` ask for.

    Raises:
        PackerError: a step failed; if the error-cleanup-provisioner did as well, it says both.
        Cancelled: the token went up.
    """
    run_steps(
        [*steps, Provision()],
        build,
        build.ui,
        build.cancel,
        on_error=config.packer_on_error,
        debug=config.packer_debug,
    )

"""What every builder does with its hook: provision, and clean up if that failed (ENG-006)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packer_sdk import CLEANUP_HOOK, PROVISION_HOOK, Cancelled, ComponentError, PackerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk import CancelToken, Communicator, Hook, Ui


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


def run_provisioners(
    hook: Hook,
    ui: Ui,
    communicator: Communicator,
    data: Mapping[str, object],
    cancel: CancelToken,
) -> None:
    """Run the provisioners; if one fails, the error-cleanup provisioner too (PRV-008).

    A cancelled build runs none, as in Packer.

    Raises:
        PackerError: a provisioner failed; a failure of the clean-up is appended to it.
        Cancelled: the token went up.
    """
    try:
        hook.run(PROVISION_HOOK, ui, communicator, data, cancel)
    except Cancelled:
        raise
    except PackerError as error:
        # A call that was cut short by cancelling may come back as a plain error.
        cancel.check()
        try:
            hook.run(CLEANUP_HOOK, ui, communicator, data, cancel)
        except Cancelled:
            raise
        except PackerError as second:
            raise _both(error, second) from error
        raise


def _both(error: PackerError, second: PackerError) -> ComponentError:
    return ComponentError(
        f"{error}\nand the error-cleanup provisioner failed: {second}", hint=error.hint
    )

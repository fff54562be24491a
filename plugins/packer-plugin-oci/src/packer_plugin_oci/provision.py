"""The builder's side of provisioning: a way into the image, and the values of the build."""

from __future__ import annotations

import os
from contextlib import contextmanager

from packer_sdk import CLEANUP_HOOK, PROVISION_HOOK

from .chroot import Entrance
from .communicator import OciCommunicator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .build import Build

ID = "ID"
_NOT_HERE = {
    "Host": "HOST",
    "Password": "PASSWORD",
    "PackerHTTPAddr": "HTTP_ADDR",
    "PackerHTTPIP": "HTTP_IP",
    "PackerHTTPPort": "HTTP_PORT",
    "Port": "PORT",
    "SSHPrivateKey": "SSH_PRIVATE_KEY",
    "SSHPublicKey": "SSH_PUBLIC_KEY",
    "WinRMPassword": "WINRM_PASSWORD",
}
"""Values of other builders (CTX-002): nothing listens here, and nobody logs in."""


def provision(build: Build) -> None:
    """Let core run the provisioners in the image."""
    build.data.update(
        {name: f"ERR_{word}_NOT_IMPLEMENTED_BY_BUILDER" for name, word in _NOT_HERE.items()}
    )
    build.data["ConnType"] = "oci"
    build.data["User"] = "root"
    build.data["PackerRunUUID"] = os.environ.get("PACKER_RUN_UUID", "")
    _run_hook(build, PROVISION_HOOK)


def clean_up_provisioning(build: Build) -> None:
    """Let core run the error-cleanup provisioner in the image (protocol section 5.5)."""
    _run_hook(build, CLEANUP_HOOK)


def _run_hook(build: Build, name: str) -> None:
    with _way_in(build) as communicator:
        build.hook.run(name, build.ui, communicator, build.data, build.cancel)
    # A hook may come back from a cancel as if nothing had happened.
    build.cancel.check()


@contextmanager
def _way_in(build: Build) -> Iterator[OciCommunicator]:
    with Entrance(build.open_root, build.environment, build.folder) as entrance:
        take_back = build.cancel.on_cancel(entrance.kill)
        try:
            yield OciCommunicator(build.open_root, entrance, build.folder, build.cancel.check)
        finally:
            take_back()

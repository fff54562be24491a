"""The way into no machine: every call says so (COM-010).

Packer pretends that a command on ``none`` succeeded, and a user learns weeks later that nothing
was ever installed. Here a command fails as uploads always did.
"""

from __future__ import annotations

from packer_sdk.errors import ComponentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO, NoReturn

    from packer_sdk.interfaces import FileInfo, RemoteCommand, RunningCommand

REFERENCE = "no-machine"
"""``reference`` of the error every call raises."""

_PHRASE = "the communicator is none"
_PHRASES = (
    _PHRASE,
    # What stands in for a communicator that a builder did not give (ENG-004).
    "this build has no communicator",
    # What a Go builder's communicator of the same name says about uploads and downloads.
    "is not implemented when communicator = 'none'",
)


class NoneCommunicator:
    """What a builder without a machine hands to its provisioners."""

    def start(self, command: RemoteCommand) -> RunningCommand:  # noqa: ARG002 - nothing runs it
        """Refuse.

        Raises:
            ComponentError: always. The command is not quoted, it may hold a secret.
        """
        _refuse("run a command")

    def upload(
        self,
        destination: str,
        source: BinaryIO,  # noqa: ARG002 - nothing reads it
        *,
        info: FileInfo | None = None,  # noqa: ARG002
    ) -> None:
        """Refuse.

        Raises:
            ComponentError: always.
        """
        _refuse(f"upload to {destination}")

    def upload_dir(
        self,
        destination: str,
        source: str,
        *,
        exclude: Sequence[str] = (),  # noqa: ARG002
    ) -> None:
        """Refuse.

        Raises:
            ComponentError: always.
        """
        _refuse(f"upload {source} to {destination}")

    def download(self, source: str, destination: BinaryIO) -> None:  # noqa: ARG002
        """Refuse.

        Raises:
            ComponentError: always.
        """
        _refuse(f"download {source}")

    def download_dir(
        self,
        source: str,
        destination: str,
        *,
        exclude: Sequence[str] = (),  # noqa: ARG002
    ) -> None:
        """Refuse.

        Raises:
            ComponentError: always.
        """
        _refuse(f"download {source} to {destination}")


def says_no_machine(error: BaseException) -> bool:
    """Whether an error comes from a communicator of this kind, so that trying again is no use.

    Between two processes only the text of an error travels, so the text is what is looked at.
    """
    if getattr(error, "reference", None) == REFERENCE:
        return True
    text = str(error)
    return any(phrase in text for phrase in _PHRASES)


def _refuse(what: str) -> NoReturn:
    raise ComponentError(
        f"cannot {what}: {_PHRASE}, there is no machine to reach",
        hint="use a builder that makes a machine, or run the work here with shell-local",
        reference=REFERENCE,
    )

"""Nobody at the terminal: for commands whose whole output is one document."""

from __future__ import annotations

from .progress import NO_PROGRESS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from packer_sdk.interfaces import Progress


class MutedUi:
    """Shows nothing; whoever asks is left without an answer."""

    def say(self, message: str) -> None:
        """Show nothing."""

    def error(self, message: str) -> None:
        """Show nothing."""

    def ask(self, query: str) -> str:
        """Refuse.

        Raises:
            PackerError: always; a program reads along, and it cannot answer.
        """
        from packer_sdk.errors import PackerError  # noqa: PLC0415

        raise PackerError(f"cannot ask without a terminal: {query}", reference="cannot-ask")

    def machine(self, category: str, *values: str) -> None:
        """Write nothing."""

    def progress(
        self,
        label: str,  # noqa: ARG002
        *,
        total: int,  # noqa: ARG002
        current: int = 0,  # noqa: ARG002
    ) -> AbstractContextManager[Progress]:
        """Show nothing."""
        return NO_PROGRESS

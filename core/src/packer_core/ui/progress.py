"""The bar that nobody sees, for wherever there is no terminal."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self


class NoProgress:
    """Where nobody watches."""

    def add(self, count: int) -> None:
        """Forget it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        pass


NO_PROGRESS = NoProgress()

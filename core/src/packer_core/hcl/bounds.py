"""How large a value may get: a few lines of a template can ask for more than any machine holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.cty.types import Mismatch

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LETTERS = 1 << 26
"""Letters of a text: 64 Mi."""

MOST_ELEMENTS = 1_000_000
"""Elements that one function makes."""


def require_letters(count: int) -> None:
    """Check, before it is made, that a text is not too long.

    Raises:
        Mismatch: it is.
    """
    if count > MOST_LETTERS:
        raise Mismatch(f"the text would be longer than {MOST_LETTERS} letters")


def joined(parts: Sequence[str], separator: str = "") -> str:
    """Put texts together.

    Raises:
        Mismatch: the result would be too long.
    """
    require_letters(sum(map(len, parts)) + len(separator) * max(len(parts) - 1, 0))
    return separator.join(parts)

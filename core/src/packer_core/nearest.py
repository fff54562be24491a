"""Names that a person may have meant (UI-011)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

FARTHEST = 2
"""Edits at which a name still counts as near."""

LONGEST = 100
"""Characters up to which a name is compared; nobody mistypes a page of text."""

MOST_HINTS = 100
"""Findings up to which a near name is looked for; nobody reads the hint of the next one."""

_MOST_CANDIDATES = 500  # comparing is quadratic over a whole template otherwise


def nearest(name: str, candidates: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """Return the candidates within two edits of a name, the nearest first.

    Case does not count. A name of one or two letters is near to nearly everything, so fewer edits
    are allowed for short ones.
    """
    if len(name) > LONGEST:
        return ()
    wanted = name.casefold()
    most = min(FARTHEST, len(wanted) // 2)
    found = []
    for candidate in list(dict.fromkeys(candidates))[:_MOST_CANDIDATES]:
        steps = _distance(wanted, candidate.casefold(), most)
        if steps <= most:
            found.append((steps, candidate))
    return tuple(candidate for _, candidate in sorted(found)[:limit])


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """Return ``did you mean "builders"?``, or None if nothing is near."""
    near = [f'"{candidate}"' for candidate in nearest(name, candidates)]
    return f"did you mean {join(near, 'or')}?" if near else None


def join(words: Iterable[str], word: str = "and") -> str:
    """Return ``a, b and c``."""
    *rest, last = list(words)
    return f"{', '.join(rest)} {word} {last}" if rest else last


def _distance(left: str, right: str, most: int) -> int:
    """Levenshtein's distance; anything above ``most`` comes back as ``most + 1``."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    row = list(range(len(right) + 1))
    for index, character in enumerate(left, 1):
        above, row = row, [index]
        for column, other in enumerate(right, 1):
            row.append(
                min(above[column] + 1, row[-1] + 1, above[column - 1] + (character != other))
            )
        if min(row) > most:
            return most + 1
    return row[-1]

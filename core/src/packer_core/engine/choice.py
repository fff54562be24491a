"""Which builds the user asked for: exact names in JSON templates, globs in HCL2 (BLD-009, 010)."""

from __future__ import annotations

import functools
import operator
import re
from typing import TYPE_CHECKING

from packer_sdk.records import named_record

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    Matches = Callable[[str, str], bool]
    """Whether a word of the user's means a name."""


@named_record
class Choice:
    """What stands behind ``-only`` and ``-except``.

    Attributes:
        only: If not empty, nothing else is built.
        except_: Not built; a post-processor of that name ends its chain before it.
    """

    only: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()

    def takes(self, name: str, matches: Matches = operator.eq) -> bool:
        """Whether a build of this name is built."""
        wanted = not self.only or any(matches(word, name) for word in self.only)
        return wanted and not self.cuts(name, matches)

    def cuts(self, name: str, matches: Matches = operator.eq) -> bool:
        """Whether ``-except`` means this name."""
        return any(matches(word, name) for word in self.except_)


def matching(language: Literal["json", "hcl2"]) -> Matches:
    """How names are matched in a template of this language."""
    return operator.eq if language == "json" else matches_glob


def matches_glob(pattern: str, name: str) -> bool:
    """Whether a name matches ``*`` (dots as well), ``?``, ``[a-z]``, ``[!a-z]`` and ``{a,b}``.

    A pattern that is none, because a bracket is not closed, matches only itself.
    """
    expression = _expression(pattern)
    return pattern == name if expression is None else bool(expression.fullmatch(name))


_TOKEN = re.compile(r"\\(?P<plain>.)|\[(?P<no>[!^]?)(?P<set>[^\]]+)\]|(?P<one>.)", re.DOTALL)
_SPECIAL = {"*": ".*", "?": ".", "{": "(?:", "}": ")"}


@functools.lru_cache(maxsize=64)
def _expression(pattern: str) -> re.Pattern[str] | None:
    parts: list[str] = []
    depth = 0
    for token in _TOKEN.finditer(pattern):
        one = token["one"]
        if token["set"]:
            parts.append(_set(token["set"], inverted=bool(token["no"])))
        elif one in _SPECIAL:
            depth += {"{": 1, "}": -1}.get(one, 0)
            parts.append(_SPECIAL[one])
        elif one == "," and depth:
            parts.append("|")
        else:
            parts.append(re.escape(token["plain"] or one))
        if depth < 0:
            return None
    try:
        return re.compile("".join(parts), re.DOTALL) if not depth else None
    except re.error:  # such as a range that runs backwards
        return None


def _set(characters: str, *, inverted: bool) -> str:
    escaped = re.sub(r"([\\\[\]^&~|])", r"\\\1", characters)
    return f"[{'^' if inverted else ''}{escaped}]"

r"""Regular expressions of RE2, as Go has them, in terms of Python's.

What RE2 does not have (looking ahead and back, references to groups) is refused, although Python
has it: a template means the same wherever it is built. Classes of characters by script
(``\\p{Greek}``) are the one thing that is missing.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from .re2_classes import ESCAPES, category_class, escaped_class, in_class, posix_class

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class PatternError(ValueError):
    """It is no pattern of RE2."""


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern.

    Raises:
        PatternError: it is none; says why.
    """
    translated = _Translation(pattern).text()
    try:
        return re.compile(translated)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(str(error)) from error


def matches(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Go through matches; an empty one right behind another does not count, as in Go."""
    end = -1
    for match in pattern.finditer(text):
        if match.start() == match.end() == end:
            continue
        end = match.end()
        yield match


_FLAGS = re.compile(r"\(\?([imsU]*)(-[imsU]+)?([:)])")
_NAME = re.compile(r"\(\?P?<([A-Za-z0-9_]+)>")
_REPEAT = re.compile(r"\{(\d+)(,(\d*))?\}")
_HEX = re.compile(r"x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
_CATEGORY = re.compile(r"([pP])(?:\{(\^?)(\w+)\}|(\w))")
_MOST_REPEATS = 1000


class _Translation:
    """Walks through a pattern once.

    Flags of Python hold for groups only, those of RE2 from where they stand to the end of the
    group; so every atom that depends on one says itself what holds.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._flags = frozenset[str]()
        self._groups: list[frozenset[str]] = []
        self._written: list[str] = []
        self._repeatable = False
        self._names: set[str] = set()
        self._steps: dict[str, Callable[[], None]] = {
            "(": self._group,
            ")": self._close,
            "|": self._either,
            ".": self._any,
            "^": self._start,
            "$": self._end,
            **dict.fromkeys("*+?{", self._repeat),
            "\\": self._escape,
            "[": self._class,
        }

    def text(self) -> str:
        while self._at < len(self._pattern):
            self._step()
        if self._groups:
            raise PatternError("missing closing )")
        return "".join(self._written)

    def _step(self) -> None:
        character = self._pattern[self._at]
        step = self._steps.get(character)
        if step is None:
            self._at += 1
            self._literal(character)
        else:
            step()

    def _atom(self, written: str) -> None:
        self._written.append(written)
        self._repeatable = True

    def _literal(self, character: str) -> None:
        escaped = re.escape(character)
        self._atom(f"(?i:{escaped})" if "i" in self._flags and character.isalpha() else escaped)

    def _group(self) -> None:
        rest = self._pattern
        opened = "("
        flags = self._flags
        if rest.startswith("(?", self._at):
            if name := _NAME.match(rest, self._at):
                if name[1] in self._names:
                    raise PatternError(f"duplicate group name {name[1]}")
                self._names.add(name[1])
                opened, self._at = f"(?P<{_safe(name[1])}>", name.end()
            elif found := _FLAGS.match(rest, self._at):
                if found[0] == "(?)":
                    raise PatternError("missing argument to repetition operator: ?")
                flags = (flags | set(found[1])) - set(found[2] or "")
                self._at = found.end()
                if found[3] == ")":
                    self._flags = flags
                    self._repeatable = False
                    return
                opened = "(?:"
            else:
                raise PatternError(f"invalid or unsupported group: {rest[self._at : self._at + 4]}")
        else:
            self._at += 1
        self._groups.append(self._flags)
        self._flags = flags
        self._written.append(opened)
        self._repeatable = False

    def _close(self) -> None:
        if not self._groups:
            raise PatternError("unexpected )")
        self._at += 1
        self._flags = self._groups.pop()
        self._atom(")")

    def _either(self) -> None:
        self._at += 1
        self._written.append("|")
        self._repeatable = False

    def _any(self) -> None:
        self._at += 1
        self._atom("(?s:.)" if "s" in self._flags else ".")

    def _start(self) -> None:
        self._at += 1
        self._atom("(?m:^)" if "m" in self._flags else r"(?:\A)")

    def _end(self) -> None:
        self._at += 1
        self._atom("(?m:$)" if "m" in self._flags else r"(?:\Z)")

    def _repeat(self) -> None:
        sign = self._pattern[self._at]
        if sign == "{":
            found = _REPEAT.match(self._pattern, self._at)
            if found is None:
                self._at += 1
                self._literal(sign)
                return
            low, high = int(found[1]), int(found[3] or found[1])
            if max(low, high) > _MOST_REPEATS or high < low:
                raise PatternError(f"invalid repeat count: {found[0]}")
            sign = found[0]
        if not self._repeatable:
            raise PatternError(f"missing or repeated argument to repetition operator: {sign}")
        self._at += len(sign)
        lazy = self._pattern.startswith("?", self._at)
        self._at += lazy
        swapped = "U" in self._flags
        self._written.append(sign + ("?" if lazy != swapped else ""))
        self._repeatable = False

    def _escape(self) -> None:
        following = self._pattern[self._at + 1 : self._at + 2]
        if not following:
            raise PatternError("trailing backslash at end of expression")
        if following == "Q":
            self._quoted()
        elif following in _PLACES:
            self._at += 2
            self._atom(_PLACES[following])
        elif following in escaped_class:
            self._at += 2
            self._atom(f"[{escaped_class[following]}]")
        elif found := _CATEGORY.match(self._pattern, self._at + 1):
            self._at = found.end()
            self._atom(f"[{_category(found)}]")
        else:
            self._literal(self._escaped())

    def _quoted(self) -> None:
        end = self._pattern.find("\\E", self._at + 2)
        stop = len(self._pattern) if end < 0 else end
        for character in self._pattern[self._at + 2 : stop]:
            self._literal(character)
        self._at = stop if end < 0 else stop + 2

    def _escaped(self) -> str:
        """The character that an escape stands for, in a class or out of it."""
        start = self._at + 1
        following = self._pattern[start : start + 1]
        if following in ESCAPES:
            self._at += 2
            return ESCAPES[following]
        if found := _HEX.match(self._pattern, start):
            self._at = found.end()
            return _character(int(found[1] or found[2], 16))
        if octal := re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}").match(self._pattern, start):
            self._at = octal.end()
            return _character(int(octal[0], 8))
        if following and following.isascii() and not following.isalnum() and following != "_":
            self._at += 2
            return following
        if following == "_":
            self._at += 2
            return following
        raise PatternError(f"invalid escape sequence: \\{following}")

    def _class(self) -> None:
        pattern = self._pattern
        self._at += 1
        negated = pattern.startswith("^", self._at)
        self._at += negated
        parts: list[str] = []
        first = True
        while first or not pattern.startswith("]", self._at):
            if self._at >= len(pattern):
                raise PatternError("missing closing ]")
            parts.append(self._part())
            first = False
        self._at += 1
        written = f"[{'^' if negated else ''}{''.join(parts)}]"
        self._atom(f"(?i:{written})" if "i" in self._flags else written)

    def _part(self) -> str:
        """One character, range or class in brackets."""
        pattern = self._pattern
        if pattern.startswith("[:", self._at):
            end = pattern.find(":]", self._at + 2)
            if end >= 0:
                named = posix_class(pattern[self._at + 2 : end])
                if named is None:
                    raise PatternError(
                        f"invalid character class range: {pattern[self._at : end + 2]}"
                    )
                self._at = end + 2
                return named
        if pattern.startswith("\\", self._at):
            following = pattern[self._at + 1 : self._at + 2]
            if following in escaped_class:
                self._at += 2
                return escaped_class[following]
            if found := _CATEGORY.match(pattern, self._at + 1):
                self._at = found.end()
                return _category(found)
        low = self._one()
        if pattern.startswith("-", self._at) and pattern[self._at + 1 : self._at + 2] not in {
            "",
            "]",
        }:
            self._at += 1
            high = self._one()
            if high < low:
                raise PatternError(f"invalid character class range: {low}-{high}")
            return f"{in_class(low)}-{in_class(high)}"
        return in_class(low)

    def _one(self) -> str:
        if self._at >= len(self._pattern):
            raise PatternError("missing closing ]")
        if self._pattern[self._at] == "\\":
            return self._escaped()
        self._at += 1
        return self._pattern[self._at - 1]


_PLACES = {"A": r"(?:\A)", "z": r"(?:\Z)", "b": r"(?a:\b)", "B": r"(?a:\B)"}


def _category(found: re.Match[str]) -> str:
    name = found[3] or found[4]
    negated = (found[1] == "P") != bool(found[2])
    written = category_class(name, negated=negated)
    if written is None:
        raise PatternError(f"no such class of characters here: {name}")
    return written


def _character(number: int) -> str:
    if number > 0x10FFFF:
        raise PatternError(f"invalid escape sequence: no character {number:#x}")
    return chr(number)


def _safe(name: str) -> str:
    """A group may be called anything in RE2, and must look like a name in Python."""
    return name if not name[0].isdigit() else f"_{name}"


def group_names(pattern: re.Pattern[str]) -> list[str]:
    """The names of all groups in order, empty for one without."""
    names = [""] * pattern.groups
    for name, number in pattern.groupindex.items():
        is_changed = name[0] == "_" and name[1:2].isdigit()
        names[number - 1] = name[1:] if is_changed else name
    return names

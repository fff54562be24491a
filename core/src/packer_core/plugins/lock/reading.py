"""Values out of a file that anybody may have edited: each is what it should be, or it is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+!-]*", re.ASCII)


class NotALock(ValueError):
    """A part of a lock is missing, or is something else."""


class Table:
    """A table of TOML.

    Args:
        content: As it was read.
    """

    def __init__(self, content: Mapping[str, object]) -> None:
        self._content = content

    def text(self, key: str, default: str | None = None) -> str:
        """A text.

        Raises:
            NotALock: It is missing or something else.
        """
        value = self._content.get(key, default)
        if not isinstance(value, str):
            raise NotALock(f"{key} is missing" if value is None else f"{key} is no text")
        return value

    def number(self, key: str) -> int:
        """A whole number.

        Raises:
            NotALock: It is missing or something else.
        """
        value = self._content.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise NotALock(f"{key} is missing" if value is None else f"{key} is no number")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Texts; none if there is no such key.

        Raises:
            NotALock: It is something else.
        """
        value = self._content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise NotALock(f"{key} is no list of texts")
        return tuple(value)

    def table(self, key: str) -> Table:
        """A table.

        Raises:
            NotALock: It is missing or something else.
        """
        value = self._content.get(key)
        if not isinstance(value, dict):
            raise NotALock(f"{key} is missing" if value is None else f"{key} is no table")
        return Table(value)

    def tables(self, key: str) -> list[Table]:
        """Tables; none if there is no such key.

        Raises:
            NotALock: It is something else.
        """
        value = self._content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise NotALock(f"{key} is no list of tables")
        return [Table(one) for one in value]

    def digest(self, key: str) -> str:
        """A SHA-256 in hexadecimal.

        Raises:
            NotALock: It is missing or something else.
        """
        return self._matching(_DIGEST, key, "SHA-256")

    def name(self, key: str) -> str:
        """The normalised name of a distribution.

        Raises:
            NotALock: It is missing or something else.
        """
        return self._matching(_NAME, key, "name of a distribution")

    def file_name(self, key: str) -> str:
        """The name of a file, without a folder.

        Raises:
            NotALock: It is missing or something else.
        """
        return self._matching(_FILE_NAME, key, "name of a file")

    def _matching(self, pattern: re.Pattern[str], key: str, what: str) -> str:
        value = self.text(key)
        if not pattern.fullmatch(value):
            raise NotALock(f"{key} is no {what}: {value}")
        return value

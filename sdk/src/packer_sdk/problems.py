"""Findings about a configuration: values, not exceptions, so that all of them can be shown."""

from __future__ import annotations

from packer_sdk.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal


@record
class Problem:
    """One thing that is wrong with a configuration.

    Attributes:
        message: What is wrong, without the path: ``is a folder``.
        path: Where, in dots and brackets: ``disks[0].size``. Empty for the whole configuration.
        hint: What to do about it, if that can be said.
        severity: ``error`` stops a build, ``warning`` is only shown.
    """

    message: str
    path: str = ""
    hint: str | None = None
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        text = f"{self.path}: {self.message}" if self.path else self.message
        return f"{text} ({self.hint})" if self.hint else text

    def under(self, prefix: str) -> Problem:
        """Return the same problem, seen from one level further out."""
        joint = "" if not self.path or self.path.startswith("[") else "."
        return Problem(self.message, f"{prefix}{joint}{self.path}", self.hint, self.severity)

"""Crash reports: everything that is known of a crash, in a file of its own.

One file per crash, readable for its owner only, with every secret masked. It says which programs
and which versions took part, what was asked of the one that died, how it ended and what it wrote
last. Of the environment it has the names; values are nobody's business. The last twenty are kept.
"""

from __future__ import annotations

import logging
import os
import platform
import re
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from packer_sdk.records import named_record

from .version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

logger = logging.getLogger(__name__)

KEPT = 20

_WIDTH = 100
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@named_record
class Crash:
    """What is to be reported.

    Attributes:
        who: What crashed: ``packer-builder-null``.
        facts: Names and values, in their order.
        sections: Titles and the lines below them.
    """

    who: str
    facts: Sequence[tuple[str, str]] = ()
    sections: Sequence[tuple[str, Sequence[str]]] = ()


class CrashReports:
    """The folder of crash reports.

    Args:
        folder: Where; made when there is something to report.
        mask: Takes what is secret out of a text.
        environ: Of the run; only its names are told.
        argv: Of the run; values of variables are left out.

    Attributes:
        template: The template that is being built, once it is known.
    """

    def __init__(
        self,
        folder: Path,
        mask: Callable[[str], str],
        environ: Mapping[str, str],
        argv: Sequence[str],
    ) -> None:
        self.template = ""
        self._folder = folder
        self._mask = mask
        self._environ = environ
        self._argv = argv

    def write(self, crash: Crash) -> Path | None:
        """Write a report.

        Returns:
            The file; None, with a line in the log, if it could not be written.
        """
        stamp = time.strftime("%Y%m%dT%H%M%S")
        who = _UNSAFE.sub("-", crash.who)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = self._folder / f"crash-{stamp}-{who}-{os.urandom(3).hex()}.txt"
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
            with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
                text = self._mask("\n".join(self._lines(crash)))
                file.write(f"{text}\n".encode(errors="backslashreplace"))
            _prune(self._folder, keep=path)
        except OSError as error:
            logger.warning("no crash report: %s: %s", self._folder, error.strerror)
            return None
        return path

    def _lines(self, crash: Crash) -> Iterator[str]:
        title = f"Crash of {crash.who}"
        yield from (title, "=" * len(title), "")
        facts = [*self._facts(), *crash.facts]
        width = max(len(name) for name, _ in facts) + 1
        for name, value in facts:
            if value:
                yield f"{name + ':':<{width}} {value}".rstrip()
        names = _wrapped(sorted(self._environ))
        for heading, lines in (*crash.sections, ("Names of environment variables", names)):
            yield from ("", heading, "-" * len(heading), *(lines or ("(nothing)",)))

    def _facts(self) -> Iterator[tuple[str, str]]:
        yield "time", time.strftime("%Y-%m-%dT%H:%M:%S%z")
        yield "packer", f"Packer for Python {VERSION}"
        yield "python", f"{platform.python_version()} ({sys.executable})"
        yield "platform", platform.platform()
        yield "arguments", " ".join(without_values(self._argv))
        yield "template", self.template


def without_values(argv: Sequence[str]) -> Iterator[str]:
    """The words of a command line without what variables are set to: it may be secret."""
    is_assignment = False
    for word in argv:
        flag, equals, rest = word.partition("=")
        if is_assignment:
            yield _without_value(word)
        elif flag in {"-var", "--var"} and equals:
            yield f"{flag}={_without_value(rest)}"
        else:
            yield word
        is_assignment = word in {"-var", "--var"} and not is_assignment


def _without_value(assignment: str) -> str:
    name, equals, _ = assignment.partition("=")
    return f"{name}=…" if equals else "…"


def _wrapped(words: Iterable[str]) -> list[str]:
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) >= _WIDTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".lstrip()
    return lines


def _prune(folder: Path, *, keep: Path) -> None:
    # Names begin with the time; two of one second may be in either order.
    reports = sorted(path for path in folder.glob("crash-*.txt") if path != keep)
    for path in reports[: max(0, len(reports) - KEPT + 1)]:
        with suppress(OSError):
            path.unlink()

"""Scripts as templates name them: lines, one file or several (PVS-001, PVS-005)."""

from __future__ import annotations

import re
from pathlib import Path

from packer_sdk import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DEFAULT_SHEBANG = "/bin/sh -e"

# What stands for a value of the build until there is one (protocol sections 6.2 and 6.3).
_NOT_YET = re.compile(r"<unknown>|Build_\w+\. |\{\{")


def is_settled(text: str) -> bool:
    """Whether a text is final: at the first prepare values of the build are missing (PRV-009)."""
    return not _NOT_YET.search(text)


def check_scripts(kinds: dict[str, Sequence[str]]) -> Iterator[Problem]:
    """Judge options of which exactly one says what to run.

    Args:
        kinds: Option name → its value; ``script`` and ``scripts`` hold paths.
    """
    given = [name for name, value in kinds.items() if value]
    names = ", ".join(kinds)
    if not given:
        yield Problem(f"nothing to run: set one of {names}")
    if len(given) > 1:
        yield Problem(f"set only one of {names}; these are set: {', '.join(given)}")
    yield from _missing("script", kinds["script"])
    yield from _missing("scripts", kinds["scripts"])


def _missing(option: str, paths: Sequence[str]) -> Iterator[Problem]:
    for index, path in enumerate(paths):
        where = option if option == "script" else f"{option}[{index}]"
        if is_settled(path) and not Path(path).is_file():
            what = "is a folder" if Path(path).is_dir() else "no such file"
            yield Problem(f"{what}: {path}", path=where, hint=_seen_from(path))


def _seen_from(path: str) -> str | None:
    """Relative paths start in the folder Packer was started in, not in the template's (CTX-007)."""
    return None if Path(path).is_absolute() else f"seen from {Path.cwd()}"


def inline_script(lines: Sequence[str], shebang: str) -> bytes:
    """Make one script of several lines.

    The first line may bring a shebang of its own; then the default one is left out, while a
    configured one still goes first.
    """
    text = "".join(f"{line}\n" for line in lines)
    if not shebang and text.startswith("#!"):
        return text.encode()
    return f"#!{shebang or DEFAULT_SHEBANG}\n{text}".encode()


def unix_lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Turn CRLF into LF, also where a cut between two pieces goes through the middle."""
    kept = b""
    for piece in pieces:
        whole = kept + piece
        kept = b"\r" if whole.endswith(b"\r") else b""
        yield whole[: len(whole) - len(kept)].replace(b"\r\n", b"\n")
    if kept:
        yield kept

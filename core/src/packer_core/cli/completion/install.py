"""Making a shell complete: a script in its place, and for bash and zsh a block in the rc file.

Only the block between two marks is ever touched, and a file that is a link stays one. Doing it
twice changes nothing; undoing it leaves the rc file as it was.
"""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk.errors import PackerError

from .scripts import SHELLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

START, END = "# >>> packer completion >>>", "# <<< packer completion <<<"

_BLOCK = re.compile(rf"\n?^{re.escape(START)}$.*?^{re.escape(END)}$\n?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where completion for a shell goes.

    Attributes:
        shell: One of `SHELLS`.
        script: The file of the script.
        rc: The file that sources it; None if the shell finds it by itself.
        used: Whether the shell is used here, by what there is in the home folder.
    """

    shell: str
    script: Path
    rc: Path | None
    used: bool


def places(environ: Mapping[str, str], data_dir: Path) -> list[Place]:
    """Where completion goes, for every shell.

    Args:
        environ: The environment; the shells' own variables for their folders count.
        data_dir: A folder of ours, for scripts that rc files source.
    """
    home = Path(environ.get("HOME") or Path.home())
    zsh_rc = Path(environ.get("ZDOTDIR") or home) / ".zshrc"
    fish = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "fish"
    login_shell = Path(environ.get("SHELL", "")).name
    ours = data_dir / "completion"
    found = [
        ("bash", ours / "packer.bash", home / ".bashrc", home / ".bashrc"),
        ("zsh", ours / "packer.zsh", zsh_rc, zsh_rc),
        ("fish", fish / "completions" / "packer.fish", None, fish),
    ]
    return [
        Place(shell, script, rc, used=shell == login_shell or sign.exists())
        for shell, script, rc, sign in found
    ]


def install(place: Place, script: str) -> Iterator[str]:
    """Put the script into its place, and the block into the rc file; yields what was done.

    Raises:
        PackerError: a file cannot be written.
    """
    yield _told(place.script, write(place.script, script))
    if place.rc:
        before = read(place.rc)
        yield _told(place.rc, write(place.rc, with_block(before, place.script)))


def uninstall(place: Place) -> Iterator[str]:
    """Take both away again; yields what was done.

    Raises:
        PackerError: a file cannot be written.
    """
    if place.rc and _BLOCK.search(before := read(place.rc)):
        yield _told(place.rc, write(place.rc, without_block(before)))
    if place.script.exists():
        try:
            place.script.unlink()
        except OSError as error:
            raise _unwritable(place.script, error) from error
        yield f"{place.script}: removed"


def with_block(text: str, script: Path) -> str:
    """The text of an rc file with our block at its end, or where it is already."""
    path = shlex.quote(str(script))
    block = f"{START}\n[ -r {path} ] && . {path}\n{END}\n"
    if _BLOCK.search(text):
        head, tail = _BLOCK.split(text, maxsplit=1)
        return f"{_ended(head)}{_gap(head)}{block}{without_block(tail)}"
    return f"{_ended(text)}{_gap(text)}{block}"


def without_block(text: str) -> str:
    """The text of an rc file without our block, and without the empty line in front of it."""
    return _BLOCK.sub("", text)


def read(path: Path) -> str:
    """The text of a file that may not exist yet; bytes that are no text survive."""
    try:
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise PackerError(
            f"file cannot be read: {path}: {error.strerror}", reference="completion-unwritable"
        ) from error


def write(path: Path, text: str) -> bool:
    """Replace a file whole, or not at all; says whether there was anything to change.

    Raises:
        PackerError: it cannot be written.
    """
    if path.exists() and read(path) == text:
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path.resolve(), text)
    except OSError as error:
        raise _unwritable(path, error) from error
    return True


def _replace(path: Path, text: str) -> None:
    mode = path.stat().st_mode if path.exists() else 0o644
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _gap(text: str) -> str:
    return "\n" if text else ""


def _told(path: Path, changed: bool) -> str:
    return f"{path}: {'written' if changed else 'unchanged'}"


def _unwritable(path: Path, error: OSError) -> PackerError:
    return PackerError(
        f"file cannot be written: {path}: {error.strerror}",
        hint=f"print the script and put it where you want it: packer completion {SHELLS[0]}",
        reference="completion-unwritable",
    )

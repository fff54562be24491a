"""Every file of an environment with its hash: made when it is complete, looked at ever after.

At each start of a component size and time of every file are compared, and only a file where they
differ is read. ``packer plugins verify`` reads them all. Both name the file that is not what it
was; what happens then is their business.

::

    {"format": 1, "interpreter": ["/usr/bin/python3.11", SIZE, MTIME_NS],
     "top": ["lib/python3.11/site-packages", [NAME, ...]],
     "files": {"lib/python3.11/site-packages/packer_plugin_note.py": [SHA256, SIZE, MTIME_NS],
               "bin/python3": ["-> python", 0, 0]}}
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAME = "packer-files.json"

_FORMAT = 1
_LINK = "-> "
_NOT_LISTED = frozenset({NAME, "packer-receipt.json", "packer-retired"})


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of one generation.

    Attributes:
        files: By path below the environment's folder: SHA-256 (or ``-> TARGET`` of a link), size
            in bytes, time of the last change in nanoseconds.
        libraries: The folders of distributions, below the environment's folder, each with the
            names in it: one more could take the place of a module.
        interpreter: Path, size and time of the Python that the environment was made with.
    """

    files: Mapping[str, tuple[str, int, int]]
    libraries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    interpreter: tuple[str, int, int] = ("", 0, 0)

    def to_json(self) -> str:
        """The content of its file."""
        return json.dumps(
            {
                "format": _FORMAT,
                "interpreter": self.interpreter,
                "libraries": self.libraries,
                "files": self.files,
            }
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Manifest:
        """Read the content of a file.

        Raises:
            ValueError: It is none.
        """
        raw = json.loads(text)
        if not isinstance(raw, dict) or raw.get("format") != _FORMAT:
            raise ValueError(f"not a list of files of format {_FORMAT}")
        try:
            return cls(
                files={str(name): (one[0], one[1], one[2]) for name, one in raw["files"].items()},
                libraries={str(name): tuple(one) for name, one in raw["libraries"].items()},
                interpreter=(raw["interpreter"][0], raw["interpreter"][1], raw["interpreter"][2]),
            )
        except (KeyError, IndexError, TypeError, AttributeError) as error:
            raise ValueError("a part of it is not as it should be") from error

    def changed(self, folder: Path) -> str | None:
        """What is not as it was, as far as a quick look tells: a path, and what became of it.

        Reads only files whose size or time differ.
        """
        base = os.fspath(folder)
        for name, (digest, size, mtime_ns) in self.files.items():
            path = f"{base}/{name}"
            try:
                status = os.lstat(path)
            except OSError:
                return f"{path} is gone"
            if status.st_mtime_ns == mtime_ns and status.st_size == size:
                continue
            if _fingerprint(path) != digest:
                return f"{path} was changed"
        return self._added(base)

    def _added(self, base: str) -> str | None:
        for library, names in self.libraries.items():
            extra = {name for name in os.listdir(f"{base}/{library}") if name != "__pycache__"}
            for name in sorted(extra.difference(names)):
                return f"{base}/{library}/{name} was added"
        return None

    def differences(self, folder: Path) -> list[str]:
        """Everything that is not as it was; every file is read."""
        base = os.fspath(folder)
        found = dict(_walk(base))
        told = [f"{base}/{name} is gone" for name in self.files if name not in found]
        told += [f"{base}/{name} was added" for name in found if name not in self.files]
        told += [
            f"{base}/{name} was changed"
            for name, (digest, _, _) in self.files.items()
            if name in found and _fingerprint(found[name]) != digest
        ]
        return sorted(told)


def take_stock(folder: Path, libraries: tuple[Path, ...], interpreter: str) -> Manifest:
    """List an environment as it is now."""
    base = os.fspath(folder)
    return Manifest(
        files={name: _entry(path) for name, path in sorted(_walk(base))},
        libraries={
            os.path.relpath(library, base): tuple(sorted(os.listdir(library)))
            for library in libraries
        },
        interpreter=look_at_interpreter(interpreter),
    )


def look_at_interpreter(path: str) -> tuple[str, int, int]:
    """Path, size and time of the file behind an interpreter.

    Raises:
        OSError: It is gone.
    """
    real = os.path.realpath(path)
    status = os.stat(real)
    return real, status.st_size, status.st_mtime_ns


def _entry(path: str) -> tuple[str, int, int]:
    status = os.lstat(path)
    return _fingerprint(path) or "", status.st_size, status.st_mtime_ns


def _fingerprint(path: str) -> str | None:
    try:
        if os.path.islink(path):
            return _LINK + os.readlink(path)
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _walk(base: str) -> Iterator[tuple[str, str]]:
    for parent, folders, files in os.walk(base):
        links = [name for name in folders if os.path.islink(f"{parent}/{name}")]
        for name in (*files, *links):
            path = f"{parent}/{name}"
            short = path[len(base) + 1 :]
            if short not in _NOT_LISTED:
                yield short, path

"""Which archive and which compression a file name asks for (PPM-004)."""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_LEVEL = -1
_EXTENSION = re.compile(r"\.([a-z0-9]+)")
_ALGORITHMS = {
    "gz": "gzip",
    "gzip": "gzip",
    "bz2": "bzip2",
    "bzip2": "bzip2",
    "xz": "xz",
    "bgzf": "bgzf",
    "lz4": "lz4",
}
# Names that say both at once; Packer takes them for unknown ones and makes a tar.gz of them.
_BOTH = {"tgz": "gzip", "tbz2": "bzip2", "txz": "xz"}


@dataclass(frozen=True, slots=True)
class Format:
    """What to write.

    Attributes:
        archive: ``tar``, ``zip``, or empty: one file, compressed as it is.
        algorithm: ``gzip``, ``bzip2``, ``xz``, ``bgzf``, ``lz4``, or empty: as they are.
    """

    archive: str
    algorithm: str

    def __str__(self) -> str:
        return "+".join(part for part in (self.archive, self.algorithm) if part)


def format_of(output: str, option: str) -> Format:
    """Deduce it from the last two extensions of the output, continued by the option ``format``.

    The option only tells what is inside; it adds nothing to the name of the file. What is not
    known becomes a tar.gz, whatever the file is called.
    """
    found = _EXTENSION.findall(f"{output}.{option}" if option else output)
    before, last = ["", "", *found][-2:]
    if last in ("tar", "zip"):
        return Format(last, "")
    if last in _BOTH:
        return Format("tar", _BOTH[last])
    if last in _ALGORITHMS:
        return Format("tar" if before == "tar" else "", _ALGORITHMS[last])
    return Format("tar", "gzip")

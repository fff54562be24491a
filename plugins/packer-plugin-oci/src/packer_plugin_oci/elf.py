"""What an ELF file needs to run: its loader and its libraries, read from its own headers.

The file is never run, and neither is its loader: a program may come from anywhere. The search
order is the dynamic loader's (ld.so(8)), without the parts a container does not have:
``LD_LIBRARY_PATH`` and the cache, whose content comes from the same configuration files.
"""

from __future__ import annotations

import os
import re
import struct
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO

MAGIC = b"\x7fELF"
_LOAD, _DYNAMIC, _INTERPRETER = 1, 2, 3
_NEEDED, _STRING_TABLE, _STRING_SIZE, _RPATH, _RUNPATH = 1, 5, 10, 15, 29
_SIZE_MAX = 1 << 20  # of a table we read; a real one has a few kilobytes
_PROGRAM_HEADERS_MAX = 512


class NotElf(ValueError):
    """The file is no ELF file, or a broken one."""


@dataclass(frozen=True, slots=True)
class Elf:
    """The part of an ELF file that says what else has to be there.

    Attributes:
        bits: 32 or 64.
        machine: Number of the instruction set.
        interpreter: Path of the dynamic loader; None for libraries and static programs.
        needed: Names of libraries, in order.
        rpath: Folders to look in first, as written.
        runpath: Folders to look in; if there are any, ``rpath`` is ignored.
    """

    bits: int
    machine: int
    interpreter: str | None = None
    needed: tuple[str, ...] = ()
    rpath: tuple[str, ...] = ()
    runpath: tuple[str, ...] = ()

    def fits(self, other: Elf) -> bool:
        """Whether both can be in one process."""
        return (self.bits, self.machine) == (other.bits, other.machine)


@dataclass(frozen=True, slots=True)
class _Segment:
    type: int
    offset: int
    address: int
    size: int


def read_elf(file: BinaryIO) -> Elf:
    """Read the headers of an ELF file.

    Raises:
        NotElf: it is none.
    """
    try:
        return _read(file)
    except (struct.error, OverflowError) as error:
        raise NotElf(f"broken ELF file: {error}") from error


def _read(file: BinaryIO) -> Elf:
    ident = _bytes_at(file, 0, 64)
    if len(ident) < 52 or ident[:4] != MAGIC or ident[4] not in (1, 2) or ident[5] not in (1, 2):
        raise NotElf("not an ELF file")
    bits, order = (32, 64)[ident[4] - 1], "<>"[ident[5] - 1]
    (machine,) = struct.unpack_from(order + "H", ident, 18)
    segments = list(_segments(file, ident, bits, order))
    tags = list(_dynamic_tags(file, segments, bits, order))
    strings = _string_table(file, segments, tags)
    return Elf(
        bits=bits,
        machine=machine,
        interpreter=_interpreter(file, segments),
        needed=tuple(_string(strings, value) for tag, value in tags if tag == _NEEDED),
        rpath=_folders(strings, tags, _RPATH),
        runpath=_folders(strings, tags, _RUNPATH),
    )


def _bytes_at(file: BinaryIO, offset: int, size: int) -> bytes:
    if size > _SIZE_MAX or offset < 0 or offset >= 1 << 62:
        raise NotElf(f"broken ELF file: a table of {size} bytes at {offset}")
    file.seek(offset)
    return file.read(size)


def _segments(file: BinaryIO, ident: bytes, bits: int, order: str) -> Iterator[_Segment]:
    wide = bits == 64
    (start,) = struct.unpack_from(order + ("Q" if wide else "I"), ident, 32 if wide else 28)
    size, count = struct.unpack_from(order + "HH", ident, 54 if wide else 42)
    if count > _PROGRAM_HEADERS_MAX:
        raise NotElf(f"broken ELF file: {count} program headers")
    table = _bytes_at(file, start, size * count)
    for index in range(count):
        if wide:
            kind, _, offset, address, _, length = struct.unpack_from(
                order + "IIQQQQ", table, index * size
            )
        else:
            kind, offset, address, _, length = struct.unpack_from(
                order + "IIIII", table, index * size
            )
        yield _Segment(kind, offset, address, length)


def _dynamic_tags(
    file: BinaryIO, segments: Sequence[_Segment], bits: int, order: str
) -> Iterator[tuple[int, int]]:
    form = struct.Struct(order + ("qQ" if bits == 64 else "iI"))
    for segment in segments:
        if segment.type != _DYNAMIC:
            continue
        table = _bytes_at(file, segment.offset, segment.size)
        for tag, value in form.iter_unpack(table[: len(table) // form.size * form.size]):
            if tag == 0:
                return
            yield tag, value


def _string_table(
    file: BinaryIO, segments: Sequence[_Segment], tags: Sequence[tuple[int, int]]
) -> bytes:
    table = dict(tags)
    address, size = table.get(_STRING_TABLE), table.get(_STRING_SIZE)
    if address is None or size is None:
        return b""
    for segment in segments:
        if segment.type == _LOAD and segment.address <= address < segment.address + segment.size:
            return _bytes_at(file, segment.offset + address - segment.address, size)
    return b""


def _string(strings: bytes, offset: int) -> str:
    end = strings.find(b"\0", offset)
    if not 0 <= offset < len(strings) or end < 0:
        raise NotElf(f"broken ELF file: no string at {offset}")
    return os.fsdecode(strings[offset:end])


def _folders(strings: bytes, tags: Iterable[tuple[int, int]], wanted: int) -> tuple[str, ...]:
    texts = [_string(strings, value) for tag, value in tags if tag == wanted]
    return tuple(folder for text in texts for folder in text.split(":") if folder)


def _interpreter(file: BinaryIO, segments: Iterable[_Segment]) -> str | None:
    for segment in segments:
        if segment.type == _INTERPRETER:
            return os.fsdecode(_bytes_at(file, segment.offset, segment.size).rstrip(b"\0"))
    return None


@dataclass(frozen=True, slots=True)
class Missing:
    """A library that was found nowhere."""

    name: str
    needed_by: str


def libraries(
    program: str, elf: Elf, read: Callable[[str], Elf | None], folders: Sequence[str]
) -> tuple[list[str], list[Missing]]:
    """Find everything a program is linked with, directly or not.

    Args:
        program: Absolute path of the program.
        elf: What its headers say.
        read: Gives the headers of a file, None if there is no such ELF file.
        folders: Where the loader looks at last: configured folders, then the built-in ones.

    Returns:
        Paths as the loader would open them, in the order they are found, and what is missing.
    """
    found: dict[str, str] = {}
    missing: list[Missing] = []
    # The search of an RPATH goes up the chain of who needed whom; RUNPATH is the file's own.
    queue: list[tuple[str, Elf, tuple[str, ...]]] = [(program, elf, ())]
    while queue:
        path, current, inherited = queue.pop(0)
        own = [expand(folder, path) for folder in current.runpath or current.rpath]
        chain = inherited if current.runpath else (*own, *inherited)
        search = [*own, *folders] if current.runpath else [*chain, *folders]
        for name in current.needed:
            if name in found:
                continue
            hit = _find(name, current, read, search)
            if hit is None:
                missing.append(Missing(name, path))
                continue
            found[name] = hit[0]
            queue.append((*hit, chain))
    return list(found.values()), missing


def _find(
    name: str, wanted_by: Elf, read: Callable[[str], Elf | None], search: Sequence[str]
) -> tuple[str, Elf] | None:
    candidates = [name] if "/" in name else [f"{folder}/{name}" for folder in search]
    for candidate in candidates:
        elf = read(candidate)
        if elf is not None and elf.fits(wanted_by):
            return candidate, elf
    return None


def expand(folder: str, path: str) -> str:
    """Fill in where the file lies: ``$ORIGIN/../lib``."""
    origin = os.path.dirname(os.path.realpath(path))
    return folder.replace("${ORIGIN}", origin).replace("$ORIGIN", origin)


def loader_folders(
    read_text: Callable[[str], str],
    expand_glob: Callable[[str], list[str]],
    path: str = "/etc/ld.so.conf",
) -> list[str]:
    """Folders named in ``/etc/ld.so.conf`` and the files it includes, in order.

    Args:
        read_text: Gives the text of a file, empty if there is none.
        expand_glob: Gives the files a pattern names, sorted.
        path: The file to begin with.
    """
    return list(dict.fromkeys(_configured(read_text, expand_glob, path, (path,))))


def _configured(
    read_text: Callable[[str], str],
    expand_glob: Callable[[str], list[str]],
    path: str,
    including: tuple[str, ...],
) -> Iterator[str]:
    for line in read_text(path).splitlines():
        words = re.split(r"[\s:,]+", line.split("#")[0].strip())
        if words[0] != "include":
            yield from (word for word in words if word.startswith("/"))
            continue
        for pattern in words[1:]:
            for included in expand_glob(os.path.join(os.path.dirname(path), pattern)):
                if included not in including:
                    yield from _configured(read_text, expand_glob, included, (*including, included))

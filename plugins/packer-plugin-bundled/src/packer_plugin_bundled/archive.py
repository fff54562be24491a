"""Writing archives: a piece at a time, the same bytes from the same files.

With ``SOURCE_DATE_EPOCH`` no time later than that gets into an archive; owners and the name of
the file never do. https://reproducible-builds.org/specs/source-date-epoch/
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from .files import in_words
from .formats import DEFAULT_LEVEL
from .transfer import Watched, chunks

if TYPE_CHECKING:
    import tarfile
    import zipfile
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from packer_sdk import CancelToken

    from .formats import Format

_ZIP_EPOCH_S = 315532800  # 1980-01-01, the earliest a zip can tell
_ZIP_END_S = 4354819198  # 2107-12-31, the latest
_ZIP64_FROM_BYTES = 2**31 - 2**20  # deflating may make it a little larger


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """How to pack.

    Attributes:
        format: Archive and compression.
        level: 1 to 9, or ``DEFAULT_LEVEL``.
        epoch_s: Latest time that may be told, in seconds since 1970; None allows all.
        cancel: Looked at before every read.
        report: Gets numbers of bytes read.
    """

    format: Format
    level: int
    epoch_s: int | None
    cancel: CancelToken
    report: Callable[[int], None] | None = None

    def write(self, paths: Sequence[str], target: BinaryIO) -> None:
        """Write the whole archive."""
        with ExitStack() as stack:
            inner = self._compressed(target, stack)
            if self.format.archive == "tar":
                self._write_tar(paths, inner)
            elif self.format.archive == "zip":
                self._write_zip(paths, inner)
            else:
                self._copy(paths[0], inner)

    def _compressed(self, target: BinaryIO, stack: ExitStack) -> BinaryIO:
        # Each is imported by who needs it: starting a plugin must stay quick.
        match self.format.algorithm:
            case "gzip":
                import gzip  # noqa: PLC0415

                level = 6 if self.level == DEFAULT_LEVEL else self.level
                opened: object = gzip.GzipFile(
                    filename="", mode="wb", compresslevel=level, fileobj=target, mtime=self._now()
                )
            case "bzip2":
                import bz2  # noqa: PLC0415

                opened = bz2.BZ2File(
                    target, "wb", compresslevel=9 if self.level == DEFAULT_LEVEL else self.level
                )
            case "xz":
                import lzma  # noqa: PLC0415

                preset = None if self.level == DEFAULT_LEVEL else self.level
                opened = lzma.LZMAFile(target, "wb", preset=preset)  # noqa: SIM115 - entered below
            case "bgzf":
                from .bgzf import BgzfWriter  # noqa: PLC0415

                opened = BgzfWriter(target, 6 if self.level == DEFAULT_LEVEL else self.level)
            case _:
                return target
        return stack.enter_context(cast("BinaryIO", opened))

    def _now(self) -> int:
        return self._told(int(time.time()))

    def _told(self, moment_s: float) -> int:
        return int(moment_s if self.epoch_s is None else min(moment_s, self.epoch_s))

    def _copy(self, path: str, target: BinaryIO) -> None:
        with self._opened(path) as source:
            target.writelines(chunks(source))

    def _opened(self, path: str) -> Watched:
        with in_words("read", path):
            return _OwningWatched(open(path, "rb"), self.cancel, self.report)  # noqa: PTH123

    def _write_tar(self, paths: Sequence[str], target: BinaryIO) -> None:
        import tarfile  # noqa: PLC0415

        with tarfile.open(
            fileobj=target, mode="w|", format=tarfile.PAX_FORMAT, bufsize=1 << 20
        ) as archive:
            for path in entries(paths):
                self._add_to_tar(archive, path)

    def _add_to_tar(self, archive: tarfile.TarFile, path: str) -> None:
        with in_words("read", path):
            entry = archive.gettarinfo(path)
        # A second name of the same file would become a link that only a whole archive can hold.
        if entry.islnk():
            entry.type, entry.linkname, entry.size = b"0", "", Path(path).stat().st_size
        entry.mtime = self._told(entry.mtime)
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        if not entry.isreg():
            archive.addfile(entry)
            return
        with self._opened(path) as source:
            archive.addfile(entry, cast("BinaryIO", source))

    def _write_zip(self, paths: Sequence[str], target: BinaryIO) -> None:
        import zipfile  # noqa: PLC0415

        level = 6 if self.level == DEFAULT_LEVEL else self.level
        with zipfile.ZipFile(
            target, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=level
        ) as archive:
            for path in entries(paths):
                self._add_to_zip(archive, path)

    def _add_to_zip(self, archive: zipfile.ZipFile, path: str) -> None:
        import zipfile  # noqa: PLC0415

        with in_words("read", path):
            status = os.lstat(path)
        moment = min(max(self._told(status.st_mtime), _ZIP_EPOCH_S), _ZIP_END_S)
        name = path.lstrip("/") + ("/" if stat.S_ISDIR(status.st_mode) else "")
        entry = zipfile.ZipInfo(name, time.gmtime(moment)[:6])
        entry.create_system = 3  # Unix: the mode below means something
        entry.external_attr = status.st_mode << 16
        entry.compress_type = archive.compression
        if stat.S_ISDIR(status.st_mode) or stat.S_ISLNK(status.st_mode):
            text = "" if stat.S_ISDIR(status.st_mode) else os.readlink(path)  # noqa: PTH115
            entry.compress_type = zipfile.ZIP_STORED
            archive.writestr(entry, text)
            return
        is_large = status.st_size >= _ZIP64_FROM_BYTES
        with self._opened(path) as source, archive.open(entry, "w", force_zip64=is_large) as sink:
            for piece in chunks(source):
                sink.write(piece)


class _OwningWatched(Watched):
    """A watched file that is closed with the watcher."""

    def close(self) -> None:
        self._source.close()
        super().close()


def entries(paths: Sequence[str]) -> Iterator[str]:
    """The paths as they are given, folders followed by what is in them, sorted."""
    for path in paths:
        yield path
        if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114
            inner = sorted(os.listdir(path))  # noqa: PTH208
            yield from entries([f"{path.rstrip('/')}/{name}" for name in inner])


def size_of(paths: Sequence[str]) -> int:
    """Bytes in all files of the paths together."""
    return sum(
        status.st_size
        for status in (os.lstat(path) for path in entries(paths))
        if stat.S_ISREG(status.st_mode)
    )

"""Compressed streams: reading whatever a layer comes in, and packing our own.

gzip, because every registry and engine takes it; level 6 and no time in the header, so that the
same layer has the same digest. That holds for one zlib: another implementation (zlib-ng) packs the
same bytes differently, which is what ``compression = "none"`` is for. The digest of the unpacked
layer (diff_id) is the same everywhere.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import importlib
import lzma
import zlib
from contextlib import contextmanager
from typing import cast

from packer_sdk import ComponentError

from .image import LAYER, LAYER_GZIP, Descriptor, Layer
from .layout import BlobWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator
    from typing import IO, BinaryIO

    from .layout import Layout, Sink

    Stream = IO[bytes] | io.BufferedIOBase

_LEVEL = 6
_CHUNK = 1 << 18
_GZIP, _BZIP2, _XZ, _ZSTD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"


class HashingReader:
    """A stream that hashes what is read from it."""

    def __init__(self, file: Stream) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read at most ``size`` bytes."""
        data = self._file.read(size)
        self._hash.update(data)
        return data

    def digest_of_all(self) -> str:
        """Read to the end and return the digest of everything."""
        while self.read(_CHUNK):
            pass
        return f"sha256:{self._hash.hexdigest()}"


@contextmanager
def unpacked(path: str) -> Iterator[HashingReader]:
    """Open a file for reading, unpacked, whatever it is packed with.

    Raises:
        ComponentError: it is damaged, or packed with zstd, which this Python does not know.
    """
    try:
        with open(path, "rb") as file, _opener(file)(file) as stream:
            yield HashingReader(stream)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise ComponentError(f"damaged archive: {path}: {error}") from error


def _opener(file: BinaryIO) -> Callable[[BinaryIO], Stream]:
    start = file.read(6)
    file.seek(0)
    if start.startswith(_GZIP):
        return lambda source: gzip.GzipFile(fileobj=source, mode="rb")
    if start.startswith(_BZIP2):
        return bz2.BZ2File
    if start.startswith(_XZ):
        return lzma.LZMAFile
    if start.startswith(_ZSTD):
        return _open_zstd
    return lambda source: source


def _open_zstd(source: BinaryIO) -> Stream:
    try:
        zstd = importlib.import_module("compression.zstd")
    except ImportError:
        raise ComponentError(
            "packed with zstd, which needs Python 3.14",
            hint="repack it: zstd -d FILE for a tarball, or "
            "skopeo copy --dest-compress-format gzip SOURCE oci:FOLDER:TAG for an image",
        ) from None
    stream: Stream = zstd.ZstdFile(source)
    return stream


def pack_layer(layout: Layout, compression: str, write: Callable[[Sink], None]) -> Layer:
    """Write a layer into a layout.

    Args:
        layout: Where to.
        compression: ``gzip`` or ``none``.
        write: Writes the archive, uncompressed, to what it is given.
    """
    with layout.new_blob() as blob:
        if compression == "none":
            write(blob)
            return Layer(Descriptor(LAYER, blob.digest, blob.size), blob.digest)
        with gzip.GzipFile("", "wb", _LEVEL, cast("BinaryIO", blob), mtime=0) as packed:
            plain = BlobWriter(packed)
            write(plain)
        return Layer(Descriptor(LAYER_GZIP, blob.digest, blob.size), plain.digest)

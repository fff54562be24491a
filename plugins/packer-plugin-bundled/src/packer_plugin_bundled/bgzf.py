"""BGZF: gzip in blocks of at most 64 KiB, which readers can find their way in.

The format is in section 4.1 of the SAM specification: every block is a gzip member with an extra
field ``BC`` that tells its length, and an empty block ends the file.
"""

from __future__ import annotations

import io
import struct
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

_BLOCK_BYTES = 0xFF00  # stored as they are, with their header, these still fit into 64 KiB
_HEADER = struct.Struct("<4BI2BH2BHH")
_TRAILER = struct.Struct("<II")
_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


class BgzfWriter(io.RawIOBase):
    """Compresses what is written to it; closing it ends the file, not the target.

    Args:
        target: Where the blocks go.
        level: 1 to 9.
    """

    def __init__(self, target: BinaryIO, level: int) -> None:
        self._target = target
        self._level = level
        self._pending = bytearray()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Take bytes; whole blocks are written at once."""
        self._pending += data
        while len(self._pending) >= _BLOCK_BYTES:
            self._write_block(bytes(self._pending[:_BLOCK_BYTES]))
            del self._pending[:_BLOCK_BYTES]
        return len(data)

    def close(self) -> None:
        """Write what is left, and the empty block."""
        if not self.closed:
            if self._pending:
                self._write_block(bytes(self._pending))
                self._pending.clear()
            self._target.write(_END)
        super().close()

    def _write_block(self, data: bytes) -> None:
        deflate = zlib.compressobj(self._level, zlib.DEFLATED, -15)
        body = deflate.compress(data) + deflate.flush()
        size_bytes = _HEADER.size + len(body) + _TRAILER.size
        header = _HEADER.pack(31, 139, 8, 4, 0, 0, 255, 6, 66, 67, 2, size_bytes - 1)
        self._target.write(header + body + _TRAILER.pack(zlib.crc32(data), len(data)))

from __future__ import annotations

import gzip
import io
import os
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from packer_plugin_bundled.bgzf import BgzfWriter

END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def packed(pieces: list[bytes], level: int = 6) -> bytes:
    target = io.BytesIO()
    with BgzfWriter(target, level) as writer:
        for piece in pieces:
            assert writer.write(piece) == len(piece)
    return target.getvalue()


def block_sizes(data: bytes) -> list[int]:
    """Walk from block to block by the lengths in their headers, as a reader would."""
    sizes, position = [], 0
    while position < len(data):
        assert data[position : position + 4] == b"\x1f\x8b\x08\x04"
        assert data[position + 12 : position + 14] == b"BC"
        (size,) = struct.unpack_from("<H", data, position + 16)
        sizes.append(size + 1)
        position += size + 1
    assert position == len(data)
    return sizes


@settings(deadline=None)
@given(st.lists(st.binary(max_size=200)))
def test_what_is_packed_is_gzip_of_the_same_bytes(pieces: list[bytes]) -> None:
    data = packed(pieces)
    assert gzip.decompress(data) == b"".join(pieces)
    assert data.endswith(END)


def test_blocks_of_what_cannot_be_compressed_fit_and_link_up() -> None:
    data = os.urandom(400_000)
    result = packed([data[:70_000], data[70_000:]])
    assert gzip.decompress(result) == data
    assert max(block_sizes(result)) <= 65536
    assert len(block_sizes(result)) == 400_000 // 0xFF00 + 2


def test_nothing_is_the_end_block_alone() -> None:
    assert packed([]) == END


def test_closing_twice_writes_one_end() -> None:
    target = io.BytesIO()
    writer = BgzfWriter(target, 1)
    writer.close()
    writer.close()
    assert target.getvalue() == END

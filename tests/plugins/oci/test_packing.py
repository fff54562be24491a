from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import sys
from pathlib import Path

import pytest

from packer_plugin_oci.image import LAYER, LAYER_GZIP
from packer_plugin_oci.layout import Layout, Sink
from packer_plugin_oci.packing import pack_layer, unpacked
from packer_sdk import ComponentError

TEXT = b"text" * 1000


def _write_text(target: Sink) -> None:
    target.write(TEXT)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, bz2.compress, lzma.compress])
def test_unpacked_reads_what_the_standard_library_packs(pack: object, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(pack(TEXT))  # type: ignore[operator]
    with unpacked(str(path)) as stream:
        assert stream.read(4) == b"text"
        digest = stream.digest_of_all()
    assert digest == f"sha256:{hashlib.sha256(TEXT).hexdigest()}"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_unpacked_of_half_a_file_is_a_readable_error(pack: object, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(pack(TEXT)[:-12])  # type: ignore[operator]
    with pytest.raises(ComponentError, match="damaged archive"), unpacked(str(path)) as stream:
        stream.digest_of_all()


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python knows zstd")
def test_unpacked_of_zstd_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\x28\xb5\x2f\xfd" + bytes(20))
    with pytest.raises(ComponentError) as caught, unpacked(str(path)):
        pass
    assert caught.value.hint
    assert "zstd -d" in caught.value.hint


@pytest.mark.parametrize(("compression", "kind"), [("gzip", LAYER_GZIP), ("none", LAYER)])
def test_pack_layer_gives_equal_bytes_and_both_digests(
    compression: str, kind: str, tmp_path: Path
) -> None:
    found = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        layout = Layout(str(tmp_path / name))
        layer = pack_layer(layout, compression, _write_text)
        found.append(layer)
        path = layout.blob_path(layer.descriptor.digest)
        packed = Path(path).read_bytes()
        assert hashlib.sha256(packed).hexdigest() == layer.descriptor.digest[7:]
        assert len(packed) == layer.descriptor.size
        with unpacked(path) as stream:
            assert stream.digest_of_all() == layer.diff_id
    assert found[0] == found[1]
    assert found[0].descriptor.media_type == kind

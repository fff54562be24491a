from __future__ import annotations

import pytest

from packer_plugin_bundled.formats import Format, format_of


@pytest.mark.parametrize(
    ("output", "option", "expected"),
    [
        ("packer_web_file", "", Format("tar", "gzip")),
        ("disk.tar", "", Format("tar", "")),
        ("disk.zip", "", Format("zip", "")),
        ("disk.gz", "", Format("", "gzip")),
        ("disk.tar.gz", "", Format("tar", "gzip")),
        ("disk.tar.bz2", "", Format("tar", "bzip2")),
        ("disk.tar.xz", "", Format("tar", "xz")),
        ("disk.tar.bgzf", "", Format("tar", "bgzf")),
        ("disk.img.xz", "", Format("", "xz")),
        ("disk.bz2", "", Format("", "bzip2")),
        ("disk.lz4", "", Format("", "lz4")),
        ("disk.tgz", "", Format("tar", "gzip")),
        ("disk.txz", "", Format("tar", "xz")),
        ("disk.tbz2", "", Format("tar", "bzip2")),
        ("disk.unknown", "", Format("tar", "gzip")),
        ("disk", "zip", Format("zip", "")),
        ("disk.gz", "zip", Format("zip", "")),
        ("disk", "tar.gz", Format("tar", "gzip")),
        ("disk.tar", "xz", Format("tar", "xz")),
        ("some.folder/disk", "", Format("tar", "gzip")),
    ],
)
def test_format_of_the_last_two_extensions(output: str, option: str, expected: Format) -> None:
    assert format_of(output, option) == expected


def test_format_reads_well() -> None:
    assert str(Format("tar", "gzip")) == "tar+gzip"
    assert str(Format("zip", "")) == "zip"

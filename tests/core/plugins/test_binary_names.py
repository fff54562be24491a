from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.plugins.binary_names import BinaryName, platform_suffix
from packer_core.plugins.semver import Version

SUFFIX = "_linux_amd64"


@pytest.mark.parametrize(
    ("system", "machine", "suffix"),
    [
        ("linux", "x86_64", "_linux_amd64"),
        ("linux", "aarch64", "_linux_arm64"),
        ("linux", "armv7l", "_linux_arm"),
        ("linux", "i686", "_linux_386"),
        ("linux", "s390x", "_linux_s390x"),
        ("darwin", "arm64", "_darwin_arm64"),
        ("freebsd14", "amd64", "_freebsd_amd64"),
        ("win32", "AMD64", "_windows_amd64.exe"),
    ],
)
def test_platforms_are_called_as_go_calls_them(system: str, machine: str, suffix: str) -> None:
    assert platform_suffix(system=system, machine=machine) == suffix


@given(
    st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}", fullmatch=True),
    st.tuples(*[st.integers(0, 10**6)] * 3),
    st.sampled_from(["", "dev", "beta.2"]),
    st.tuples(st.integers(0, 99), st.integers(0, 99)),
)
def test_a_name_is_read_as_it_was_made(
    plugin: str, numbers: tuple[int, int, int], pre: str, api: tuple[int, int]
) -> None:
    name = BinaryName(plugin, Version(numbers, pre), api)
    assert BinaryName.read(name.file_name(SUFFIX), SUFFIX) == name


@pytest.mark.parametrize(
    "name",
    [
        "packer-plugin-cloud_v1.0.0_x5.0_linux_arm64",
        "packer-plugin-cloud_v1.0.0_x5.0_linux_amd64_SHA256SUM",
        "packer-builder-cloud_v1.0.0_x5.0_linux_amd64",
        "terraform-provider-cloud_v1.0.0_x5.0_linux_amd64",
        "packer-plugin-cloud",
    ],
)
def test_names_of_others_are_none(name: str) -> None:
    assert BinaryName.read(name, SUFFIX) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("packer-plugin-cloud_1.0.0_x5.0_linux_amd64", "its name is not"),
        ("packer-plugin-cloud_v1.0.0_linux_amd64", "its name is not"),
        ("packer-plugin-cloud_v1.0.0_5.0_linux_amd64", "its name is not"),
        ("packer-plugin-cloud_v01.0.0_x5.0_linux_amd64", "not a version: 01.0.0"),
        ("packer-plugin-cloud_v1.0_x5.0_linux_amd64", "not a version: 1.0"),
        ("packer-plugin-cloud_v1.0.0+a_x5.0_linux_amd64", "no place for metadata: [+]a"),
    ],
)
def test_near_misses_say_why(name: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        BinaryName.read(name, SUFFIX)


def test_a_release_beats_its_pre_release_and_then_the_api_decides() -> None:
    names = [
        BinaryName("x", Version.read(version), (5, minor))
        for version, minor in [("1.0.0-dev", 1), ("1.0.0", 0), ("1.0.0", 1), ("1.0.1-dev", 0)]
    ]
    backwards = names[::-1]
    assert sorted(backwards, key=lambda one: one.rank) == names

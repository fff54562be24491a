from __future__ import annotations

import re
from importlib import metadata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.versions import API_VERSION, PROTOCOL_VERSION, SDK_VERSION, semantic_version
from packer_sdk.wire import handshake

ACCEPTED = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(-dev)?"  # the only pre-release that can be installed (protocol section 1.7)
    r"(\+[0-9a-z-]+(\.[0-9a-z-]+)*)?"
)


@pytest.mark.parametrize(
    ("python", "semantic"),
    [
        ("1.2.3", "1.2.3"),
        ("1", "1.0.0"),
        ("0.2", "0.2.0"),
        ("0.2.dev1", "0.2.0-dev"),
        ("1.0.0-dev", "1.0.0-dev"),
        ("1.0a1.dev3", "1.0.0-dev+a.1"),
        ("1.0a1", "1.0.0-dev+a.1"),
        ("1.0.0rc2", "1.0.0-dev+rc.2"),
        ("1.0.0-preview_3", "1.0.0-dev+rc.3"),
        ("1.0b", "1.0.0-dev+b.0"),
        ("1.0.post2", "1.0.0+post.2"),
        ("1.0-4", "1.0.0+post.4"),
        ("1.0+local.7_x", "1.0.0+local.7.x"),
        ("1.2.3.4", "1.2.3+r.4"),
        ("1!2.0", "2.0.0"),
        ("v01.02", "1.2.0"),
        (" 1.0 ", "1.0.0"),
    ],
)
def test_semantic_version_of_a_python_version(python: str, semantic: str) -> None:
    assert semantic_version(python) == semantic


@pytest.mark.parametrize("text", ["", "x", "1.", "1.0.0-banana", "1..2"])
def test_semantic_version_of_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no version: "):
        semantic_version(text)


numbers = st.integers(0, 10**6).map(str)


@given(
    release=st.lists(numbers, min_size=1, max_size=5).map(".".join),
    pre=st.sampled_from(["", "a1", "b2", "rc3"]),
    post=st.sampled_from(["", ".post1"]),
    dev=st.sampled_from(["", ".dev4"]),
    local=st.sampled_from(["", "+deb.1"]),
)
def test_semantic_version_is_always_one_that_packer_installs(
    release: str, pre: str, post: str, dev: str, local: str
) -> None:
    assert ACCEPTED.fullmatch(semantic_version(release + pre + post + dev + local))


def test_the_sdk_version_is_that_of_the_distribution() -> None:
    assert metadata.version("packer-sdk") == SDK_VERSION


def test_the_api_version_is_that_of_the_handshake() -> None:
    assert f"x{handshake.API_VERSION}" == API_VERSION
    assert PROTOCOL_VERSION == "v2"

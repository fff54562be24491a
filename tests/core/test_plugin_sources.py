from __future__ import annotations

import pytest

from packer_core.plugin_sources import PluginSource, is_remote, read_source


@pytest.mark.parametrize(
    ("text", "distribution", "is_release"),
    [
        ("github.com/hashicorp/docker", "", True),
        ("example.com/deep/er/own", "", False),
        ("localhost/python/note", "", False),
        ("pypi.org/packer-plugin-note", "packer-plugin-note", False),
        ("pypi.org/Some_Other.Name", "some-other-name", False),
        ("packer-plugin-note", "packer-plugin-note", False),
    ],
)
def test_source_says_what_it_is(text: str, distribution: str, is_release: bool) -> None:
    source = read_source(text)
    assert source == PluginSource(text, distribution)
    assert source.is_release is is_release


@pytest.mark.parametrize(
    "text", ["", "docker", "hashicorp/docker", "pypi.org/", "pypi.org/-x", "a b/c/d", "/a/b/c"]
)
def test_what_is_no_source_is_refused(text: str) -> None:
    """A name alone must begin with packer-: nobody gets a library that is called like a plugin."""
    with pytest.raises(ValueError, match="not a source of a plugin"):
        read_source(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("github.com/hashicorp/docker", True),
        ("./plugins/packer-plugin-oci", False),
        ("packer-plugin-note", False),
        ("https://example.com/x/y", False),
        ("a/b/c", False),
    ],
)
def test_word_on_the_command_line_may_be_an_address(text: str, expected: bool) -> None:
    assert is_remote(text) is expected

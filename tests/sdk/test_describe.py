from __future__ import annotations

import json

import pytest

from packer_sdk.describe import describe, short_name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("note", "-packer-default-plugin-name-"),
        ("note-big", "big"),
        ("note-note", "note"),
        ("notes", "notes"),
        ("other", "other"),
    ],
)
def test_short_name_is_what_packer_puts_the_plugin_in_front_of(name: str, short: str) -> None:
    assert short_name("note", name) == short


def test_a_distribution_without_components_has_empty_lists() -> None:
    described = json.loads(describe("pytest"))
    assert [described[kind] for kind in ("builders", "provisioners", "post_processors")] == [
        [],
        [],
        [],
    ]


def test_describing_what_is_not_installed_fails() -> None:
    with pytest.raises(LookupError, match="not installed"):
        describe("packer-plugin-nowhere")

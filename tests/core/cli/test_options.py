from __future__ import annotations

import click
import pytest

from packer_core.cli import options


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("a,b",), ("a", "b")),
        (("a , b", "c"), ("a", "b", "c")),
        (("*.{a,b}",), ("*.{a,b}",)),
        (("x,*.{a,b}.y,z",), ("x", "*.{a,b}.y", "z")),
        (("{a,b",), ("{a", "b")),
        ((",", ""), ()),
    ],
)
def test_names_are_parted_at_commas_outside_of_braces(
    words: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    callback = options.ONLY.callback
    assert callback is not None
    context = click.Context(click.Command("build"))
    assert callback(context, options.ONLY, words) == parts

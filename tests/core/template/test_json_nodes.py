from __future__ import annotations

import pytest

from packer_core.template.json_nodes import describe, option, plain
from packer_core.template.json_reader import read_json

TEXT = b'{"s": "x", "i": 1, "f": 1.5, "b": true, "n": null, "a": [2, {"i": 3}, false]}'


def test_plain_keeps_integers() -> None:
    root = read_json(TEXT, "box.json").root
    assert root is not None
    assert repr(plain(root)) == repr(
        {"s": "x", "i": 1, "f": 1.5, "b": True, "n": None, "a": [2, {"i": 3}, False]}
    )


def test_option_makes_every_number_a_float_and_no_boolean() -> None:
    root = read_json(TEXT, "box.json").root
    assert root is not None
    assert repr(option(root)) == repr(
        {"s": "x", "i": 1.0, "f": 1.5, "b": True, "n": None, "a": [2.0, {"i": 3.0}, False]}
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{}", "an object"),
        ("[]", "an array"),
        ('""', "a string"),
        ("0", "a number"),
        ("1.5", "a number"),
        ("true", "true"),
        ("false", "false"),
        ("null", "null"),
    ],
)
def test_describe_uses_a_users_words(text: str, words: str) -> None:
    root = read_json(text.encode(), "box.json").root
    assert root is not None
    assert describe(root) == words

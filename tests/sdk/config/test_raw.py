"""From the elements core sends to one map."""

from __future__ import annotations

from decimal import Decimal

import pytest

from packer_sdk.config.raw import key_text, merge, split_placeholders

PLACEHOLDERS = {"ID": "Build_ID. x", "PackerRunUUID": "Build_PackerRunUUID. To set this"}


def merged(*configs: object) -> dict[str, object]:
    problems: list[object] = []
    result = merge(configs, problems)  # type: ignore[arg-type]  # any list will do
    assert not problems
    return result


def test_merge_later_wins_and_null_sets_nothing() -> None:
    assert merged({"a": 1, "b": 2}, None, {"a": 3, "b": None}) == {"a": 3, "b": 2}


def test_merge_lays_maps_over_each_other_and_replaces_lists() -> None:
    one = {"env": {"A": "1", "B": "1"}, "list": [1, 2], "x": "text"}
    two = {"env": {"A": "2", "B": None}, "list": [3], "x": {"y": 1}}
    assert merged(one, two) == {"env": {"A": "2", "B": "1"}, "list": [3], "x": {"y": 1}}
    assert one["env"] == {"A": "1", "B": "1"}, "what was given stays as it was"


def test_merge_reads_cty_values() -> None:
    element = (
        b'{"value":{"b":null,"n":12345678901234567890.5,"s":"x","l":[1,2],"d":{"value":"v",'
        b'"type":"string"},"m":{"k":true},"t":["a",1]},"type":["object",{"b":"bool","n":"number",'
        b'"s":"string","l":["list","number"],"d":"dynamic","m":["map","bool"],'
        b'"t":["tuple",["string","number"]]}]}'
    )
    assert merged({"s": "old", "b": False}, element) == {
        "b": False, "n": Decimal("12345678901234567890.5"), "s": "x", "l": [1, 2], "d": "v",
        "m": {"k": True}, "t": ["a", 1],
    }  # fmt: skip


def test_merge_takes_a_cty_null_for_nothing() -> None:
    assert merged(b"null", b'{"value":null,"type":["object",{}]}') == {}


@pytest.mark.parametrize(
    "element",
    [
        b"", b"{", b"\xff", b"5", b'{"value":1}', b'{"value":1,"type":"number","x":1}',
        b'{"value":1,"type":["list","number"]}', b'{"value":"x","type":"nothing"}',
        b'{"value":"x","type":"string"}', b'{"value":{"a":1},"type":"dynamic"}',
        b'{"value":[1],"type":["tuple",["number","number"]]}', b"[" * 100_000, 5, "text", [], True,
        b'{"value":1' + b"0" * 5000 + b',"type":"number"}',
    ],
    ids=lambda element: repr(element)[:40],
)  # fmt: skip
def test_merge_tells_of_what_is_no_configuration(element: object) -> None:
    problems: list[object] = []
    assert merge([{"a": 1}, element], problems) == {"a": 1}  # type: ignore[arg-type]  # as above
    assert len(problems) == 1
    assert str(problems[0]).startswith("configuration element 1 ")


def test_placeholders_are_taken_off_the_end_only() -> None:
    assert split_placeholders([{"a": 1}, PLACEHOLDERS]) == ([{"a": 1}], PLACEHOLDERS)
    assert split_placeholders([PLACEHOLDERS, {"a": 1}])[1] is None
    assert split_placeholders([]) == ([], None)
    assert split_placeholders([{"PackerRunUUID": "x"}])[1] is None


@pytest.mark.parametrize(("key", "text"), [("a", "a"), (b"a\xff", "a\udcff"), (5, "5")])
def test_key_text(key: object, text: str) -> None:
    assert key_text(key) == text

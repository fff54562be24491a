from __future__ import annotations

import json
import math
import sys
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from packer_core.template.json_nodes import Array, Object, Scalar, plain
from packer_core.template.json_reader import MOST_LEVELS, read_json

if TYPE_CHECKING:
    from packer_core.template.json_nodes import Node
    from packer_core.template.json_reader import Document

CHARACTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.text(CHARACTERS)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=30,
)
JSONISH = st.text(
    st.sampled_from(list("{}[]:,\"\\ \t\r\n-+.0123456789eEtrufalsn'/#xé\x00\ufeff")) | CHARACTERS
)


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _float64(raw: str) -> float:
    if math.isinf(float(raw)):
        raise ValueError(raw)
    return float(raw) if set(raw) & set(".eE") else int(raw)


def _judge(data: bytes) -> object:
    """What the standard library makes of it, minus words that are no JSON and huge numbers."""
    return json.loads(
        data.decode("utf-8-sig"),
        parse_constant=_refuse,
        parse_float=_float64,
        parse_int=_float64,
    )


def _read(text: str) -> Document:
    return read_json(text.encode(), "box.json")


def _nodes(node: Node) -> list[Node]:
    if isinstance(node, Array):
        return [node, *(inner for item in node.items for inner in _nodes(item))]
    if isinstance(node, Object):
        members = node.members.values()
        return [node, *(inner for member in members for inner in _nodes(member.value))]
    return [node]


@given(
    VALUES,
    st.sampled_from([None, 0, 3, "\t"]),
    st.booleans(),
    st.sampled_from([(",", ":"), (", ", ": "), (" ,\r\n", " : ")]),
)
def test_value_is_that_of_the_standard_library(
    value: object, indent: int | str | None, ascii_only: bool, separators: tuple[str, str]
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only, separators=separators)
    document = _read(text)
    assert document.diagnostics == ()
    assert document.root is not None
    found = plain(document.root)
    assert found == value
    # Equal numbers may differ in type, and equal objects in order; text shows both.
    assert json.dumps(found) == json.dumps(value)


@given(JSONISH.map(str.encode) | st.binary())
@example(b'{"a":1e999}')
@example(b'"\\ud800\\udc00\\ud800"')
@example(b"-")
@example(b"\xef\xbb\xbf{}")
@example(b"[1]]")
@example("[1\x85]".encode())
@example("[\N{ARABIC-INDIC DIGIT ONE}]".encode())
def test_verdict_is_that_of_the_standard_library_on_any_bytes(data: bytes) -> None:
    document = read_json(data, "box.json")
    try:
        expected = _judge(data)
    except (ValueError, RecursionError):
        assert document.root is None
        assert document.diagnostics
        return
    assert document.root is not None, document.diagnostics
    assert _without_halves(plain(document.root)) == _without_halves(expected)


def _without_halves(value: object) -> str:
    """As text, with halves of surrogate pairs replaced: the one thing that is read otherwise."""
    text = json.dumps(value, ensure_ascii=False)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@given(VALUES)
def test_text_with_one_character_taken_away_is_judged_alike(value: object) -> None:
    text = json.dumps(value)
    for index in range(min(len(text), 60)):
        data = (text[:index] + text[index + 1 :]).encode()
        try:
            _judge(data)
        except ValueError:
            assert read_json(data, "box.json").root is None
        else:
            assert read_json(data, "box.json").root is not None


@given(VALUES, st.sampled_from([None, 2]))
def test_position_of_every_value_and_key_holds_its_text(value: object, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    document = _read(text)
    assert document.root is not None
    for node in _nodes(document.root):
        assert json.loads(text[node.start : node.end]) == plain(node)
        if isinstance(node, Object):
            for name, member in node.members.items():
                assert json.loads(text[member.start : member.end]) == name == member.name
                place = document.place(member)
                line = text.split("\n")[place.line - 1]
                assert place.text == line.removesuffix("\r")
                assert line[place.column - 1 :].startswith(json.dumps(name, ensure_ascii=False))
                assert place.length == member.end - member.start


@given(JSONISH)
def test_place_of_a_syntax_error_lies_in_the_text(text: str) -> None:
    lines = text.encode().decode("utf-8-sig").split("\n")
    for diagnostic in _read(text).diagnostics:
        place = diagnostic.place
        assert place is not None
        assert place.text == lines[place.line - 1].removesuffix("\r")
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1
        assert place.length >= 1
        assert diagnostic.summary.splitlines() == [diagnostic.summary]


def test_repeated_keys_are_all_told_at_any_depth_with_both_places() -> None:
    document = _read('{\n "a": 1,\n "b": [{"c": 1, "c": 2, "c": 3}],\n "a": 4\n}')
    assert document.root is not None
    assert plain(document.root) == {"a": 4, "b": [{"c": 3}]}
    assert [(str(d.place), d.detail) for d in document.diagnostics] == [
        ("box.json:3:17", "first used at box.json:3:9"),
        ("box.json:3:25", "first used at box.json:3:9"),
        ("box.json:4:2", "first used at box.json:2:2"),
    ]


def test_keys_that_differ_only_in_escapes_are_the_same_key() -> None:
    assert len(_read(r'{"a": 1, "\u0061": 2}').diagnostics) == 1


def test_repeated_key_in_front_of_a_syntax_error_is_told_too() -> None:
    first, second = _read('{"a": 1, "a": 2, }').diagnostics
    assert 'key "a"' in first.summary
    assert "trailing" in second.summary


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (r'"\ud83d\ude00"', "😀"),
        (r'"\ud83d"', "\ufffd"),
        (r'"\ud83dx"', "\ufffdx"),
        (r'"\ude00\ud83d"', "\ufffd\ufffd"),
        (r'"\ud83d\ud83d\ude00"', "\ufffd😀"),
        (r'"\u0000\b\f\n\r\t\/\\\""', '\0\b\f\n\r\t/\\"'),
        ('"\x7f\u2028"', "\x7f\u2028"),
    ],
)
def test_escapes_give_text_that_can_be_written_out(raw: str, text: str) -> None:
    root = _read(raw).root
    assert isinstance(root, Scalar)
    assert root.value == text
    assert text.encode()


def test_levels_up_to_the_bound_are_read_and_deeper_ones_refused() -> None:
    assert _read("[" * MOST_LEVELS + "]" * MOST_LEVELS).root is not None
    deep = "[" * (MOST_LEVELS + 1) + "]" * (MOST_LEVELS + 1)
    (diagnostic,) = _read(deep).diagnostics
    assert diagnostic.summary == "nested deeper than 200 levels"
    assert diagnostic.place is not None
    assert diagnostic.place.column == MOST_LEVELS + 1


def test_a_million_open_brackets_are_one_diagnostic_and_no_recursion() -> None:
    assert len(_read("[" * 1_000_000).diagnostics) == 1
    assert len(_read('{"a":' * 1_000_000).diagnostics) == 1
    assert sys.getrecursionlimit() == 1000


def test_minified_megabytes_with_findings_share_their_line() -> None:
    document = _read("{" + ",".join(['"a":1'] * 100_000) + "}")
    assert len(document.diagnostics) == 99_999
    assert len({id(d.place.text) for d in document.diagnostics if d.place}) == 1


def test_byte_order_mark_is_skipped_and_not_counted() -> None:
    document = read_json(b"\xef\xbb\xbf{oops}", "box.json")
    assert str(document.diagnostics[0].place) == "box.json:1:2"


def test_windows_line_ends_are_no_part_of_a_line() -> None:
    document = read_json(b'{\r\n  "a": oops\r\n}', "box.json")
    place = document.diagnostics[0].place
    assert place is not None
    assert (place.line, place.column, place.text) == (2, 8, '  "a": oops')


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_invalid_utf_8_is_told_with_line_and_column(start: bytes) -> None:
    document = read_json(start + '{\n "né": "'.encode() + b'caf\xe9"\r\n}', "box.json")
    (diagnostic,) = document.diagnostics
    assert diagnostic.summary == "the file is not UTF-8: byte 0xe9 does not belong here"
    assert diagnostic.place is not None
    assert str(diagnostic.place) == "box.json:2:12"
    assert diagnostic.place.text == ' "né": "caf\ufffd"'


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_named(codec: str) -> None:
    document = read_json("\ufeff{}".encode(codec), "box.json")
    assert [d.summary for d in document.diagnostics] == ["the file is UTF-16, not UTF-8"]

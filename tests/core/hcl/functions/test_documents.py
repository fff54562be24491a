from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.hcl import content_of, error_of, scope_of, value_of
from packer_core.hcl.function import call
from packer_core.hcl.functions.documents import functions as documents
from packer_core.hcl.functions.table import Surroundings
from packer_sdk.cty.values import implied

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(TREES)
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_what_is_encoded_reads_back_the_same(form: str, tree: object) -> None:
    found = documents(Surroundings())
    value = implied(tree)
    text = call(found[f"{form}encode"], [value])
    assert call(found[f"{form}decode"], [text]) == value, text.content


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("a: 1\nb: [x, 2.5, true, null]\n", {"a": 1, "b": ["x", 2.5, True, None]}),
        ("- 0x1f\n- 017\n- '017'\n- yes\n- 'yes'\n- 1e3\n", [31, 17, "017", True, "yes", 1000]),
        ("- 2026-11-22\n- !!str 5\n- 0b1\n", ["2026-11-22T00:00:00Z", "5", "0b1"]),
        (
            "base: &b {x: 1}\nmore:\n  <<: *b\n  z: 2\n",
            {"base": {"x": 1}, "more": {"x": 1, "z": 2}},
        ),
        ("|\n  a\n  b\n", "a\nb\n"),
    ],
)
def test_yaml_is_read(text: str, content: object) -> None:
    assert content_of("yamldecode(text)", scope_of(text=text)) == content


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "no YAML"),
        ("# nothing", "there is no document"),
        ("&a [*a]", "an alias inside of what it stands for"),
        ("a: .inf", "not a finite number"),
        ("? [a]\n: 1", "a key must be a text"),
        ("!!python/object:os.system {}", "no such tag"),
    ],
)
def test_what_no_value_can_be_is_refused(text: str, message: str) -> None:
    assert message in error_of("yamldecode(text)", scope_of(text=text)).summary


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the line with the names"),
        ("a,a\n", 'two columns are called "a"'),
        ("a,b\n1\n", "record 2 has 1 fields, not 2"),
        ('a\nx"y\n', "a quote at the wrong place"),
        ('a\n"x\n', "a quote at the wrong place"),
    ],
)
def test_tables_are_read_strictly(text: str, message: str) -> None:
    assert message in error_of("csvdecode(text)", scope_of(text=text)).summary


def test_fields_of_tables_may_hold_anything() -> None:
    table = 'a,b\r\n"x, ""y""\nz",\n\n1,2\n'
    assert content_of("csvdecode(text)", scope_of(text=table)) == [
        {"a": 'x, "y"\nz', "b": ""},
        {"a": "1", "b": "2"},
    ]


def test_json_keeps_every_digit() -> None:
    assert value_of('jsonencode(jsondecode("[12345678901234567890, 0.1]"))').content == (
        "[12345678901234567890,0.1]"
    )
    assert "no JSON" in error_of('jsondecode("{")').summary

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.cty.texts import normal


@pytest.mark.parametrize(
    ("text", "held"),
    [("plain", "plain"), ("e\u0301", "é"), ("a\udcff\ud800b", "a\ufffd\ufffdb"), ("", "")],
)
def test_normal(text: str, held: str) -> None:
    assert normal(text) == held


@given(st.text(alphabet=st.characters()))
def test_normal_text_is_valid_and_stays_as_it_is(text: str) -> None:
    held = normal(text)
    assert normal(held.encode().decode()) == held
    assert unicodedata.is_normalized("NFC", held)

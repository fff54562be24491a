from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from helpers.hcl import content_of
from packer_core.template.upgrade.texts import Expression, Names, comment, is_name, quoted, template

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text('$%{}"\\\n`a', max_size=9)


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@given(TEXTS)
def test_a_text_in_quotes_is_that_text(text: str) -> None:
    assert content_of(quoted(text)) == nfc(text)


@example(["a$$", Expression('"b"')])
@given(st.lists(TEXTS | TEXTS.map(lambda text: Expression(f"lower({quoted(text)})"))))
def test_stretches_together_are_the_text_of_them_all(parts: list[str | Expression]) -> None:
    def text(part: str | Expression) -> str:
        return str(content_of(part.text)) if isinstance(part, Expression) else part

    whole = nfc("".join(text(part) for part in parts))
    assert content_of(template(parts)) == whole
    assert content_of(template(parts, bare=False)) == whole


def test_what_is_worked_out_and_alone_needs_no_quotes() -> None:
    assert template([Expression("var.a")]) == "var.a"
    assert template(["", Expression("var.a"), ""], bare=False) == '"${var.a}"'


@given(st.lists(st.text(max_size=4), max_size=9))
def test_each_name_is_given_once_and_needs_no_quotes(wanted: list[str]) -> None:
    names = Names()
    given = [names.take(one) for one in wanted]
    assert len(set(given)) == len(given)
    assert all(map(is_name, given))


def test_a_good_name_stays() -> None:
    assert [Names().take(one) for one in ("a-b_1", "my var", "1st", "-")] == [
        "a-b_1",
        "my_var",
        "_1st",
        "_",
    ]


def test_a_long_comment_is_several_lines() -> None:
    lines = comment("word " * 40 + "\n\nend")
    assert all(line.startswith("#") and len(line) <= 98 for line in lines)
    assert lines[-2:] == ["#", "# end"]

from __future__ import annotations

import pytest

from packer_core.template.json_reader import read_json

# The caret of each case stands below what is marked with guillemets in the text.
MISTAKES = [
    ('{"a": 1«,»\n}', 'trailing "," in front of "}"', "remove it"),
    ('{"a": [1, 2«,» ]}', 'trailing "," in front of "]"', "remove it"),
    ("{«'»a': 1}", "strings are written in double quotes, not '", None),
    ('{"a": «“»x”}', "strings are written in double quotes, not “", None),
    ('{"a": 1 «//» note\n}', "JSON has no comments", "_comment"),
    ('{ «/*» note */ "a": 1}', "JSON has no comments", "_comment"),
    ('{«#» note\n"a": 1}', "JSON has no comments", "_comment"),
    ('{"a" «1»}', 'no ":" after the key', None),
    ('{"a" «=» 1}', 'no ":" after the key', 'write ":" instead'),
    ('{"a"«}»', 'no ":" after the key', None),
    ('{"a": 1« »"b": 2}', 'no "," between this and what follows', None),
    ('{"a": 1«»\n "b": 2}', 'no "," between this and what follows', None),
    ('["a"« »"b"]', 'no "," between this and what follows', None),
    ("[1« »[2]]", 'no "," between this and what follows', None),
    ("{«name»: 1}", "keys are written in double quotes: name", '"name"'),
    ('{"a": 1, «2»: 1}', "keys are written in double quotes: 2", '"2"'),
    ('{"a": «NaN»}', "JSON has no NaN", None),
    ('{"a": «Infinity»}', "JSON has no Infinity", None),
    ('{"a": «-Infinity»}', "JSON has no -Infinity", None),
    ('{"a": «True»}', "unknown word: True", "JSON writes true"),
    ('{"a": «None»}', "unknown word: None", "JSON writes null"),
    ('{"a": «NULL»}', "unknown word: NULL", "JSON writes null"),
    ('{"a": «ubuntu-24.04»}', "unknown word: ubuntu-24.04", '"ubuntu-24.04"'),
    ('{"a": «truest»}', "unknown word: truest", '"truest"'),
    ('{"a": "x«\t»y"}', "a tab inside a string", "write it as \\t"),
    ('{"a": "x«\x01»y"}', "the control character U+0001 inside a string", "\\u0001"),
    ('{"a": «"x»\ny"}', "a string is not closed on its line", "\\n"),
    ('{"a": «"x»', "a string is not closed on its line", "\\n"),
    ('{"a": «"x\\»\n"}', "a string is not closed on its line", "\\n"),
    ('{"a": "C:«\\d»ir"}', "unknown escape in a string: \\d", "Windows"),
    ('{"a": "it«\\\'»s"}', "unknown escape in a string: \\'", "backslash"),
    ('{"a": "«\\u»12"}', "\\u needs four hexadecimal digits", "\\u00e9"),
    ('{"a": «01»}', "not a number: 01", "leading zeros"),
    ('{"a": «+1»}', "not a number: +1", "leave out the +"),
    ('{"a": «.5»}', "not a number: .5", "0.5"),
    ('{"a": «-.5»}', "not a number: -.5", "-0.5"),
    ('{"a": «1.»}', "not a number: 1.", "1.0"),
    ('{"a": «0x1F»}', "not a number: 0x1F", "decimal"),
    ('{"a": «1e»}', "not a number: 1e", None),
    ('{"a": «1e999»}', "number is too large: no float64 can hold it", None),
    ('{"a": «}»', "a value is missing", None),
    ('{"a": «,» "b": 1}', '"," where a value is missing', None),
    ("[1, «,» 2]", '"," where a value is missing', 'remove the ","'),
    ("{«,»}", '"," where a key is missing', 'remove the ","'),
    ('{"a": [1«}»', '"}" where "]" is needed', None),
    ('{"a": 1«]»', '"]" where "}" is needed', None),
    ("{}«}»", '"}" closes nothing', None),
    ("«]»", '"]" closes nothing', None),
    ("{} «{»}", "there is more after the end of the template", None),
    ('{} «"»', "there is more after the end of the template", None),
    ('{"a": 1«»\n\n\n', 'the file ends too early: expected "," or "}"', None),
    ('{"a"«»', 'the file ends too early: expected ":"', None),
    ('{"a": «\xa0»1}', "expected a value, found U+00A0 (NO-BREAK SPACE)", None),
    ('{"a": 1«;»}', 'expected "," or "}", found ";"', None),
    ('{"a": «@»}', 'expected a value, found "@"', None),
    ('{"a": «\x00»}', "expected a value, found U+0000", None),
    ('{"a": [«:»]}', 'expected a value or "]", found ":"', None),
    ("«»", "the file is empty", None),
    ("«» \n\n", "the file is empty", None),
]


@pytest.mark.parametrize(("marked", "summary", "hint"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_mistake_has_its_own_words_and_its_place(
    marked: str, summary: str, hint: str | None
) -> None:
    start, end = marked.index("«"), marked.index("»") - 1
    text = marked.replace("«", "").replace("»", "")
    (diagnostic,) = read_json(text.encode(), "box.json").diagnostics
    place = diagnostic.place
    assert diagnostic.summary == summary
    assert place is not None
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    assert (place.line, place.column, place.length) == (line, column, max(1, end - start))
    if hint is None:
        assert diagnostic.hint is None
    else:
        assert hint in (diagnostic.hint or "")


def test_what_is_not_closed_is_told_with_its_line() -> None:
    (diagnostic,) = read_json(b'{\n  "a": [\n  {"b": 1}\n', "box.json").diagnostics
    assert diagnostic.detail == '"[" in line 2, column 8 is not closed'


def test_wrong_bracket_tells_what_it_would_close() -> None:
    (diagnostic,) = read_json(b'{\n  "a": [1}\n', "box.json").diagnostics
    assert diagnostic.detail == 'it would close "[" of line 2, column 8'


def test_a_word_of_megabytes_is_cut() -> None:
    (diagnostic,) = read_json(b"[" + b"x" * 3_000_000 + b"]", "box.json").diagnostics
    assert len(diagnostic.summary) < 100
    assert len(diagnostic.hint or "") < 100

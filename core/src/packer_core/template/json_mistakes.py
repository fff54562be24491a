"""What a person did who wrote this instead of JSON. Only looked at once reading has failed."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .source_text import SourceText

Wanted = Literal[
    "value", "first item", "item", "first key", "key", "colon", "comma or ]", "comma or }", "end"
]
"""What would have been right: where the reader stood."""

_EXPECTED: dict[Wanted, str] = {
    "value": "a value",
    "first item": 'a value or "]"',
    "item": "a value",
    "first key": 'a key in double quotes or "}"',
    "key": "a key in double quotes",
    "colon": '":"',
    "comma or ]": '"," or "]"',
    "comma or }": '"," or "}"',
    "end": "the end of the file",
}

_IDENTIFIER = re.compile(r"[^\W\d][\w.-]*")
_NUMBERLIKE = re.compile(r"[+-]?(?:\d|\.\d|Infinity|NaN)[\w.+-]*|[+-]")
_STRING_SO_FAR = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\[^\x00-\x1f][^"\\\x00-\x1f]*+)*+')
_VALUE_BEGINS = re.compile(r'["{\[\w-]')
_MEANT = {"True": "true", "False": "false", "None": "null", "nil": "null", "undefined": "null"}
_OTHER_QUOTES = "'`\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}“”„«»"
_SHOWN = 40  # characters of a wrong word that fit into one line


class Fault(Exception):
    """Where the text stops being JSON. Never leaves the reader."""

    def __init__(
        self, start: int, end: int, summary: str, *, detail: str = "", hint: str | None = None
    ) -> None:
        super().__init__(summary)
        self.start, self.end = start, end
        self.summary, self.detail, self.hint = summary, detail, hint


def unexpected(source: SourceText, at: int, wanted: Wanted, opened: Sequence[int]) -> Fault:
    """Say what is wrong at an offset.

    Args:
        source: The text.
        at: Where the token begins that does not fit; the end of the text if there is none.
        wanted: What would have been right.
        opened: Offsets of the brackets that are open, the innermost last.
    """
    text = source.text
    if at >= len(text):
        return _ended(source, at, wanted, opened)
    if text[at] == '"' and wanted not in ("comma or ]", "comma or }", "end", "colon"):
        return _bad_string(text, at)
    return (
        _comment_or_quote(text, at)
        or _wrong_mark(source, at, wanted, opened)
        or _wrong_word(text, at, wanted)
        or _strange_character(text, at, wanted)
    )


def _ended(source: SourceText, at: int, wanted: Wanted, opened: Sequence[int]) -> Fault:
    if not source.text.strip():
        return Fault(0, 1, "the file is empty")
    # The caret goes behind the last thing that is there, not into blank lines below it.
    last = len(source.text.rstrip())
    line, column = source.line_and_column(opened[-1])
    return Fault(
        min(last, at),
        last + 1,
        f"the file ends too early: expected {_EXPECTED[wanted]}",
        detail=f'"{source.text[opened[-1]]}" in line {line}, column {column} is not closed',
    )


def _comment_or_quote(text: str, at: int) -> Fault | None:
    if text[at] == "#" or text.startswith(("//", "/*"), at):
        return Fault(
            at,
            at + (1 if text[at] == "#" else 2),
            "JSON has no comments",
            hint='at the root, a key that begins with "_" is one: "_comment": "…"',
        )
    if text[at] in _OTHER_QUOTES:
        return Fault(at, at + 1, f"strings are written in double quotes, not {text[at]}")
    return None


def _wrong_mark(source: SourceText, at: int, wanted: Wanted, opened: Sequence[int]) -> Fault | None:
    text = source.text
    character = text[at]
    if wanted == "colon":
        hint = 'write ":" instead' if character in "=;" else None
        return Fault(at, at + 1, 'no ":" after the key', hint=hint)
    if character in "]}":
        return _wrong_close(source, at, wanted, opened)
    if character == ",":
        missing = "a key" if wanted in ("key", "first key") else "a value"
        hint = None if wanted == "value" else 'remove the ","'
        if wanted != "end":
            return Fault(at, at + 1, f'"," where {missing} is missing', hint=hint)
    if wanted in ("comma or ]", "comma or }") and _VALUE_BEGINS.match(text, at):
        before = len(text[:at].rstrip())
        return Fault(before, before + 1, 'no "," between this and what follows')
    if wanted == "end":
        return Fault(
            at,
            at + 1,
            "there is more after the end of the template",
            detail="a template is one object; its closing bracket came before this",
        )
    return None


def _wrong_close(
    source: SourceText, at: int, wanted: Wanted, opened: Sequence[int]
) -> Fault | None:
    text, character = source.text, source.text[at]
    pair = {"]": "[", "}": "{"}[character]
    if not opened:
        return Fault(at, at + 1, f'"{character}" closes nothing')
    if text[opened[-1]] != pair:
        line, column = source.line_and_column(opened[-1])
        right = {"[": "]", "{": "}"}[text[opened[-1]]]
        return Fault(
            at,
            at + 1,
            f'"{character}" where "{right}" is needed',
            detail=f'it would close "{text[opened[-1]]}" of line {line}, column {column}',
        )
    if wanted in ("item", "key"):
        comma = text.rindex(",", 0, at)
        return Fault(comma, comma + 1, f'trailing "," in front of "{character}"', hint="remove it")
    return Fault(at, at + 1, "a value is missing") if wanted == "value" else None


def _wrong_word(text: str, at: int, wanted: Wanted) -> Fault | None:
    number = _NUMBERLIKE.match(text, at)
    word = _IDENTIFIER.match(text, at)
    if wanted in ("key", "first key") and (found := word or number):
        return Fault(
            at,
            found.end(),
            f"keys are written in double quotes: {_cut(found[0])}",
            hint=f'"{_cut(found[0])}"',
        )
    if number:
        return _bad_number(number)
    if not word:
        return None
    meant = _MEANT.get(word[0], word[0].lower())
    if meant in ("true", "false", "null"):
        return Fault(at, word.end(), f"unknown word: {word[0]}", hint=f"JSON writes {meant}")
    return Fault(
        at,
        word.end(),
        f"unknown word: {_cut(word[0])}",
        hint=f'a string stands in double quotes: "{_cut(word[0])}"',
    )


def _bad_number(number: re.Match[str]) -> Fault:
    text = number[0]
    hint = None
    digits = text.lstrip("+-")
    if digits in ("NaN", "Infinity"):
        return Fault(number.start(), number.end(), f"JSON has no {text}")
    if text.startswith("+"):
        hint = "leave out the +"
    elif digits.startswith("."):
        hint = f"write {text.removesuffix(digits)}0{digits}"
    elif digits.rstrip(".").isdigit() and digits.endswith("."):
        hint = f"write {text.rstrip('.')}.0"
    elif digits[:2] in ("0x", "0X", "0o", "0b"):
        hint = "numbers are decimal"
    elif digits.startswith("0") and digits[1:2].isdigit():
        hint = "leave out the leading zeros, or quote it if it is a file mode"
    return Fault(number.start(), number.end(), f"not a number: {_cut(text)}", hint=hint)


def _bad_string(text: str, at: int) -> Fault:
    stop = _STRING_SO_FAR.match(text, at)
    end = stop.end() if stop else at + 1
    if end < len(text) and text[end] == "\\":
        end += 1  # what is wrong is what the backslash stands in front of
    if end >= len(text) or text[end] in "\r\n":
        return Fault(
            at,
            end,
            "a string is not closed on its line",
            hint='close it with ", or write a line break as \\n',
        )
    name = "a tab" if text[end] == "\t" else f"the control character U+{ord(text[end]):04X}"
    written = "\\t" if text[end] == "\t" else f"\\u{ord(text[end]):04x}"
    return Fault(end, end + 1, f"{name} inside a string", hint=f"write it as {written}")


def _strange_character(text: str, at: int, wanted: Wanted) -> Fault:
    character = text[at]
    if character.isprintable() and character.isascii():
        found = f'"{character}"'
    else:
        name = unicodedata.name(character, "")
        found = f"U+{ord(character):04X}" + (f" ({name})" if name else "")
    return Fault(at, at + 1, f"expected {_EXPECTED[wanted]}, found {found}")


def _cut(word: str) -> str:
    return word if len(word) <= _SHOWN else f"{word[:_SHOWN]}…"

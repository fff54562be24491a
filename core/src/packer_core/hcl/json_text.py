"""Strict JSON with the position of every key and value, for the JSON syntax of HCL.

Unlike `json`, and unlike the reader of JSON templates, it keeps every member of an object, also
those with equal keys (they are two blocks), and every digit of a number.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from packer_sdk.cty.types import Mismatch
from packer_sdk.records import mass_record

from .numbers import read
from .source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LEVELS = 100
"""How deep arrays and objects may nest; it keeps recursion flat."""

# Possessive quantifiers (``*+``): nothing is tried twice, whatever the text.
_TOKEN = re.compile(
    r"""[ \t\r\n]*+ (?:
        (?P<string> "[^"\\\x00-\x1f]*+ (?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})
                    [^"\\\x00-\x1f]*+ )*+" )
      | (?P<mark>   [{}\[\],:] )
      | (?P<number> -?(?:0|[1-9][0-9]*+) (?:\.[0-9]++)? (?:[eE][+-]?[0-9]++)? ) (?![\w.+-])
      | (?P<word>   true|false|null ) (?!\w)
      | (?P<end>    \Z )
      | (?P<bad>    (?s:.) )
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}
_HINTS = {
    "'": 'strings stand in "double quotes"',
    "#": 'JSON has no comments; a key "//" is one',
    "/": 'JSON has no comments; a key "//" is one',
}


@mass_record
class JsonScalar:
    """A number, boolean or null."""

    value: int | Decimal | bool | None
    span: Span


@mass_record
class JsonString:
    """A string.

    Attributes:
        value: What it means.
        inside: The same as a span, without quotes, whose places are those of the file.
        span: With its quotes.
    """

    value: str
    inside: Span
    span: Span


@mass_record
class JsonArray:
    """Values between brackets."""

    items: tuple[JsonNode, ...]
    span: Span


@mass_record
class JsonObject:
    """Members between braces, in the order of the text; keys may repeat."""

    members: tuple[tuple[JsonString, JsonNode], ...]
    span: Span


JsonNode = JsonScalar | JsonString | JsonArray | JsonObject


class Unreadable(Exception):
    """Where the text stops being JSON."""

    def __init__(self, span: Span, summary: str, hint: str | None = None) -> None:
        super().__init__(summary)
        self.span = span
        self.summary = summary
        self.hint = hint


class Unescaped(Source):
    """The meaning of a string with escapes; its places are those in the file it stands in."""

    def __init__(self, text: str, offsets: Sequence[int], file: Source) -> None:
        super().__init__(file.path, text)
        self._offsets = offsets
        self._file = file

    def line(self, offset: int) -> int:
        """Number of a line of the file, from 1."""
        return self._file.line(self._offsets[offset])

    def start_of_line(self, number: int) -> int:
        """Offset in the file."""
        return self._file.start_of_line(number)

    def column(self, offset: int) -> int:
        """Column in the file."""
        return self._file.column(self._offsets[offset])

    def grapheme_column(self, offset: int) -> int:
        """Column in the file as HCL counts."""
        return self._file.grapheme_column(self._offsets[offset])

    def byte(self, offset: int) -> int:
        """Offset in bytes of the file."""
        return self._file.byte(self._offsets[offset])

    def line_text(self, number: int) -> str:
        """A line of the file."""
        return self._file.line_text(number)


def read_json(source: Source) -> JsonNode:
    """Read a whole text.

    Raises:
        Unreadable: it is no JSON.
    """
    try:
        source.text.encode()
    except UnicodeEncodeError as error:
        span = Span(source, error.start, error.start + 1)
        raise Unreadable(span, "the file is not in UTF-8", "save it as UTF-8") from error
    reader = _Reader(source)
    root = reader.value()
    reader.expect("", "the end of the file")
    return root


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.position = 0
        self.depth = 0
        self.kind = ""
        self.start = 0
        self._next()

    def _next(self) -> None:
        found = _TOKEN.match(self.source.text, self.position)
        assert found, "the last alternatives take any character and the end"
        kind = found.lastgroup or ""
        self.start, self.position = found.span(kind)
        self.kind = found[kind] if kind == "mark" else kind

    def _take(self) -> Span:
        span = Span(self.source, self.start, self.position)
        if self.kind != "end":
            self._next()
        return span

    def expect(self, mark: str, called: str) -> Span:
        if self.kind != (mark or "end"):
            raise self._unexpected(called)
        return self._take()

    def value(self) -> JsonNode:
        if self.kind == "string":
            return self._string()
        if self.kind == "number":
            span = self._take()
            return JsonScalar(_number(span), span)
        if self.kind == "word":
            span = self._take()
            return JsonScalar(_WORDS[span.text], span)
        if self.kind in ("{", "["):
            return self._nested()
        raise self._unexpected("a value")

    def _nested(self) -> JsonNode:
        self.depth += 1
        if self.depth > MOST_LEVELS:
            raise Unreadable(self._here(), f"nested deeper than {MOST_LEVELS} levels")
        node = self._object() if self.kind == "{" else self._array()
        self.depth -= 1
        return node

    def _array(self) -> JsonNode:
        opening = self._take()
        items: list[JsonNode] = []
        if self.kind != "]":
            items.append(self.value())
            while self.kind == ",":
                self._take()
                items.append(self.value())
        return JsonArray(tuple(items), opening.to(self.expect("]", "a comma or ]")))

    def _object(self) -> JsonNode:
        opening = self._take()
        members: list[tuple[JsonString, JsonNode]] = []
        if self.kind != "}":
            members.append(self._member())
            while self.kind == ",":
                self._take()
                members.append(self._member())
        return JsonObject(tuple(members), opening.to(self.expect("}", "a comma or }")))

    def _member(self) -> tuple[JsonString, JsonNode]:
        if self.kind != "string":
            raise self._unexpected("a key in double quotes")
        key = self._string()
        self.expect(":", "a : behind the key")
        return key, self.value()

    def _string(self) -> JsonString:
        span = self._take()
        inside = Span(self.source, span.start + 1, span.end - 1)
        if "\\" in inside.text:
            inside = _unescaped(inside)
        return JsonString(inside.text, inside, span)

    def _unexpected(self, wanted: str) -> Unreadable:
        if self.kind == "end":
            return Unreadable(self._here(), f"the file ends where {wanted} is expected")
        character = self.source.text[self.start]
        if character == '"' and self.kind == "bad":
            return self._bad_string()
        return Unreadable(self._here(), f"{wanted} is expected here", _HINTS.get(character))

    def _bad_string(self) -> Unreadable:
        hint = "a string ends on its line, escapes are those of JSON, and tabs are written \\t"
        line_end = self.source.text.find("\n", self.start)
        end = len(self.source.text) if line_end < 0 else line_end
        return Unreadable(Span(self.source, self.start, end), "not a string of JSON", hint)

    def _here(self) -> Span:
        return Span(self.source, self.start, self.position)


def _number(span: Span) -> int | Decimal:
    text = span.text
    try:
        read(text)
    except Mismatch as error:
        raise Unreadable(span, f"the number is too large or too small: {text[:40]}") from error
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def _unescaped(inside: Span) -> Span:
    """Return the meaning of a string, with the way back for every character."""
    text: list[str] = []
    offsets: list[int] = []
    position = inside.start
    for escape in _ESCAPE.finditer(inside.source.text, inside.start, inside.end):
        text.append(inside.source.text[position : escape.start()])
        offsets += range(position, escape.start() + 1)
        text.append(chr(int(escape[1], 16)) if escape[1] else _SHORT.get(escape[2], escape[2]))
        position = escape.end()
    text.append(inside.source.text[position : inside.end])
    offsets += range(position, inside.end + 2)
    meaning = "".join(text)
    if not meaning.isascii():
        meaning, offsets = _joined(meaning, offsets)
    return Span(Unescaped(meaning, offsets, inside.source), 0, len(meaning))


def _joined(text: str, offsets: list[int]) -> tuple[str, list[int]]:
    """Make one character of surrogate halves that belong together, U+FFFD of others, as Go."""
    joined: list[str] = []
    kept: list[int] = []
    index = 0
    while index < len(text):
        character, wide = text[index], False
        if "\ud800" <= character <= "\udbff":
            wide = "\udc00" <= text[index + 1 : index + 2] <= "\udfff"
        if wide:
            low = ord(text[index + 1]) - 0xDC00
            character = chr(0x10000 + ((ord(character) - 0xD800) << 10) + low)
        elif "\ud800" <= character <= "\udfff":
            character = "\N{REPLACEMENT CHARACTER}"
        joined.append(character)
        kept.append(offsets[index])
        index += 2 if wide else 1
    return "".join(joined), [*kept, *offsets[len(text) :]]

r"""Strict JSON with the position of every key and value.

`json` of the standard library says where a syntax error is and nothing else: a builder without a
type, six hundred lines down, would have no place. Tokens are cut by one regular expression, so a
template is read in time linear in its length.

It accepts what `json.loads` accepts, with these differences, all towards Go's reader:

- ``NaN`` and ``Infinity`` are refused, and so is a number that no float64 can hold;
- half of a surrogate pair (``\ud800``) becomes U+FFFD, so that every string can be written out;
- a byte order mark in front is skipped;
- more than 200 levels are refused.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic, Place
from packer_sdk.records import record, replaced

from .json_mistakes import Fault, unexpected
from .json_nodes import Array, Member, Node, Object, Scalar
from .source_text import SourceText

if TYPE_CHECKING:
    from .json_mistakes import Wanted

MOST_LEVELS = 200
"""How deep arrays and objects may nest; no template comes near, and it keeps recursion flat."""

# Possessive quantifiers (``*+``): nothing is tried twice, whatever the text.
_TOKEN = re.compile(
    r"""[ \t\r\n]*+ (?:
        " (?P<string> [^"\\\x00-\x1f]*+ (?: \\[^\x00-\x1f] [^"\\\x00-\x1f]*+ )*+ ) "
      | (?P<mark> [{}\[\],:] )
      | (?P<number> -?(?:0|[1-9][0-9]*+) (?:\.[0-9]++)? (?:[eE][+-]?[0-9]++)? ) (?![\w.+-])
      | (?P<word> true|false|null ) (?!\w)
      | (?P<end> \Z )
    )""",
    re.VERBOSE,
)
_BLANKS = re.compile(r"[ \t\r\n]*+")
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt])|.)')
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}

_Token = re.Match[str]


@record
class Document:
    """A file that was read.

    Attributes:
        source: Its text.
        root: The outermost value; None if the text is no JSON.
        diagnostics: What is wrong with it: one syntax error at most, and every repeated key.
    """

    source: SourceText
    root: Node | None
    diagnostics: tuple[Diagnostic, ...] = ()

    def place(self, node: Node | Member) -> Place:
        """Return where a value or a key stands."""
        return self.source.place(node.start, node.end)


def read_json(data: bytes, path: str) -> Document:
    """Read a file.

    Args:
        data: Its bytes; UTF-8.
        path: As the user typed it, for diagnostics.
    """
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return Document(SourceText(path, ""), None, (_undecodable(data, error, path),))
    reader = _Reader(SourceText(path, text))
    root = reader.read()
    return Document(reader.source, root, tuple(reader.diagnostics))


class _Reader:
    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self._position = 0
        self._open: list[int] = []

    def read(self) -> Node | None:
        try:
            root = self._value(self._next("value"))
            self._expect("end", "end")
        except Fault as fault:
            self.diagnostics.append(
                Diagnostic(
                    fault.summary,
                    self.source.place(fault.start, fault.end),
                    detail=fault.detail,
                    hint=fault.hint,
                )
            )
            return None
        return root

    def _next(self, wanted: Wanted) -> _Token:
        token = _TOKEN.match(self.source.text, self._position)
        if token is None:
            raise self._unexpected(self._after_blanks(), wanted)
        self._position = token.end()
        return token

    def _expect(self, mark: str, wanted: Wanted) -> _Token:
        token = self._next(wanted)
        if token[token.lastgroup or 0] != mark and token.lastgroup != mark:
            raise self._unexpected(_start(token), wanted)
        return token

    def _value(self, token: _Token, wanted: Wanted = "value") -> Node:
        kind = token.lastgroup
        start, end = _start(token), token.end()
        if kind == "string":
            return Scalar(self._string(token), start, end)
        if kind == "number":
            return Scalar(_number(token["number"], start), start, end)
        if kind == "word":
            return Scalar(_WORDS[token["word"]], start, end)
        if kind == "mark" and token["mark"] in "[{":
            return self._inside(start, array=token["mark"] == "[")
        raise self._unexpected(start, wanted)

    def _inside(self, start: int, *, array: bool) -> Node:
        if len(self._open) == MOST_LEVELS:
            raise Fault(start, start + 1, f"nested deeper than {MOST_LEVELS} levels")
        self._open.append(start)
        node: Node = self._array(start) if array else self._object(start)
        self._open.pop()
        return node

    def _array(self, start: int) -> Array:
        items: list[Node] = []
        token = self._next("first item")
        if token["mark"] == "]":
            return Array(items, start, token.end())
        items.append(self._value(token, "first item"))
        while (token := self._next("comma or ]"))["mark"] == ",":
            items.append(self._value(self._next("item"), "item"))
        if token["mark"] != "]":
            raise self._unexpected(_start(token), "comma or ]")
        return Array(items, start, token.end())

    def _object(self, start: int) -> Object:
        members: dict[str, Member] = {}
        token = self._next("first key")
        if token["mark"] == "}":
            return Object(members, start, token.end())
        self._member(token, members, "first key")
        while (token := self._next("comma or }"))["mark"] == ",":
            self._member(self._next("key"), members, "key")
        if token["mark"] != "}":
            raise self._unexpected(_start(token), "comma or }")
        return Object(members, start, token.end())

    def _member(self, key: _Token, members: dict[str, Member], wanted: Wanted) -> None:
        if key.lastgroup != "string":
            raise self._unexpected(_start(key), wanted)
        name, start, end = self._string(key), _start(key), key.end()
        self._expect(":", "colon")
        value = self._value(self._next("value"))
        if first := members.get(name):
            self._repeated(name, start, end, first)
            members[name] = replaced(first, value=value)
        else:
            members[name] = Member(name, start, end, value)

    def _repeated(self, name: str, start: int, end: int, first: Member) -> None:
        line, column = self.source.line_and_column(first.start)
        self.diagnostics.append(
            Diagnostic(
                f'key "{name}" is used twice in one object',
                self.source.place(start, end),
                detail=f"first used at {self.source.path}:{line}:{column}",
                hint="keep one of them",
            )
        )

    def _string(self, token: _Token) -> str:
        raw = token["string"]
        if "\\" not in raw:
            return raw
        for escape in _ESCAPE.finditer(raw):
            if escape[1] is None and escape[2] is None:
                raise _bad_escape(escape, token.start("string"))
        text = _ESCAPE.sub(_unescape, raw)
        # Surrogate halves that belong together become one character, others U+FFFD as in Go.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _unexpected(self, at: int, wanted: Wanted) -> Fault:
        return unexpected(self.source, at, wanted, self._open)

    def _after_blanks(self) -> int:
        blanks = _BLANKS.match(self.source.text, self._position)
        return blanks.end() if blanks else self._position


def _start(token: _Token) -> int:
    kind = token.lastgroup or 0
    return token.start(kind) - (kind == "string")


def _number(raw: str, start: int) -> float:
    value = float(raw)
    if value in (float("inf"), float("-inf")):
        raise Fault(start, start + len(raw), "number is too large: no float64 can hold it")
    return value if "." in raw or "e" in raw or "E" in raw else int(raw)


def _unescape(escape: re.Match[str]) -> str:
    if escape[1]:
        return chr(int(escape[1], 16))
    return _SHORT.get(escape[2], escape[2])


def _bad_escape(escape: re.Match[str], offset: int) -> Fault:
    start, end = offset + escape.start(), offset + escape.end()
    if escape[0] == "\\u":
        return Fault(start, end, "\\u needs four hexadecimal digits", hint="as in \\u00e9")
    return Fault(
        start,
        end,
        f"unknown escape in a string: {escape[0]}",
        hint="a backslash is written \\\\; a path of Windows may use / instead",
    )


def _undecodable(data: bytes, error: UnicodeDecodeError, path: str) -> Diagnostic:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Diagnostic(
            "the file is UTF-16, not UTF-8",
            Place(path, 1, 1),
            hint="save it as UTF-8 in your editor",
        )
    begin = data.rfind(b"\n", 0, error.start) + 1
    stop = data.find(b"\n", error.start)
    line = data[begin : stop if stop >= 0 else len(data)].removesuffix(b"\r")
    number = data.count(b"\n", 0, error.start) + 1
    column = len(data[begin : error.start].decode("utf-8", "replace")) + 1
    return Diagnostic(
        f"the file is not UTF-8: byte 0x{data[error.start]:02x} does not belong here",
        Place(path, number, column, 1, line.decode("utf-8", "replace")),
        hint="save it as UTF-8 in your editor",
    )

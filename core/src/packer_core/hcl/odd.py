"""Characters that mean nothing in the language, and what their writer may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic

from .source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .lexer import Token
    from .source import Source

ODD = frozenset({"&", "|", "^", "~", "`", "'", ";", "bad", "quoted newline", "open newline"})
ODD |= {"too many"}
"""Kinds of tokens that appear in no text that can be read."""

_MOST_OF_A_KIND = 4
_ENCODING = "the file is not in UTF-8"
_CALLED = {
    "&": ("there are no operators on bits: &", "write && for “and”"),
    "|": ("there are no operators on bits: |", "write || for “or”"),
    "^": ("there are no operators on bits: ^", None),
    "~": ("there are no operators on bits: ~", "write ! for “not”"),
    "`": ("` means nothing here", 'strings stand in "double quotes"; longer ones in <<EOT'),
    "'": ("' means nothing here", 'strings stand in "double quotes"'),
    ";": ("; means nothing here", "each argument has a line of its own"),
    "quoted newline": (
        "a string in quotes ends on the line it starts on",
        'close it with ", write \\n for a line break, or use <<EOT for several lines',
    ),
    "open newline": ("the string is not closed", 'close it with "'),
    "too many": ("the file is too large to be read", "split it into several files of one folder"),
}
_CURLY = frozenset("\u201c\u201d\u201e\u201f\u2018\u2019\xab\xbb")


def has_undecoded(text: str) -> bool:
    """Whether there are bytes in a text that were no UTF-8 (as half surrogates, see PEP 383)."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def is_undecoded(token: Token, text: str) -> bool:
    """Whether there are such bytes in a literal."""
    return token.kind in ("quoted", "text") and has_undecoded(text[token.start : token.end])


def odd_ones(tokens: Sequence[Token], source: Source) -> Iterator[tuple[Token, Diagnostic | None]]:
    """Go through tokens of odd kinds; of many alike only the first few have something to tell."""
    counts: dict[str, int] = {}
    for token in tokens:
        summary, hint = _described(token, source.text)
        counts[summary] = counts.get(summary, 0) + 1
        if counts[summary] > (1 if summary == _ENCODING else _MOST_OF_A_KIND):
            yield token, None
            continue
        start = token.start if summary != _ENCODING else _undecoded(token, source.text)
        end = start if token.kind.endswith("newline") else start + 1
        yield token, Diagnostic(summary, Span(source, start, end).place, hint=hint)


def _undecoded(token: Token, text: str) -> int:
    return next(at for at in range(token.start, token.end) if "\udc80" <= text[at] <= "\udcff")


def _described(token: Token, text: str) -> tuple[str, str | None]:
    if token.kind in _CALLED:
        return _CALLED[token.kind]
    character = text[token.start]
    if token.kind in ("quoted", "text") or "\udc80" <= character <= "\udcff":
        hint = "save it as UTF-8: your editor has a setting for the encoding of a file"
        return _ENCODING, hint
    if character in _CURLY:
        return f"{character} is no quotation mark of the language", 'write "straight quotes"'
    if character == "\r":
        return "a carriage return without a line feed", "lines end with LF or CR LF"
    if text.startswith("${", token.start):
        return "$ means nothing here", 'values are filled into strings: "${name}"; write name alone'
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return f"{shown} means nothing here", None

"""Strings, characters and numbers as Go writes them."""

from __future__ import annotations

import re

_ESCAPES = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    "\\": "\\", '"': '"', "'": "'",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:x(?P<byte>[0-9a-fA-F]{2})|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})"
    r"|(?P<octal>[0-7]{3})|(?P<plain>.)|\Z)",
    re.DOTALL,
)
_INTEGER = re.compile(
    r"[+-]?(?:0[xX](_?[0-9a-fA-F])+|0[oO]?(_?[0-7])+|0[bB](_?[01])+|0|[1-9](_?[0-9])*)"
)
_FLOAT = re.compile(r"(?=.*[0-9])[+-]?([0-9](_?[0-9])*)?\.?([0-9](_?[0-9])*)?([eE][+-]?[0-9]+)?")
_DIGITS = re.compile(r"[+-]?[0-9_]*")  # an octal number with an 8 or 9 in it is no float
_HEX_FLOAT = re.compile(r"[+-]?0[xX][0-9a-fA-F]*\.?[0-9a-fA-F]*[pP][+-]?[0-9]+")
_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1


def parse_string(literal: str) -> str:
    """Text of a quoted or raw string, quotes included.

    Raises:
        ValueError: an escape is wrong.
    """
    if literal.startswith("`"):
        return literal[1:-1].replace("\r", "")
    return _unescape(literal[1:-1], foreign_quote="'")


def parse_char(literal: str) -> int:
    """Code of a character in single quotes: to Go it is a number.

    Raises:
        ValueError: it is not exactly one.
    """
    text = _unescape(literal[1:-1], foreign_quote='"')
    if len(text) != 1:
        raise ValueError(f"not one character: {literal}")
    return ord(text)


def parse_number(literal: str) -> int | float:
    """Value of a number.

    Raises:
        ValueError: it is none, or too large.
    """
    if _INTEGER.fullmatch(literal):
        digits = literal.lstrip("+-").replace("_", "")
        # Python writes 0o17 what Go also writes 017.
        is_old_octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
        value = int(digits, 8 if is_old_octal else 0) * (-1 if literal[0] == "-" else 1)
        if not _INT64_MIN <= value <= _INT64_MAX:
            raise ValueError(f"a number too large: {literal}")
        return value
    return _parse_float(literal)


def _parse_float(literal: str) -> float:
    try:
        if _HEX_FLOAT.fullmatch(literal):
            return float.fromhex(literal)
        if _FLOAT.fullmatch(literal) and not _DIGITS.fullmatch(literal):
            value = float(literal)
            if value - value == 0:
                return value
            raise ValueError(f"a number too large: {literal}")
    except OverflowError as error:
        raise ValueError(f"a number too large: {literal}") from error
    raise ValueError(f"not a number: {literal}")


def _unescape(body: str, foreign_quote: str) -> str:
    pieces: list[str] = []
    raw = bytearray()  # \xNN and \NNN are bytes, which together may be one character

    def flush() -> None:
        pieces.append(raw.decode(errors="surrogateescape"))
        raw.clear()

    position = 0
    for match in _ESCAPE.finditer(body):
        if match.start() != position:
            flush()
        pieces.append(body[position : match.start()])
        position = match.end()
        if match["byte"] or match["octal"]:
            raw.append(_byte(match))
        else:
            flush()
            pieces.append(_character(match, foreign_quote))
    flush()
    return "".join([*pieces, body[position:]])


def _byte(match: re.Match[str]) -> int:
    value = int(match["byte"], 16) if match["byte"] else int(match["octal"], 8)
    if value > 0xFF:
        raise ValueError(f"no such escape in a string: {match[0]}")
    return value


def _character(match: re.Match[str], foreign_quote: str) -> str:
    code = match["short"] or match["long"]
    if code:
        value = int(code, 16)
        if value > 0x10FFFF or 0xD800 <= value <= 0xDFFF:
            raise ValueError(f"no such character: {match[0]}")
        return chr(value)
    plain = match["plain"]
    if plain not in _ESCAPES or plain == foreign_quote:
        raise ValueError(f"no such escape in a string: {match[0]}")
    return _ESCAPES[plain]

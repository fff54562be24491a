"""Values as text, as Go's fmt package writes them.

Only what a template can hold: nothing, booleans, integers, floats, text, bytes, lists and maps.
A verb that does not suit its value is not an error but shows itself: ``%!d(string=x)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

_VERB = re.compile(
    r"%(?P<flags>[-+# 0]*)(?P<width>\d*)(?P<dot>\.(?P<precision>\d*))?(?P<verb>.?)", re.DOTALL
)
# Go gives up on wider ones; so do we, before memory does.
_WIDTH_MAX = 1_000_000
_EXPONENT_FROM = 6
_INT_VERBS = {"d": "d", "b": "b", "o": "o", "x": "x", "X": "X"}
_PREFIXES = {"b": "0b", "o": "0", "x": "0x", "X": "0X", "d": ""}


def show(value: object) -> str:
    """What ``{{value}}`` leaves behind; a value that is not there says so."""
    return "<no value>" if value is None else text_of(value)


def text_of(value: object) -> str:
    """What the verb ``%v`` gives."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, Mapping):
        pairs = sorted((text_of(key), text_of(item)) for key, item in value.items())
        return "map[" + " ".join(f"{key}:{item}" for key, item in pairs) + "]"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + " ".join(text_of(item) for item in value) + "]"
    return str(value)


def float_text(value: float) -> str:
    """The shortest text that gives the same number, with an exponent from a million on."""
    if value != value:  # noqa: PLR0124 - the one value that differs from itself
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    sign = "-" if repr(value).startswith("-") else ""
    digits, exponent = _shortest_digits(abs(value))
    if exponent < -4 or exponent >= _EXPONENT_FROM:
        mantissa = digits[0] + ("." + digits[1:] if digits[1:] else "")
        return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole, fraction = digits[: exponent + 1].ljust(exponent + 1, "0"), digits[exponent + 1 :]
    return f"{sign}{whole}.{fraction}" if fraction else sign + whole


def _shortest_digits(value: float) -> tuple[str, int]:
    """Digits without zeros around them, and the power of ten of the first one."""
    mantissa, _, tens = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    exponent = len(digits) - len(fraction) + int(tens or 0) - 1
    return (digits.rstrip("0"), exponent) if digits else ("0", 0)


def sprint(*values: object) -> str:
    """Join values; a blank comes between two of which neither is text."""
    pieces: list[str] = []
    for number, value in enumerate(values):
        if number and not isinstance(value, str) and not isinstance(values[number - 1], str):
            pieces.append(" ")
        pieces.append(text_of(value))
    return "".join(pieces)


def sprintln(*values: object) -> str:
    """Join values with blanks and end the line."""
    return " ".join(text_of(value) for value in values) + "\n"


def sprintf(template: str, *values: object) -> str:
    """Fill values into verbs such as ``%s``, ``%d``, ``%q``, ``%05.1f``."""
    left = list(values)
    text = _VERB.sub(lambda match: _verb(match, left), template)
    if left:
        extra = ", ".join(_typed(value) for value in left)
        text += f"%!(EXTRA {extra})"
    return text


def _verb(match: re.Match[str], left: list[object]) -> str:
    verb = match["verb"]
    if verb == "%":
        return "%"
    if not verb:
        return "%!(NOVERB)"
    if not left:
        return f"%!{verb}(MISSING)"
    if len(match["width"]) > 7 or int(match["width"] or 0) > _WIDTH_MAX:
        return f"%!(BADWIDTH)%!{verb}({_typed(left.pop(0))})"
    return _format(left.pop(0), verb, match)


def _format(value: object, verb: str, match: re.Match[str]) -> str:
    if verb == "T":
        return _pad(_type_name(value), match)
    if verb == "v" and not isinstance(value, (str, float)):
        return _number(text_of(value), match) if _is_int(value) else _pad(text_of(value), match)
    if value is None:
        return f"%!{verb}(<nil>)"
    if isinstance(value, (Mapping, list, tuple)):
        return _format_all(value, verb, match)
    for type_, write in _WRITERS:
        if isinstance(value, type_):
            text = write(value, verb, match)
            return f"%!{verb}({_typed(value)})" if text is None else text
    return f"%!{verb}({_typed(value)})"


def _format_all(value: object, verb: str, match: re.Match[str]) -> str:
    if isinstance(value, Mapping):
        pairs = sorted((text_of(key), key) for key in value)
        inner = " ".join(
            f"{_format(key, verb, match)}:{_format(value[key], verb, match)}" for _, key in pairs
        )
        return f"map[{inner}]"
    assert isinstance(value, Sequence)
    return "[" + " ".join(_format(item, verb, match) for item in value) + "]"


def _write_bool(value: object, verb: str, match: re.Match[str]) -> str | None:
    return _pad(text_of(value), match) if verb == "t" else None


def _write_int(value: object, verb: str, match: re.Match[str]) -> str | None:
    assert isinstance(value, int)
    if verb in _INT_VERBS:
        digits = format(abs(value), _INT_VERBS[verb])
        if match["precision"]:
            digits = digits.rjust(min(int(match["precision"]), _WIDTH_MAX), "0")
        prefix = _PREFIXES[verb] if "#" in match["flags"] else ""
        return _number(("-" if value < 0 else "") + prefix + digits, match)
    if verb in "cqU":
        character = chr(value) if 0 <= value <= 0x10FFFF else "\ufffd"
        shown = {"c": character, "q": f"'{character}'", "U": f"U+{value:04X}"}
        return _pad(shown[verb], match)
    return None


def _write_float(value: object, verb: str, match: re.Match[str]) -> str | None:
    assert isinstance(value, float)
    if verb in "eEfFgG" and (match["dot"] or verb not in "gG"):
        places = min(int(match["precision"] or 0), _WIDTH_MAX) if match["dot"] else 6
        return _number(format(value, f".{places}{verb}"), match)
    if verb in "vgG":
        text = float_text(value)
        return _number(text.upper() if verb == "G" else text, match)
    return None


def _write_text(value: object, verb: str, match: re.Match[str]) -> str | None:
    text = value.decode(errors="surrogateescape") if isinstance(value, bytes) else str(value)
    if match["dot"] and verb in "svq":
        text = text[: int(match["precision"] or 0)]
    if verb == "q" or (verb == "v" and "#" in match["flags"]):
        return _pad(quote(text, ascii_only="+" in match["flags"]), match)
    if verb in "sv":
        return _pad(text, match)
    if verb in "xX":
        separator = (" ",) if " " in match["flags"] else ()
        digits = text.encode(errors="surrogateescape").hex(*separator)
        return _pad(digits.upper() if verb == "X" else digits, match)
    return None


_WRITERS: tuple[tuple[type, Callable[[object, str, re.Match[str]], str | None]], ...] = (
    (bool, _write_bool),
    (int, _write_int),
    (float, _write_float),
    (str, _write_text),
    (bytes, _write_text),
)

_SHORT_ESCAPES = {
    "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v",
    "\\": "\\\\", '"': '\\"',
}  # fmt: skip


def quote(text: str, *, ascii_only: bool = False) -> str:
    """Text in double quotes, with Go's escapes."""
    return '"' + "".join(_escaped(character, ascii_only) for character in text) + '"'


def _escaped(character: str, ascii_only: bool) -> str:
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    code = ord(character)
    if character.isprintable() and (code < 0x80 or not ascii_only):
        return character
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"  # a byte that was no text
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _pad(text: str, match: re.Match[str]) -> str:
    width = int(match["width"] or 0)
    if "-" in match["flags"]:
        return text.ljust(width)
    return text.rjust(width, "0" if "0" in match["flags"] and not match["dot"] else " ")


def _number(text: str, match: re.Match[str]) -> str:
    """Pad a number, with zeros and a sign where asked for."""
    flags, width = match["flags"], int(match["width"] or 0)
    if not text.startswith(("-", "+")):
        text = ("+" if "+" in flags else " " if " " in flags else "") + text
    has_digits = match["dot"] and match["verb"] in _INT_VERBS  # they ask for zeros themselves
    if "0" in flags and "-" not in flags and not has_digits:
        sign = text[:1] if text[:1] in "+- " else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return _pad(text, match)


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _typed(value: object) -> str:
    return "<nil>" if value is None else f"{_type_name(value)}={text_of(value)}"


def _type_name(value: object) -> str:
    names = (
        (type(None), "<nil>"), (bool, "bool"), (int, "int"), (float, "float64"), (str, "string"),
        (bytes, "[]uint8"), (Mapping, "map[string]interface {}"),
    )  # fmt: skip
    return next((name for type_, name in names if isinstance(value, type_)), "[]interface {}")

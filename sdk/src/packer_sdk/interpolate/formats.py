"""Values as text, as Go's fmt package writes them.

Only what a template can hold: nothing, booleans, integers, floats, text, bytes, lists and maps.
A verb that does not suit its value is not an error but shows itself: ``%!d(string=x)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

_VERB = re.compile(
    r"%(?P<flags>[-+# 0]*)(?P<width>\d*)(?P<dot>\.(?P<precision>\d*))?(?P<verb>.?)", re.S
)
# Go gives up on wider ones; so do we, before memory does.
_WIDTH_MAX = 1_000_000
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


def float_text(value: float, *, exponent_from: int = 21) -> str:
    """The shortest text that gives the same number; large and tiny ones with an exponent."""
    if value != value:  # noqa: PLR0124 - the one value that differs from itself
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    mantissa, _, tens = f"{value!r}e0".partition("e")
    tens = tens.removesuffix("e0")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    return sign + _place_point(whole, fraction.rstrip("0") or "", int(tens), exponent_from)


def _place_point(whole: str, fraction: str, tens: int, exponent_from: int) -> str:
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return "0"
    # The value is 0.DIGITS times ten to the power of `point`.
    point = len(whole) + tens - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0") or "0"
    exponent = point - 1
    if exponent < -4 or exponent >= exponent_from:
        mantissa = digits[0] + ("." + digits[1:] if digits[1:] else "")
        return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if point <= 0:
        return "0." + "0" * -point + digits
    if point >= len(digits):
        return digits.ljust(point, "0")
    return f"{digits[:point]}.{digits[point:]}"


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
        return f"%!{verb}(MISSING)" if left is not None else ""
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
        return _pad(quote(text), match)
    if verb in "sv":
        return _pad(text, match)
    if verb in "xX":
        digits = text.encode(errors="surrogateescape").hex()
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


def quote(text: str) -> str:
    """Text in double quotes, with Go's escapes."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    code = ord(character)
    if character.isprintable():
        return character
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"  # a byte that was no text
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _pad(text: str, match: re.Match[str]) -> str:
    width = int(match["width"] or 0)
    return text.ljust(width) if "-" in match["flags"] else text.rjust(width)


def _number(text: str, match: re.Match[str]) -> str:
    """Pad a number, with zeros and a sign where asked for."""
    flags, width = match["flags"], int(match["width"] or 0)
    if not text.startswith(("-", "+")):
        text = ("+" if "+" in flags else " " if " " in flags else "") + text
    if "0" in flags and "-" not in flags:
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

"""Errors and diagnostics as text. Pure: values in, text out; nothing is printed here.

Whatever comes from a file, a plugin or an installer is shown so that it cannot move the cursor,
change colours or reverse the line: a template is not always written by who reads the message.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic, Place, in_order
from packer_core.errors import (
    InstallError,
    PluginCrashed,
    PluginStartError,
    TemplateError,
    worth_showing,
)
from packer_core.nearest import join
from packer_sdk.errors import Cancelled, ConfigProblems, LocalProtocolError
from packer_sdk.records import replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from packer_sdk.errors import PackerError
    from packer_sdk.problems import Problem

    Mask = Callable[[str], str]

SNIPPET_COLUMNS = 96
"""Columns a source line may take; a longer one is cut around what is meant."""

_LEAD_COLUMNS = 32  # of a cut line, what stays in front of the caret
_TAB = "    "
_MOST_OUTPUT_LINES = 40
_MOST_DIAGNOSTICS = 50
_RED, _YELLOW, _BLUE, _CYAN = 31, 33, 34, 36
_SEVERITY = {"error": ("Error", _RED), "warning": ("Warning", _YELLOW)}


def as_it_is(text: str) -> str:
    """Hide nothing."""
    return text


def render_diagnostic(diagnostic: Diagnostic, *, color: bool, mask: Mask = as_it_is) -> str:
    """Return one diagnostic: what, where, the line it is about, details and a hint.

    The text has no line break at its end.

    Args:
        diagnostic: The diagnostic.
        color: Whether to colour it.
        mask: Hides what is secret in a source line, before that is cut: half a secret is none
            that could be found later.
    """
    if diagnostic.place:
        diagnostic = replaced(diagnostic, place=_masked(diagnostic.place, mask))
    word, tint = _SEVERITY[diagnostic.severity]
    lines = [f"{_paint(f'{word}:', tint, color)} {_message(diagnostic.summary)}"]
    if diagnostic.place:
        lines += _located(diagnostic.place, tint, color)
    if diagnostic.detail:
        lines += _indented(diagnostic.detail)
    if diagnostic.values:
        lines += _values(diagnostic.values)
    return "\n".join(lines) + _hint(diagnostic.hint, color)


def render_diagnostics(
    diagnostics: Iterable[Diagnostic], *, color: bool, mask: Mask = as_it_is
) -> str:
    """Return several diagnostics in the order of the text, and how many they are."""
    ordered = in_order(diagnostics)
    shown = ordered[:_MOST_DIAGNOSTICS]
    parts = [render_diagnostic(diagnostic, color=color, mask=mask) for diagnostic in shown]
    if len(shown) < len(ordered):
        parts.append(f"… and {len(ordered) - len(shown)} more")
    if len(ordered) > 1:
        parts.append(_count(ordered))
    return "\n\n".join(parts)


def render_error(error: PackerError, *, color: bool, mask: Mask = as_it_is) -> str:
    """Return an error of any class below PackerError. The text has no line break at its end."""
    if isinstance(error, TemplateError):
        return render_diagnostics(error.diagnostics, color=color, mask=mask)
    if isinstance(error, Cancelled):
        return _paint(_message(error.message), _YELLOW, color) + _hint(error.hint, color)
    if isinstance(error, ConfigProblems):
        lines = _problems(error.problems, color)
    else:
        lines = [f"{_paint('Error:', _RED, color)} {_message(error.message)}", *_output(error)]
    hint = error.hint
    if hint is None and isinstance(error, LocalProtocolError):
        hint = "this is a bug of ours; please report it, best with what PACKER_LOG=1 shows"
    return "\n".join(lines) + _hint(hint, color)


def visible(text: str) -> str:
    """Return text without anything a terminal would obey; line breaks stay, tabs become blanks."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if character == "\n" else _cell(character)[0] for character in text)


def _located(place: Place, tint: int, color: bool) -> list[str]:
    margin = " " * len(str(place.end_line or place.line))
    lines = [f"{margin}{_paint('-->', _BLUE, color)} {visible(str(place))}"]
    if place.text:
        lines += [f"{margin} {_paint('|', _BLUE, color)}"]
        lines += _marked_line(place, margin, tint, color)
    if place.end_line > place.line + 1:
        lines += [f"{margin} {_paint('…', _BLUE, color)}"]
    if place.end_line > place.line:
        lines += _marked_line(_last_line(place), margin, tint, color)
    return lines


def _masked(place: Place, mask: Mask) -> Place:
    text, end_text = mask(place.text), mask(place.end_text)
    if (text, end_text) == (place.text, place.end_text):
        return place
    column = len(mask(place.text[: place.column - 1])) + 1
    length = min(place.length, max(1, len(text) - column + 1))
    return replaced(place, text=text, end_text=end_text, column=column, length=length)


def _marked_line(place: Place, margin: str, tint: int, color: bool) -> list[str]:
    bar = _paint("|", _BLUE, color)
    shown, offset, width = _snippet(place)
    number = str(place.line).rjust(len(margin))
    return [
        f"{_paint(number, _BLUE, color)} {bar} {shown}",
        f"{margin} {bar} {' ' * offset}{_paint('^' * width, tint, color)}",
    ]


def _last_line(place: Place) -> Place:
    """The last line of what spans several: marked from its first letter to where it ends."""
    text = place.end_text
    column = min(len(text) - len(text.lstrip()), place.end_column - 1) + 1
    length = max(1, place.end_column - column + 1)
    return Place(place.path, place.end_line, column, length, text)


def _values(values: Sequence[tuple[str, str]]) -> list[str]:
    """Return what took part, a line each: ``var.region = "eu"``."""
    widest = max(len(visible(name)) for name, _ in values)
    return [
        "",
        *(f"  {visible(name).ljust(widest)} = {_message(value)}" for name, value in values),
    ]


def _snippet(place: Place) -> tuple[str, int, int]:
    """Return a source line as shown, and the columns in front of the carets and below them."""
    start = min(place.column - 1, len(place.text))
    begin, end = _window(place.text, start)
    front = "…" if begin else ""
    before = [_cell(character) for character in place.text[begin:start]]
    rest = [_cell(character) for character in place.text[start:end]]
    marked = rest[: place.length]
    shown = front + "".join(text for text, _ in before + rest)
    offset = len(front) + sum(width for _, width in before)
    width = max(1, sum(width for _, width in marked))
    return (
        (shown if end < len(place.text) else shown.rstrip()) + _dots(place.text, end),
        offset,
        width,
    )


def _dots(text: str, end: int) -> str:
    return "…" if end < len(text) else ""


def _window(text: str, start: int) -> tuple[int, int]:
    """Return which part of a line to show, so that megabytes on one line stay readable."""
    if _fits(text, 0, SNIPPET_COLUMNS) == len(text):
        return 0, len(text)
    begin = max(0, start - _LEAD_COLUMNS)
    while 0 < begin < start and _cell(text[begin])[1] == 0:
        begin -= 1  # an accent belongs to the letter in front of it
    return begin, max(_fits(text, begin, SNIPPET_COLUMNS), min(start + 1, len(text)))


def _fits(text: str, begin: int, columns: int) -> int:
    """Return where to stop so that ``text[begin:stop]`` takes no more than these columns."""
    used = 0
    for index in range(begin, len(text)):
        used += _cell(text[index])[1]
        if used > columns:
            return index
    return len(text)


def _cell(character: str) -> tuple[str, int]:
    """Return what to show for a character, and how many columns that takes."""
    if " " <= character <= "~":
        return character, 1
    if character == "\t":
        return _TAB, len(_TAB)
    category = unicodedata.category(character)
    if category in ("Mn", "Me") or character == "\N{ZERO WIDTH JOINER}":
        return character, 0
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        code = ord(character)
        text = f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
        return text, len(text)
    width = 2 if unicodedata.east_asian_width(character) in "WF" else 1
    return " " * width if category == "Zs" else character, width


def _problems(problems: Sequence[Problem], color: bool) -> list[str]:
    count = f"{len(problems)} problems" if len(problems) != 1 else "1 problem"
    lines = [f"{_paint('Error:', _RED, color)} the configuration is refused: {count}"]
    for problem in problems:
        path = f"{problem.path}: " if problem.path else ""
        word = "warning: " if problem.severity == "warning" else ""
        first, *rest = visible(f"{word}{path}{problem.message}").split("\n")
        lines += [f"  - {first}", *(f"    {line}" for line in rest)]
        if problem.hint:
            lines += [f"    {_paint('hint:', _CYAN, color)} {_message(problem.hint)}"]
    return lines


def _output(error: PackerError) -> list[str]:
    """Return what a program said before it failed, indented."""
    if isinstance(error, PluginStartError | PluginCrashed):
        said, title = worth_showing(error), "its last lines:"
    elif isinstance(error, InstallError):
        said, title = error.output.rstrip().split("\n"), "the installer said:"
    else:
        return []
    left_out = len(said) - _MOST_OUTPUT_LINES
    if left_out > 0:
        said = [f"… {left_out} lines before", *said[-_MOST_OUTPUT_LINES:]]
    lines = _indented("\n".join(line.rstrip() for line in said), "    ")
    return ["", f"  {title}", *lines] if any(line.strip() for line in lines) else []


def _count(diagnostics: Sequence[Diagnostic]) -> str:
    words = []
    for severity in ("error", "warning"):
        number = sum(diagnostic.severity == severity for diagnostic in diagnostics)
        if number:
            words.append(f"{number} {severity}{'s' if number > 1 else ''}")
    return join(words)


def _message(text: str) -> str:
    """Return a text whose further lines are indented, so that they belong to the first."""
    return visible(text).strip().replace("\n", "\n  ")


def _indented(text: str, indent: str = "  ") -> list[str]:
    return [f"{indent}{line}".rstrip() for line in visible(text).strip("\n").split("\n")]


def _hint(text: str | None, color: bool) -> str:
    return f"\n\n{_paint('hint:', _CYAN, color)} {_message(text)}" if text else ""


def _paint(text: str, tint: int, color: bool) -> str:
    return f"\x1b[1;{tint}m{text}\x1b[0m" if color else text

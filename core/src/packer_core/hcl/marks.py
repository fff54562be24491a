"""Marks: what is remembered about a value through everything that is made of it.

The content of a value, or of anything inside it, may be a `Marked`: the content proper, and its
marks. What looks into a value takes the marks off, and puts them on what it makes of it.
"""

from __future__ import annotations

from packer_sdk.cty.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Marks = frozenset[str]

SENSITIVE = "sensitive"
"""The mark of what must not be shown."""

NONE: Marks = frozenset()


class Marked:
    """Content with marks; never directly inside another one."""

    __slots__ = ("content", "marks")

    def __init__(self, content: object, marks: Marks) -> None:
        self.content = content
        self.marks = marks

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Marked):
            return NotImplemented
        return self.content == other.content and self.marks == other.marks

    def __hash__(self) -> int:
        return hash((Marked, self.marks))

    def __repr__(self) -> str:
        return f"Marked({', '.join(sorted(self.marks))})"  # it may be a secret: never the content


def mark(value: Value, marks: Iterable[str]) -> Value:
    """Return the value with further marks; the same one if there are none."""
    wanted = frozenset(marks)
    if not wanted:
        return value
    if isinstance(value.content, Marked):
        wanted |= value.content.marks
        return Value(value.type, Marked(value.content.content, wanted))
    return Value(value.type, Marked(value.content, wanted))


def unmark(value: Value) -> tuple[Value, Marks]:
    """Take off the marks of a value itself; those inside stay."""
    content = value.content
    if type(content) is Marked:
        return Value(value.type, content.content), content.marks
    return value, NONE


def unmark_deep(value: Value) -> tuple[Value, Marks]:
    """Take off all marks, of the value and of everything inside."""
    if type(value.content) in _FLAT:
        return value, NONE
    found: set[str] = set()
    content = _bare(value.content, found)
    return (Value(value.type, content), frozenset(found)) if found else (value, NONE)


def marks_in(value: Value) -> Marks:
    """All marks of a value and of everything inside."""
    return unmark_deep(value)[1]


def is_sensitive(value: Value) -> bool:
    """Whether anything in a value must not be shown."""
    return SENSITIVE in marks_in(value)


def bare(content: object) -> object:
    """The content without the marks it has itself."""
    return content.content if type(content) is Marked else content


_FLAT = (str, bool, int, type(None))


def _bare(content: object, found: set[str]) -> object:
    if type(content) in _FLAT:
        return content
    if isinstance(content, Marked):
        found |= content.marks
        return _bare(content.content, found)
    if isinstance(content, list):
        return [_bare(item, found) for item in content]
    if isinstance(content, dict):
        return {key: _bare(item, found) for key, item in content.items()}
    if isinstance(content, Value):
        return Value(content.type, _bare(content.content, found))
    return content

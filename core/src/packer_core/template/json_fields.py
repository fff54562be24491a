"""One JSON object, taken apart member by member; every wrong type is a diagnostic at its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_sdk import Duration

from .json_nodes import Array, Object, Scalar, describe, option
from .rendering import explain, point_into

if TYPE_CHECKING:
    from packer_core.diagnostics import Place
    from packer_sdk.errors import PackerError

    from .json_nodes import Member, Node
    from .json_reader import Document


class Reading:
    """A document while it is understood: what was found in it, with places.

    Attributes:
        document: The file.
        findings: Every diagnostic so far.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Diagnostic] = list(document.diagnostics)

    def place(self, node: Node | Member) -> Place:
        """Return where a value or a key stands."""
        return self.document.place(node)

    def error(
        self, summary: str, node: Node | Member, *, detail: str = "", hint: str | None = None
    ) -> None:
        """Note that something is wrong at a value or a key."""
        self.findings.append(Diagnostic(summary, self.place(node), detail=detail, hint=hint))

    def warn(self, summary: str, node: Node | Member, *, hint: str | None = None) -> None:
        """Note something that stops nothing."""
        self.findings.append(Diagnostic(summary, self.place(node), hint=hint, severity="warning"))

    def unrendered(self, what: str, error: PackerError, text: str, node: Node) -> None:
        """Note a text whose ``{{ … }}`` cannot be filled in."""
        reason, offset = explain(error, text)
        place = point_into(self.place(node), text, offset)
        self.findings.append(Diagnostic(f"{what}: {reason}", place, hint=error.hint))

    def mismatch(self, what: str, expected: str, node: Node, *, hint: str | None = None) -> None:
        """Note a value of the wrong type."""
        self.error(f"{what} must be {expected}, not {describe(node)}", node, hint=hint)

    def opening(self, node: Node) -> Scalar:
        """Return the first character of a value: what points at an object without filling lines."""
        return Scalar(None, node.start, node.start + 1)

    def array(self, what: str, member: Member | None) -> list[Node]:
        """Return the items of an array; nothing if it is absent, null or wrong."""
        if member is None or is_null(member.value):
            return []
        if isinstance(member.value, Array):
            return member.value.items
        self.mismatch(what, "an array", member.value)
        return []

    def strings(self, what: str, member: Member | None) -> list[tuple[str, Scalar]]:
        """Return the strings of an array, each with its node."""
        if member and isinstance(member.value, Scalar) and isinstance(member.value.value, str):
            value = member.value.value
            self.mismatch(what, "an array of strings", member.value, hint=f'write ["{value}"]')
            return []
        found = []
        for item in self.array(what, member):
            if isinstance(item, Scalar) and isinstance(item.value, str):
                found.append((item.value, item))
            else:
                self.mismatch(f"an item of {what}", "a string", item)
        return found


class Fields:
    """The members of one object. What nobody takes are the options of a plugin.

    A null counts as absent, as it does in Go.
    """

    def __init__(self, reading: Reading, node: Object) -> None:
        self.reading = reading
        self.node = node
        self._left = dict(node.members)

    def member(self, name: str) -> Member | None:
        """Take a member."""
        found = self._left.pop(name, None)
        return None if found is None or is_null(found.value) else found

    def string(self, name: str) -> tuple[str, Scalar] | None:
        """Take a string, and the node it stands in."""
        member = self.member(name)
        if member is None:
            return None
        value = member.value
        if isinstance(value, Scalar) and isinstance(value.value, str):
            return value.value, value
        self.reading.mismatch(f'"{name}"', "a string", value)
        return None

    def component(self, what: str) -> tuple[str, Scalar] | None:
        """Take the ``type`` every component has."""
        member = self.node.members.get("type")
        found = self.string("type")
        if found and found[0]:
            return found
        if member is None or is_null(member.value) or found:
            place = self.reading.opening(self.node) if member is None else member.value
            self.reading.error(f'{what} without a "type"', place)
        return None

    def strings(self, name: str) -> list[tuple[str, Scalar]]:
        """Take an array of strings."""
        return self.reading.strings(f'"{name}"', self.member(name))

    def flag(self, name: str) -> bool | None:
        """Take true or false; None if it is absent."""
        member = self.member(name)
        if member is None:
            return None
        value = member.value
        if isinstance(value, Scalar) and isinstance(value.value, bool):
            return value.value
        quoted = isinstance(value, Scalar) and value.value in ("true", "false")
        hint = "write it without quotes" if quoted else None
        self.reading.mismatch(f'"{name}"', "true or false", value, hint=hint)
        return None

    def duration_s(self, name: str) -> float:
        """Take a duration in Go's form (``1m30s``); 0 if it is absent."""
        member = self.member(name)
        if member is None:
            return 0.0
        value = member.value
        if isinstance(value, Scalar) and isinstance(value.value, str):
            return self._seconds(name, value.value, value)
        text = self.reading.document.source.text[value.start : value.end]
        is_number = describe(value) == "a number"
        hint = f'seconds are written "{text}s"' if is_number else 'as in "1m30s"'
        self.reading.mismatch(f'"{name}"', "a duration in quotes", value, hint=hint)
        return 0.0

    def _seconds(self, name: str, text: str, node: Scalar) -> float:
        try:
            seconds = Duration(text).seconds
        except ValueError:
            unit = re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text)
            hint = f'a unit is missing: "{text}s"' if unit else 'as in "1h", "1m30s", "500ms"'
            self.reading.error(f'"{name}" is not a duration: {text}', node, hint=hint)
            return 0.0
        if seconds < 0:
            self.reading.error(f'"{name}" must not be negative: {text}', node)
        return max(0.0, seconds)

    def options(self) -> dict[str, object]:
        """Return what is left, as a plugin gets it."""
        return {name: option(member.value) for name, member in self._left.items()}

    def places(self) -> dict[str, Place]:
        """Return where what is left stands."""
        return {name: self.reading.place(member) for name, member in self._left.items()}


def is_null(node: Node) -> bool:
    """Whether a value is null."""
    return isinstance(node, Scalar) and node.value is None

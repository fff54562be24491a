"""Arguments of blocks that core itself reads: texts, numbers, truth values, lists of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.hcl.convert import convert, described
from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.marks import unmark_deep
from packer_core.hcl.scope import EMPTY
from packer_core.hcl.values import is_wholly_known
from packer_sdk.cty.types import ListType, Mismatch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_core.hcl.findings import Findings
    from packer_core.hcl.nodes import Attribute
    from packer_core.hcl.scope import Scope
    from packer_sdk.cty.types import Type
    from packer_sdk.cty.values import Value


class Arguments:
    """The arguments of one block.

    Args:
        attributes: By name.
        scope: What names mean in them.
        findings: Where errors go.
    """

    def __init__(
        self, attributes: Mapping[str, Attribute], findings: Findings, scope: Scope = EMPTY
    ) -> None:
        self._attributes = attributes
        self._scope = scope
        self._findings = findings

    def value(self, name: str, type_: Type = "dynamic") -> Value | None:
        """The value of an argument; None if it is not set, null, not known or wrong."""
        attribute = self._attributes.get(name)
        if attribute is None:
            return None
        before = self._findings.errors
        value, _ = unmark_deep(evaluate(attribute.expression, self._scope, self._findings))
        if self._findings.errors > before or value.content is None or value.type == "dynamic":
            return None
        try:
            converted = convert(value, type_)
        except Mismatch:
            found = described(value.type)
            self._wrong(attribute, f'"{name}" must be {_article(type_)}, not {found}')
            return None
        if not is_wholly_known(converted):
            return None  # what a data source will find, when nothing is built (VAL-003)
        return converted

    def text(self, name: str) -> str | None:
        """A text."""
        value = self.value(name, "string")
        return value.content if value and isinstance(value.content, str) else None

    def flag(self, name: str) -> bool | None:
        """A truth value."""
        value = self.value(name, "bool")
        return value.content if value and isinstance(value.content, bool) else None

    def count(self, name: str) -> int:
        """A whole number from 0 on; 0 if it is not set."""
        value = self.value(name, "number")
        if value is None:
            return 0
        if isinstance(value.content, int) and value.content >= 0:
            return value.content
        self._wrong(self._attributes[name], f'"{name}" must be a whole number, 0 or more')
        return 0

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty if it is not set."""
        value = self.value(name, ListType("string"))
        items = value.content if value and isinstance(value.content, list) else []
        if None in items:
            self._wrong(self._attributes[name], f'"{name}" must be a list of strings, without null')
        return tuple(item for item in items if isinstance(item, str))

    def duration_s(self, name: str) -> float | None:
        """Seconds of a text such as ``1h30m`` (PRV-004)."""
        text = self.text(name)
        if text is None:
            return None
        from packer_sdk import Duration  # noqa: PLC0415 - brings all configuration along

        try:
            return Duration(text).seconds
        except ValueError:
            attribute = self._attributes[name]
            summary = f'"{name}" is not a duration: {text}'
            self._findings.error(summary, attribute.expression.span, hint='such as "1m30s"')
            return None

    def _wrong(self, attribute: Attribute, summary: str) -> None:
        self._findings.error(summary, attribute.expression.span)


def _article(type_: Type) -> str:
    words = {"string": "a string", "number": "a number", "bool": "true or false"}
    return words.get(type_, "a value") if isinstance(type_, str) else f"a {described(type_)}s"

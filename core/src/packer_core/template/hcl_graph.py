"""Locals and data sources: values that are worked out from each other (LOC-001, LOC-002, DAT-001).

Each is worked out once, after everything it asks for; what stands in a circle is told with the way
around it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from packer_core.hcl import values
from packer_core.hcl.decode import decode
from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.marks import SENSITIVE, mark, unmark_deep
from packer_core.hcl.variables import variables_of
from packer_sdk.cty.types import ObjectType
from packer_sdk.cty.values import Value
from packer_sdk.errors import Cancelled, PackerError
from packer_sdk.records import named_record

from .hcl_references import references_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from packer_core.hcl.body import AnyBody
    from packer_core.hcl.findings import Findings
    from packer_core.hcl.nodes import Expression
    from packer_core.hcl.scope import Scope
    from packer_core.hcl.source import Span
    from packer_core.hcl.variables import Reference
    from packer_sdk.wire.specs import ObjectSpec

    Key = tuple[str, ...]
    """``("local", "a")`` or ``("data", "http", "b")``."""


class Lookups(Protocol):
    """Asks data sources."""

    def look_up(
        self, type_: str, name: str, decoded: Callable[[ObjectSpec], Value | None]
    ) -> Value:
        """What a data source finds; not known, but of its type, if it is not to be asked.

        Args:
            type_: Name of the component.
            name: Of the data block.
            decoded: Its configuration, by its schema; None if that is wrong and has been told.

        Raises:
            PackerError: it cannot be asked, or failed.
        """


class NoLookups:
    """Asks no data source, not even for its schema."""

    def look_up(
        self,
        type_: str,  # noqa: ARG002 - see `Lookups`
        name: str,  # noqa: ARG002
        decoded: Callable[[ObjectSpec], Value | None],  # noqa: ARG002
    ) -> Value:
        """See `Lookups`."""
        return values.ANYTHING


@named_record
class Local:
    """A local value."""

    name: str
    expression: Expression
    span: Span
    sensitive: bool = False


@named_record
class Data:
    """A data source."""

    type: str
    name: str
    body: AnyBody
    span: Span


class Graph:
    """Works out every local and data source.

    Args:
        scope: What other names mean: ``var``, ``path``, functions.
        lookups: Asks data sources.
        findings: Where errors go.
        parts: What there is, by key.

    Attributes:
        done: What has been worked out.
    """

    def __init__(
        self,
        scope: Scope,
        lookups: Lookups,
        findings: Findings,
        parts: Mapping[Key, Local | Data],
    ) -> None:
        self.scope = scope
        self.lookups = lookups
        self.findings = findings
        self.parts = parts
        self.done: dict[Key, Value] = {}
        self._names = _Names(parts)

    def work_out(self, keys: Iterable[Key] | None = None) -> Scope:
        """Work out these, or everything, and return the scope in which they are known."""
        for key in self.parts if keys is None else keys:
            if key in self.parts:
                self._work_out(key)
        return self._inside()

    def local_values(self) -> dict[str, Value]:
        """Every local value that was worked out, by name."""
        return {key[1]: value for key, value in self.done.items() if key[0] == "local"}

    def needed_by(self, references: Iterable[Reference]) -> set[Key]:
        """Everything that these ask for, and what that asks for."""
        found: set[Key] = set()
        waiting = [key for one in references for key in self._keys(one)]
        while waiting:
            key = waiting.pop()
            if key not in found:
                found.add(key)
                waiting += self._needs(key)
        return found

    def _work_out(self, key: Key) -> None:
        if key in self.done:
            return
        # A stack of its own: a long chain of locals would be too deep for Python's.
        stack = {key: iter(self._needs(key))}
        while stack:
            current, needs = next(reversed(stack.items()))
            needed = next((one for one in needs if one not in self.done), None)
            if needed is not None and needed not in stack:
                stack[needed] = iter(self._needs(needed))
                continue
            if needed is None:
                value = self._value(current)
            else:
                keys = list(stack)
                self._circle(keys[keys.index(needed) :])
                value = values.ANYTHING
            self.done[current] = value
            self._names.add(current, value)
            del stack[current]

    def _needs(self, key: Key) -> list[Key]:
        part = self.parts[key]
        if isinstance(part, Local):
            references: Iterable[Reference] = variables_of(part.expression)
        else:
            references = references_in(part.body)
        return list(dict.fromkeys(key for one in references for key in self._keys(one)))

    def _keys(self, reference: Reference) -> Iterator[Key]:
        """Those that a reference means: all of them, if it stops before it names one."""
        path = tuple(map(str, reference.path))
        if path[0] not in {"local", "data"}:
            return
        length = 2 if path[0] == "local" else 3
        start = path[:length]
        if start in self.parts:
            yield start
        elif len(path) < length:
            yield from (key for key in self.parts if key[: len(path)] == path)

    def _circle(self, keys: list[Key]) -> None:
        names = [".".join(key) for key in (*keys, keys[0])]
        if (left_out := len(names) - _MOST_NAMES) > 1:
            names[_MOST_NAMES - 2 : -2] = [f"… {left_out} more …"]
        self.findings.error(
            f"these need each other: {' -> '.join(names)}", self.parts[keys[0]].span
        )

    def _value(self, key: Key) -> Value:
        part = self.parts[key]
        if isinstance(part, Data):
            return self._looked_up(part)
        value = evaluate(part.expression, self._inside(), self.findings)
        return mark(value, {SENSITIVE}) if part.sensitive else value

    def _looked_up(self, part: Data) -> Value:
        def decoded(spec: ObjectSpec) -> Value | None:
            before = self.findings.errors
            value = decode(part.body, spec, self._inside(), self.findings)
            return unmark_deep(value)[0] if self.findings.errors == before else None

        try:
            return values.settled(self.lookups.look_up(part.type, part.name, decoded))
        except Cancelled:
            raise
        except PackerError as error:
            summary = f"data source {part.type}.{part.name}: {error.message}"
            self.findings.error(summary, _span_of(error.message, part), hint=error.hint)
            return values.ANYTHING

    def _inside(self) -> Scope:
        return self.scope.child(self._names.variables)


class _Names:
    """What ``local`` and ``data`` mean, with what has been worked out so far.

    It grows in place: made anew for each of ten thousand locals, it would take minutes. Nobody sees
    it grow, since what asks for all of it waits until all of it is there.
    """

    def __init__(self, keys: Iterable[Key]) -> None:
        self._kinds: dict[str, Value] = {}
        self.variables = {"local": _nothing(), "data": _nothing()}
        for key in keys:
            self.add(key, values.ANYTHING)

    def add(self, key: Key, value: Value) -> None:
        """Add a value, or take it for what was there."""
        if key[0] == "local":
            _set(self.variables["local"], key[1], value)
            return
        _, kind, name = key
        if kind not in self._kinds:
            self._kinds[kind] = _nothing()
            _set(self.variables["data"], kind, self._kinds[kind])
        _set(self._kinds[kind], name, value)


def _span_of(message: str, part: Data) -> Span:
    """Where the argument stands that a data source complains about, if that is what it does."""
    about = _ABOUT_AN_ARGUMENT.match(message)
    found = part.body.just_attributes()[0].get(about["name"]) if about else None
    return found.span if found else part.span


_MOST_NAMES = 12
"""Names of a circle that are told."""

_ABOUT_AN_ARGUMENT = re.compile(r"(?P<name>[A-Za-z_][\w-]*)(?:\.[\w-]+|\[[^\]]*\])*: ")


def _nothing() -> Value:
    return Value(ObjectType({}), {})


def _set(object_: Value, name: str, value: Value) -> None:
    assert isinstance(object_.type, ObjectType), "made above"
    assert isinstance(object_.type.attributes, dict), "made above"
    assert isinstance(object_.content, dict), "made above"
    object_.type.attributes[name] = value.type
    object_.content[name] = value.content

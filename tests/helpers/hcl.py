"""Expressions of HCL in tests, from text to a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.findings import Findings
from packer_core.hcl.functions.table import Library, Surroundings
from packer_core.hcl.marks import SENSITIVE, mark
from packer_core.hcl.parser import parse_expression, parse_file
from packer_core.hcl.scope import Scope
from packer_sdk.cty.values import Value, implied

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_core.diagnostics import Diagnostic
    from packer_core.hcl.body import AnyBody
    from packer_core.hcl.nodes import Expression


def parsed(text: str) -> Expression:
    """An expression without mistakes of syntax."""
    expression, problems = parse_expression(text)
    assert expression is not None, problems
    return expression


def body_of(text: str) -> AnyBody:
    """A file without mistakes of syntax."""
    file = parse_file(text, "test.pkr.hcl")
    assert not file.diagnostics
    return file.body


def scope_of(surroundings: Surroundings | None = None, **variables: object) -> Scope:
    """Variables of Python's values, or of values; and all functions."""
    named = {
        name: given if isinstance(given, Value) else implied(given)
        for name, given in variables.items()
    }
    return Scope(named, Library(surroundings or Surroundings()))


def outcome(text: str, scope: Scope | None = None) -> tuple[Value, list[Diagnostic]]:
    """The value of an expression, and what was found."""
    findings = Findings()
    value = evaluate(parsed(text), scope or scope_of(), findings)
    return value, findings.diagnostics


def value_of(text: str, scope: Scope | None = None) -> Value:
    """The value of an expression without errors."""
    value, found = outcome(text, scope)
    assert not found, (text, found)
    return value


def content_of(text: str, scope: Scope | None = None) -> object:
    """What Python holds for the value of an expression without errors."""
    return value_of(text, scope).content


def error_of(text: str, scope: Scope | None = None) -> Diagnostic:
    """The first thing that is wrong with an expression."""
    _, found = outcome(text, scope)
    assert found, text
    return found[0]


def secret(content: object) -> Value:
    """A sensitive value."""
    return mark(implied(content), [SENSITIVE])


def surroundings_of(**environment: str) -> Surroundings:
    """A world with these variables."""
    given: Mapping[str, str] = environment
    return Surroundings(environment=given)

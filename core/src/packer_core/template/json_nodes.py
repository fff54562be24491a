"""JSON values that remember where they stand. Offsets count characters of the decoded text."""

from __future__ import annotations

from packer_sdk.records import mass_record


@mass_record
class Scalar:
    """A string, number, boolean or null."""

    value: str | int | float | bool | None
    start: int
    end: int


@mass_record
class Array:
    """Values between brackets."""

    items: list[Node]
    start: int
    end: int


@mass_record
class Member:
    """A key of an object (with its quotes) and what it stands for."""

    name: str
    start: int
    end: int
    value: Node


@mass_record
class Object:
    """Members between braces, in the order of the text; of equal keys the last one counts."""

    members: dict[str, Member]
    start: int
    end: int


Node = Scalar | Array | Object


def plain(node: Node) -> object:
    """Return a value as Python has it: ``str``, ``int``, ``float``, ``bool``, None, list, dict."""
    if isinstance(node, Object):
        return {name: plain(member.value) for name, member in node.members.items()}
    if isinstance(node, Array):
        return [plain(item) for item in node.items]
    return node.value


def option(node: Node) -> object:
    """Return a value as a plugin gets it: every number is a float (protocol section 6.2)."""
    if isinstance(node, Object):
        return {name: option(member.value) for name, member in node.members.items()}
    if isinstance(node, Array):
        return [option(item) for item in node.items]
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        return float(node.value)
    return node.value


def describe(node: Node) -> str:
    """Return what a value is, in a user's words: ``a string``, ``an object``."""
    if isinstance(node, Object):
        return "an object"
    if isinstance(node, Array):
        return "an array"
    if node.value is None:
        return "null"
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    return "a string" if isinstance(node.value, str) else "a number"

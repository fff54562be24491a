"""What a fixer is, and the few ways in which options change from one release to the next.

Every rule takes the options of one component and returns new ones. It leaves alone what it does
not understand, and what it returns it would not change again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from packer_sdk.records import record

if TYPE_CHECKING:
    from collections.abc import Callable

    Options = dict[str, Any]
    Rule = Callable[[Options], Options]
else:
    Options = dict

Kind = Literal["builder", "provisioner", "post-processor"]


@record
class Fixer:
    """Something that has changed, and how an old template follows.

    Attributes:
        name: As the feature map has it.
        summary: What it does, for a list: starts with a verb, no full stop.
        kind: Which components it is about.
        types: Their types; one that ends with ``-`` is the beginning of several; empty is all.
        rule: Gives the new options of one component.
        renames: Old and new name of a type. Names that follow from the type change with it, so
            this is not left to the rule.
    """

    name: str
    summary: str
    kind: Kind
    types: tuple[str, ...] = ()
    rule: Rule = dict
    renames: tuple[str, str] | None = None

    def is_about(self, kind: str, type_: object) -> bool:
        """Whether it is about components of a kind and type."""
        if kind != self.kind or not isinstance(type_, str):
            return False
        return not self.types or any(
            type_.startswith(one) if one.endswith("-") else type_ == one for one in self.types
        )


def renamed(**names: str) -> Rule:
    """Options with new names, old ones first; where both are set, the new one counts."""

    def rule(options: Options) -> Options:
        gone = {old for old, new in names.items() if old in options and new in options}
        return {names.get(name, name): value for name, value in options.items() if name not in gone}

    return rule


def removed(*names: str) -> Rule:
    """Options that are gone without anything in their place."""
    return lambda options: {name: value for name, value in options.items() if name not in names}


def replaced(old: str, new: str, convert: Callable[[Any], Any]) -> Rule:
    """An option with a new name and another form of value.

    Args:
        old: Its name before.
        new: Its name now; if that is set, the old one only goes.
        convert: Gives the value in its new form, None if the old one makes no sense.
    """

    def rule(options: Options) -> Options:
        value = convert(options[old]) if old in options else None
        if value is None:
            return dict(options)
        rest = {name: kept for name, kept in options.items() if name != old}
        return {new: value} | rest

    return rule


def in_texts(change: Callable[[str], str]) -> Rule:
    """What stands in texts, however deep they lie; the ``type`` is none."""

    def walk(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, dict):
            return {name: walk(item) for name, item in value.items()}
        return [walk(item) for item in value] if isinstance(value, list) else value

    return lambda options: {
        name: value if name == "type" else walk(value) for name, value in options.items()
    }


def as_boolean(value: object) -> bool | None:
    """True or false, as JSON has it or as text; None for anything else."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value)
    return value if isinstance(value, bool) else None

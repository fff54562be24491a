"""Options of a component, from JSON to the body of a block.

JSON takes ``"5"`` for 5 and one thing for a list of one (JSN-013); HCL2 wants what the schema of
the component says, and knows from it whether an option is an argument or a block. Without a
schema, that is a guess.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from packer_sdk.cty.types import ListType, MapType, ObjectType, SetType
from packer_sdk.wire.specs import Attr, Block, BlockList, ObjectSpec

from .texts import block, comment, is_name, listed, quoted, template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packer_sdk.cty.types import Type

    from .actions import Rewriter
    from .texts import Part

_MAPS = re.compile(
    r"(?:.*_)?(?:tags?|labels?|env|vars|variables|metadata|data|data_post|filters?|headers?"
    r"|volumes|parameters|properties|override|attributes|annotations)"
)
"""Names of options that hold names of the user's own, in all plugins that are known to many."""

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


class OptionWriter:
    """Writes options.

    Args:
        rewriter: Rewrites texts.

    Attributes:
        notes: What a reader should look at.
    """

    def __init__(self, rewriter: Rewriter) -> None:
        self.notes: list[str] = []
        self._rewriter = rewriter

    def body(self, options: Mapping[str, Any], spec: ObjectSpec | None) -> list[str]:
        """What is between the braces of a block.

        Args:
            options: As JSON has them; null is left out, as it is there.
            spec: What the component knows; None if nobody knows that.
        """
        lines: list[str] = []
        for name, value in options.items():
            if value is not None:
                lines += self._option(name, value, spec)
        return lines

    def _option(self, name: str, value: Any, spec: ObjectSpec | None) -> list[str]:
        if not is_name(name):
            self.notes.append(f"option {quoted(name)} cannot be written in HCL2")
            return comment(f"HCL2 takes no option of this name: {json.dumps({name: value})}")
        if spec is None:
            return self._guessed(name, value)
        match spec.attributes.get(name):
            case Block(nested=ObjectSpec() as nested) | BlockList(nested=ObjectSpec() as nested):
                return self._blocks(name, value, nested)
            case Attr(type=type_):
                return self._argument(name, value, type_)
            case _:
                self.notes.append(f"option {name} is not known to its component")
                remark = comment("The component does not know this option.")
                return [*remark, *self._argument(name, value, "dynamic")]

    def _argument(self, name: str, value: Any, type_: Type) -> list[str]:
        before = len(self.notes)
        if isinstance(type_, ListType) and isinstance(value, str) and name.endswith("command"):
            value = [value] if value else []  # a command has commas of its own
        written = f"{name} = {self.value(value, type_)}"
        return [*(line for note in self.notes[before:] for line in comment(note)), written]

    def _blocks(self, name: str, value: Any, spec: ObjectSpec | None) -> list[str]:
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, dict) for item in items):
            return self._argument(name, value, "dynamic")
        return [line for item in items for line in block(name, self.body(item, spec))]

    def _guessed(self, name: str, value: Any) -> list[str]:
        items = value if isinstance(value, list) else [value]
        if not items or not all(isinstance(item, dict) for item in items):
            return self._argument(name, value, "dynamic")
        is_map = _MAPS.fullmatch(name) or not all(is_name(key) for item in items for key in item)
        if is_map and isinstance(value, dict):
            return [*comment("A guess: an argument."), *self._argument(name, value, "dynamic")]
        return [*comment("A guess: a block."), *self._blocks(name, value, None)]

    def value(self, value: Any, type_: Type = "dynamic") -> str:
        """One value as an expression that gives something of a type.

        Args:
            value: As JSON has it.
            type_: What is wanted; what cannot become that is left as it is.
        """
        match type_:
            case ListType() | SetType():
                return self._list(value, type_.element)
            case MapType() if isinstance(value, dict):
                return self._mapping(value, dict.fromkeys(value, type_.element))
            case ObjectType() if isinstance(value, dict):
                return self._mapping(value, type_.attributes)
        if isinstance(value, dict):
            return self._mapping(value, {})
        if isinstance(value, list):
            return listed([self.value(item) for item in value])
        return self._scalar(value, type_)

    def _scalar(self, value: Any, type_: Type) -> str:
        if isinstance(value, str):
            parts = self._parts(value)
            literal = "".join(part for part in parts if isinstance(part, str))
            if type_ == "number" and _NUMBER.fullmatch(literal) and len(parts) == 1:
                return literal
            if type_ == "bool" and literal in ("true", "false") and len(parts) == 1:
                return literal
            return template(parts)
        if type_ == "string" and value is not None:
            return quoted(json.dumps(_whole(value)))
        return json.dumps(_whole(value))

    def _list(self, value: Any, element: Type) -> str:
        if isinstance(value, str) and not isinstance(element, ObjectType | MapType):
            parts = self._parts(value)
            if any(not isinstance(part, str) for part in parts):
                # JSON parts texts at commas, and a variable may hold several or none.
                return f'compact(split(",", {template(parts)}))'
            value = value.split(",") if value else []
        items = value if isinstance(value, list) else [value]
        return listed([self.value(item, element) for item in items])

    def _mapping(self, value: Mapping[str, Any], types: Mapping[str, Type]) -> str:
        if not value:
            return "{}"
        lines = [
            f"{self._key(key)} = {self.value(item, types.get(key, 'dynamic'))}"
            for key, item in value.items()
        ]
        return "\n".join(["{", *lines, "}"])

    def _key(self, key: str) -> str:
        parts = self._parts(key)
        is_plain = is_name(key) and key not in ("for", "null", "true", "false")
        return key if is_plain else template(parts, bare=False)

    def _parts(self, text: str) -> list[Part]:
        rewritten = self._rewriter.rewrite(text)
        for action in rewritten.left:
            self.notes.append(f"HCL2 has no words for {action}")
        return list(rewritten.parts)


def _whole(value: Any) -> Any:
    """A number without a fraction as one: HCL2 knows one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def without(options: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Options without what packer itself reads."""
    return {name: value for name, value in options.items() if name not in names}


def entries(value: object) -> Iterator[dict[str, Any]]:
    """The objects of a list that may be null."""
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict):
            yield item

"""``{{ … }}`` of a JSON template in HCL2, as far as it is filled in before plugins see it.

Plugins fill in what is left (HCL-010), so only what they cannot know in HCL2 has to go: above all
``{{user}}``. An action that HCL2 has no words for keeps its form, and what plugins cannot know is
handed to it as text: ``{{user `a` | clean_resource_name}}`` becomes
``{{${jsonencode(var.a)} | clean_resource_name}}``, since text in JSON is text in Go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packer_sdk.interpolate import TemplateSyntaxError
from packer_sdk.interpolate.lexer import tokens
from packer_sdk.interpolate.literals import parse_string
from packer_sdk.interpolate.nodes import Action, Dot, Field, Function, Literal, Pipeline
from packer_sdk.interpolate.parser import parse

from .texts import Expression, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from packer_sdk.interpolate.lexer import Token
    from packer_sdk.interpolate.nodes import Command, Term

    from .texts import Part

    Convert = Callable[[Sequence["Argument"]], str | None]


_LACKING = frozenset(
    {
        *("build", "env", "sed", "template_dir", "user"),
        *("aws_secretsmanager", "aws_secretsmanager_raw", "consul_key", "vault"),
    }
)
"""Functions that plugins do not have in HCL2."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a function gets.

    Attributes:
        text: As an expression of HCL2.
        literal: Its value, if the template says it.
    """

    text: str
    literal: str | int | None = None


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A text in its new form.

    Attributes:
        parts: Its stretches.
        left: Actions that plugins cannot fill in, as written.
        late: Whether an action is left for plugins that was not written for them.
    """

    parts: tuple[Part, ...]
    left: tuple[str, ...] = ()
    late: bool = False


class Rewriter:
    """Rewrites texts.

    Args:
        functions: What is called in HCL2 instead; None for arguments it cannot deal with.
        needed: Functions that plugins do not have; None if no action may be left.
        embedded: Of those, the ones whose result may be handed to an action as text.
        values: Values of the build that are written ``{{.Name}}`` and known as ``build.Name``.
    """

    def __init__(
        self,
        functions: Mapping[str, Convert],
        needed: frozenset[str] | None,
        embedded: frozenset[str],
        values: frozenset[str] = frozenset(),
    ) -> None:
        self._functions = functions
        self._needed = needed
        self._embedded = embedded
        self._values = values

    def rewrite(self, text: str) -> Rewritten:
        """Rewrite one text; one that is no Go template stays, and plugins tell what is wrong."""
        if "{{" not in text:
            return Rewritten((text,))
        try:
            parse(text, None)
            actions = list(_actions(text))
        except TemplateSyntaxError:
            return Rewritten((text,))
        parts: list[Part] = []
        left: list[str] = []
        position, late = 0, False
        for start, end, inside in actions:
            parts.append(text[position:start])
            position = end
            if not self._is_needed(inside):
                parts.append(text[start:end])
            elif whole := self._whole(text[start:end]):
                parts.append(Expression(whole))
            else:
                late = True
                parts += self._embed(text, start, end, inside)
                if self._remains(inside):
                    left.append(text[start:end])
        parts.append(text[position:])
        return Rewritten(tuple(parts), tuple(left), late)

    def _is_needed(self, inside: Sequence[Token]) -> bool:
        names = {token.value for token in inside if token.kind == "name"}
        if self._values & {token.value[1:] for token in inside if token.kind == "field"}:
            return True
        if self._needed is None:
            return bool(names)
        return bool(names & self._needed)

    def _whole(self, action: str) -> str | None:
        if action.startswith("{{- ") or action.endswith(" -}}"):
            return None  # it eats the blanks around it, which the plugin has to do
        try:
            nodes = parse(action, None).nodes
        except TemplateSyntaxError:  # a part of something longer: {{if}}, {{end}}
            return None
        if len(nodes) != 1 or not isinstance(nodes[0], Action):
            return None
        argument = self._pipeline(nodes[0].pipeline)
        return argument.text if argument else None

    def _pipeline(self, pipeline: Pipeline) -> Argument | None:
        if pipeline.variables:
            return None
        value: Argument | None = None
        for number, command in enumerate(pipeline.commands):
            value = self._command(command, value)
            if value is None or (number and not isinstance(command.head, Function)):
                return None
        return value

    def _command(self, command: Command, piped: Argument | None) -> Argument | None:
        found = [self._term(term) for term in command.arguments]
        arguments = [one for one in [*found, piped] if one]
        if None in found:
            return None
        if not isinstance(command.head, Function):
            return None if arguments else self._term(command.head)
        convert = self._functions.get(command.head.name)
        text = convert(arguments) if convert else None
        return None if text is None else Argument(text)

    def _term(self, term: Term) -> Argument | None:
        if isinstance(term, Pipeline):
            return self._pipeline(term)
        if isinstance(term, Field) and isinstance(term.of, Dot):
            (name, *deeper) = term.names
            return Argument(f"build.{name}") if name in self._values and not deeper else None
        if isinstance(term, Function):
            convert = self._functions.get(term.name)
            text = convert([]) if convert else None
            return None if text is None else Argument(text)
        if isinstance(term, Literal) and isinstance(term.value, str):
            return Argument(quoted(term.value), term.value)
        if isinstance(term, Literal) and type(term.value) is int:
            return Argument(str(term.value), term.value)
        return None

    def _embed(self, text: str, start: int, end: int, inside: Sequence[Token]) -> Iterator[Part]:
        position = start
        for at, stop, written in self._calls(inside):
            yield text[position:at]
            yield Expression(f"jsonencode({written})")
            position = stop
        yield text[position:end]

    def _calls(self, inside: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
        """Calls that can be handed over: where they stand, and what they are in HCL2."""
        for number, token in enumerate(inside):
            if token.kind != "name" or token.value not in self._embedded:
                continue
            end, arguments = token.offset + len(token.value), []
            following = [one for one in inside[number + 1 : number + 3] if one.kind != "blank"]
            if following and following[0].kind == "string":
                name = parse_string(following[0].value)
                arguments = [Argument(quoted(name), name)]
                end = following[0].offset + len(following[0].value)
            written = self._functions[token.value](arguments)
            if written is not None:
                yield token.offset, end, written

    def _remains(self, inside: Sequence[Token]) -> bool:
        """Whether something is left that plugins do not have."""
        calls = [one.value for one in inside if one.kind == "name" and one.value in _LACKING]
        return len(calls) > len(list(self._calls(inside)))


def _actions(text: str) -> Iterator[tuple[int, int, list[Token]]]:
    """Where each action stands, and the tokens in it."""
    start = 0
    inside: list[Token] = []
    for token in tokens(text):
        if token.kind == "open":
            start, inside = token.offset, []
        elif token.kind == "close":
            end = token.offset + (2 if text.startswith("}}", token.offset) else 4)
            yield start, end, inside
        else:
            inside.append(token)

"""From nodes to text: evaluates a template as Go's text/template does.

Values are Python's: None, bool, int, float, str, bytes, lists and maps. There is no access to
attributes or methods of objects: what is not in a map is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .context import Context, RenderError
from .formats import show
from .functions import FunctionError, call, is_true
from .lexer import locate
from .nodes import (
    Action,
    Branch,
    Command,
    Dot,
    Field,
    Function,
    Jump,
    Literal,
    Node,
    Nodes,
    Parsed,
    Pipeline,
    Term,
    Text,
    Variable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_NOTHING_PIPED = object()
# `and` and `or` stop at the first argument that decides, so that the others are never evaluated.
_SHORT_CIRCUITS = {"and": False, "or": True}


def render_nodes(parsed: Parsed, context: Context) -> str:
    """Render a parsed template.

    Raises:
        RenderError: a function failed, or a value has the wrong type; says where.
    """
    renderer = _Renderer(parsed.text, context)
    renderer.walk(parsed.nodes, context.data)
    return "".join(renderer.pieces)


class _Renderer:
    def __init__(self, text: str, context: Context) -> None:
        self.pieces: list[str] = []
        self._text = text
        self._context = context
        self._variables: list[tuple[str, object]] = [("$", context.data)]

    def walk(self, nodes: Nodes, dot: object) -> str | None:
        """Render nodes; gives the word of a ``break`` or ``continue`` that was met."""
        for node in nodes:
            jump = self._node(node, dot)
            if jump:
                return jump
        return None

    def _node(self, node: Node, dot: object) -> str | None:
        match node:
            case Text(text):
                self.pieces.append(text)
            case Action(pipeline):
                value = self._pipeline(pipeline, dot)
                if not pipeline.variables:
                    self.pieces.append(show(value))
            case Jump(keyword):
                return keyword
            case Branch(keyword="range"):
                return self._scoped(self._range, node, dot)
            case Branch():
                return self._scoped(self._if_or_with, node, dot)
        return None

    def _scoped(
        self, step: Callable[[Branch, object], str | None], branch: Branch, dot: object
    ) -> str | None:
        """Forget the variables of a branch at its end."""
        known = len(self._variables)
        try:
            return step(branch, dot)
        finally:
            del self._variables[known:]

    def _if_or_with(self, branch: Branch, dot: object) -> str | None:
        value = self._pipeline(branch.pipeline, dot)
        if is_true(value):
            return self.walk(branch.body, value if branch.keyword == "with" else dot)
        return self.walk(branch.otherwise, dot)

    def _range(self, branch: Branch, dot: object) -> str | None:
        items = self._items(branch, self._pipeline(branch.pipeline, dot))
        if not items:
            return self.walk(branch.otherwise, dot)
        known = len(self._variables)
        for key, item in items:
            self._set_loop_variables(branch.pipeline, key, item)
            jump = self.walk(branch.body, item)
            del self._variables[known:]
            if jump == "break":
                break
        return None

    def _set_loop_variables(self, pipeline: Pipeline, key: object, item: object) -> None:
        values = (item,) if len(pipeline.variables) == 1 else (key, item)
        for name, value in zip(pipeline.variables, values, strict=False):
            self._set(name, value, declares=pipeline.declares)

    def _items(self, branch: Branch, value: object) -> list[tuple[object, object]]:
        if value is None:
            return []
        if isinstance(value, Mapping):
            return sorted(value.items(), key=lambda item: str(item[0]))
        if isinstance(value, int) and not isinstance(value, bool):
            return [(number, number) for number in range(value)]
        if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
            return list(enumerate(value))
        raise self._error(branch.offset, f"cannot range over {show(value)}")

    # --- values ---------------------------------------------------------------------------

    def _pipeline(self, pipeline: Pipeline, dot: object) -> object:
        value: object = _NOTHING_PIPED
        for command in pipeline.commands:
            value = self._command(command, dot, value)
        # A range gives its variables a value in every round.
        if pipeline.variables:
            self._assign(pipeline, value)
        return value

    def _assign(self, pipeline: Pipeline, value: object) -> None:
        for name in pipeline.variables:
            self._set(name, value, declares=pipeline.declares)

    def _set(self, name: str, value: object, *, declares: bool) -> None:
        if declares:
            self._variables.append((name, value))
            return
        for place in reversed(range(len(self._variables))):
            if self._variables[place][0] == name:
                self._variables[place] = (name, value)
                return

    def _command(self, command: Command, dot: object, piped: object) -> object:
        has_piped = piped is not _NOTHING_PIPED
        if not isinstance(command.head, Function):
            if command.arguments or has_piped:
                raise self._error(command.offset, "only a function can be given arguments")
            return self._term(command.head, dot)
        name = command.head.name
        if name in _SHORT_CIRCUITS and (command.arguments or has_piped):
            return self._short_circuit(name, command.arguments, dot, piped)
        arguments = [self._term(argument, dot) for argument in command.arguments]
        return self._call(name, [*arguments, *([piped] if has_piped else [])], command.offset)

    def _short_circuit(
        self, name: str, arguments: tuple[Term, ...], dot: object, piped: object
    ) -> object:
        value: object = None
        for argument in arguments:
            value = self._term(argument, dot)
            if is_true(value) is _SHORT_CIRCUITS[name]:
                return value
        return value if piped is _NOTHING_PIPED else piped

    def _call(self, name: str, arguments: list[object], offset: int) -> object:
        try:
            return call(name, arguments, self._context)
        except FunctionError as error:
            raise self._error(offset, f"{name}: {error}", error.hint) from error

    def _term(self, term: Term, dot: object) -> object:
        match term:
            case Literal(value):
                return value
            case Dot():
                return dot
            case Variable(name):
                return next(value for known, value in reversed(self._variables) if known == name)
            case Field(of, names, offset):
                return self._field(self._term(of, dot), names, offset)
            case Function(name, offset):
                return self._call(name, [], offset)
            case Pipeline():
                return self._pipeline(term, dot)

    def _field(self, value: object, names: tuple[str, ...], offset: int) -> object:
        for name in names:
            if value is None:
                return None
            if not isinstance(value, Mapping):
                raise self._error(offset, f".{name}: {show(value)} has no fields")
            value = value.get(name)
        return value

    def _error(self, offset: int, message: str, hint: str | None = None) -> RenderError:
        line, column = locate(self._text, offset)
        return RenderError(message, line=line, column=column, hint=hint)

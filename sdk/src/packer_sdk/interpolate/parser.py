"""From tokens to nodes: the grammar of Go's text/template, by recursive descent.

Named templates (``define``, ``template``, ``block``) are refused: an option is one text, and there
is nowhere to define them. Names of functions and variables are checked here, as in Go, so that a
misspelt one is found at prepare and not an hour into the build.
"""

from __future__ import annotations

from .functions import is_function
from .lexer import Token, syntax_error, tokens
from .literals import parse_char, parse_number, parse_string
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
    from collections.abc import Container

    from .context import TemplateSyntaxError

_BRANCHES = frozenset({"if", "with", "range"})
_CONSTANTS = {"true": True, "false": False, "nil": None}
_REFUSED = frozenset({"define", "template", "block"})
# Deep enough for people, shallow enough for Python's stack.
_DEPTH_MAX = 40


def parse(text: str, functions: Container[str] | None) -> Parsed:
    """Read a template.

    Args:
        text: The whole text.
        functions: Names of functions besides the usual ones; None lets every name pass.

    Raises:
        TemplateSyntaxError: it is not a template; says where and why.
    """
    return _Parser(text, functions).parse()


class _Parser:
    def __init__(self, text: str, functions: Container[str] | None) -> None:
        self._text = text
        self._functions = functions
        self._tokens = list(tokens(text))
        self._at = 0
        self._variables = ["$"]
        self._depth = 0
        self._loops = 0

    def parse(self) -> Parsed:
        nodes, stop = self._body()
        if stop is not None:
            raise self._error(stop, f"{{{{{stop.value}}}}} without a beginning")
        return Parsed(self._text, nodes)

    # --- bodies ---------------------------------------------------------------------------

    def _body(self) -> tuple[Nodes, Token | None]:
        """Read nodes up to ``end`` or ``else`` (returned, and read up to behind the word)."""
        nodes: list[Node] = []
        while self._token.kind != "end":
            if self._token.kind == "text":
                nodes.append(Text(self._take().value))
                continue
            self._take()
            self._skip_blanks()
            if self._token.kind == "name" and self._token.value in ("end", "else"):
                return tuple(nodes), self._take()
            nodes.append(self._tag())
        return tuple(nodes), None

    def _tag(self) -> Node:
        """Read a tag whose opening braces are behind us."""
        word = self._token
        if word.kind == "name" and word.value in _BRANCHES:
            return self._branch(self._take())
        if word.kind == "name" and word.value in ("break", "continue"):
            if not self._loops:
                raise self._error(word, f"{{{{{word.value}}}}} outside of range")
            self._take()
            self._close(word.value)
            return Jump(word.value)
        if word.kind == "name" and word.value in _REFUSED:
            raise self._error(word, f"{word.value} is not supported: an option is one template")
        return Action(self._pipeline("close", "action"))

    def _branch(self, word: Token) -> Branch:
        """Read an ``if``, ``with`` or ``range`` up to its end."""
        self._enter(word)
        known = len(self._variables)
        pipeline = self._pipeline("close", word.value)
        self._loops += word.value == "range"
        body, stop = self._body()
        self._loops -= word.value == "range"
        del self._variables[known + len(pipeline.variables) * pipeline.declares :]
        otherwise = self._otherwise(word, stop)
        del self._variables[known:]
        self._depth -= 1
        return Branch(word.value, pipeline, body, otherwise, word.offset)

    def _otherwise(self, word: Token, stop: Token | None) -> Nodes:
        """Read what follows a body: the end, ``else``, or ``else if``."""
        if stop is not None and stop.value == "end":
            self._close("end")
            return ()
        if stop is None:
            raise self._error(word, f"{word.value} without {{{{end}}}}")
        self._skip_blanks()
        if self._token.value == word.value != "range" and self._token.kind == "name":
            return (self._branch(self._take()),)  # the chain shares one end
        self._close("else")
        nodes, stop = self._body()
        if stop is None:
            raise self._error(word, f"{word.value} without {{{{end}}}}")
        if stop.value != "end":
            raise self._error(stop, "else after else")
        self._close("end")
        return nodes

    def _close(self, word: str) -> None:
        self._skip_blanks()
        if self._token.kind != "close":
            raise self._error(self._token, f"unexpected {self._shown()} after {word}")
        self._take()

    # --- pipelines ------------------------------------------------------------------------

    def _pipeline(self, closer: str, where: str) -> Pipeline:
        """Read up to and including the closing braces or bracket."""
        self._skip_blanks()
        offset = self._token.offset
        names, declares = self._assignment(where)
        commands = [self._command(is_first=True)]
        while (token := self._take()).value == "|" and token.kind == "operator":
            commands.append(self._command(is_first=False))
        if closer not in (token.kind, token.value):
            problem = f"unexpected {self._shown(token)} in {where}"
            raise self._error(token, "( without )" if closer == ")" else problem)
        if declares:
            self._variables.extend(names)
        return Pipeline(tuple(commands), names, declares, offset)

    def _assignment(self, where: str) -> tuple[tuple[str, ...], bool]:
        """Read ``$x :=``, ``$x =`` or, in a range, ``$i, $x :=``; nothing if it is none."""
        start = self._at
        names = self._names(where)
        if names and self._is_operator(":=", "="):
            declares = self._take().value == ":="
            if not declares:
                self._check_variables(self._tokens[start], names)
            return names, declares
        if len(names) > 1:
            raise self._error(self._token, f"unexpected {self._shown()} in range, expected :=")
        self._at = start
        return (), False

    def _names(self, where: str) -> tuple[str, ...]:
        if self._token.kind != "variable":
            return ()
        names = [self._take().value]
        self._skip_blanks()
        if where == "range" and self._is_operator(","):
            self._take()
            self._skip_blanks()
            if self._token.kind != "variable":
                raise self._error(self._token, f"unexpected {self._shown()}, expected $name")
            names.append(self._take().value)
            self._skip_blanks()
        return tuple(names)

    def _check_variables(self, where: Token, names: tuple[str, ...]) -> None:
        for name in names:
            if name not in self._variables:
                raise self._error(where, f"variable {name} is not declared")

    def _command(self, *, is_first: bool) -> Command:
        self._skip_blanks()
        offset = self._token.offset
        terms: list[Term] = []
        while (term := self._operand()) is not None:
            terms.append(term)
            if not self._skip_blanks():
                break
        if not terms:
            raise self._error(self._token, f"a value is missing before {self._shown()}")
        self._check_command(terms, is_first=is_first, offset=offset)
        return Command(terms[0], tuple(terms[1:]), offset)

    def _check_command(self, terms: list[Term], *, is_first: bool, offset: int) -> None:
        head = terms[0]
        if isinstance(head, Literal) and head.value is None:
            raise syntax_error(self._text, offset, "nil is not a command")
        if not is_first and isinstance(head, (Literal, Dot)):
            raise syntax_error(self._text, offset, "only a function can take what is piped to it")

    def _operand(self) -> Term | None:
        """Read a term with its ``.Field`` chain; None if there is no term here."""
        start = self._token
        term = self._term()
        names: list[str] = []
        while term is not None and self._token.kind == "field":
            names.append(self._take().value[1:])
        if not names or term is None:
            return term
        if isinstance(term, (Literal, Dot)):
            raise self._error(start, f"{self._shown(start)} has no fields")
        if isinstance(term, Field):
            return Field(term.of, (*term.names, *names), term.offset)
        return Field(term, tuple(names), start.offset)

    def _term(self) -> Term | None:  # noqa: PLR0911 - a case each
        token = self._token
        match token.kind, token.value:
            case "operator", "(":
                return self._group(self._take())
            case "field", value:
                self._take()
                return Field(Dot(token.offset), (value[1:],), token.offset)
            case "dot", _:
                self._take()
                return Dot(token.offset)
            case "variable", _:
                return self._variable(self._take())
            case "name", _:
                return self._name(self._take())
            case (("string" | "number" | "char"), _):
                return self._literal(self._take())
        return None

    def _group(self, opening: Token) -> Pipeline:
        self._enter(opening)
        group = self._pipeline(")", "brackets")
        self._depth -= 1
        return group

    def _variable(self, token: Token) -> Variable:
        self._check_variables(token, (token.value,))
        return Variable(token.value, token.offset)

    def _name(self, token: Token) -> Term:
        if token.value in _CONSTANTS:
            return Literal(_CONSTANTS[token.value], token.offset)
        if self._functions is None or is_function(token.value) or token.value in self._functions:
            return Function(token.value, token.offset)
        raise self._error(
            token,
            f"function {token.value!r} does not exist",
            hint=f"a value of the build is written {{{{.{token.value}}}}}",
        )

    def _literal(self, token: Token) -> Literal:
        readers = {"string": parse_string, "number": parse_number, "char": parse_char}
        try:
            return Literal(readers[token.kind](token.value), token.offset)
        except ValueError as error:
            raise self._error(token, str(error)) from error

    # --- tokens ---------------------------------------------------------------------------

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._token
        self._at += 1  # the lexer closes every tag, so that the last token is never taken
        return token

    def _is_operator(self, *signs: str) -> bool:
        return self._token.kind == "operator" and self._token.value in signs

    def _skip_blanks(self) -> bool:
        skipped = False
        while self._token.kind == "blank":
            self._take()
            skipped = True
        return skipped

    def _enter(self, token: Token) -> None:
        self._depth += 1
        if self._depth > _DEPTH_MAX:
            raise self._error(token, "nested too deeply")

    def _shown(self, token: Token | None = None) -> str:
        token = token or self._token
        return {"close": "}}", "open": "{{"}.get(token.kind, repr(token.value))

    def _error(self, token: Token, message: str, hint: str | None = None) -> TemplateSyntaxError:
        return syntax_error(self._text, token.offset, message, hint)

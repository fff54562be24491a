"""Filling in ``{{ … }}`` where core does it: variables, names of builders, numbers of retries.

Everything else of a template goes to plugins as it is written; they fill it in (protocol 6.2).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packer_core.nearest import MOST_HINTS, did_you_mean
from packer_core.version import COMPATIBLE
from packer_sdk import interpolate
from packer_sdk.errors import PackerError
from packer_sdk.records import record, replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packer_core.diagnostics import Place

MOST_ROUNDS = 100
"""How many variables may stand one behind the other (JSN-002)."""

# `{{.Name}}` in a variable is meant for the build, which has not begun.
_BUILD_TIME = re.compile(r"\{\{\s?\.[^{}\n]*\}\}")


@record
class Failure:
    """A variable that has no final text.

    Attributes:
        name: Its name.
        reason: What is wrong.
        hint: What to do about it.
        offset: Where in its text, in characters; None if it is about the whole.
    """

    name: str
    reason: str
    hint: str | None = None
    offset: int | None = None


class Renderer:
    """Renders with what belongs to one template.

    Args:
        template_path: As the user typed it; what ``{{template_dir}}`` is about.
        environ: What ``{{env}}`` finds, in variables only (JSN-009).
    """

    def __init__(self, template_path: str, environ: Mapping[str, str]) -> None:
        self._template_path = template_path
        self._environ = environ

    def render(self, text: str, variables: Mapping[str, str]) -> str:
        """Return the text with everything filled in.

        Raises:
            PackerError: it is no template, or a function refuses.
        """
        return interpolate.render(text, self._context(variables))

    def render_all(
        self, texts: Mapping[str, str], unset: Mapping[str, str]
    ) -> tuple[dict[str, str], list[Failure]]:
        """Return the final texts of variables that may use each other.

        Args:
            texts: By name, as written.
            unset: Stand-ins for variables that have no text; they are not in the result.

        Returns:
            Texts by name, and a failure for each that has none by its own fault.
        """
        return _Rounds(self._render_variable, texts, unset).run()

    def _render_variable(
        self, text: str, variables: Mapping[str, str], user: Callable[[object], str]
    ) -> str:
        functions = {"user": user, "env": lambda name: self._environ.get(name, "")}
        protected = _BUILD_TIME.sub(_as_literal, text)
        return interpolate.render(protected, self._context(variables, functions))

    def _context(
        self,
        variables: Mapping[str, str],
        functions: Mapping[str, Callable[..., object]] | None = None,
    ) -> interpolate.Context:
        return interpolate.Context(
            user_variables=variables,
            template_path=self._template_path,
            core_version=COMPATIBLE,
            allow_env=functions is not None,
            functions=functions or {},
        )


def explain(error: PackerError, text: str) -> tuple[str, int | None]:
    """Return what is wrong with a text, and where in it: its offset, None if that is not known.

    Args:
        error: What rendering it raised.
        text: As it is written, before anything in it was protected.
    """
    if not isinstance(error, interpolate.TemplateSyntaxError | interpolate.RenderError):
        return str(error), None
    if not error.line:
        return str(error), None
    reason = str(error).partition(f"line {error.line}, column {error.column}: ")[2]
    lines = _BUILD_TIME.sub(_as_literal, text).split("\n")
    offset = sum(len(line) + 1 for line in lines[: error.line - 1]) + error.column - 1
    for action in _BUILD_TIME.finditer(text):
        if offset <= action.start():
            break
        offset -= min(len(_as_literal(action)) - len(action[0]), offset - action.start())
    return reason, offset


def point_into(place: Place, text: str, offset: int | None) -> Place:
    """Narrow the place of a string down to one character of it.

    Args:
        place: Of the whole string, with its quotes.
        text: What it stands for.
        offset: Which character is meant.
    """
    if offset is None or place.length != len(text) + 2:
        return place  # escapes: characters do not stand where they are counted
    return replaced(place, column=place.column + 1 + min(offset, len(text)), length=1)


class _Rounds:
    # Has a stack of its own: a hundred nested calls of the engine would be too deep for Python's.

    def __init__(
        self,
        render: Callable[[str, Mapping[str, str], Callable[[object], str]], str],
        texts: Mapping[str, str],
        unset: Mapping[str, str],
    ) -> None:
        self._render = render
        self._texts = texts
        self._unset = unset
        self._values: dict[str, str] = {}
        self._failed: set[str] = set()
        self._failures: list[Failure] = []

    def run(self) -> tuple[dict[str, str], list[Failure]]:
        for name in self._texts:
            self._resolve(name)
        return self._values, self._failures

    def _resolve(self, name: str) -> None:
        stack = [name]
        while stack:
            current = stack[-1]
            needed = None if self._is_done(current) else self._try(current)
            if needed is None:
                stack.pop()
            elif needed in stack:
                self._circle([*stack[stack.index(needed) :], needed])
            elif len(stack) == MOST_ROUNDS:
                self._fail(current, f"stands behind more than {MOST_ROUNDS} other variables")
            else:
                stack.append(needed)

    def _try(self, name: str) -> str | None:
        """Render one variable; the name of the one it waits for comes back."""
        needed: list[str] = []

        def user(other: object) -> str:
            if not isinstance(other, str):
                raise PackerError(f"user wants the name of a variable, not {other}")
            known = self._values.get(other, self._unset.get(other))
            if known is None:
                needed.append(other)
                raise PackerError(f"variable {other} comes first")
            return known

        try:
            self._values[name] = self._render(self._texts[name], self._values, user)
        except PackerError as error:
            if needed:
                return self._put_off(name, needed[0])
            reason, offset = explain(error, self._texts[name])
            self._fail(name, reason, error.hint, offset)
        return None

    def _put_off(self, name: str, needed: str) -> str | None:
        if needed in self._failed:
            self._failed.add(name)  # told already, at the one it needs
        elif needed in self._texts:
            return needed
        else:
            few = len(self._failures) < MOST_HINTS
            near = did_you_mean(needed, [*self._texts, *self._unset]) if few else None
            self._fail(name, f'uses variable "{needed}", which nobody sets', near)
        return None

    def _circle(self, names: list[str]) -> None:
        self._fail(names[0], f"needs itself: {' → '.join(names)}")
        self._failed.update(names)

    def _fail(
        self, name: str, reason: str, hint: str | None = None, offset: int | None = None
    ) -> None:
        self._failed.add(name)
        self._failures.append(Failure(name, reason, hint, offset))

    def _is_done(self, name: str) -> bool:
        return name in self._values or name in self._failed


def _as_literal(action: re.Match[str]) -> str:
    text = action[0].replace("\\", "\\\\").replace('"', '\\"')
    return f'{{{{"{text}"}}}}'

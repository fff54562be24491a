"""The door to templates: what a text may use, and how to render it.

Most option texts hold no template at all; for them nothing but this module is loaded.
"""

from __future__ import annotations

import time

from packer_sdk.errors import PackerError
from packer_sdk.records import made, named_record, record, replaced

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OPEN = "{{"
# One moment for all of a process: two options that name a file after the time must agree.
_STARTED_AT = time.time()


class TemplateSyntaxError(PackerError):
    """A text is not a template.

    Attributes:
        line: Where in the text, from 1.
        column: Where in the line, in characters, from 1.
    """

    reference = "template-syntax"

    def __init__(self, message: str, *, line: int, column: int, hint: str | None = None) -> None:
        super().__init__(f"template syntax, line {line}, column {column}: {message}", hint=hint)
        self.line = line
        self.column = column


class RenderError(PackerError):
    """A template cannot be rendered: a function failed, or a value has the wrong type.

    Attributes:
        line: Where in the text, from 1; 0 if that is not known.
        column: Where in the line, in characters, from 1.
    """

    reference = "template-failed"

    def __init__(
        self, message: str, *, line: int = 0, column: int = 0, hint: str | None = None
    ) -> None:
        where = f"template, line {line}, column {column}: " if line else ""
        super().__init__(where + message, hint=hint)
        self.plain_message = message
        self.line = line
        self.column = column


@named_record
class Context:
    """What a template may use (STP-014).

    Attributes:
        data: What ``.`` is: ``{{.Name}}`` looks here, and ``{{build `Name`}}``.
        user_variables: For ``{{user `name`}}``.
        build_name: For ``{{build_name}}``; empty means not known here.
        build_type: For ``{{build_type}}``; likewise.
        template_path: For ``{{template_dir}}``; likewise.
        core_version: For ``{{packer_version}}``; likewise.
        allow_env: Whether the text belongs to a variable: only there ``env`` works, and a user
            variable that is not set is an error instead of empty text (JSN-009).
        functions: Further functions by name.
        now: The time, in seconds since 1970; that of the start of the process unless set.
        nested_user: Whether a user variable's value is rendered in turn.
    """

    data: Mapping[str, object] | None = None
    user_variables: Mapping[str, str] = made(default_factory=dict)
    build_name: str = ""
    build_type: str = ""
    template_path: str = ""
    core_version: str = ""
    allow_env: bool = False
    functions: Mapping[str, Callable[..., object]] = made(default_factory=dict)
    now: float = _STARTED_AT
    nested_user: bool = False

    def with_data(
        self, data: Mapping[str, object] | None, *, nested_user: bool | None = None
    ) -> Context:
        """Return the same context with other data."""
        nested = self.nested_user if nested_user is None else nested_user
        return replaced(self, data=data, nested_user=nested)


@record
class References:
    """What a text asks for.

    Attributes:
        names: First parts of fields of the data: ``ID`` for ``{{.ID}}`` and ``{{$.ID}}``.
        user_variables: Arguments of ``user``, where they are written out.
        build_values: Arguments of ``build``, likewise.
        functions: Every function called.
    """

    names: frozenset[str] = frozenset()
    user_variables: frozenset[str] = frozenset()
    build_values: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()


def render(text: str, context: Context | None = None) -> str:
    """Fill in the templates of a text. Text without any comes back as it is.

    Raises:
        TemplateSyntaxError: it is not a template.
        RenderError: it is, but a function failed, or a value has the wrong type.
    """
    if _OPEN not in text:
        return text
    from .evaluate import render_nodes  # noqa: PLC0415 - likewise
    from .parser import parse  # noqa: PLC0415 - see the module's docstring

    context = context or Context()
    return render_nodes(parse(text, context.functions), context)


def validate(text: str, context: Context | None = None) -> None:
    """Check the syntax of a text, and that every function in it exists.

    Raises:
        TemplateSyntaxError: something is wrong with it.
    """
    if _OPEN in text:
        from .parser import parse  # noqa: PLC0415 - see the module's docstring

        parse(text, context.functions if context else {})


def references(text: str) -> References:
    """Tell what a text asks for, without rendering it. Functions need not exist.

    Raises:
        TemplateSyntaxError: it is not a template.
    """
    if _OPEN not in text:
        return References()
    from .names import find_references  # noqa: PLC0415 - likewise
    from .parser import parse  # noqa: PLC0415 - see the module's docstring

    return find_references(parse(text, None))

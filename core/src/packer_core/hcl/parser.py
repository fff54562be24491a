"""From text to nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from packer_core.diagnostics import Diagnostic

    from .body import AnyBody
    from .nodes import Expression, Template, TemplateWrap
    from .source import Source, Span


class File(NamedTuple):
    """A file that was read, in native or JSON syntax.

    Attributes:
        source: Its text.
        body: What could be read of it; always usable, also when there are diagnostics.
        diagnostics: What is wrong with it, in the order of the text.
    """

    source: Source
    body: AnyBody
    diagnostics: tuple[Diagnostic, ...]


def parse_file(data: bytes | str, path: str) -> File:
    """Read a file of native syntax.

    Args:
        data: Its content; bytes are UTF-8, with or without a byte order mark.
        path: As the user typed it, for diagnostics.
    """
    raise NotImplementedError


def parse_expression(
    text: str | Span, path: str = "<expression>"
) -> tuple[Expression | None, tuple[Diagnostic, ...]]:
    """Read one expression.

    Args:
        text: The expression, or the part of a source it stands in: spans and diagnostics then
            point into that source.
        path: What to call a text that is no part of a source.

    Returns:
        The expression, or None if there is an error in it, and the diagnostics.
    """
    raise NotImplementedError


def parse_template(
    text: str | Span, path: str = "<template>"
) -> tuple[Template | TemplateWrap | None, tuple[Diagnostic, ...]]:
    """Read a text without quotes as the inside of a template: of ``templatefile``, of JSON.

    Backslashes and quotes mean nothing in it; ``$${`` and ``%%{`` are escapes.
    The rest is as in `parse_expression`.
    """
    raise NotImplementedError

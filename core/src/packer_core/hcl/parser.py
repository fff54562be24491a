"""From text to nodes: the three ways in.

None of them raises: what is wrong is a Diagnostic, and what could be read is there.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, NamedTuple

from packer_core.collector import collector_paused

from .cursor import Mistake
from .lexer import tokenize, tokenize_template
from .source import Source, Span
from .structure import StructureReader
from .templates import TemplateReader

if TYPE_CHECKING:
    from packer_core.diagnostics import Diagnostic

    from .body import AnyBody
    from .nodes import Expression, Template, TemplateWrap


class File(NamedTuple):
    """A file that was read, in native or JSON syntax.

    Attributes:
        source: Its text.
        body: What could be read of it; always usable, also when there are diagnostics.
        diagnostics: What is wrong with it; `packer_core.diagnostics.in_order` sorts them.
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
    source = source_of(data, path)
    with collector_paused():
        reader = StructureReader(source, tokenize(source.text))
        body = reader.file()
    return File(source, body, tuple(reader.findings))


def parse_expression(
    text: str | Span, path: str = "<expression>"
) -> tuple[Expression | None, tuple[Diagnostic, ...]]:
    """Read one expression; newlines in it mean nothing, as in parentheses.

    Args:
        text: The expression, or the part of a source it stands in: spans and diagnostics then
            point into that source.
        path: What to call a text that is no part of a source.

    Returns:
        The expression, or None if there is an error in it, and the diagnostics.
    """
    span = _span_of(text, path)
    reader = TemplateReader(span.source, tokenize(span.source.text, span.start, span.end))
    expression = None
    try:
        expression = reader.expression()
        if reader.kind != "end":
            reader.report(reader.token, "the expression ends in front of this")
    except Mistake as mistake:
        reader.report_mistake(mistake)
    return None if reader.findings else expression, tuple(reader.findings)


def parse_template(
    text: str | Span, path: str = "<template>"
) -> tuple[Template | TemplateWrap | None, tuple[Diagnostic, ...]]:
    """Read a text without quotes as the inside of a template: of ``templatefile``, of JSON.

    Backslashes and quotes mean nothing in it; ``$${`` and ``%%{`` are escapes.
    The rest is as in `parse_expression`.
    """
    span = _span_of(text, path)
    tokens = tokenize_template(span.source.text, span.start, span.end)
    reader = TemplateReader(span.source, tokens)
    template = None
    try:
        template = reader.bare_template()
    except Mistake as mistake:
        reader.report_mistake(mistake)
    return None if reader.findings else template, tuple(reader.findings)


def source_of(data: bytes | str, path: str) -> Source:
    """Decode a file. Bytes that are no UTF-8 become half surrogates, which the lexer refuses."""
    if isinstance(data, bytes):
        data = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    return Source(path, data.removeprefix("\ufeff"))


def _span_of(text: str | Span, path: str) -> Span:
    return text if isinstance(text, Span) else Span(Source(path, text), 0, len(text))

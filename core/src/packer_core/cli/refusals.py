"""What components say about their options, turned into diagnostics with places (JSN-012)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.errors import ComponentRefused, TemplateError

from .render import as_it_is, render_diagnostics, render_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packer_sdk.errors import PackerError

    from .render import Mask

_ABOUT_AN_OPTION = re.compile(r"(?P<option>[A-Za-z_][\w-]*)(?:\.[\w-]+|\[[^\]]*\])*: ")

_FIX = "packer fix TEMPLATE prints the template with what took the place of such old options"


def render_refusals(errors: Iterable[PackerError], *, color: bool, mask: Mask = as_it_is) -> str:
    """Return why builds cannot start; what several builds have in common is told once.

    The text has no line break at its end, and is empty if there is nothing to tell.

    Args:
        errors: Of all builds.
        color: Whether to colour it.
        mask: Hides what is secret, see `render_diagnostic`.
    """
    errors = list(errors)
    diagnostics = refusals_found(errors)
    rest = [error for error in errors if not isinstance(error, ComponentRefused | TemplateError)]
    others = dict.fromkeys(render_error(error, color=color, mask=mask) for error in rest)
    parts = [render_diagnostics(diagnostics, color=color, mask=mask)] if diagnostics else []
    return "\n\n".join([*others, *parts])


def refusals_found(errors: Iterable[PackerError]) -> tuple[Diagnostic, ...]:
    """Return what is wrong with options, each once; other errors are left out."""
    found: dict[Diagnostic, None] = {}
    for error in errors:
        if isinstance(error, ComponentRefused):
            found.update(dict.fromkeys(_diagnostics(error)))
        elif isinstance(error, TemplateError):
            found.update(dict.fromkeys(error.diagnostics))
    return tuple(found)


def _diagnostics(error: ComponentRefused) -> Iterator[Diagnostic]:
    """One for each line, if every line is about an option; plugins in Go have other forms."""
    lines = [line for line in error.text.splitlines() if line.strip()]
    about = [_ABOUT_AN_OPTION.match(line) for line in lines]
    if len(lines) > 1 and not all(about):
        summary = f"{error.who} does not accept its options"
        hint = error.hint or (_FIX if error.outdated else None)
        yield Diagnostic(summary, error.place, detail=error.text.strip(), hint=hint)
        return
    for line, match in zip(lines, about, strict=True):
        option = match["option"] if match else ""
        place = error.places.get(option, error.place)
        hint = error.hint or (_FIX if option in error.outdated else None)
        yield Diagnostic(f"{error.who}: {line.strip()}", place, hint=hint)

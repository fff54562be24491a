"""Go templates in option strings, as far as Packer templates use them."""

from __future__ import annotations

from .context import (
    Context,
    References,
    RenderError,
    TemplateSyntaxError,
    references,
    render,
    validate,
)

__all__ = [
    "Context",
    "References",
    "RenderError",
    "TemplateSyntaxError",
    "references",
    "render",
    "validate",
]

"""Text as a reader takes it apart: grapheme clusters (Unicode annex 29)."""

from __future__ import annotations

from packer_core.hcl.graphemes import count


def letters(text: str) -> list[str]:
    """Take a text apart.

    It is cut wherever counting says that another letter begins.
    """
    if text.isascii() and "\r\n" not in text:
        return list(text)
    parts: list[str] = []
    for character in text:
        # Flags come in pairs, so what stands before belongs to the question.
        if parts and count(parts[-1] + character) == count(parts[-1]):
            parts[-1] += character
        else:
            parts.append(character)
    return parts

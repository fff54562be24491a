"""Text as cty holds it: Unicode that is valid, in normal form C (protocol section 6.3)."""

from __future__ import annotations

import re

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def normal(text: str) -> str:
    """Return the text in normal form C; what is no character becomes U+FFFD, as in Go."""
    if text.isascii():
        return text
    import unicodedata  # noqa: PLC0415 - a megabyte that plain text does not need

    return unicodedata.normalize("NFC", _LONE_SURROGATE.sub("\ufffd", text))

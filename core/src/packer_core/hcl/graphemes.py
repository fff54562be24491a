"""How many characters a reader sees: the columns of HCL."""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"


def count(text: str) -> int:
    """Return the number of grapheme clusters, near enough for a column.

    Letters with their accents, flags, emoji joined to one and syllables of Hangul count once.
    """
    if text.isascii():
        return len(text) - text.count("\r\n")
    number, before, flags = 0, "", 0
    for character in text:
        flags = flags + 1 if _is_flag(character) else 0
        if not before or not _belongs(before, character, flags):
            number += 1
        before = character
    return number


def _belongs(before: str, character: str, flags: int) -> bool:
    if character == "\n" and before == "\r":
        return True
    if _JOINER in (before, character):
        return True
    if unicodedata.category(character) in ("Mn", "Me", "Mc") or _modifies(character):
        return True
    if _is_flag(character):
        return flags % 2 == 0
    return _hangul(before, character)


def _modifies(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _hangul(before: str, character: str) -> bool:
    lead, vowel, tail = ("\u1100", "\u115f"), ("\u1160", "\u11a7"), ("\u11a8", "\u11ff")
    syllable = "\uac00" <= before <= "\ud7a3"
    if lead[0] <= before <= lead[1]:
        return lead[0] <= character <= vowel[1] or "\uac00" <= character <= "\ud7a3"
    if vowel[0] <= character <= vowel[1]:
        return vowel[0] <= before <= vowel[1] or (syllable and (ord(before) - 0xAC00) % 28 == 0)
    return tail[0] <= character <= tail[1] and (syllable or vowel[0] <= before <= tail[1])

"""Bytes as text and back: ``base64encode``, ``urlencode`` and others."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

from packer_core.hcl.function import FunctionError

from .simple import simple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_core.hcl.function import Function

    from .table import Surroundings


def functions(_surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    return {
        "base64decode": simple("string", _base64decode, str="string"),
        "base64encode": simple("string", lambda text: encoded(text.encode()), str="string"),
        "base64gzip": simple("string", _base64gzip, str="string"),
        "textdecodebase64": simple("string", _textdecodebase64, source="string", encoding="string"),
        "textencodebase64": simple("string", _textencodebase64, string="string", encoding="string"),
        "urlencode": simple("string", _urlencode, str="string"),
    }


def encoded(data: bytes) -> str:
    """Bytes in base64."""
    return base64.b64encode(data).decode()


def decoded(text: str, argument: int = 0) -> bytes:
    """Bytes that were written in base64; ends of lines between them do not count.

    Raises:
        FunctionError: it is no base64.
    """
    plain = text.replace("\r", "").replace("\n", "")
    if not _BASE64.fullmatch(plain) or len(plain) % 4:
        raise FunctionError("no base64", argument)
    try:
        return base64.b64decode(plain, validate=True)
    except binascii.Error as error:
        raise FunctionError(f"no base64: {error}", argument) from error


_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")


def _base64decode(text: str) -> str:
    try:
        return decoded(text).decode()
    except UnicodeDecodeError as error:
        raise FunctionError("what it stands for is no text in UTF-8", 0) from error


def _base64gzip(text: str) -> str:
    import gzip  # noqa: PLC0415 - few templates compress

    # Without a time, so that the same text always gives the same.
    return encoded(gzip.compress(text.encode(), mtime=0))


def _codec(name: str) -> str:
    """The name Python has for an encoding of the IANA registry.

    Raises:
        FunctionError: there is no such encoding.
    """
    import codecs  # noqa: PLC0415 - few templates need other encodings

    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError) as error:
        raise FunctionError(f'no such encoding: "{name}"', 1) from error
    if not getattr(found, "_is_text_encoding", True):
        raise FunctionError(f'no encoding of text: "{name}"', 1)
    return _BYTE_ORDERS.get(found.name, found.name)


_BYTE_ORDERS = {"utf-16": "utf-16-le"}


def _textencodebase64(text: str, encoding: str) -> str:
    codec = _codec(encoding)
    try:
        return encoded(text.encode(codec))
    except UnicodeError as error:
        raise FunctionError(f"{encoding} has not all of these characters", 0) from error


def _textdecodebase64(source: str, encoding: str) -> str:
    codec = _codec(encoding)
    try:
        return decoded(source).decode(codec)
    except UnicodeError as error:
        raise FunctionError(f"what it stands for is no text in {encoding}", 0) from error


def _urlencode(text: str) -> str:
    return quote_plus(text, safe="")

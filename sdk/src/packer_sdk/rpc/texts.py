"""Errors as text, the only form in which they cross the process line (protocol section 4.1)."""

from __future__ import annotations

import logging

from packer_sdk.errors import PackerError, RemoteError

logger = logging.getLogger(__name__)

_HINT_MARK = "\n\nhint: "


def text_of(error: BaseException, method: str) -> str:
    """Put an error into text; never empty, because that would mean success.

    Errors made for people travel as they are, with their hint. Anything else is a bug of the
    component: its traceback goes to the log, its last line to the user.
    """
    if isinstance(error, PackerError):
        text = str(error) or repr(error)
        return f"{text}{_HINT_MARK}{error.hint}" if error.hint else text
    logger.error("%s failed", method, exc_info=error)
    return f"{type(error).__name__}: {error} (see PACKER_LOG=1)"


def error_of(text: str) -> RemoteError:
    """Read such a text back into an error, its hint apart again."""
    message, _, hint = text.partition(_HINT_MARK)
    return RemoteError(message, hint=hint or None)

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
    if isinstance(error, MemoryError):
        _let_go(error)
    logger.error("%s failed", method, exc_info=error)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return f"{what} (see PACKER_LOG=1)"


def _let_go(error: BaseException) -> None:
    """Free what the frames of a traceback hold: without it there is no memory to tell of it."""
    import traceback  # noqa: PLC0415 - for this alone

    traceback.clear_frames(error.__traceback__)


def error_of(text: str) -> RemoteError:
    """Read such a text back into an error, its hint apart again."""
    message, _, hint = text.partition(_HINT_MARK)
    return RemoteError(message or "it failed, and gave no reason", hint=hint or None)

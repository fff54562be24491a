"""What a plugin is told to have done that sent what no plugin may send."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from packer_sdk.errors import RemoteProtocolError

if TYPE_CHECKING:
    from collections.abc import Iterator


def violation(label: str, call: str, reason: RemoteProtocolError) -> RemoteProtocolError:
    """The same error, with who did it, and when."""
    return RemoteProtocolError(
        f"{label} broke the protocol during {call}: {reason.message}",
        hint="this is a bug of the plugin; tell its authors, best with what "
        "PACKER_LOG=1 PACKER_LOG_WIRE=1 shows",
    )


@contextlib.contextmanager
def reading(label: str, call: str) -> Iterator[None]:
    """Blame whoever answered ``call`` for an answer that cannot be read.

    Raises:
        RemoteProtocolError: names the plugin and the call.
    """
    try:
        yield
    except RemoteProtocolError as error:
        raise violation(label, call, error) from error

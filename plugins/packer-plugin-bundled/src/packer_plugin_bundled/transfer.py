"""A file on its way: read a piece at a time, shown to the user, stopped on cancel."""

from __future__ import annotations

import io
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO, Protocol

    from packer_sdk import CancelToken, Ui
else:
    Protocol = object  # quicker to start without typing

SHOWN_FROM_BYTES = 1024 * 1024
"""Smaller files are through before anybody could read a bar."""

_CHUNK_BYTES = 256 * 1024


class Reader(Protocol):
    """Anything bytes can be read from."""

    def read(self, size: int, /) -> bytes:
        """Read at most ``size`` bytes, none at the end."""


def chunks(source: Reader) -> Iterator[bytes]:
    """Read to the end, a piece at a time."""
    while chunk := source.read(_CHUNK_BYTES):
        yield chunk


class Watched(io.RawIOBase):
    """A source that counts what is read and refuses to go on once cancelled.

    Args:
        source: Where the bytes come from; not closed.
        cancel: Looked at before every read.
        report: Gets the number of bytes of every read.
    """

    def __init__(
        self, source: BinaryIO, cancel: CancelToken, report: Callable[[int], None] | None = None
    ) -> None:
        self._source = source
        self._cancel = cancel
        self._report = report

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read like the source does.

        Raises:
            Cancelled: the token went up.
        """
        self._cancel.check()
        data = self._source.read(size)
        if self._report and data:
            self._report(len(data))
        return data


@contextmanager
def watched(
    source: BinaryIO, size_bytes: int, label: str, ui: Ui, cancel: CancelToken
) -> Iterator[BinaryIO]:
    """Wrap a source: with a bar if it is large, with an eye on cancel in any case."""
    with bar(ui, label, size_bytes) as report:
        yield Watched(source, cancel, report)  # type: ignore[misc]  # has what readers ask for


@contextmanager
def bar(ui: Ui, label: str, size_bytes: int) -> Iterator[Callable[[int], None] | None]:
    """Show a bar if it is worth one; gives what to call with each number of further bytes."""
    if size_bytes < SHOWN_FROM_BYTES:
        yield None
        return
    with ui.progress(label, total=size_bytes) as progress:
        yield progress.add

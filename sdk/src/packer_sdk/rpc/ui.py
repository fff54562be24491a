"""`Ui` across the process line (protocol section 5.7). Served by core, called by components."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager

from .messages import Message, read_int, read_reply, read_text
from .server import Service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from packer_sdk.interfaces import Progress, Ui

    from .client import RpcClient
    from .server import RpcServer

PROGRESS_INTERVAL_S = 0.05
"""A bar moves this often at most: a call for each block read would be slower than the copy."""


class UiMachineArgs(Message):
    """Argument of ``Ui.Machine``."""

    Category: str = ""
    Args: tuple[str, ...] = ()


class TrackProgressArgs(Message):
    """Argument of ``Ui.NewTrackProgress``."""

    Src: str = ""
    TotalSize: int = 0
    CurrentSize: int = 0


class UiClient:
    """A `Ui` that lives behind ``client``."""

    def __init__(self, client: RpcClient) -> None:
        self._client = client

    def say(self, message: str) -> None:
        """Show a line, or several."""
        self._client.call("Ui.Say", message)

    def error(self, message: str) -> None:
        """Show a line that tells of a failure."""
        self._client.call("Ui.Error", message)

    def ask(self, query: str) -> str:
        """Put a question and wait for the answer."""
        reply = self._client.call("Ui.Ask", query)
        return read_reply("Ui.Ask", read_text, reply)

    def machine(self, category: str, *values: str) -> None:
        """Emit a record for programs."""
        self._client.call("Ui.Machine", UiMachineArgs(Category=category, Args=values).to_wire())

    @contextmanager
    def progress(self, label: str, *, total: int, current: int = 0) -> Iterator[Progress]:
        """Show a bar for ``total`` bytes for as long as the context is open."""
        arguments = TrackProgressArgs(Src=label, TotalSize=total, CurrentSize=current)
        reply = self._client.call("Ui.NewTrackProgress", arguments.to_wire())
        name = f"Ui{read_reply('Ui.NewTrackProgress', read_text, reply)}"
        bar = ProgressClient(self._client, name)
        try:
            yield bar
        finally:
            bar.flush()
            self._client.call(f"{name}.Close")


class ProgressClient:
    """A bar that lives behind ``client``; several small steps travel as one."""

    def __init__(self, client: RpcClient, name: str) -> None:
        self._client = client
        self._name = name
        self._lock = threading.Lock()
        self._pending = 0
        self._next = 0.0

    def add(self, count: int) -> None:
        """Note that ``count`` more bytes have passed."""
        with self._lock:
            self._pending += count
            due = time.monotonic() >= self._next
        if due:
            self.flush()

    def flush(self) -> None:
        """Send what has been noted so far."""
        with self._lock:
            count, self._pending = self._pending, 0
            self._next = time.monotonic() + PROGRESS_INTERVAL_S
        if count:
            self._client.call(f"{self._name}.Add", count)


class UiServer(Service):
    """Serves a `Ui`, and a further service for each bar while it moves."""

    def __init__(self, ui: Ui) -> None:
        self._ui = ui
        # ``Message`` is what older plugins call for ``Say``.
        super().__init__(
            "Ui",
            {
                "Ask": lambda query: ui.ask(_text("Ui.Ask", query)),
                "Say": lambda message: ui.say(_text("Ui.Say", message)),
                "Message": lambda message: ui.say(_text("Ui.Message", message)),
                "Error": lambda message: ui.error(_text("Ui.Error", message)),
                "Machine": self._machine,
                "NewTrackProgress": self._new_track_progress,
            },
        )

    def _machine(self, argument: object) -> None:
        record = UiMachineArgs.from_wire(argument)
        self._ui.machine(record.Category, *record.Args)

    def _new_track_progress(self, argument: object) -> str:
        wanted = TrackProgressArgs.from_wire(argument)
        track_id = wanted.Src + os.urandom(3).hex()
        bar = self._ui.progress(wanted.Src, total=wanted.TotalSize, current=wanted.CurrentSize)
        self.server.register(ProgressServer(f"Ui{track_id}", bar))
        return track_id


class ProgressServer(Service):
    """Serves one bar. It is closed by the caller, or with the stream, whichever comes first."""

    def __init__(self, name: str, bar: AbstractContextManager[Progress]) -> None:
        super().__init__(name, {"Add": self._add, "Close": lambda _: self._close()})
        self._bar = bar
        self._closing = threading.Lock()
        self._open = True
        self._progress = bar.__enter__()

    def attach(self, server: RpcServer) -> None:
        """Note when the stream ends: a caller that died does not close its bars."""
        super().attach(server)
        server.ended.on_cancel(self._close)

    def _add(self, count: object) -> None:
        self._progress.add(read_reply(f"{self.name}.Add", read_int, count))

    def _close(self) -> None:
        with self._closing:
            was_open, self._open = self._open, False
        if was_open:
            self._bar.__exit__(None, None, None)


def _text(method: str, argument: object) -> str:
    return read_reply(method, read_text, argument)

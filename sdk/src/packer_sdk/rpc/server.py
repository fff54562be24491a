"""The answering end of one RPC stream.

Life story: made with a stream; services are registered by name, before or while it serves.
`RpcServer.serve` reads requests until the stream ends and gives each a thread of its own, see
`workers`. When the stream ends, every running call is told to stop and waited for, then the stream
is closed.
"""

from __future__ import annotations

import logging
import threading

from packer_sdk.cancel import CancelToken
from packer_sdk.errors import PackerError, RpcError
from packer_sdk.wire.codec import RequestDecoder, encode_response

from .texts import text_of
from .workers import Workers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packer_sdk.wire.codec import Request
    from packer_sdk.wire.stream import Stream

    Method = Callable[[object], object]
    Task = Callable[[object, CancelToken], object]

logger = logging.getLogger(__name__)

MOST_CALLS = 1024
"""Calls of one stream that run at once, each in a thread: no peer of good will has as many."""


class Service:
    """What can be called under one name on a stream.

    Args:
        name: The part of ``Service.Method`` before the last dot.
        methods: Answer an argument with a reply.
        tasks: The same for what can take an hour: they also get a token, which goes up when the
            peer calls ``NAME.Cancel`` and when the stream ends.
    """

    def __init__(
        self, name: str, methods: Mapping[str, Method], tasks: Mapping[str, Task] | None = None
    ) -> None:
        self.name = name
        self._methods = methods
        self._tasks = tasks or {}
        self._lock = threading.Lock()
        self._running: set[CancelToken] = set()
        self._cancelled_before = False

    def attach(self, server: RpcServer) -> None:
        """Learn which stream it is registered on."""
        self.server = server

    def take(self, method: str) -> Method | None:
        """Return what answers ``method``, None if nothing does.

        Called in the order in which requests arrive, which is what lets a cancel find exactly
        the calls that were sent before it.
        """
        if method in self._methods:
            return self._methods[method]
        if method in self._tasks:
            return self._take_task(self._tasks[method])
        return self._take_cancel() if method == "Cancel" and self._tasks else None

    def _take_task(self, task: Task) -> Method:
        token = CancelToken(self.server.ended)
        with self._lock:
            self._running.add(token)
            cancelled = self._cancelled_before
        if cancelled:
            token.cancel()
        return lambda argument: self._run(task, argument, token)

    def _run(self, task: Task, argument: object, token: CancelToken) -> object:
        try:
            return task(argument, token)
        finally:
            token.close()
            with self._lock:
                self._running.discard(token)

    def _take_cancel(self) -> Method:
        with self._lock:
            tokens = tuple(self._running)
            # Go may send the cancel first when it was interrupted in between; it must not be lost.
            self._cancelled_before = self._cancelled_before or not tokens
        return lambda _: _cancel_all(tokens)


class RpcServer:
    """Answers the calls that arrive on ``stream``.

    Args:
        stream: An open byte stream; the server owns it from now on.
        services: What can be called. More can be registered at any time.
    """

    def __init__(self, stream: Stream, *services: Service) -> None:
        self.ended = CancelToken()
        """Goes up when the stream has ended: nobody waits for an answer any more."""
        self._stream = stream
        self._sending = threading.Lock()
        self._services: dict[str, Service] = {}
        self._changed = threading.Condition()
        self._calls: list[str] = []
        self._workers = Workers()
        for service in services:
            self.register(service)

    def register(self, service: Service) -> None:
        """Make a service known under its name (``Ui/tmp/a.isoX1`` is a name, section 5.7)."""
        service.attach(self)
        with self._changed:
            self._services[service.name] = service

    def serve(self, *, clean_up_s: float | None = None) -> bool:
        """Answer until the stream ends, then stop what still runs, and close.

        Args:
            clean_up_s: Seconds to wait for calls that were told to stop; None waits for all.

        Returns:
            Whether every call has come to its end.
        """
        try:
            self._read_requests()
        finally:
            self.ended.cancel()
            finished = self._wait_idle(clean_up_s)
            self._workers.end()
            self._stream.close()
        return finished

    def close(self) -> None:
        """End the stream; `serve` returns when the calls that still run have ended."""
        self._stream.close()

    def _read_requests(self) -> None:
        decoder = RequestDecoder()
        try:
            while data := self._stream.read():
                for request in decoder.receive_data(data):
                    self._receive(request)
        except RpcError as error:
            logger.debug("stopped serving: %s", error)

    def _receive(self, request: Request) -> None:
        name, dot, method = request.method.rpartition(".")
        with self._changed:
            service = self._services.get(name)
            is_full = len(self._calls) >= MOST_CALLS
        answer = service.take(method) if service and not is_full else None
        if answer is None:
            reason = _not_found(request.method, bool(dot), service)
            self._send(request, _TOO_MANY if is_full else reason, {})
        else:
            self._start(request, answer)

    def _start(self, request: Request, answer: Method) -> None:
        with self._changed:
            self._calls.append(request.method)
        try:
            self._workers.run(f"rpc-{request.method}", self._answer, request, answer)
        except PackerError as error:  # no thread to be had: this call fails, and no other
            self._note_end(request)
            self._send(request, text_of(error, request.method), {})

    def _answer(self, request: Request, answer: Method) -> None:
        answered = False
        try:
            self._send(request, "", answer(request.body))
            answered = True
        # The author's code runs in here: whatever escapes it must become an answer, or the
        # caller waits for ever. sys.exit() in a component would end the thread without a word.
        except (Exception, SystemExit) as error:  # noqa: BLE001
            self._send(request, text_of(error, request.method), {})
            answered = True
        finally:
            if not answered:  # no memory left even for that
                self._stream.reset()
            self._note_end(request)

    def _note_end(self, request: Request) -> None:
        with self._changed:
            self._calls.remove(request.method)
            self._changed.notify_all()

    def _send(self, request: Request, error: str, body: object) -> None:
        message = encode_response(request.method, request.seq, error, body)
        try:
            with self._sending:
                self._stream.write(message)
        except RpcError as lost:
            logger.debug("nobody took the answer to %s: %s", request.method, lost)

    def _wait_idle(self, timeout_s: float | None) -> bool:
        with self._changed:
            idle = self._changed.wait_for(lambda: not self._calls, timeout_s)
            if not idle:
                logger.error("still running %s s after the end: %s", timeout_s, self._calls)
        return idle


_TOO_MANY = f"too many calls at once: {MOST_CALLS} are running on this stream"


def _not_found(method: str, has_dot: bool, service: Service | None) -> str:
    """Go's texts: drivers written for Go look at them."""
    if not has_dot:
        return f"rpc: service/method request ill-formed: {method}"
    return f"rpc: can't find {'method' if service else 'service'} {method}"


def _cancel_all(tokens: tuple[CancelToken, ...]) -> None:
    for token in tokens:
        token.cancel()

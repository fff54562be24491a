"""The calling end of one RPC stream.

Life story: made with a stream that is already open; a thread (``packer:rpc-replies``) reads
answers until the stream ends. A call takes the next number, writes one message and waits for
the answer with that number, in whatever order answers come. When the stream ends, for whatever
reason, everybody who waits is woken with `ConnectionLost`, and so is everybody who calls later.
"""

from __future__ import annotations

import logging
import threading

from packer_sdk.errors import (
    Cancelled,
    ConnectionLost,
    PeerSilent,
    ProtocolError,
    RemoteError,
    RemoteProtocolError,
    RpcError,
)
from packer_sdk.threads import spawn
from packer_sdk.wire.codec import ResponseDecoder, encode_request

from .texts import error_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_sdk.cancel import CancelToken
    from packer_sdk.wire.codec import Response
    from packer_sdk.wire.stream import Stream

logger = logging.getLogger(__name__)


class Call:
    """A call that has been sent and may not have been answered yet."""

    def __init__(self, method: str) -> None:
        self.method = method
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._callbacks: list[Callable[[], None]] = []
        self._reply: object = None
        self._error: RpcError | None = None

    @property
    def answered(self) -> bool:
        """Whether the answer, or the loss of it, is known."""
        return self._answered.is_set()

    def result(self, timeout_s: float | None = None) -> object:
        """Wait for the answer.

        Args:
            timeout_s: Seconds; None waits for as long as the connection lives.

        Raises:
            RemoteError: the other side answered with an error.
            ConnectionLost: there will be no answer.
            TimeoutError: not yet.
        """
        if not self._answered.wait(timeout_s):
            raise TimeoutError(f"no answer to {self.method} within {timeout_s} s")
        if self._error is not None:
            raise self._error
        return self._reply

    def on_answer(self, callback: Callable[[], None]) -> None:
        """Call back once the answer is there; must not block (the reader's thread runs it)."""
        with self._lock:
            if not self._answered.is_set():
                self._callbacks.append(callback)
                return
        callback()

    def _finish(self, reply: object, error: RpcError | None) -> None:
        with self._lock:
            self._reply, self._error = reply, error
            self._answered.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()


class RpcClient:
    """Calls methods of the services behind ``stream``. Safe from several threads.

    Args:
        stream: An open byte stream; the client owns it from now on.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._sending = threading.Lock()
        self._lock = threading.Lock()
        self._waiting: dict[int, Call] = {}
        self._next = 0
        self._end: RpcError | None = None
        spawn("rpc-replies", self._read_replies)

    def call(self, method: str, argument: object = None) -> object:
        """Call and wait for the answer.

        Args:
            method: ``Service.Method``.
            argument: Anything msgpack can write; None where Go has no argument.

        Raises:
            RemoteError: the other side answered with an error.
            ConnectionLost: there will be no answer.
        """
        return self.begin(method, argument).result()

    def begin(self, method: str, argument: object = None) -> Call:
        """Send a call, and return when it is on its way.

        Raises:
            ConnectionLost: it could not be sent.
        """
        call = Call(method)
        # Numbers go out in order, and messages do not mingle. The table has a lock of its own:
        # a full window holds this one until the reader of replies has made room.
        with self._sending:
            number = self._next
            message = encode_request(method, number, argument)
            self._next += 1
            self._expect(number, call)
            self._stream.write(message)
        return call

    def call_cancellable(self, method: str, argument: object, cancel: CancelToken) -> object:
        """Call and wait; when ``cancel`` goes up meanwhile, send ``Service.Cancel``, once.

        The answer is awaited all the same: the other side has to clean up (section 5.1). Go
        crashes when a cancel comes first, so nothing is sent for a token that is up already.

        Raises:
            Cancelled: it failed, and had been told to stop.
            RemoteError: it failed of itself.
            ConnectionLost: there will be no answer.
        """
        cancel.check()
        call = self.begin(method, argument)
        service = method.rpartition(".")[0]

        def forward() -> None:
            # In a thread: a callback of a token must not block, and writing may.
            if not call.answered:
                spawn("rpc-cancel", self._send_cancel, service)

        take_back = cancel.on_cancel(forward)
        try:
            return call.result()
        except RemoteError as error:
            if cancel.cancelled:
                raise Cancelled(error.message) from error
            raise
        finally:
            take_back()

    def close(self) -> None:
        """End the stream. Calls that wait for an answer get `ConnectionLost`."""
        self._stop(ConnectionLost("the caller closed the stream"))
        self._stream.close()

    def _expect(self, number: int, call: Call) -> None:
        with self._lock:
            if self._end is not None:
                raise _renewed(self._end, call.method)
            self._waiting[number] = call

    def _send_cancel(self, service: str) -> None:
        try:
            self.call(f"{service}.Cancel")
        except RpcError as error:
            logger.debug("%s.Cancel was not delivered: %s", service, error)

    def _read_replies(self) -> None:
        decoder = ResponseDecoder()
        try:
            while data := self._stream.read():
                for response in decoder.receive_data(data):
                    self._settle(response)
            self._stop(ConnectionLost("the other side closed the stream"))
        except RpcError as error:
            self._stop(error)
        finally:
            self._stream.close()

    def _settle(self, response: Response) -> None:
        with self._lock:
            call = self._waiting.pop(response.seq, None)
        if call is None:
            # Go drops it. Then whoever asked for the answer it was meant to be waits for ever.
            raise RemoteProtocolError(
                f"Seq of a response: no call waits for answer {response.seq} ({response.method})"
            )
        error = error_of(response.error) if response.error else None
        call._finish(response.body, error)  # noqa: SLF001 - one concept, two classes

    def _stop(self, reason: RpcError) -> None:
        with self._lock:
            self._end = self._end or reason
            waiting, self._waiting = self._waiting, {}
        for call in waiting.values():
            call._finish(None, _renewed(reason, call.method))  # noqa: SLF001 - as above


def _renewed(reason: RpcError, method: str | None = None) -> RpcError:
    """The same error as a new object: one raised by many threads would mix their tracebacks."""
    kind = type(reason) if isinstance(reason, ProtocolError | PeerSilent) else ConnectionLost
    text = f"no answer to {method}: {reason.message}" if method else reason.message
    return kind(text, hint=reason.hint)

"""One request to a web server, as Go makes it: redirects, proxies of the environment, no surprises.

A cancel cuts the connection, so that nobody waits for a server that does not answer.
"""

from __future__ import annotations

import base64
import http.client
import socket
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlsplit

from packer_sdk import ComponentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packer_sdk import CancelToken

LARGEST_BYTES = 64 << 20
"""Size of an answer; a template that wants more wants a file."""

_SAFE = "%/:=&?~#+!$,;'@()*[]"
_FOR_ONE_HOST = ("Authorization", "Cookie", "Cookie2", "Www-authenticate")


class Answer(NamedTuple):
    """What a server has answered.

    Attributes:
        shown_url: What was asked for, without a password.
        status: Three digits.
        reason: What the server calls that.
        headers: By their usual spelling; several of one name are joined.
        body: All of it.
    """

    shown_url: str
    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: str,
    timeout_s: float,
    cancel: CancelToken,
) -> Answer:
    """Ask a server, and wait for its whole answer.

    Args:
        method: ``GET`` and so on.
        url: With http or https; may hold a user and a password.
        headers: Sent along.
        body: Sent along, if it is not empty.
        timeout_s: Seconds the server may be silent.
        cancel: Ends the wait.

    Raises:
        ComponentError: there was no answer, or one without an end.
        Cancelled: the token went up.
    """
    request, shown = _request(method, url, headers, body)
    connections = _Connections()
    take_back = cancel.on_cancel(connections.cut)
    try:
        with _opener(connections, request).open(request, timeout=timeout_s) as response:
            return _read(shown, response)
    except (OSError, http.client.HTTPException, ValueError) as error:
        cancel.check()
        raise ComponentError(f"{method} {shown}: {_reason(error, timeout_s)}") from error
    finally:
        take_back()


def _request(
    method: str, url: str, headers: Mapping[str, str], body: str
) -> tuple[urllib.request.Request, str]:
    """The request, and its address without a password."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    shown = parts._replace(netloc=host).geturl()
    request = urllib.request.Request(  # noqa: S310 - the opener knows no other schemes
        quote(shown, safe=_SAFE), data=body.encode() or None, headers=dict(headers), method=method
    )
    if user and not request.has_header("Authorization"):
        token = base64.b64encode(unquote(user).encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
    return request, shown


def _opener(
    connections: _Connections, request: urllib.request.Request
) -> urllib.request.OpenerDirector:
    """What sends it: http and https only, through the proxies of the environment, as in Go."""
    is_local = (urlsplit(request.full_url).hostname or "") in ("localhost", "127.0.0.1", "::1")
    opener = urllib.request.OpenerDirector()
    opener.addheaders = [("User-agent", "packer")]
    for handler in (
        urllib.request.ProxyHandler({} if is_local else None),
        urllib.request.UnknownHandler(),
        _HttpHandler(connections),
        _HttpsHandler(connections),
        _Redirects(),
        urllib.request.HTTPErrorProcessor(),
        _Failures(),
    ):
        opener.add_handler(handler)
    return opener


class _Connections:
    """The sockets of a request that may be cut from another thread."""

    def __init__(self) -> None:
        self._is_cut = False
        self._open: list[socket.socket] = []

    def add(self, opened: socket.socket) -> None:
        self._open.append(opened)
        if self._is_cut:
            self.cut()

    def cut(self) -> None:
        """Let whoever reads or writes find the end."""
        self._is_cut = True
        for opened in self._open:
            with suppress(OSError):
                # Not of the encrypted socket, which would forget its keys under the reader.
                socket.socket.shutdown(opened, socket.SHUT_RDWR)


class _Connection(http.client.HTTPConnection):
    def __init__(self, host: str, *, connections: _Connections, **further: Any) -> None:
        super().__init__(host, **further)
        self._connections = connections

    def connect(self) -> None:
        super().connect()
        self._connections.add(self.sock)


class _SecureConnection(_Connection, http.client.HTTPSConnection):
    """The same, encrypted."""


class _HttpHandler(urllib.request.HTTPHandler):
    def __init__(self, connections: _Connections) -> None:
        super().__init__()
        self._connections = connections

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, request, connections=self._connections)  # type: ignore[arg-type] # it is one

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        return _as_told(self.do_request_(request))


class _HttpsHandler(urllib.request.HTTPSHandler):
    def __init__(self, connections: _Connections) -> None:
        super().__init__()
        self._connections = connections

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_SecureConnection, request, connections=self._connections)  # type: ignore[arg-type] # it is one

    def https_request(self, request: urllib.request.Request) -> urllib.request.Request:
        return _as_told(self.do_request_(request))


def _as_told(request: urllib.request.Request) -> urllib.request.Request:
    """Take back the type of a form, which Python claims for any body."""
    request.unredirected_hdrs.pop("Content-type", None)
    return request


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows as Go does: 307 and 308 ask again in the same way, the others with GET."""

    def redirect_request(  # noqa: PLR0917 - urllib calls it so
        self,
        req: urllib.request.Request,
        fp: Any,  # noqa: ARG002
        code: int,
        msg: str,  # noqa: ARG002
        headers: http.client.HTTPMessage,  # noqa: ARG002
        newurl: str,
    ) -> urllib.request.Request:
        method, is_same = req.get_method(), code in (307, 308)
        if not is_same and method != "HEAD":
            method = "GET"
        other_host = urlsplit(newurl).hostname != urlsplit(req.full_url).hostname
        kept = {
            name: value
            for name, value in req.headers.items()
            if not (other_host and name in _FOR_ONE_HOST)
        }
        return urllib.request.Request(  # noqa: S310 - as above
            quote(newurl, safe=_SAFE),
            data=req.data if is_same else None,
            headers=kept,
            origin_req_host=req.origin_req_host,
            unverifiable=True,
            method=method,
        )


class _Failures(urllib.request.HTTPDefaultErrorHandler):
    """Gives an answer that says no like any other, rather than as an exception."""

    def http_error_default(self, _request: Any, answer: Any, *_: Any) -> Any:
        return answer


def _read(shown: str, response: http.client.HTTPResponse) -> Answer:
    body = response.read(LARGEST_BYTES + 1)
    if len(body) > LARGEST_BYTES:
        raise ValueError(f"the answer is larger than {LARGEST_BYTES >> 20} MiB")
    if response.length:
        raise ValueError(f"the answer ends {response.length} bytes early")
    headers = _joined(response.headers.items())
    return Answer(shown, response.status, response.reason or "", headers, body)


def _joined(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for raw_name, value in headers:
        name = "-".join(part.capitalize() for part in raw_name.split("-"))
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _reason(error: Exception, timeout_s: float) -> str:
    if isinstance(error, HTTPError):  # more redirects than anybody follows
        error.close()
        return str(error)
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return f"the server was silent for {timeout_s:g} s"
    return str(reason) or type(reason).__name__

"""Real requests to a real server on this machine."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

import pytest

from helpers.waiting import once
from packer_plugin_bundled import web
from packer_plugin_bundled.http_datasource import HttpConfig, HttpDatasource, HttpOutput
from packer_sdk import Cancelled, CancelToken, ComponentError, Duration
from packer_sdk.config import decode_config
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message


class Handler(BaseHTTPRequestHandler):
    """Answers what its path says, and notes what it was asked."""

    seen: ClassVar[list[tuple[str, str, Message, bytes]]] = []
    waiting: ClassVar[threading.Event] = threading.Event()
    released: ClassVar[threading.Event] = threading.Event()
    other: ClassVar[str] = ""

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.append((self.command, self.path, self.headers, body))
        name = self.path.strip("/").partition("?")[0]
        if name.isdigit():
            self.reply(int(name), b"", ("Location", "/there"))
        elif name == "away":
            self.reply(302, b"", ("Location", self.other + "/there"))
        elif name == "loop":
            self.reply(302, b"", ("Location", "/loop"))
        elif name == "file":
            self.reply(302, b"", ("Location", "file:///etc/passwd"))
        elif name == "silent":
            self.waiting.set()
            self.released.wait(30)
        elif name == "half":
            self.reply(200, b"half", ("Content-Length", "10"))
        elif name == "image":
            self.reply(200, b"\x89\xff", ("Content-Type", "image/png"))
        else:
            self.reply(
                200,
                "grüß dich".encode(),
                ("x-many", "1"),
                ("X-MANY", "2"),
                ("content-type", "text/plain; charset=utf-8"),
            )

    def reply(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for header in headers:
            self.send_header(*header)
        if "Content-Length" not in dict(headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = answer  # noqa: N815 - as they are called

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
        pass


@pytest.fixture
def server() -> Iterator[str]:
    Handler.seen.clear()
    Handler.waiting.clear()
    Handler.released.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = spawn("http", httpd.serve_forever, 0.01)
        Handler.other = f"http://localhost:{httpd.server_port}"
        yield f"http://127.0.0.1:{httpd.server_port}"
        Handler.released.set()
        httpd.shutdown()
        thread.join()


def ask(url: str, cancel: CancelToken | None = None, **options: object) -> HttpOutput:
    config = decode_config(HttpConfig, [{"url": url, **options}])
    assert list(HttpDatasource().check(config)) == []
    return HttpDatasource().execute(config, cancel or CancelToken())


def test_the_answer_is_given_with_its_headers(server: str) -> None:
    output = ask(f"{server}/x?a=b c", request_headers={"X-Asked": "yes"})
    assert (output.url, output.body) == (f"{server}/x?a=b c", "grüß dich")
    assert output.request_headers["X-Many"] == "1, 2"
    assert output.request_headers["Content-Type"] == "text/plain; charset=utf-8"
    (method, path, headers, body) = Handler.seen[0]
    assert (method, path, body) == ("GET", "/x?a=b%20c", b"")
    assert (headers["X-asked"], headers["User-agent"]) == ("yes", "packer")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_every_method_is_asked_with_the_body_and_no_claims_about_it(
    server: str, method: str
) -> None:
    output = ask(server, method=method, request_body="grüße")
    assert Handler.seen[0][0::3] == (method, "grüße".encode())
    assert "Content-type" not in Handler.seen[0][2]
    assert output.body == ("" if method == "HEAD" else "grüß dich")


def test_the_type_of_a_body_is_what_the_user_says(server: str) -> None:
    ask(server, method="POST", request_body="{}", request_headers={"content-type": "text/x"})
    assert Handler.seen[0][2]["Content-type"] == "text/x"


def test_a_password_is_sent_and_not_shown(server: str) -> None:
    with pytest.raises(ComponentError) as caught:
        ask(f"{server.replace('//', '//me:s%40crt@')}/404")
    assert Handler.seen[0][2]["Authorization"] == "Basic bWU6c0BjcnQ="
    assert caught.value.message == f"GET {server}/404: 404 Not Found"


@pytest.mark.parametrize("status", [400, 403, 500, 304])
def test_a_status_that_says_no_is_an_error(server: str, status: int) -> None:
    with pytest.raises(ComponentError, match=rf"GET {server}/{status}: {status} \w"):
        ask(f"{server}/{status}")


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "GET", ("GET", b"")), (302, "POST", ("GET", b"")), (303, "PUT", ("GET", b"")),
        (307, "POST", ("POST", b"x")), (308, "PUT", ("PUT", b"x")), (302, "HEAD", ("HEAD", b"")),
    ],
)  # fmt: skip
def test_redirects_are_followed_as_in_go(
    server: str, status: int, method: str, then: tuple[str, bytes]
) -> None:
    ask(f"{server}/{status}", method=method, request_body="" if method == "GET" else "x")
    assert Handler.seen[1][0::3] == then
    assert Handler.seen[1][1] == "/there"


def test_secrets_are_not_taken_to_another_host(server: str) -> None:
    headers = {"Authorization": "Bearer x", "Cookie": "y", "X-Asked": "yes"}
    ask(f"{server}/away", request_headers=headers)
    ask(f"{server}/302", request_headers=headers)
    away, here = Handler.seen[1][2], Handler.seen[3][2]
    assert {"Authorization", "Cookie"}.isdisjoint(away.keys())
    assert (away["X-asked"], here["Authorization"]) == ("yes", "Bearer x")


def test_redirects_without_end_are_an_error(server: str) -> None:
    with pytest.raises(ComponentError, match=r"infinite loop"):
        ask(f"{server}/loop")


def test_redirects_out_of_the_web_are_refused(server: str) -> None:
    with pytest.raises(ComponentError, match="file"):
        ask(f"{server}/file")


def test_a_silent_server_is_given_up(server: str) -> None:
    with pytest.raises(ComponentError, match=r"/silent: the server was silent for 0\.05 s"):
        ask(f"{server}/silent", timeout="50ms")


def test_a_cancel_cuts_the_connection(server: str) -> None:
    token = CancelToken()
    once(Handler.waiting, token.cancel)
    with pytest.raises(Cancelled):
        ask(f"{server}/silent", token)


def test_a_cancel_before_the_connection_cuts_it_too(server: str) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        ask(f"{server}/silent", token)


def test_an_answer_that_ends_early_is_an_error(server: str) -> None:
    with pytest.raises(ComponentError, match="the answer ends 6 bytes early"):
        ask(f"{server}/half")


def test_an_answer_without_end_is_an_error(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "LARGEST_BYTES", 3)
    with pytest.raises(ComponentError, match="the answer is larger than"):
        ask(server)


def test_a_server_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ComponentError, match=r"GET http://127\.0\.0\.1:1: .*refused"):
        ask("http://127.0.0.1:1")


def test_an_encrypted_connection_to_a_plain_server_is_an_error(server: str) -> None:
    with pytest.raises(ComponentError, match=r"(?i)ssl"):
        ask(server.replace("http:", "https:"), request_body="x", method="POST")


def test_what_is_no_text_is_told_in_the_log(server: str, caplog: pytest.LogCaptureFixture) -> None:
    assert ask(f"{server}/image").body == "\ufffd\ufffd"
    assert caplog.messages == [f"{server}/image may be no text: image/png"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"url": "file:///etc/passwd"}, "url: cannot be asked for: file:///etc/passwd"),
        ({"url": ""}, "url: cannot be asked for: nothing"),
        ({"url": "http://x", "timeout": Duration("0")}, "timeout: leaves no time: 0s"),
        ({"url": "http://x", "request_headers": {"a": "b\r\nc"}}, "cannot be a header"),
    ],
)
def test_check_refuses_what_cannot_be_asked_for(options: dict[str, object], problem: str) -> None:
    (found,) = HttpDatasource().check(HttpConfig(**options))  # type: ignore[arg-type] # as above
    assert problem in str(found)


def test_check_lets_pass_what_is_not_known_yet() -> None:
    assert list(HttpDatasource().check(HttpConfig(url="<unknown>"))) == []

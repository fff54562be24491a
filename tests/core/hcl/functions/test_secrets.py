from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from helpers.hcl import content_of, error_of, scope_of, surroundings_of
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_core.hcl.scope import Scope


class Server(ThreadingHTTPServer):
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self, answers: dict[str, object]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = answers
        self.asked: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.path, headers, body))
        found = self.server.answers.get(self.path)
        data = found.encode() if isinstance(found, str) else json.dumps(found).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_POST = do_GET  # noqa: N815 - as it is called

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is declared
        pass


@contextmanager
def serving(answers: dict[str, object]) -> Iterator[Server]:
    with Server(answers) as server:
        thread = spawn("secrets", server.serve_forever, 0.01)
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def vault(server: Server) -> Scope:
    return scope_of(surroundings_of(VAULT_ADDR=server.url, VAULT_TOKEN="t0k"))


def test_vault_reads_both_versions_of_its_store() -> None:
    answers: dict[str, object] = {
        "/v1/secret/old": {"data": {"password": "one"}},
        "/v1/secret/data/new": {"data": {"data": {"password": "two"}, "metadata": {}}},
    }
    with serving(answers) as server:
        assert content_of('vault("secret/old", "password")', vault(server)) == "one"
        assert content_of('vault("/secret/data/new", "password")', vault(server)) == "two"
    assert server.asked[0][1]["x-vault-token"] == "t0k"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('vault("secret/none", "k")', "no secret at secret/none"),
        ('vault("secret/s", "k")', 'has no key "k"'),
        ('vault("secret/s", "n")', "is no text"),
        ('vault("secret/text", "k")', "no JSON"),
    ],
)
def test_vault_says_what_it_did_not_find(call: str, message: str) -> None:
    answers: dict[str, object] = {"/v1/secret/s": {"data": {"n": 5}}, "/v1/secret/text": "hm"}
    with serving(answers) as server:
        assert message in error_of(call, vault(server)).summary


def test_vault_without_a_token_names_the_variables() -> None:
    assert "VAULT_TOKEN" in error_of('vault("a", "b")').summary


def test_consul_gives_a_key_as_it_is() -> None:
    with serving({"/v1/kv/image/version?raw": "1.2.3"}) as server:
        address = server.url.removeprefix("http://")
        scope = scope_of(surroundings_of(CONSUL_HTTP_ADDR=address, CONSUL_HTTP_TOKEN="c"))
        assert content_of('consul_key("image/version")', scope) == "1.2.3"
        assert "no key image/none" in error_of('consul_key("image/none")', scope).summary
    assert server.asked[0][1]["x-consul-token"] == "c"


def test_nobody_answers_is_told_with_the_address() -> None:
    scope = scope_of(surroundings_of(CONSUL_HTTP_ADDR="127.0.0.1:1"))
    assert (
        "Consul does not answer at http://127.0.0.1:1/"
        in error_of('consul_key("k")', scope).summary
    )


def aws(server: Server, **more: str) -> Scope:
    return scope_of(
        surroundings_of(
            AWS_ENDPOINT_URL=server.url,
            AWS_ACCESS_KEY_ID="AKID",
            AWS_SECRET_ACCESS_KEY="SECRET",
            AWS_REGION="eu-west-1",
            **more,
        )
    )


def test_aws_gives_a_key_of_a_secret() -> None:
    with serving({"/": {"SecretString": '{"user": "u", "n": 5}'}}) as server:
        scope = aws(server, AWS_SESSION_TOKEN="session")
        assert content_of('aws_secretsmanager("db", "user")', scope) == "u"
        assert content_of('aws_secretsmanager("db", "n")', scope) == "5"
        assert content_of('aws_secretsmanager_raw("db")', scope) == '{"user": "u", "n": 5}'
        assert (
            "which of its keys? n, user"
            in error_of('aws_secretsmanager("db", null)', scope).summary
        )
    _, headers, body = server.asked[0]
    assert json.loads(body) == {"SecretId": "db"}
    assert headers["x-amz-target"] == "secretsmanager.GetSecretValue"
    assert headers["x-amz-security-token"] == "session"
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/")


def test_aws_gives_plain_and_binary_secrets_and_the_only_key() -> None:
    for answered, wanted in (
        ({"SecretString": "plain"}, "plain"),
        ({"SecretString": '{"only": "x"}'}, "x"),
        ({"SecretBinary": "YmluYXJ5"}, "binary"),
    ):
        with serving({"/": answered}) as server:
            assert content_of('aws_secretsmanager("db", null)', aws(server)) == wanted


def test_aws_without_credentials_names_the_variables() -> None:
    scope = scope_of(surroundings_of(HOME="/nowhere"))
    assert "AWS_ACCESS_KEY_ID" in error_of('aws_secretsmanager_raw("db")', scope).summary


def test_aws_reads_the_shared_files(tmp_path: object) -> None:
    from pathlib import Path

    home = Path(str(tmp_path))
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(
        "[work]\naws_access_key_id = FILE\naws_secret_access_key = S\n"
    )
    (home / ".aws/config").write_text("[profile work]\nregion = us-east-2\n")
    with serving({"/": {"SecretString": "x"}}) as server:
        scope = scope_of(
            surroundings_of(HOME=str(home), AWS_PROFILE="work", AWS_ENDPOINT_URL=server.url)
        )
        assert content_of('aws_secretsmanager_raw("db")', scope) == "x"
    assert "/us-east-2/secretsmanager/aws4_request" in server.asked[0][1]["authorization"]


def test_the_signature_is_the_one_that_botocore_makes() -> None:
    from datetime import UTC, datetime

    from packer_core.hcl.functions.aws import Credentials, signed

    who = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "", "us-east-1")
    headers = signed(
        who,
        "https://secretsmanager.us-east-1.amazonaws.com",
        b'{"SecretId": "db"}',
        datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )
    signature = headers["authorization"].rpartition("Signature=")[2]
    assert signature == "68001bcacca4219a122b9b7735ddc09649f307cf28b356587c3b7d992df510bd"

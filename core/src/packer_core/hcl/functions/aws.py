"""Secrets Manager of AWS: one call, signed by hand (signature version 4).

Who is asking stands in the environment, or in the shared files ``~/.aws/credentials`` and
``~/.aws/config``. Roles, sign-on and the like are not there; their tools can put what they give
into the environment.
"""

from __future__ import annotations

import configparser
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from packer_core.hcl.function import FunctionError

from .encoding import decoded
from .requests import answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .table import Surroundings

_SERVICE = "secretsmanager"
_TYPE = "application/x-amz-json-1.1"
_TARGET = "secretsmanager.GetSecretValue"


class Credentials(NamedTuple):
    """Who is asking."""

    key: str
    secret: str
    token: str
    region: str


def secret(name: str, surroundings: Surroundings) -> str:
    """Ask for a secret, and return its text.

    Raises:
        FunctionError: it cannot be had; says why.
    """
    environment = surroundings.environment
    who = credentials(environment)
    url = (
        environment.get("AWS_ENDPOINT_URL_SECRETS_MANAGER", "")
        or environment.get("AWS_ENDPOINT_URL", "")
        or f"https://{_SERVICE}.{who.region}.amazonaws.com"
    )
    body = json.dumps({"SecretId": name}).encode()
    headers = signed(who, url, body, datetime.fromtimestamp(surroundings.clock(), UTC))
    text = answer("AWS", f"{url.rstrip('/')}/", headers, missing=f"no secret {name}", body=body)
    return _text(text, name)


def _text(answered: str, name: str) -> str:
    try:
        tree = json.loads(answered)
    except ValueError as error:
        raise FunctionError("AWS answers something that is no JSON") from error
    text = tree.get("SecretString") if isinstance(tree, dict) else None
    if isinstance(text, str):
        return text
    data = tree.get("SecretBinary") if isinstance(tree, dict) else None
    if isinstance(data, str):
        try:
            return decoded(data).decode()
        except UnicodeDecodeError as error:
            raise FunctionError(f"the secret {name} is no text in UTF-8", 0) from error
    raise FunctionError(f"AWS: the secret {name} has no value", 0)


def credentials(environment: Mapping[str, str]) -> Credentials:
    """Find out who is asking.

    Raises:
        FunctionError: it is not said; says where it would be.
    """
    profile = environment.get("AWS_PROFILE", "") or "default"
    home = Path(environment.get("HOME", "") or ".")
    kept = _section(
        environment.get("AWS_SHARED_CREDENTIALS_FILE", "") or str(home / ".aws/credentials"),
        profile,
    )
    configured = _section(
        environment.get("AWS_CONFIG_FILE", "") or str(home / ".aws/config"),
        profile if profile == "default" else f"profile {profile}",
    )
    chosen = environment.get("AWS_ACCESS_KEY_ID", "")
    found = Credentials(
        chosen or kept.get("aws_access_key_id", ""),
        environment.get("AWS_SECRET_ACCESS_KEY", "")
        if chosen
        else kept.get("aws_secret_access_key", ""),
        environment.get("AWS_SESSION_TOKEN", "") if chosen else kept.get("aws_session_token", ""),
        environment.get("AWS_REGION", "")
        or environment.get("AWS_DEFAULT_REGION", "")
        or configured.get("region", ""),
    )
    if not found.key or not found.secret:
        raise FunctionError("AWS: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set")
    if not found.region:
        raise FunctionError("AWS: AWS_REGION must be set")
    return found


def _section(path: str, name: str) -> Mapping[str, str]:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError) as error:
        raise FunctionError(f"AWS: cannot be read: {path}") from error
    return (
        parser[name]
        if parser.has_section(name) or (name == "default" and "default" in parser)
        else {}
    )


def signed(who: Credentials, url: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of a request, with a signature over them and the body."""
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    headers = {
        "content-type": _TYPE,
        "host": urlsplit(url).netloc,
        "x-amz-date": stamp,
        "x-amz-target": _TARGET,
    }
    if who.token:
        headers["x-amz-security-token"] = who.token
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{who.region}/{_SERVICE}/aws4_request"
    digest = hashlib.sha256(request.encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
    key = f"AWS4{who.secret}".encode()
    for part in (stamp[:8], who.region, _SERVICE, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={who.key}/{scope}, SignedHeaders={names},"
        f" Signature={signature}"
    )
    return headers

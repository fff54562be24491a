"""Secrets from elsewhere: ``vault``, ``consul_key``, ``aws_secretsmanager``.

What they give is not sensitive by itself, as in Packer: a sensitive variable or local must hold it.
"""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from packer_core.hcl import values
from packer_core.hcl.function import Function, FunctionError, Parameter

from .requests import answer
from .simple import simple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk.cty.values import Value

    from .table import Surroundings


def functions(surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    return {
        "aws_secretsmanager": Function(
            [Parameter("name", "string"), Parameter("key", "string", null=True)],
            "string",
            partial(_aws, surroundings),
        ),
        "aws_secretsmanager_raw": Function(
            [Parameter("name", "string")], "string", partial(_aws_raw, surroundings)
        ),
        "consul_key": simple("string", partial(_consul, surroundings.environment), key="string"),
        "vault": simple(
            "string", partial(_vault, surroundings.environment), path="string", key="string"
        ),
    }


def _vault(environment: Mapping[str, str], path: str, key: str) -> str:
    token = environment.get("VAULT_TOKEN", "")
    if not token:
        raise FunctionError("VAULT_TOKEN must be set, and VAULT_ADDR if Vault is not local")
    headers = {"X-Vault-Token": token, "X-Vault-Request": "true"}
    if namespace := environment.get("VAULT_NAMESPACE", ""):
        headers["X-Vault-Namespace"] = namespace
    address = environment.get("VAULT_ADDR", "") or "https://127.0.0.1:8200"
    url = f"{address.rstrip('/')}/v1/{quote(path.strip('/'))}"
    tree = _tree(answer("Vault", url, headers, missing=f"no secret at {path}"), "Vault")
    data = tree.get("data")
    # The second version of the store puts the secret one level further down.
    if isinstance(data, dict) and isinstance(data.get("data"), dict):
        data = data["data"]
    if not isinstance(data, dict) or key not in data:
        raise FunctionError(f'the secret at {path} has no key "{key}"', 1)
    if not isinstance(data[key], str):
        raise FunctionError(f'"{key}" of the secret at {path} is no text', 1)
    return str(data[key])


def _consul(environment: Mapping[str, str], key: str) -> str:
    address = environment.get("CONSUL_HTTP_ADDR", "") or "127.0.0.1:8500"
    if "://" not in address:
        secure = environment.get("CONSUL_HTTP_SSL", "").lower() in {"1", "true"}
        address = f"{'https' if secure else 'http'}://{address}"
    headers = {}
    if token := environment.get("CONSUL_HTTP_TOKEN", ""):
        headers["X-Consul-Token"] = token
    url = f"{address.rstrip('/')}/v1/kv/{quote(key.lstrip('/'))}?raw"
    return answer("Consul", url, headers, missing=f"no key {key}")


def _aws_raw(surroundings: Surroundings, name: Value) -> Value:
    from .aws import secret  # noqa: PLC0415 - signing is for AWS only

    return values.string(secret(values.text_in(name), surroundings))


def _aws(surroundings: Surroundings, name: Value, key: Value) -> Value:
    text = values.text_in(_aws_raw(surroundings, name))
    try:
        tree = json.loads(text)
    except ValueError:
        tree = None
    if not isinstance(tree, dict):
        if key.content is None:
            return values.string(text)
        raise FunctionError(f"the secret {values.text_in(name)} is plain text, without keys", 1)
    wanted = key.content
    if wanted is None:
        if len(tree) != 1:
            raise FunctionError(f"which of its keys? {', '.join(sorted(tree))}", 1)
        wanted = next(iter(tree))
    if wanted not in tree:
        raise FunctionError(f'the secret {values.text_in(name)} has no key "{wanted}"', 1)
    found = tree[wanted]
    return values.string(found if isinstance(found, str) else json.dumps(found))


def _tree(text: str, whose: str) -> dict[str, object]:
    try:
        tree = json.loads(text)
    except ValueError as error:
        raise FunctionError(f"{whose} answers something that is no JSON") from error
    if not isinstance(tree, dict):
        raise FunctionError(f"{whose} answers something that is no object")
    return tree

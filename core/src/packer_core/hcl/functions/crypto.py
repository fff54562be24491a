"""Digests and identifiers: ``sha256``, ``uuidv5``, ``bcrypt`` and others."""

from __future__ import annotations

import hashlib
import uuid
from functools import partial
from typing import TYPE_CHECKING

from packer_core.hcl import values
from packer_core.hcl.function import Function, FunctionError, Parameter

from .encoding import decoded
from .simple import simple, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk.cty.values import Value

    from .table import Surroundings


def functions(_surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    digests = ("md5", "sha1", "sha256", "sha512")
    return {
        "bcrypt": Function(
            [Parameter("str", "string")], "string", _bcrypt, rest=Parameter("cost", "number")
        ),
        "rsadecrypt": simple("string", _rsadecrypt, ciphertext="string", privatekey="string"),
        "uuidv4": Function((), "string", lambda: values.string(str(uuid.uuid4()))),
        "uuidv5": simple("string", _uuidv5, namespace="string", name="string"),
        **{name: simple("string", partial(_digest, name), str="string") for name in digests},
    }


def _digest(name: str, text: str) -> str:
    return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


def _uuidv5(namespace: str, name: str) -> str:
    if namespace in _NAMESPACES:
        return str(uuid.uuid5(_NAMESPACES[namespace], name))
    try:
        return str(uuid.uuid5(uuid.UUID(namespace), name))
    except ValueError as error:
        known = ", ".join(_NAMESPACES)
        raise FunctionError(f'neither a UUID nor one of {known}: "{namespace}"', 0) from error


_MOST_COST = 20
"""Minutes; each further one doubles it, and nothing can interrupt the library."""


def _bcrypt(text: Value, *costs: Value) -> Value:
    if len(costs) > 1:
        raise FunctionError("one cost at most", 2)
    cost = whole(values.number_in(costs[0]), 1) if costs else 10
    if cost > 31:
        raise FunctionError(f"must be between 4 and 31, got {cost}", 1)
    if cost > _MOST_COST:
        raise FunctionError(f"a cost above {_MOST_COST} takes hours, got {cost}", 1)
    rounds = max(cost, 4) if cost >= 4 else 10  # as Go: too small a cost is the usual one
    secret = values.text_in(text).encode()
    if len(secret) > 72:
        raise FunctionError("longer than the 72 bytes that bcrypt looks at", 0)
    try:
        import bcrypt  # noqa: PLC0415 - few templates need it, and it is an extra
    except ImportError as error:
        message = "bcrypt needs a library: pip install 'packer-core[crypto]'"
        raise FunctionError(message) from error
    return values.string(bcrypt.hashpw(secret, bcrypt.gensalt(rounds, b"2a")).decode())


def _rsadecrypt(ciphertext: str, privatekey: str) -> str:
    data = decoded(ciphertext, 0)
    try:
        from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - it is an extra
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
            load_pem_private_key,
        )
    except ImportError as error:
        message = "rsadecrypt needs a library: pip install 'packer-core[crypto]'"
        raise FunctionError(message) from error
    try:
        key = load_pem_private_key(privatekey.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise FunctionError(
            "no private key in PEM that can be used without a password", 1
        ) from error
    if not isinstance(key, RSAPrivateKey):
        raise FunctionError("no key of RSA", 1)
    try:
        return key.decrypt(data, PKCS1v15()).decode()
    except UnicodeDecodeError as error:
        raise FunctionError("what was encrypted is no text in UTF-8", 0) from error
    except ValueError as error:
        raise FunctionError("it was not encrypted for this key", 0) from error

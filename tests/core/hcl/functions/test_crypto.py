from __future__ import annotations

import base64
import sys

import bcrypt
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from helpers.hcl import content_of, error_of, scope_of


def test_a_password_checks_against_its_bcrypt() -> None:
    hashed = content_of('bcrypt("geheim", 4)')
    assert isinstance(hashed, str)
    assert hashed.startswith("$2a$04$")
    assert bcrypt.checkpw(b"geheim", hashed.encode())


def test_what_bcrypt_cannot_do_is_told() -> None:
    assert "72 bytes" in error_of('bcrypt(join("", [for i in range(73) : "x"]))').summary
    assert "takes hours" in error_of('bcrypt("x", 21)').summary
    assert "between 4 and 31" in error_of('bcrypt("x", 40)').summary


def test_what_was_encrypted_for_a_key_is_read_with_it() -> None:
    key = generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
    data = base64.b64encode(key.public_key().encrypt(b"secret", PKCS1v15())).decode()
    scope = scope_of(key=pem, data=data)
    assert content_of("rsadecrypt(data, key)", scope) == "secret"
    assert "no private key" in error_of('rsadecrypt(data, "x")', scope).summary
    assert "no base64" in error_of('rsadecrypt("!", key)', scope).summary


@pytest.mark.parametrize(
    ("module", "call", "extra"),
    [
        ("bcrypt", 'bcrypt("x")', "packer-core[crypto]"),
        ("cryptography.exceptions", 'rsadecrypt("", "")', "packer-core[crypto]"),
        ("yaml", 'yamldecode("a: 1")', "packer-core[yaml]"),
    ],
)
def test_a_library_that_is_missing_is_named(
    module: str, call: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert extra in error_of(call).summary

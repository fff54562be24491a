from __future__ import annotations

import base64
import json
import shlex
import subprocess
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.masking import MASK, SHORTEST, SecretFilter, forms
from packer_sdk.threads import spawn

SECRETS = st.text(min_size=SHORTEST, max_size=40).filter(
    lambda text: len(text.strip()) >= SHORTEST and MASK not in text and text not in MASK
)


def filter_of(*secrets: str) -> SecretFilter:
    found = SecretFilter()
    for secret in secrets:
        found.register(secret)
    return found


def test_apply_without_secrets_returns_the_text() -> None:
    assert SecretFilter().apply("hello") == "hello"


def test_a_secret_is_masked_wherever_it_stands() -> None:
    assert filter_of("hunter2").apply("hunter2, hunter2hunter2!") == f"{MASK}, {MASK}{MASK}!"


@given(SECRETS, st.text(), st.text())
def test_no_secret_is_left_in_any_text(secret: str, before: str, after: str) -> None:
    masked = filter_of(secret).apply(before + secret + after)
    assert secret not in masked.replace(MASK, "\0")


@given(st.lists(SECRETS, max_size=4), st.text(), st.data())
def test_masking_twice_is_masking_once(secrets: list[str], text: str, data: st.DataObject) -> None:
    for secret in secrets:
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + secret + text[at:]
    found = filter_of(*secrets)
    once = found.apply(text)
    assert found.apply(once) == once


def test_overlapping_secrets_leave_no_fragment() -> None:
    found = filter_of("abcdef", "defghi", "cde")
    assert found.apply("-abcdefghi-") == f"-{MASK}-"
    assert found.apply("-abcdeX-") == f"-ab{MASK}X-"


def test_a_secret_that_overlaps_itself_leaves_no_fragment() -> None:
    assert filter_of("abab").apply("xabababy") == f"x{MASK}y"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_line_of_a_secret_is_masked(end: str) -> None:
    key = end.join(["-----BEGIN-----", "  MIIE", "zzTop", "-----END-----", ""])
    found = filter_of(key)
    for line in ("-----BEGIN-----", "MIIE", "zzTop", "-----END-----"):
        assert found.apply(f"> {line}") == f"> {MASK}"


def test_line_ends_may_be_exchanged() -> None:
    assert filter_of("one1\ntwo2").apply("one1\r\ntwo2") == MASK
    assert filter_of("one1\r\ntwo2").apply("one1\ntwo2") == MASK


@given(SECRETS)
def test_shell_quoting_is_masked(secret: str) -> None:
    quoted = shlex.quote(secret)
    inner = quoted[1:-1] if quoted != secret else quoted
    assert inner not in filter_of(secret).apply(f"echo {quoted}").replace(MASK, "\0")


@pytest.mark.parametrize("secret", ["it's me", 'a "b" $c `d` \\e', "semi;colon&more*", "a'b\"c"])
def test_what_bash_makes_of_it_is_masked(secret: str) -> None:
    shown = subprocess.run(
        ["bash", "-c", 'printf "%q\\n" "$1"; set -x; : "$1"', "bash", secret],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout
    masked = filter_of(secret).apply(shown)
    assert masked.count(MASK) == 2
    for word in ("it", "me", "semi", "colon", "more", "$c", "`d"):
        assert word not in masked.replace("sensitive", "")


@given(SECRETS, st.booleans())
def test_json_is_masked(secret: str, ascii_only: bool) -> None:
    document = json.dumps({"k": secret}, ensure_ascii=ascii_only)
    escaped = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
    assert escaped not in filter_of(secret).apply(document).replace(MASK, "\0")


def test_json_as_go_writes_it_is_masked() -> None:
    assert filter_of("a<b>&c").apply('"a\\u003cb\\u003e\\u0026c"') == f'"{MASK}"'


@given(
    st.text(min_size=6, max_size=40).filter(lambda t: len(t.strip()) > 5), st.binary(), st.data()
)
def test_base64_is_masked_at_every_alignment(
    secret: str, around: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(around)))
    before, after = around[:at], around[at:]
    try:
        raw = secret.encode()
    except UnicodeEncodeError:
        return
    encoded = base64.b64encode(before + raw + after).decode()
    assert MASK in filter_of(secret).apply(encoded)


def test_base64_keeps_at_most_the_edges() -> None:
    secret = "correct horse battery staple"
    for before in ("", "x", "xy", "xyz"):
        encoded = base64.b64encode(f"{before}{secret}!!!!".encode()).decode()
        masked = filter_of(secret).apply(encoded)
        assert len(masked.replace(MASK, "")) <= len(encoded) - len(secret) * 8 // 6 + 2


def test_base64_that_is_wrapped_is_masked() -> None:
    secret = "k" * 100 + "q" * 100
    wrapped = base64.encodebytes(secret.encode()).decode()
    assert filter_of(secret).apply(wrapped).replace(MASK, "").strip() == ""


def test_base64_for_urls_is_masked() -> None:
    secret = "??>>??>>??>>"
    assert filter_of(secret).apply(base64.urlsafe_b64encode(secret.encode()).decode()) == MASK


@given(SECRETS)
def test_url_encoding_is_masked(secret: str) -> None:
    try:
        encodings = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    except UnicodeEncodeError:
        return
    found = filter_of(secret)
    for encoded in encodings:
        assert encoded not in found.apply(f"?q={encoded}").replace(MASK, "\0")


def test_undecodable_bytes_are_no_obstacle() -> None:
    secret = b"\xff\xfe-key".decode("utf-8", "surrogateescape")
    assert filter_of(secret).apply(f"<{secret}>") == f"<{MASK}>"


@given(st.text(st.characters(codec=None), max_size=20))
def test_every_text_can_be_registered(text: str) -> None:
    filter_of(text)


def test_a_short_secret_is_announced_once_and_not_masked() -> None:
    told: list[str] = []
    found = SecretFilter(told.append)
    found.register("a")
    found.register("ok")
    assert found.apply("banana is ok") == "banana is ok"
    assert len(told) == 1
    assert "fewer than 3 characters" in told[0]


def test_an_empty_secret_is_none() -> None:
    told: list[str] = []
    found = SecretFilter(told.append)
    found.register("")
    found.register(" \n")
    assert told == []
    assert found.apply("a b") == "a b"


def test_register_nested_finds_texts_and_numbers() -> None:
    found = SecretFilter()
    found.register_nested({"a": ["first", {"b": ("second", 123456)}], "c": None, "d": True})
    assert found.apply("first second 123456 True a b") == f"{MASK} {MASK} {MASK} True a b"


def test_forms_are_never_short() -> None:
    for secret in ("abc", "a\nb\nlong line\nx", "c d"):
        assert all(len(form) >= SHORTEST for form in forms(secret))


def test_registering_while_masking_is_safe() -> None:
    found = SecretFilter()
    seen: list[str] = []

    def mask() -> None:
        seen.extend(found.apply(f"secret-{number}") for number in range(200))

    readers = [spawn("reader", mask) for _ in range(2)]
    for number in range(200):
        found.register(f"secret-{number}")
    for reader in readers:
        reader.join()
    assert len(seen) == 400
    assert found.apply("secret-199") == MASK


@given(st.lists(SECRETS, min_size=1, max_size=3), st.lists(st.text(max_size=30)), st.data())
def test_no_secret_is_torn_where_a_long_text_is_cut(
    secrets: list[str], words: list[str], data: st.DataObject
) -> None:
    masking = filter_of(*secrets)
    text = "".join(word + secret for word, secret in zip(words, secrets * len(words), strict=False))
    shown, rest = "", ""
    while text:
        cut = data.draw(st.integers(1, len(text)))
        piece, rest = masking.part(rest + text[:cut])
        text = text[cut:]
        shown += f"{piece}\0"
    shown += rest
    for secret in secrets:
        # Whatever is whole in the text is whole in a piece, where it is found.
        assert shown.count(secret) >= shown.replace("\0", "").count(secret)


def test_part_keeps_back_no_more_than_the_longest_secret() -> None:
    masking = filter_of("hunter2")
    longest = max(map(len, forms("hunter2")))
    piece, rest = masking.part("x" * 1000)
    assert piece + rest == "x" * 1000
    assert len(rest) == longest - 1


def test_part_without_secrets_keeps_nothing_back() -> None:
    assert SecretFilter().part("abc") == ("abc", "")


def test_nested_values_are_masked_but_not_their_names() -> None:
    value = {"hunter2": ["a hunter2", 3, None, {"x": ("hunter2",)}]}
    assert filter_of("hunter2").apply_nested(value) == {
        "hunter2": [f"a {MASK}", 3, None, {"x": [MASK]}]
    }

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.errors import RemoteProtocolError
from packer_sdk.wire import handshake
from packer_sdk.wire.handshake import Handshake

addresses = st.text(min_size=1, max_size=50).filter(lambda text: text == text.strip())


def test_format_line_has_four_parts() -> None:
    assert handshake.format_line(Handshake(5, 0, "unix", "/tmp/p")) == "5|0|unix|/tmp/p"


@given(
    st.integers(0, 999_999_999),
    st.none() | st.integers(0, 999_999_999),
    st.sampled_from(handshake.NETWORKS),
    addresses,
)
def test_line_survives_the_way_there_and_back(
    major: int, minor: int | None, network: str, address: str
) -> None:
    greeting = Handshake(major, minor, network, address)
    assert handshake.parse_line(handshake.format_line(greeting) + "\r\n") == greeting


@given(st.text(max_size=60) | st.from_regex(r"[0-9|unixtcp]{0,20}"))
def test_any_line_is_a_handshake_or_a_protocol_error(line: str) -> None:
    try:
        greeting = handshake.parse_line(line)
    except RemoteProtocolError:
        return
    assert greeting.network in handshake.NETWORKS
    assert greeting.address


def test_parse_line_reads_what_go_plugins_print() -> None:
    line = "5|0|unix|/tmp/packer-plugin2655555701\n"
    assert handshake.parse_line(line) == Handshake(5, 0, "unix", "/tmp/packer-plugin2655555701")
    assert handshake.parse_line("5|0|tcp|127.0.0.1:10000") == Handshake(
        5, 0, "tcp", "127.0.0.1:10000"
    )


def test_parse_line_reads_three_parts_without_a_minor_version() -> None:
    assert handshake.parse_line("5|unix|/tmp/p") == Handshake(5, None, "unix", "/tmp/p")


@pytest.mark.parametrize("line", ["5|0|unix|/tmp/a|b", "5|unix|/tmp/a|b"])
def test_parse_line_leaves_bars_in_the_address_alone(line: str) -> None:
    assert handshake.parse_line(line).address == "/tmp/a|b"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        "|||",
        "5|0|unix|",
        "5|0|udp|localhost:1",
        "5|unix|",
        "five|0|unix|/x",
        "\u0665|0|unix|/x",
        "-5|0|unix|/x",
        "5|+1|unix|/x",
        "5555555555|0|unix|/x",
    ],
)
def test_parse_line_refuses_what_is_no_handshake(line: str) -> None:
    with pytest.raises(RemoteProtocolError, match="not a plugin's first line") as caught:
        handshake.parse_line(line)
    assert repr(line) in str(caught.value)
    assert "standard error" in str(caught.value.hint)


def test_parse_line_shows_only_the_beginning_of_a_long_line() -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        handshake.parse_line("x" * 10_000)
    assert len(str(caught.value)) < 200
    assert str(caught.value).endswith("…'")


@pytest.mark.parametrize("minor", [0, None])
def test_judge_accepts_our_version_and_the_old_form(minor: int | None) -> None:
    handshake.judge(Handshake(5, minor, "unix", "/x"))


@pytest.mark.parametrize(
    ("greeting", "text", "hint"),
    [
        (Handshake(4, None, "unix", "/x"), "version 4 is not supported", "upgrade the plugin"),
        (Handshake(6, 0, "unix", "/x"), "version 6.0 is not supported", "upgrade packer"),
        (Handshake(5, 1, "unix", "/x"), "version 5.1 is newer than ours", "upgrade packer"),
    ],
)
def test_judge_refuses_other_versions(greeting: Handshake, text: str, hint: str) -> None:
    with pytest.raises(RemoteProtocolError, match=text) as caught:
        handshake.judge(greeting)
    assert "this side speaks 5.0" in str(caught.value)
    assert str(caught.value.hint).startswith(hint)


def test_environment_is_what_packer_gives() -> None:
    assert handshake.environment() == {
        "PACKER_PLUGIN_MAGIC_COOKIE": (
            "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
        ),
        "PACKER_PLUGIN_MIN_PORT": "10000",
        "PACKER_PLUGIN_MAX_PORT": "25000",
    }
    assert handshake.environment(min_port=1, max_port=2)["PACKER_PLUGIN_MAX_PORT"] == "2"

"""Durations, secrets, modes and late templates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.config import Duration, OctalMode, Secret, Template
from packer_sdk.interpolate import Context, TemplateSyntaxError

VECTORS = json.loads(
    Path(__file__).parents[2].joinpath("data/interpolate/go_vectors.json").read_text()
)


@pytest.mark.parametrize(
    ("text", "shown", "nanoseconds"), VECTORS["durations"], ids=[d[0] for d in VECTORS["durations"]]
)
def test_duration_agrees_with_go(text: str, shown: str | None, nanoseconds: int | None) -> None:
    if shown is None:
        with pytest.raises(ValueError, match="not a duration"):
            Duration(text)
    else:
        assert str(Duration(text)) == shown
        assert Duration(text).seconds == (nanoseconds or 0) / 1_000_000_000


@given(st.integers(-(2**63), 2**63 - 1))
def test_duration_text_round_trips(nanoseconds: int) -> None:
    duration = Duration(f"{nanoseconds}ns")
    assert Duration(str(duration)) == duration


@given(st.text(alphabet="0123456789.+-nuµmsh e", max_size=30) | st.text())
def test_duration_takes_a_text_or_refuses_it(text: str) -> None:
    try:
        duration = Duration(text)
    except ValueError:
        return
    assert Duration(str(duration)) == duration


def test_duration_refuses_a_fraction_of_thousands_of_digits_no_more_than_a_short_one() -> None:
    assert Duration("0." + "3" * 10_000 + "s") == Duration("0.333333333s")


def test_duration_takes_as_many_digits_of_a_fraction_as_go() -> None:
    assert Duration("0.99999999999999999999s") == Duration("1s")


def test_duration_refuses_a_number_of_thousands_of_digits() -> None:
    with pytest.raises(ValueError, match="not a duration"):
        Duration("1" * 10_000 + "s")


def test_duration_of_seconds() -> None:
    assert Duration.of(1.5) == Duration("1500ms")


def test_duration_orders_and_hashes_by_length() -> None:
    assert Duration("1s") < Duration("1m") <= Duration("60s")
    assert len({Duration("60s"), Duration("1m")}) == 1
    assert Duration("1s") != "1s"
    with pytest.raises(TypeError):
        assert Duration("1s") < 5  # type: ignore[operator]


def test_duration_is_true_unless_zero() -> None:
    assert Duration("1ns")
    assert not Duration("0s")
    assert repr(Duration("90s")) == "Duration('1m30s')"


def test_secret_is_not_shown() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret} {secret!r} {secret!s} {[secret]}"
    assert secret.reveal() == "hunter2"


def test_secret_compares_by_text_and_is_true_unless_empty() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")


@pytest.mark.parametrize(
    ("text", "value"), [("0644", 0o644), ("755", 0o755), ("0o600", 0o600), ("07777", 0o7777)]
)
def test_octal_mode_reads(text: str, value: int) -> None:
    mode = OctalMode(text)
    assert (int(mode), mode.value, OctalMode(str(mode))) == (value, value, mode)
    assert oct(mode) == oct(value)


@pytest.mark.parametrize("text", ["", "9", "0x1", "-1", "77777", "0644 ", "\u0667"])
def test_octal_mode_refuses(text: str) -> None:
    with pytest.raises(ValueError, match="not an octal file mode"):
        OctalMode(text)


def test_octal_mode_is_a_value() -> None:
    assert len({OctalMode("644"), OctalMode("0644")}) == 1
    assert OctalMode("644") != 0o644
    assert repr(OctalMode("644")) == "OctalMode('0644')"


def test_template_renders_without_a_context() -> None:
    assert Template("{{.Vars}} {{upper .Path}}").render({"Vars": "A=1", "Path": "/x"}) == "A=1 /X"
    assert Template("plain").render() == "plain"


def test_template_knows_what_it_is_bound_to() -> None:
    context = Context(data={"ID": "i-1"}, user_variables={"who": "me"})
    template = Template("{{user `who`}} {{.ID}} {{build `ID`}} {{.More}}").bind(context)
    assert template.render({"More": "yes"}) == "me i-1 i-1 yes"


def test_template_prefers_the_data_it_is_given() -> None:
    assert Template("{{.ID}}").bind(Context(data={"ID": "old"})).render({"ID": "new"}) == "new"


def test_template_renders_what_a_user_variable_holds_but_not_what_data_hold() -> None:
    context = Context(user_variables={"command": "sudo {{.Path}}"})
    template = Template("{{user `command`}}").bind(context)
    assert template.render({"Path": "{{.Path}}"}) == "sudo {{.Path}}"


def test_template_syntax_error_when_rendered() -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{{").render()


def test_template_is_a_value() -> None:
    assert Template("a") == Template("a", context=Context()) != Template("b")
    assert Template("a") != "a"
    assert len({Template("a"), Template("a")}) == 1
    assert (str(Template("a")), repr(Template("a"))) == ("a", "Template('a')")

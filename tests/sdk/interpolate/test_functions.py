"""Packer's functions (JSN-009)."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from packer_sdk.errors import PackerError
from packer_sdk.interpolate import Context, RenderError, render

if TYPE_CHECKING:
    from pathlib import Path

PLACEHOLDER = "Build_ID. To set this dynamically in the Packer template, use the build function"


def test_names_of_the_build() -> None:
    context = Context(build_name="web", build_type="null", core_version="1.16.0")
    assert render("{{build_name}} {{build_type}} {{packer_version}}", context) == "web null 1.16.0"


@pytest.mark.parametrize("name", ["build_name", "build_type", "packer_version", "template_dir"])
def test_names_that_are_not_known(name: str) -> None:
    with pytest.raises(RenderError, match="is not known here"):
        render(f"{{{{{name}}}}}")


def test_template_dir_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    context = Context(template_path="sub/template.json")
    assert render("{{template_dir}} {{pwd}}", context) == f"{tmp_path}/sub {tmp_path}"


def test_user_outside_of_variables_is_empty_if_not_set() -> None:
    assert render("[{{user `a`}}{{user `b`}}]", Context(user_variables={"a": "A"})) == "[A]"


def test_user_inside_of_variables_must_be_set() -> None:
    with pytest.raises(RenderError, match="variable not set: b"):
        render("{{user `b`}}", Context(allow_env=True))


def test_user_value_is_rendered_only_when_asked() -> None:
    context = Context(user_variables={"a": "{{.X}} {{user `a`}}"}, data={"X": "x"})
    assert render("{{user `a`}}", context) == "{{.X}} {{user `a`}}"
    nested = context.with_data(context.data, nested_user=True)
    assert render("{{user `a`}}", nested) == "x {{.X}} {{user `a`}}"


def test_env_only_in_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHO", "me")
    assert render("{{env `WHO`}}{{env `NOBODY_SET`}}", Context(allow_env=True)) == "me"
    with pytest.raises(RenderError, match="only be read in the variables") as caught:
        render("{{env `WHO`}}")
    assert "{{user `name`}}" in (caught.value.hint or "")


def test_build_passes_a_placeholder_on_and_gives_a_value() -> None:
    assert render("{{build `ID`}}", Context(data={"ID": PLACEHOLDER})) == "{{.ID}}"
    assert render("{{build `ID`}}", Context(data={"ID": "i-1"})) == "i-1"
    assert render("{{build `Port`}}", Context(data={"Port": 22})) == "22"


def test_build_without_the_value() -> None:
    with pytest.raises(RenderError, match="not available here: ID"):
        render("{{build `ID`}}")
    with pytest.raises(RenderError, match="no value called X"):
        render("{{build `X`}}", Context(data={}))


def test_times_are_those_of_the_context_in_utc() -> None:
    context = Context(now=1700000003.5)
    assert render("{{timestamp}} {{isotime}}", context) == "1700000003 2023-11-14T22:13:23Z"
    assert render('{{isotime "2006-01-02"}} {{strftime "%H%M"}}', context) == "2023-11-14 2213"


def test_times_stand_still_for_a_process() -> None:
    assert Context().now == Context().now


def test_uuid_begins_with_the_time_and_differs() -> None:
    context = Context(now=1700000003)
    one, two = render("{{uuid}}", context), render("{{uuid}}", context)
    assert one != two
    assert re.fullmatch(r"6553f103-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", one)


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("{{split `a-b-c` `-` 1}}", "b"),
        ("{{split `abc` `` 2}}", "c"),
        ("{{replace `a` `b` 1 `aaa`}}", "baa"),
        ("{{replace `a` `b` -1 `aaa`}}", "bbb"),
        ("{{replace_all `a` `b` `aaa`}}", "bbb"),
        ("{{upper `aé`}}{{lower `AÉ`}}", "AÉaé"),
    ],
)
def test_text_functions(text: str, output: str) -> None:
    assert render(text) == output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{split `a` `-` 1}}", "part 1 does not exist, there are 1"),
        ("{{split `a` `-`}}", "wants 3 argument.s., got 2"),
        ("{{split `a` `-` true}}", "argument 3 must be a whole number, got true"),
        ("{{isotime 1 2}}", "wants at most 1"),
        ("{{isotime 1}}", "argument 1 must be text, got 1"),
        ("{{printf 1}}", "argument 1 must be text"),
        ("{{eq 1}}", "wants at least 2"),
        ("{{sed `s/a/b/` `a`}}", "was removed"),
        ("{{consul_key `a`}}", "is not available in this Packer"),
        ("{{vault `a` `b`}}", "is not available in this Packer"),
        ("{{aws_secretsmanager `a`}}", "is not available in this Packer"),
        ("{{aws_secretsmanager_raw `a`}}", "is not available in this Packer"),
    ],
)
def test_functions_that_refuse(text: str, message: str) -> None:
    with pytest.raises(RenderError, match=message):
        render(text)


def test_functions_of_the_context_win() -> None:
    context = Context(functions={"clean": lambda text: text.strip(), "upper": lambda _text: "mine"})
    assert render("{{clean ` a `}} {{upper `x`}}", context) == "a mine"


@pytest.mark.parametrize("error", [ValueError("boom"), PackerError("boom"), TypeError("boom")])
def test_functions_of_the_context_may_fail(error: Exception) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(RenderError, match="fail: boom"):
        render("{{fail}}", Context(functions={"fail": fail}))


def test_environment_is_not_reachable_otherwise() -> None:
    assert os.environ["HOME"] not in render("{{.HOME}}{{$}}")

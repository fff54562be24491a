"""``{{ … }}`` and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_core.template.upgrade.functions import for_options, for_steps, for_variables
from packer_core.template.upgrade.texts import template

if TYPE_CHECKING:
    from packer_core.template.upgrade.actions import Rewriter


def user(name: str) -> str:
    return f"var.{name}"


def timestamp() -> str:
    return "local.timestamp"


OPTIONS = for_options(user, timestamp)
STEPS = for_steps(user, timestamp)
VARIABLES = for_variables(user, timestamp, lambda name: f"var.env_{name}", lambda n, k: f"s.{n}{k}")

IN_OPTIONS = [
    ("plain", '"plain"'),
    ("{{user `a`}}", "var.a"),
    ('x-{{ user "a" }}-y', '"x-${var.a}-y"'),
    ("{{.Vars}} {{build_name}} {{ uuid }}", '"{{.Vars}} {{build_name}} {{ uuid }}"'),
    ("{{timestamp}}", "local.timestamp"),
    ("{{isotime}}", "legacy_isotime()"),
    ("{{isotime `2006-01`}}", 'legacy_isotime("2006-01")'),
    ("{{strftime `%Y`}}", 'legacy_strftime("%Y")'),
    ("{{template_dir}}/x", '"${abspath(path.root)}/x"'),
    ("{{ user `a` | upper }}", "upper(var.a)"),
    ("{{ upper (user `a`) }}", "upper(var.a)"),
    ("{{ `a` | user }}", "var.a"),
    ("{{ lower `A` }}", '"{{ lower `A` }}"'),
    ("{{ user `a` | replace_all `x` `y` }}", 'replace(var.a, "x", "y")'),
    ("{{ user `a` | replace `x` `y` -1 }}", 'replace(var.a, "x", "y")'),
    ("{{ split (user `a`) `-` 1 }}", 'split("-", var.a)[1]'),
    ("{{ user `a` | clean_name }}", '"{{ ${jsonencode(var.a)} | clean_name }}"'),
    ("{{ user `a` | replace `x` `y` 1 }}", '"{{ ${jsonencode(var.a)} | replace `x` `y` 1 }}"'),
    ("{{- user `a` -}} b", '"{{- ${jsonencode(var.a)} -}} b"'),
    (
        "{{if eq (user `a`) `x`}}{{user `b`}}{{end}}",
        '"{{if eq (${jsonencode(var.a)}) `x`}}${var.b}{{end}}"',
    ),
    ("{{ $x := user `a` }}{{ $x }}", '"{{ $x := ${jsonencode(var.a)} }}{{ $x }}"'),
    ("{{ template_dir | printf `%s` }}", '"{{ ${jsonencode(abspath(path.root))} | printf `%s` }}"'),
    ("{{/* user `a` */}}x", '"{{/* user `a` */}}x"'),
    ("{{ user `a`", '"{{ user `a`"'),
    ("{{.WinRMPassword}}", '"{{.WinRMPassword}}"'),
    ("$" + "{{user `a`}}", '"${"$"}${var.a}"'),
]


@pytest.mark.parametrize(("text", "expression"), IN_OPTIONS)
def test_an_option_of_a_builder(text: str, expression: str) -> None:
    rewritten = OPTIONS.rewrite(text)
    assert template(rewritten.parts) == expression
    assert rewritten.left == ()


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("{{build `ID`}}", "build.ID"),
        ("{{ build `ID` | clean_name }}", '"{{ ${jsonencode(build.ID)} | clean_name }}"'),
        ("{{user `a`}}", "var.a"),
        ("{{ .WinRMPassword }}", "build.WinRMPassword"),
        ("{{ .WinRMPassword.x }}", '"{{ .WinRMPassword.x }}"'),
    ],
)
def test_an_option_of_a_step_knows_values_of_the_build(text: str, expression: str) -> None:
    assert template(STEPS.rewrite(text).parts) == expression


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("{{env `HOME`}}/{{user `a`}}", '"${var.env_HOME}/${var.a}"'),
        ("{{uuid}}", "uuidv4()"),
        ("{{packer_version}} {{pwd}}", '"${packer.version} ${path.cwd}"'),
        ("{{consul_key `k`}}", 'consul_key("k")'),
        ("{{vault `p` `k`}}", 'vault("p", "k")'),
        ("{{aws_secretsmanager `n` `k`}}", "s.nk"),
        ("{{aws_secretsmanager_raw `n`}}", 'aws_secretsmanager_raw("n")'),
        ("{{.Vars}}", '"{{.Vars}}"'),
        ("{{printf `%s` (user `a`)}}", '"{{printf `%s` (${jsonencode(var.a)})}}"'),
    ],
)
def test_a_variable(text: str, expression: str) -> None:
    rewritten = VARIABLES.rewrite(text)
    assert template(rewritten.parts) == expression
    assert rewritten.left == ()


@pytest.mark.parametrize(
    ("rewriter", "text"),
    [
        (OPTIONS, "{{ user (print `a`) }}"),
        (OPTIONS, "{{build `ID`}}"),
        (STEPS, "{{ build .X }}"),
        (VARIABLES, "{{ sed `s/a/b/` `a` }}"),
        (VARIABLES, "{{ vault `p` }}"),
    ],
)
def test_what_plugins_cannot_fill_in_is_told(rewriter: Rewriter, text: str) -> None:
    rewritten = rewriter.rewrite(f"a {text} b {{{{user `c`}}}}")
    assert rewritten.left == (text,)
    assert template(rewritten.parts).endswith(' b ${var.c}"')

from __future__ import annotations

import click
import pytest

from packer_core.cli.command import Command, Group
from packer_core.cli.completion.table import Flag, Node, Value, nodes
from packer_core.cli.help import COMMANDS
from packer_core.cli.options import Switch


def node(path: str) -> Node:
    return next(one for one in nodes() if one.words == path)


def test_the_top_lists_every_command() -> None:
    assert dict(node("").members) == COMMANDS


def test_every_command_of_a_group_is_there() -> None:
    assert [name for name, _ in node("plugins").members][:3] == ["install", "upgrade", "rollback"]
    assert node("plugins list").flags[0].name == "json"


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("build", "force", Value("nothing")),
        (
            "build",
            "on-error",
            Value("words", ("cleanup", "abort", "ask", "run-cleanup-provisioner")),
        ),
        ("build", "var", Value("text")),
        ("build", "var-file", Value("path")),
        ("validate", "config-type", Value("words", ("json", "hcl2"))),
    ],
)
def test_flags_know_their_values(path: str, name: str, value: Value) -> None:
    flags = {flag.name: flag for flag in node(path).flags}
    assert flags[name].value == value
    assert flags[name].help


def test_a_flag_that_may_be_repeated_says_so() -> None:
    flags = {flag.name: flag.repeats for flag in node("build").flags}
    assert (flags["var"], flags["on-error"]) == (True, False)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("build", "template"),
        ("inspect", "template"),
        ("plugins install", "path"),
        ("plugins remove", "plugin"),
        ("completion install", "words"),
        ("version", "nothing"),
    ],
)
def test_arguments_know_what_they_are(path: str, kind: str) -> None:
    assert node(path).argument.kind == kind


def test_commands_of_extensions_are_there_and_hidden_ones_are_not() -> None:
    def run(app: object, options: object) -> int:
        return 0

    parameters = (
        Switch(["-loud", "loud"], help="Be loud."),
        click.Option(["-secret", "secret"], hidden=True),
    )
    shown = Command("sleep", "Wait", run=run, parameters=parameters)
    hidden = Command("hide", "Not here", run=run, hidden=True)
    group = Group("more", "More", members=(shown, hidden))
    found = {one.words: one for one in nodes([shown, hidden, group])}
    assert "hide" not in found
    assert "more hide" not in found
    assert found["more"].members == (("sleep", "Wait"),)
    assert found["sleep"].flags == (
        Flag("loud", "Be loud.", Value("nothing")),
        Flag("h", "Show help.", Value("nothing")),
    )

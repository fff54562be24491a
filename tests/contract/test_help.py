"""Help: every command is listed, and what is listed is there."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import click
import pytest

from packer_core.cli.command import Command, Group
from packer_core.cli.commands.plugins.group import MEMBERS
from packer_core.cli.help import COMMANDS, table, top_help
from packer_core.cli.options import Switch


def command(name: str) -> Command | Group:
    found = importlib.import_module(f"packer_core.cli.commands.{name}").COMMAND
    assert isinstance(found, Command | Group)
    return found


def every_command() -> list[Command]:
    found: list[Command] = []
    for name in COMMANDS:
        one = command(name)
        found += one.members.values() if isinstance(one, Group) else [one]
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_what_the_list_says(name: str) -> None:
    one = command(name)
    assert (one.name, one.summary) == (name, COMMANDS[name])


def test_the_list_names_every_command_and_whose_program_this_is() -> None:
    text = top_help()
    for name, summary in COMMANDS.items():
        assert f"  {name.ljust(max(map(len, COMMANDS)))}  {summary}\n" in text
    assert "neither made nor endorsed by\nHashiCorp." in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_list_takes_commands_of_extensions() -> None:
    width = max(map(len, COMMANDS))
    assert f"  {'frobnicate'.ljust(width)}  Frob\n" in top_help([("frobnicate", "Frob")])


@pytest.mark.parametrize("one", every_command(), ids=lambda one: one.name)
def test_every_flag_says_what_it_does(one: Command) -> None:
    assert one.summary[0].isupper()
    assert not one.summary.endswith(".")
    text = one.help(f"packer {one.name}")
    for parameter in one.parameters:
        if isinstance(parameter, click.Option):
            assert parameter.help
            assert parameter.help.endswith(".")
            [spelling] = parameter.opts
            assert spelling.startswith("-")
            assert not spelling.startswith("--")
            assert f"  {spelling} " in text
            # A switch by another name would take the next word, unlike Go's (CLI-004).
            assert not parameter.is_flag
            assert isinstance(parameter, Switch) == isinstance(parameter.type, type(click.BOOL))


@pytest.mark.parametrize("one", every_command(), ids=lambda one: one.name)
def test_help_names_no_boolean_and_no_click_words(one: Command) -> None:
    text = one.help(f"packer {one.name}")
    assert "BOOLEAN" not in text
    assert "[OPTIONS]" not in text


def test_the_same_help_by_three_spellings() -> None:
    shown = {
        subprocess.run(
            [sys.executable, "-m", "packer_core", "build", flag],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for flag in ("-h", "-help", "--help")
    }
    [text] = shown
    assert text.startswith("Usage: packer build [FLAGS] TEMPLATE\n")


def test_table_aligns() -> None:
    assert list(table([("a", "bb"), ("ccc", "")])) == ["  a    bb", "  ccc"]


@pytest.mark.parametrize("name", MEMBERS)
def test_a_plugins_command_is_what_the_table_says(name: str) -> None:
    one = command("plugins")
    assert isinstance(one, Group)
    assert (one.members[name].name, one.members[name].summary) == (name, MEMBERS[name])


def test_every_module_of_a_plugins_command_is_in_the_table() -> None:
    folder = importlib.import_module("packer_core.cli.commands.plugins").__path__[0]
    modules = {path.stem for path in Path(folder).glob("*.py") if "COMMAND = " in path.read_text()}
    modules = {name.replace("listing", "list") for name in modules} - {"group"}
    assert modules == set(MEMBERS)

from __future__ import annotations

import io
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import pytest

from packer_core.app import App
from packer_core.cli import options
from packer_core.cli.command import Command, Group, wants_help
from packer_core.cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class BuildOptions:
    template: str
    variables: tuple[tuple[str, str], ...]
    var_files: tuple[str, ...]
    only: tuple[str, ...]
    except_: tuple[str, ...]
    on_error: str
    parallel_builds: int
    color: bool | None
    debug: bool
    force: bool
    timestamp_ui: bool
    config_type: str


def run(app: App, chosen: BuildOptions) -> int:
    app.ui.say(f"building {chosen.template}")
    return 7


BUILD = Command(
    "build",
    "Build images",
    description="From a template.",
    parameters=(
        options.TEMPLATE,
        options.VAR,
        options.VAR_FILE,
        options.ONLY,
        options.EXCEPT,
        options.ON_ERROR,
        options.PARALLEL_BUILDS,
        options.COLOR,
        options.DEBUG,
        options.FORCE,
        options.TIMESTAMP_UI,
        options.CONFIG_TYPE,
    ),
    options=BuildOptions,
    run=run,
)
HIDDEN = Command("noop", "Do nothing", run=lambda app, chosen: 0)
GROUP = Group("things", "Handle things", (BUILD, HIDDEN), {"make": "build"})


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def app(stream: io.StringIO) -> Iterator[App]:
    with App({}, stream=stream) as made:
        yield made


def parsed(*words: str) -> BuildOptions:
    found = BUILD.parse(words)
    assert isinstance(found, BuildOptions)
    return found


def test_defaults_are_those_of_the_documentation() -> None:
    assert parsed("t.json") == BuildOptions(
        template="t.json",
        variables=(),
        var_files=(),
        only=(),
        except_=(),
        on_error="cleanup",
        parallel_builds=0,
        color=None,
        debug=False,
        force=False,
        timestamp_ui=False,
        config_type="json",
    )


def test_every_flag_arrives() -> None:
    found = parsed(
        *("-var", "a=b", "--var=c=d=e", "-var", "-x=1", "-var-file=x", "-var-file", "y"),
        *("-only=a,b", "-only", " c ,", "-except", "qemu.*", "-on-error=ask"),
        *("-parallel-builds=2", "-color=false", "-debug", "-force=1", "-timestamp-ui=T"),
        *("-config-type", "hcl2", "-"),
    )
    assert found == BuildOptions(
        template="-",
        variables=(("a", "b"), ("c", "d=e"), ("-x", "1")),
        var_files=("x", "y"),
        only=("a", "b", "c"),
        except_=("qemu.*",),
        on_error="ask",
        parallel_builds=2,
        color=False,
        debug=True,
        force=True,
        timestamp_ui=True,
        config_type="hcl2",
    )


def test_of_two_values_the_last_counts() -> None:
    assert parsed("-on-error=ask", "-on-error=abort", "-force", "-force=false", "t") == parsed(
        "-on-error=abort", "t"
    )


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ([], "missing argument: TEMPLATE", "packer build -h"),
        (["a", "b", "c"], "too many arguments: b c", "packer build -h"),
        (["a", "-"], "too many arguments: -", "packer build -h"),
        (
            ["t", "-force"],
            "flag behind an argument: -force",
            "flags stand in front: packer build -force …",
        ),
        (["-force=maybe", "t"], "bad value for -force: 'maybe' is neither true nor false", None),
        (["-parallel-builds=x", "t"], "bad value for -parallel-builds: 'x' is not a valid", None),
        (["-on-error=x", "t"], "bad value for -on-error: 'x' is not one of", None),
        (["-var", "a", "t"], "bad value for -var: 'a' is not of the form KEY=VALUE", None),
        (["-var", "=a", "t"], "bad value for -var: '=a' is not of the form KEY=VALUE", None),
        (["-nothing-like-it"], "unknown flag: -nothing-like-it", None),
        (["-vra", "a=b", "t"], "unknown flag: -vra", 'did you mean "-var"?'),
    ],
)
def test_what_makes_no_sense_is_refused(words: list[str], message: str, hint: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        BUILD.parse(words)
    assert caught.value.message.startswith(message)
    assert caught.value.hint == (hint or "packer build -h")


def test_start_runs_with_the_options(app: App, stream: io.StringIO) -> None:
    assert BUILD.start(app, ["-force", "t.json"]) == 7
    assert stream.getvalue() == "building t.json\n"


@pytest.mark.parametrize("words", [["-h"], ["-force", "--help"], ["t.json", "-help"]])
def test_help_wins_over_everything(app: App, stream: io.StringIO, words: list[str]) -> None:
    assert BUILD.start(app, words) == 0
    assert stream.getvalue().startswith("Usage: packer build [FLAGS] TEMPLATE\n")


def test_help_shows_flags_as_the_documentation_spells_them() -> None:
    text = BUILD.help("packer build")
    assert "  -var KEY=VALUE" in text
    assert "  -on-error [cleanup|abort|ask|run-cleanup-provisioner]" in text
    assert "  -force  " in text
    assert "BOOLEAN" not in text
    assert "--" not in text


def test_behind_two_dashes_there_is_no_help() -> None:
    assert not wants_help(["--", "-h"])
    assert wants_help(["-h", "--"])


def test_a_group_runs_its_members(app: App, stream: io.StringIO) -> None:
    assert GROUP.start(app, ["build", "x"]) == 7
    assert GROUP.start(app, ["make", "y"]) == 7
    assert GROUP.start(app, ["noop"]) == 0
    assert stream.getvalue() == "building x\nbuilding y\n"


def test_a_bare_group_shows_help_and_fails(app: App, stream: io.StringIO) -> None:
    assert GROUP.start(app, []) == 1
    assert "  build  Build images\n" in stream.getvalue()


def test_help_of_a_group_is_no_failure(app: App, stream: io.StringIO) -> None:
    assert GROUP.start(app, ["-h"]) == 0
    assert stream.getvalue().startswith("Usage: packer things COMMAND")


def test_help_of_a_member_names_the_path(app: App, stream: io.StringIO) -> None:
    assert GROUP.start(app, ["make", "-h"]) == 0
    assert stream.getvalue().startswith("Usage: packer things build [FLAGS] TEMPLATE")


def test_an_unknown_member_is_named(app: App) -> None:
    with pytest.raises(UsageError, match="unknown command: packer things biuld") as caught:
        GROUP.start(app, ["biuld"])
    assert caught.value.hint == 'did you mean "build"?'


def test_a_member_that_is_like_no_other_gets_the_help_as_hint(app: App) -> None:
    with pytest.raises(UsageError) as caught:
        GROUP.start(app, ["frobnicate"])
    assert caught.value.hint == "packer things -h"


def test_the_fields_of_options_are_the_names_of_parameters() -> None:
    names = {parameter.name for parameter in BUILD.parameters}
    assert names == {field.name for field in fields(BuildOptions)}

"""From what the user wrote to a config object."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.config import (
    Duration,
    OctalMode,
    PackerKeys,
    Secret,
    Template,
    config,
    decode_config,
    field,
)
from packer_sdk.errors import ConfigProblems

PLACEHOLDERS = {
    "ID": "Build_ID. To set this dynamically …",
    "PackerRunUUID": "Build_PackerRunUUID. To set …",
}


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


@config
class Disk:
    size: int = field(doc="Size in MiB.")
    label: str = field(doc="Label.", default="disk")


@config
class Machine(PackerKeys):
    name: str = field(doc="Name.")
    count: int = field(doc="Count.", default=1)
    share: float = field(doc="Share.", default=0.5)
    flag: bool = field(doc="Flag.", default=True)
    maybe: bool | None = field(doc="Yes, no, or unset.", default=None)
    target: Path | None = field(doc="Path.", default=None)
    timeout: Duration = field(doc="Timeout.", default=Duration("5m"))
    mode: OctalMode = field(doc="Mode.", default=OctalMode("0644"))
    color: Color = field(doc="Color.", default=Color.RED)
    choice: Literal["a", "b"] = field(doc="Choice.", default="a")
    password: Secret[str] = field(doc="Password.", default=Secret(""))
    command: Template = field(doc="Command.", default=Template("{{.Vars}} {{user `shell`}}"))
    commands: list[Template] = field(doc="Commands.", default=[])
    names: list[str] = field(doc="Names.", default=[])
    numbers: list[int] = field(doc="Numbers.", default=[])
    labels: dict[str, str] = field(doc="Labels.", default={})
    disks: list[Disk] = field(doc="Disks.", default=[])
    boot: Disk | None = field(doc="Boot disk.", default=None)
    class_: str = field(doc="Class.", default="", alias="class")


def decode(*configs: object, **options: object) -> Machine:
    return decode_config(Machine, [{"name": "m", **options}, *configs])


def problems(*configs: object, **options: object) -> list[str]:
    with pytest.raises(ConfigProblems) as caught:
        decode(*configs, **options)
    return [str(problem) for problem in caught.value.problems]


def test_decode_defaults() -> None:
    assert decode() == Machine(name="m")


def test_decode_values_of_the_declared_types() -> None:
    machine = decode(
        count=3.0, share=1, flag=False, maybe=False, target="out/x", timeout="90s", mode="755",
        color="blue", choice="b", password="p", names=["x"], labels={"a": "b"},
        disks=[{"size": 5.0}], boot={"size": 1, "label": "root"}, **{"class": "big"},
    )  # fmt: skip
    assert machine == Machine(
        name="m", count=3, share=1.0, flag=False, maybe=False, target=Path("out/x"),
        timeout=Duration("1m30s"), mode=OctalMode("755"), color=Color.BLUE, choice="b",
        password=Secret("p"), names=["x"], labels={"a": "b"}, disks=[Disk(size=5)],
        boot=Disk(size=1, label="root"), class_="big",
    )  # type: ignore[call-arg]  # fmt: skip


def test_decode_weakly_typed_values() -> None:
    machine = decode(
        count="5", flag="false", maybe=1.0, names="a,b", numbers=7.0, labels=[],
        disks={"size": "3"},
    )  # fmt: skip
    assert (machine.count, machine.flag, machine.maybe) == (5, False, True)
    assert (machine.names, machine.numbers, machine.labels) == (["a", "b"], [7], {})
    assert machine.disks == [Disk(size=3)]
    assert decode_config(Machine, [{"name": 5.0}]).name == "5"


def test_decode_empty_text_is_unset_except_for_text() -> None:
    machine = decode(count="", flag="", timeout="", target="", color="", names="", mode="")
    assert machine == Machine(name="m")
    assert decode_config(Machine, [{"name": ""}]).name == ""


def test_decode_null_is_unset() -> None:
    assert decode(dict.fromkeys(["count", "disks", "boot", "labels"]), None) == Machine(name="m")


def test_decode_later_elements_win() -> None:
    assert decode({"count": 1}, {"count": 2, "color": "blue"}, count=3).count == 2


def test_decode_cty_elements() -> None:
    element = (
        b'{"value":{"name":"h","count":3,"disks":[{"size":1,"label":null}],"boot":null},"type":'
        b'["object",{"name":"string","count":"number","boot":["object",{"size":"number",'
        b'"label":"string"}],"disks":["list",["object",{"size":"number","label":"string"}]]}]}'
    )
    internal = {"packer_debug": "true", "packer_build_name": "source"}
    machine = decode_config(Machine, [internal, element, None])
    assert (machine.name, machine.count, machine.disks) == ("h", 3, [Disk(size=1)])
    assert (machine.packer_debug, machine.packer_build_name) == (True, "source")


def test_decode_tolerates_what_core_does_not_know_yet() -> None:
    machine = decode(name="<unknown>", timeout="<unknown>", color="<unknown>", mode="<unknown>")
    assert (machine.name, machine.timeout) == ("<unknown>", Duration("0s"))
    assert (machine.color, int(machine.mode)) == (Color.RED, 0)


def test_decode_reports_every_problem_with_its_path() -> None:
    found = problems(
        {"name": None}, name=[1], count="x", maybe="perhaps", timeout=5.0, color="green", siez=1,
        disks=[{"size": 1}, {"label": "x"}, 5], boot={"size": "big", "labl": ""},
        labels={"a b": [1]}, numbers=["1", None, "z"], target={},
    )  # fmt: skip
    assert found == [
        "name: expected text, got a list",
        'count: expected a whole number, got "x"',
        'maybe: expected true or false, got "perhaps"',
        "target: expected text, got a map",
        'timeout: expected a duration such as "5m30s", got 5 (with a unit: "5s"?)',
        'color: expected one of "red", "blue", got "green"',
        "numbers[1]: has no value",
        'numbers[2]: expected a whole number, got "z"',
        'labels["a b"]: expected text, got a list',
        "disks[1].size: is required",
        "disks[2]: expected a block, got 5",
        'boot.size: expected a whole number, got "big"',
        'boot.labl: unknown option (did you mean "label"?)',
        "siez: unknown option",
    ]


def test_decode_reports_what_is_missing() -> None:
    with pytest.raises(ConfigProblems, match="name: is required"):
        decode_config(Machine, [])


def test_decode_suggests_whatever_the_case() -> None:
    assert problems(Timeout="5s") == ['Timeout: unknown option (did you mean "timeout"?)']


def test_decode_ignores_what_core_adds_but_only_on_top() -> None:
    assert decode(type="x", packer_new_key={"a": 1}) == Machine(name="m")
    assert problems(boot={"size": 1, "type": "x"}) == ["boot.type: unknown option"]


def test_decode_ignores_internal_keys_of_a_class_without_them() -> None:
    internal = {"packer_debug": True, "packer_user_variables": {"s": "7"}}
    assert decode_config(Disk, [internal, {"size": "{{user `s`}}"}]) == Disk(size=7)


def test_decode_elements_that_are_no_configuration() -> None:
    assert problems(5, b"{") == [
        "configuration element 1 is not a map",
        (
            "configuration element 2 is not JSON: Expecting property name enclosed in double "
            "quotes: line 1 column 2 (char 1)"
        ),
    ]


# --- templates ----------------------------------------------------------------------------


def test_decode_renders_texts_keys_and_lists_once() -> None:
    machine = decode(
        {"packer_user_variables": {"n": "5", "l": "a,b", "k": "key", "t": "{{.X}}"}},
        {"packer_build_name": "b", "packer_builder_type": "null", "packer_template_path": "/t/x"},
        {"packer_core_version": "1.16.0"},
        count="{{user `n`}}", names="{{user `l`}}", labels={"{{user `k`}}": "{{template_dir}}"},
        numbers=["{{user `n`}}"], disks=[{"size": "{{user `n`}}", "label": "{{user `t`}}"}],
        name="{{build_name}}-{{build_type}}-{{packer_version}}",
    )  # fmt: skip
    assert (machine.count, machine.names, machine.numbers) == (5, ["a", "b"], [5])
    assert (machine.labels, machine.name) == ({"key": "/t"}, "b-null-1.16.0")
    assert machine.disks == [Disk(size=5, label="{{.X}}")]


def test_decode_renders_the_names_of_options() -> None:
    internal = {"packer_user_variables": {"o": "count"}}
    assert decode(internal, **{"{{user `o`}}": 4}).count == 4


def test_decode_reports_templates_that_fail() -> None:
    found = problems(
        name="{{nosuch}}", names=["{{"], labels={"a": "{{upper 1}}", "{{": "b"}, command="{{end}}",
        count="{{env `HOME`}}",
    )  # fmt: skip
    assert [text.partition(":")[0] for text in found] == [
        "name", "count", "command", "names[0]", 'labels["{{"]', "labels.a",
    ]  # fmt: skip
    assert "function 'nosuch' does not exist" in found[0]


def test_decode_leaves_templates_for_later_with_their_context() -> None:
    internal = {"packer_user_variables": {"shell": "sh {{.Path}}"}}
    machine = decode(internal, commands=["{{.A}},{{build_name}}", "b"], packer_build_name="n")
    assert machine.command.render({"Vars": "A=1", "Path": "/p"}) == "A=1 sh /p"
    assert [command.render({"A": 1}) for command in machine.commands] == ["1,n", "b"]


def test_decode_does_not_split_a_template_at_its_commas() -> None:
    assert decode(commands="a,b").commands == [Template("a,b")]


def test_decode_uses_placeholders_at_prepare_and_values_at_run() -> None:
    options = {"name": "{{build `ID`}} {{.ID}}", "packer_build_name": "x"}
    prepared = decode_config(Machine, [options, PLACEHOLDERS])
    assert prepared.name == "{{.ID}} Build_ID. To set this dynamically …"
    running = decode_config(Machine, [options, PLACEHOLDERS], data={"ID": "i-1"})
    assert running.name == "i-1 i-1"


def test_decode_refuses_a_value_the_builder_does_not_declare() -> None:
    with pytest.raises(ConfigProblems, match="gives no value called Nope") as caught:
        decode_config(Machine, [{"name": "{{build `Nope`}}"}, PLACEHOLDERS])
    assert caught.value.problems[0].hint == "values: ID, PackerRunUUID"


def test_decode_never_shows_a_secret() -> None:
    for value in ("pa{{ss", "{{pass}}", ["pass"], {"pass": 1}, "{{split `pass` `pass` 9}}"):
        assert "pass" not in "".join(problems(password=value)).replace("password", "")
    assert "hunter2" not in repr(decode(password="hunter2"))


def test_decode_reports_nothing_twice_of_a_list_with_a_broken_text() -> None:
    assert len(problems(numbers=["{{", "1"])) == 1
    assert len(problems(disks=[{"size": "{{"}])) == 1


# --- whatever comes -----------------------------------------------------------------------

NAMES = st.sampled_from([*Machine.__dataclass_fields__, "class", "type", "x", "size", "label"])
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.binary(max_size=8)
    | st.sampled_from(["{{user `a`}}", "{{", "{{.ID}}", "<unknown>", "5m", "1", "a,b", "red", ""])
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = NAMES | st.text(max_size=5) | st.binary(max_size=3) | st.integers()
MAPS = st.dictionaries(KEYS, VALUES, max_size=6)


@given(st.lists(MAPS | VALUES, max_size=3))
def test_decode_gives_a_config_or_problems(configs: list[Any]) -> None:
    try:
        decoded = decode_config(Machine, configs)
    except ConfigProblems as error:
        decoded = None
        found = error.problems
    else:
        found = ()
    assert isinstance(decoded, Machine) or found

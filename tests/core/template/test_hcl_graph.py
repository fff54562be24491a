from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.hcl.body import Body
from packer_core.hcl.findings import Findings
from packer_core.hcl.functions.table import Library, Surroundings
from packer_core.hcl.parser import parse_expression, parse_file
from packer_core.hcl.scope import Scope
from packer_core.template.hcl_graph import Data, Graph, Local, NoLookups
from packer_sdk.cty.types import ObjectType
from packer_sdk.cty.values import UNKNOWN, Value, value_of
from packer_sdk.errors import PackerError
from packer_sdk.wire.specs import Attr, ObjectSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_core.template.hcl_graph import Key

SPEC = ObjectSpec({"input": Attr("input", "string", required=True)})
FUNCTIONS = Library(Surroundings())


class Echo:
    """A data source that finds what it is given, and counts."""

    def __init__(self, refuses: str = "") -> None:
        self.asked: list[str] = []
        self._refuses = refuses

    def look_up(
        self, type_: str, name: str, decoded: Callable[[ObjectSpec], Value | None]
    ) -> Value:
        self.asked.append(f"{type_}.{name}")
        value = decoded(SPEC)
        if self._refuses:
            raise PackerError(self._refuses, hint="try again")
        output = ObjectType({"output": "string"})
        if value is None:
            return Value(output, UNKNOWN)
        assert isinstance(value.content, dict)
        return value_of(output, {"output": value.content["input"]})


def graph(lookups: object = None, **locals_: str) -> Graph:
    """Locals by name; `data_x` is a data source `echo.x` with that body."""
    parts: dict[Key, Local | Data] = {}
    for name, text in locals_.items():
        if name.startswith("data_"):
            file = parse_file(text, "data.hcl")
            assert isinstance(file.body, Body)
            key = ("data", "echo", name[5:])
            parts[key] = Data(type="echo", name=name[5:], body=file.body, span=file.body.span)
        else:
            expression, wrong = parse_expression(text, f"{name}.hcl")
            assert expression is not None, wrong
            parts["local", name] = Local(name=name, expression=expression, span=expression.span)
    return Graph(Scope({}, FUNCTIONS), lookups or NoLookups(), Findings(), parts)  # type: ignore[arg-type]


def test_locals_are_worked_out_in_whatever_order_they_stand() -> None:
    one = graph(c="local.b + 1", b="local.a + 1", a="1")
    one.work_out()
    assert {name: value.content for name, value in one.local_values().items()} == {
        "a": 1,
        "b": 2,
        "c": 3,
    }
    assert not one.findings.diagnostics


def test_data_sources_and_locals_may_need_each_other() -> None:
    echo = Echo()
    one = graph(
        echo,
        result="data.echo.second.output",
        data_second='input = "${local.middle}!"',
        middle="upper(data.echo.first.output)",
        data_first="input = local.start",
        start='"a"',
    )
    one.work_out()
    assert one.local_values()["result"].content == "A!"
    assert echo.asked == ["echo.first", "echo.second"]


def test_circle_is_told_with_the_way_around_it() -> None:
    one = graph(a="local.b", b="data.echo.c.output", data_c="input = local.a", d="local.a")
    one.work_out()
    (diagnostic,) = one.findings.diagnostics
    assert (
        diagnostic.summary == "these need each other: local.a -> local.b -> data.echo.c -> local.a"
    )


def test_local_that_needs_itself_is_a_circle() -> None:
    one = graph(a="local.a")
    one.work_out()
    assert [found.summary for found in one.findings.diagnostics] == [
        "these need each other: local.a -> local.a"
    ]


def test_long_way_around_a_circle_is_told_in_short() -> None:
    one = graph(**{f"l{index}": f"local.l{(index + 1) % 500}" for index in range(500)})
    one.work_out()
    (diagnostic,) = one.findings.diagnostics
    assert diagnostic.summary.endswith("-> local.l9 -> … 489 more … -> local.l499 -> local.l0")


def test_ten_thousand_locals_in_a_chain_are_worked_out() -> None:
    one = graph(**{f"l{index}": f"local.l{index + 1}" for index in range(10_000)}, l10000="1")
    one.work_out()
    assert one.local_values()["l0"].content == 1


def test_everything_is_meant_by_a_name_without_an_end() -> None:
    one = graph(Echo(), all="[for one in data.echo : one.output]", data_a='input = "x"')
    one.work_out()
    assert one.local_values()["all"].content == ["x"]


def test_one_error_is_told_once_and_not_again_by_what_needs_it() -> None:
    one = graph(a="local.nope", b="local.a", c="upper(local.b)")
    one.work_out()
    assert len(one.findings.diagnostics) == 1
    assert one.local_values()["c"].content is UNKNOWN


def test_refusal_of_a_data_source_is_told_at_its_block() -> None:
    one = graph(Echo(refuses="no such page"), data_a='input = "x"')
    one.work_out()
    (diagnostic,) = one.findings.diagnostics
    assert diagnostic.summary == "data source echo.a: no such page"
    assert diagnostic.hint == "try again"
    assert str(diagnostic.place) == "data.hcl:1:1"


def test_complaint_about_an_option_is_told_at_the_option() -> None:
    one = graph(Echo(refuses="input: is no number"), data_a='\ninput = "x"')
    one.work_out()
    (diagnostic,) = one.findings.diagnostics
    assert str(diagnostic.place) == "data.hcl:2:1"


def test_wrong_option_of_a_data_source_is_told_at_the_option() -> None:
    one = graph(Echo(), data_a="input = [1]\nother = 2\n")
    one.work_out()
    assert sorted(str(found.place) for found in one.findings.diagnostics) == [
        "data.hcl:1:9",
        "data.hcl:2:1",
    ]


def test_needed_by_follows_every_way() -> None:
    one = graph(a="local.b", b="data.echo.c.output", data_c="input = 1", d="1")
    expression, _ = parse_expression("local.a")
    from packer_core.hcl.variables import variables_of

    assert one.needed_by(variables_of(expression)) == {
        ("local", "a"),
        ("local", "b"),
        ("data", "echo", "c"),
    }


def test_a_thousand_locals_in_a_row_are_no_problem() -> None:
    chain = {f"x{n}": f"local.x{n + 1}" for n in range(1000)}
    one = graph(**chain, x1000="7")
    one.work_out()
    assert one.local_values()["x0"].content == 7


@given(st.data())
def test_any_graph_without_circles_is_worked_out_and_asks_each_source_once(
    data: st.DataObject,
) -> None:
    count = data.draw(st.integers(1, 8))
    parts = {}
    for n in range(count):
        needs = data.draw(st.lists(st.integers(0, n - 1), max_size=3)) if n else []
        terms = [f'"{n}"', *(f"${{local.n{need}}}" for need in needs)]
        parts[f"n{n}"] = f'"{"".join(term.strip(chr(34)) for term in terms)}"'
    order = data.draw(st.permutations(list(parts)))
    shuffled = graph(**{name: parts[name] for name in order})
    plain = graph(**parts)
    shuffled.work_out()
    plain.work_out()
    assert not shuffled.findings.diagnostics
    assert {name: value.content for name, value in shuffled.local_values().items()} == {
        name: value.content for name, value in plain.local_values().items()
    }


@pytest.mark.parametrize("text", ["local", "[for l in local : l]"])
def test_all_locals_at_once_contain_themselves(text: str) -> None:
    one = graph(a=text, b="1")
    one.work_out()
    assert "these need each other" in one.findings.diagnostics[0].summary

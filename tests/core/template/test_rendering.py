from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.diagnostics import Place
from packer_core.template.rendering import MOST_ROUNDS, Renderer, explain, point_into
from packer_core.version import COMPATIBLE
from packer_sdk.errors import PackerError
from packer_sdk.interpolate import RenderError


@pytest.fixture
def renderer() -> Renderer:
    return Renderer("templates/box.json", {"PLACE": "here"})


def values(renderer: Renderer, **texts: str) -> dict[str, str]:
    found, failures = renderer.render_all(texts, {})
    assert failures == []
    return found


def reasons(renderer: Renderer, **texts: str) -> list[tuple[str, str]]:
    _, failures = renderer.render_all(texts, {})
    return [(failure.name, failure.reason) for failure in failures]


def test_variables_use_each_other_in_any_order(renderer: Renderer) -> None:
    found = values(renderer, a="{{user `b`}}-{{user `c`}}", b="({{user `c`}})", c="x")
    assert found == {"a": "(x)-x", "b": "(x)", "c": "x"}


def test_environment_is_the_one_given_and_unset_names_are_empty(renderer: Renderer) -> None:
    assert "HOME" in os.environ
    found = values(renderer, a="{{env `PLACE`}}", b="[{{env `HOME`}}]")
    assert found == {"a": "here", "b": "[]"}


def test_environment_is_not_for_texts_beside_variables(renderer: Renderer) -> None:
    with pytest.raises(PackerError, match="environment variables"):
        renderer.render("{{env `PLACE`}}", {})


def test_values_are_filled_in_beside_variables(renderer: Renderer) -> None:
    assert renderer.render("{{user `a`}}{{user `b`}}", {"a": "x"}) == "x"


def test_template_knows_its_folder_and_the_version_it_was_written_for(renderer: Renderer) -> None:
    found = values(renderer, a="{{template_dir}}", b="{{packer_version}}")
    assert found == {"a": str(Path.cwd() / "templates"), "b": COMPATIBLE}


@pytest.mark.parametrize(
    "text",
    [
        "{{.Name}}",
        "{{ .Name }}",
        "a{{.A.B}}b{{ .C }}",
        "{{.Path}} \\ {{.Vars}}",
        '{{.Name | printf "%s"}}',
        "chmod +x {{.Path}}; {{.Vars}} {{.Path}}",
    ],
)
def test_values_of_the_build_survive_until_the_build(renderer: Renderer, text: str) -> None:
    assert values(renderer, a=text, b="{{user `a`}}") == {"a": text, "b": text}


def test_values_of_the_build_survive_beside_what_is_filled_in(renderer: Renderer) -> None:
    found = values(renderer, a="{{user `b`}}: {{.Vars}}", b="x")
    assert found["a"] == "x: {{.Vars}}"


def test_a_circle_is_told_once_as_a_path(renderer: Renderer) -> None:
    found = reasons(renderer, a="{{user `b`}}", b="{{user `c`}}", c="{{user `b`}}", d="x")
    assert found == [("b", "needs itself: b → c → b")]


def test_a_variable_that_needs_itself_is_a_circle(renderer: Renderer) -> None:
    assert reasons(renderer, a="{{user `a`}}") == [("a", "needs itself: a → a")]


def test_what_needs_a_failed_variable_is_not_told_again(renderer: Renderer) -> None:
    found, failures = renderer.render_all(
        {"a": "{{user `b`}}", "b": "{{nothing}}", "c": "{{user `a`}}", "d": "x"}, {}
    )
    assert found == {"d": "x"}
    assert [failure.name for failure in failures] == ["b"]


def test_unknown_variable_is_told_with_the_nearest(renderer: Renderer) -> None:
    _, (failure,) = renderer.render_all({"name": "{{user `nmae`}}"}, {})
    assert failure.reason == 'uses variable "nmae", which nobody sets'
    assert failure.hint == 'did you mean "name"?'


def test_stand_ins_are_used_but_not_returned(renderer: Renderer) -> None:
    found, failures = renderer.render_all({"a": "[{{user `b`}}]"}, {"b": "<unknown>"})
    assert (found, failures) == ({"a": "[<unknown>]"}, [])


def chain(length: int) -> dict[str, str]:
    texts = {f"v{number}": f"{{{{user `v{number + 1}`}}}}" for number in range(length - 1)}
    return {**texts, f"v{length - 1}": "end"}


def test_a_long_chain_is_followed_to_its_end(renderer: Renderer) -> None:
    assert values(renderer, **chain(MOST_ROUNDS)) == dict.fromkeys(chain(MOST_ROUNDS), "end")


def test_a_chain_beyond_the_bound_is_told(renderer: Renderer) -> None:
    found = reasons(renderer, **chain(MOST_ROUNDS + 1))
    assert found == [("v99", "stands behind more than 100 other variables")]


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3)))
def test_every_variable_ends_with_a_value_a_failure_or_behind_one(
    uses: dict[str, list[str]],
) -> None:
    texts = {
        name: name + "".join(f"{{{{user `{other}`}}}}" for other in others)
        for name, others in uses.items()
    }
    found, failures = Renderer("box.json", {}).render_all(texts, {})

    def expand(name: str, seen: frozenset[str]) -> str | None:
        if name in seen or name not in uses:
            return None
        parts = [expand(other, seen | {name}) for other in uses[name]]
        return None if None in parts else name + "".join(part or "" for part in parts)

    assert found == {name: text for name in uses if (text := expand(name, frozenset())) is not None}
    assert bool(failures) == (len(found) < len(texts))
    assert len({failure.name for failure in failures}) == len(failures)


def test_name_of_a_variable_must_be_text(renderer: Renderer) -> None:
    ((_, reason),) = reasons(renderer, a="{{user 5}}")
    assert "user wants the name of a variable, not 5" in reason


@given(st.text())
def test_any_text_is_rendered_or_a_failure(text: str) -> None:
    found, failures = Renderer("box.json", {}).render_all({"a": text}, {})
    assert len(found) + len(failures) == 1
    assert failures or "{{" in text or found["a"] == text


@pytest.mark.parametrize(
    "marked",
    [
        "{{«nothing}}",
        "{{«nothing}} {{.Name}}",
        "a {{.Name}} {{«nothing}}",
        "{{.A}}{{ .B }}\n{{.C}} {{«nothing}}",
        'a {{.A "\\"}} {{«nothing}}',
    ],
)
def test_place_of_an_error_is_counted_in_the_text_as_written(
    renderer: Renderer, marked: str
) -> None:
    text = marked.replace("«", "")
    _, (failure,) = renderer.render_all({"a": text}, {})
    assert failure.offset == marked.index("«")
    assert "line" not in failure.reason


def test_error_without_a_place_is_taken_as_it_is() -> None:
    assert explain(PackerError("no"), "{{x}}") == ("no", None)
    assert explain(RenderError("no"), "{{x}}") == ("no", None)


def test_place_is_narrowed_unless_escapes_shift_it() -> None:
    whole = Place("box.json", 3, 10, 8, "")
    assert point_into(whole, "abcdef", 2) == Place("box.json", 3, 13, 1, "")
    assert point_into(whole, "abcde", 2) == whole
    assert point_into(whole, "abcdef", None) == whole

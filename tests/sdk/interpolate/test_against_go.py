"""The same answers as Go's text/template, fmt and time; recorded from the real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from packer_sdk.interpolate import Context, RenderError, TemplateSyntaxError, render
from packer_sdk.interpolate.clock import format_go

VECTORS = json.loads(
    Path(__file__).parents[2].joinpath("data/interpolate/go_vectors.json").read_text()
)
MOMENT = 1700000003.123456

# What Go takes or refuses later, and we refuse at once.
REFUSED_EARLIER = {
    "{{1i}}": "complex numbers",
    "{{range $i, $v = .L}}{{end}}": "Go finds it when rendering",
    "{{$y = 1}}": "likewise",
    "{{nil}}": "likewise",
    "{{nil | print}}": "likewise",
    "{{18446744073709551615}}": "likewise",
    "{{call .Name}}": "no functions among the data",
    "{{.Name|}}": "Go overlooks it",
    '{{define "x"}}a{{end}}': "named templates",
    '{{template "x"}}': "named templates",
    '{{block "x" .}}a{{end}}': "named templates",
    '{{js "a"}}': "no need for it",
}


def fail() -> None:
    raise ValueError("failed")


@pytest.fixture
def context() -> Context:
    data = {**VECTORS["data"], "F2": 2.0, "Big": 1e21, "Tiny": 1e-7}
    users = {"x": "U-x", "y": "U-y"}
    return Context(data=data, user_variables=users, functions={"fail": fail})


@pytest.mark.parametrize(
    "vector",
    [vector for vector in VECTORS["templates"] if vector["template"] not in REFUSED_EARLIER],
    ids=lambda vector: vector["template"],
)
def test_template_renders_as_in_go(vector: dict[str, Any], context: Context) -> None:
    text, error = vector["template"], vector["error"]
    if error:
        with pytest.raises(TemplateSyntaxError if error == "syntax" else RenderError):
            render(text, context)
    else:
        assert render(text, context) == vector["output"]


@pytest.mark.parametrize("text", REFUSED_EARLIER)
def test_template_is_refused_earlier_than_in_go(text: str, context: Context) -> None:
    with pytest.raises(TemplateSyntaxError):
        render(text, context)


@pytest.mark.parametrize(("layout", "text"), VECTORS["layouts"], ids=lambda text: text)
def test_layout_formats_as_in_go(layout: str, text: str) -> None:
    assert format_go(MOMENT, layout) == text

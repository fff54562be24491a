"""The door to templates."""

from __future__ import annotations

import contextlib
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from packer_sdk.errors import PackerError
from packer_sdk.interpolate import (
    Context,
    References,
    RenderError,
    TemplateSyntaxError,
    references,
    render,
    validate,
)

BITS = st.sampled_from(
    ["{{", "}}", "{{-", "-}}", " ", ".", "$", "$x", ":=", "=", "|", "(", ")", ",", '"', "`", "'",
     "\\", "if", "else", "end", "range", "with", "break", "define", "user", "print", "printf",
     "index", "eq", "nil", "true", ".A", ".L", "/*", "*/", "0", "1", "-", "1.5", "0x", "e", "\n",
     "é", '"%d%s"', "{", "}", "upper", "len", "split", "slice", "build", "isotime", "and"]
)  # fmt: skip
TEMPLATES = st.lists(BITS, max_size=14).map("".join) | st.lists(BITS, max_size=8).map(
    lambda bits: "{{" + " ".join(bits) + "}}"
)


@given(st.text().filter(lambda text: "{{" not in text))
def test_text_without_templates_is_unchanged(text: str) -> None:
    assert render(text) is text
    assert references(text) == References()
    validate(text)


@given(TEMPLATES | st.text())
@example("{{" + "(" * 1_000)
@example("{{if 1}}" * 1_000)
@example("{{if 1}}{{else if 1}}" + "{{else if 1}}" * 1_000)
@example("{{0x" + "1" * 10_000 + "}}")
@example("{{" + "9" * 10_000 + "}}")
@example('{{printf "%999999999d" 1}}')
@example('{{printf "%.999999999f" 1.5}}')
def test_any_text_renders_or_has_an_error_with_a_place(text: str) -> None:
    data = {"A": "text", "L": [1, {"x": None}], "é": 1.5}
    error: TemplateSyntaxError | RenderError | None = None
    try:
        render(text, Context(data=data))
    except (TemplateSyntaxError, RenderError) as caught:
        error = caught
    assert error is None or (error.line >= 1 and error.column >= 1)
    if isinstance(error, TemplateSyntaxError):
        with pytest.raises(TemplateSyntaxError):
            validate(text)
    else:
        validate(text)


@given(TEMPLATES)
def test_references_of_any_text(text: str) -> None:
    with contextlib.suppress(TemplateSyntaxError):
        assert isinstance(references(text), References)


def test_validate_finds_what_is_misspelt_without_rendering() -> None:
    validate("{{user `x`}} {{.Anything}} {{env `HOME`}}")
    with pytest.raises(TemplateSyntaxError, match="line 2, column 4: function 'usr' does not") as e:
        validate("a\n {{usr `x`}}")
    assert (e.value.line, e.value.column) == (2, 4)
    assert e.value.hint == "a value of the build is written {{.usr}}"
    validate("{{usr `x`}}", Context(functions={"usr": str}))


def test_render_error_has_its_place() -> None:
    with pytest.raises(RenderError, match="template, line 1, column 5: upper: argument 1") as error:
        render("a {{upper 5}}")
    assert error.value.plain_message == "upper: argument 1 must be text, got 5"
    assert isinstance(error.value, PackerError)


def test_context_with_other_data() -> None:
    context = Context(data={"a": 1}, build_name="n", nested_user=True)
    other = context.with_data({"b": 2})
    assert (other.data, other.build_name, other.nested_user) == ({"b": 2}, "n", True)
    assert not context.with_data(None, nested_user=False).nested_user


def test_plain_text_loads_no_parser() -> None:
    program = (
        "import sys; from packer_sdk.interpolate import render; render('plain');"
        "print([m for m in sys.modules if m.startswith('packer_sdk.interpolate.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout == "['packer_sdk.interpolate.context']\n"

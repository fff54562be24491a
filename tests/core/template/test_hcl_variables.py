from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from packer_core.template.inputs import VariableInputs

if TYPE_CHECKING:
    from packer_core.template.model import Template

    from .conftest import LoadHcl, RefuseHcl

NONE = 'variable "a" {}\n'
TEXT = 'variable "a" { default = "default" }\n'
LIST = 'variable "a" {\n  type = list(string)\n}\n'


def inputs(
    *assignments: str, environ: dict[str, str] | None = None, files: tuple[str, ...] = ()
) -> VariableInputs:
    pairs = tuple((one.partition("=")[0], one.partition("=")[2]) for one in assignments)
    return VariableInputs(pairs, tuple(map(Path, files)), environ or {})


def chosen(template: Template, name: str = "a") -> tuple[str, str]:
    variable = template.variables[name]
    return variable.value, variable.source


def test_every_source_of_values_beats_those_before_it(load_hcl: LoadHcl) -> None:
    files: dict[str, Any] = {
        "a__auto__pkrvars__hcl": 'a = "first"',
        "b__auto__pkrvars__hcl": 'a = "second"',
        "a__auto__pkrvars__json": '{"a": "json"}',
        "named__pkrvars__hcl": 'a = "named"',
        "later__json": '{"a": "later"}',
    }
    environ = {"PKR_VAR_a": "environment"}
    assert chosen(load_hcl(TEXT)) == ('"default"', "default")
    assert chosen(load_hcl(TEXT, inputs(environ=environ))) == ('"environment"', "PKR_VAR_a")
    for count in (1, 2, 3):
        some = dict(list(files.items())[:count])
        template = load_hcl(TEXT, inputs(environ=environ), **some)
        assert chosen(template)[0] == ['"first"', '"second"', '"json"'][count - 1]
    named = inputs(environ=environ, files=("box/named.pkrvars.hcl", "box/later.json"))
    assert chosen(load_hcl(TEXT, named, **files)) == ('"later"', "box/later.json")
    last = inputs("a=one", "a=two", files=("box/later.json",))
    assert chosen(load_hcl(TEXT, last, **files)) == ('"two"', "-var")


def test_automatic_files_belong_to_a_folder_and_not_to_a_file(load_hcl: LoadHcl) -> None:
    from packer_core.template.load import load_template

    load_hcl(TEXT, a__auto__pkrvars__hcl='a = "auto"')
    template = load_template(Path("box/main.pkr.hcl"), inputs())
    assert chosen(template) == ('"default"', "default")


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("string", '"x"', '"\\"x\\""'),
        ("number", "12", "12"),
        ("any", "[1]", '"[1]"'),
        ("bool", "true", "true"),
        ("list(string)", '["a", 1]', '["a", "1"]'),
        ("set(number)", "[2, 1, 2]", "[1, 2]"),
        ("map(number)", '{a = "1"}', "{a = 1}"),
        ("object({a = number, b = optional(string, 5)})", "{a = 1}", '{a = 1, b = "5"}'),
        ("tuple([string, bool])", '["a", "true"]', '["a", true]'),
    ],
)
def test_text_is_taken_as_it_is_for_simple_types_and_as_an_expression_for_others(
    load_hcl: LoadHcl, type_: str, text: str, value: str
) -> None:
    declaration = f'variable "a" {{ type = {type_} }}'
    assert chosen(load_hcl(declaration, inputs(f"a={text}")))[0] == value
    assert chosen(load_hcl(declaration, inputs(environ={"PKR_VAR_a": text})))[0] == value


def test_type_of_a_variable_without_one_is_that_of_its_default(
    load_hcl: LoadHcl, refuse_hcl: RefuseHcl
) -> None:
    assert chosen(load_hcl('variable "a" { default = 1 }', inputs("a=5")))[0] == "5"
    assert chosen(load_hcl('variable "a" { default = [] }', inputs("a=5")))[0] == '"5"'
    (diagnostic,) = refuse_hcl('variable "a" { default = 1 }', inputs("a=x"))
    assert diagnostic.summary.startswith('variable "a" is not of its type: ')
    assert diagnostic.summary.endswith("(from -var)")


def test_short_form_declares_variables_with_defaults(load_hcl: LoadHcl) -> None:
    template = load_hcl('variables {\n  a = 1\n  b = ["x"]\n}\n', inputs("a=2"))
    assert chosen(template) == ("2", "-var")
    assert chosen(template, "b") == ('["x"]', "default")


def test_default_may_ask_the_environment_and_nothing_else(
    load_hcl: LoadHcl, refuse_hcl: RefuseHcl
) -> None:
    template = load_hcl('variable "a" { default = env("HOME_OF_A") }')
    assert chosen(template)[0] == '""'
    environ = {"HOME_OF_A": "here"}
    template = load_hcl('variable "a" { default = env("HOME_OF_A") }', inputs(environ=environ))
    assert chosen(template)[0] == '"here"'
    assert refuse_hcl('variable "a" { default = upper("a") }')
    assert refuse_hcl('variable "b" { default = 1 }\nvariable "a" { default = var.b }')
    assert refuse_hcl('locals { a = env("HOME") }')


def test_variables_without_values_are_told_at_once(refuse_hcl: RefuseHcl) -> None:
    (diagnostic,) = refuse_hcl('variable "a" {}\nvariable "b" {}\nvariable "c" { default = null }')
    assert diagnostic.summary == "variables have no value: a and b"
    assert diagnostic.place is not None
    assert diagnostic.place.line == 1
    assert "-var 'a=…' -var 'b=…'" in (diagnostic.hint or "")


def test_variable_without_a_value_is_unknown_to_who_only_looks(load_hcl: LoadHcl) -> None:
    variable = load_hcl(NONE, strict=False).variables["a"]
    assert (variable.value, variable.is_set, variable.required) == ("<unknown>", False, True)


def test_undeclared_variable_is_an_error_on_the_command_line_only(
    load_hcl: LoadHcl, refuse_hcl: RefuseHcl
) -> None:
    (diagnostic,) = refuse_hcl('variable "size" { default = 1 }', inputs("siez=1"))
    assert diagnostic.summary == '-var sets variable "siez", which the template does not declare'
    assert diagnostic.hint == 'did you mean "size"?'
    template = load_hcl(
        TEXT,
        inputs(environ={"PKR_VAR_b": "1"}, files=("box/x.json",)),
        x__json='{"other": "1"}',
    )
    assert template.undeclared == ("other",)


def test_secrets_are_all_texts_of_sensitive_variables_and_locals(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        """
        variable "a" {
          sensitive = true
          default   = { user = "root", keys = ["k1", "k2"] }
        }
        local "b" {
          sensitive  = true
          expression = "made of ${var.a.user}"
        }
        """
    )
    assert sorted(template.secrets) == ["k1", "k2", "made of root", "root"]
    assert template.sensitive_variables == ("a",)


def test_errors_about_a_sensitive_value_do_not_show_it(
    refuse_hcl: RefuseHcl,
) -> None:
    declaration = """
    variable "a" {
      type      = number
      sensitive = true
    }
    """
    for given in (inputs("a=hunter2"), inputs(environ={"PKR_VAR_a": "hunter2"})):
        (diagnostic,) = refuse_hcl(declaration, given)
        assert "hunter2" not in repr(diagnostic)
    (diagnostic,) = refuse_hcl(
        declaration, inputs(files=("box/x.pkrvars.hcl",)), x__pkrvars__hcl='a = "hunter2"\n'
    )
    assert "hunter2" not in repr(diagnostic)
    assert str(diagnostic.place) == "box/x.pkrvars.hcl:1:1"


@pytest.mark.parametrize(
    ("template", "summary", "line"),
    [
        ('variable "a" {}\nvariable "a" {}', 'variable "a" is declared twice', 2),
        ('variables { a = 1 }\nvariable "a" {}', 'variable "a" is declared twice', 2),
        ('variable "1a" { default = 1 }', "not a name for a variable: 1a", 1),
        ('variable "a" { type = strin }', 'no such type: "strin"', 1),
        (
            'variable "a" {\n type = number\n default = "x"\n}',
            'the default of variable "a" is not of its type: a number is required',
            3,
        ),
    ],
)
def test_wrong_declaration_is_told_where_it_stands(
    refuse_hcl: RefuseHcl, template: str, summary: str, line: int
) -> None:
    found = {(one.summary, one.place.line if one.place else 0) for one in refuse_hcl(template)}
    assert (summary, line) in found


def test_variable_file_that_declares_is_told_what_it_is_for(refuse_hcl: RefuseHcl) -> None:
    (diagnostic,) = refuse_hcl(
        TEXT, inputs(files=("box/x.pkrvars.hcl",)), x__pkrvars__hcl='variable "a" {\n}\n'
    )
    assert diagnostic.summary == "a variable file sets variables, and declares none"
    assert "a = VALUE" in (diagnostic.hint or "")


@pytest.mark.parametrize("value", ['upper("x")', "var.b"])
def test_values_in_files_are_constants(refuse_hcl: RefuseHcl, value: str) -> None:
    (diagnostic,) = refuse_hcl(
        TEXT, inputs(files=("box/x.pkrvars.hcl",)), x__pkrvars__hcl=f"a = {value}\n"
    )
    assert diagnostic.place is not None
    assert diagnostic.place.path == "box/x.pkrvars.hcl"


def test_variable_file_of_another_name_is_refused(refuse_hcl: RefuseHcl) -> None:
    (diagnostic,) = refuse_hcl(TEXT, inputs(files=("box/x.txt",)))
    assert diagnostic.summary.endswith("its name ends neither in .hcl nor .json")


def test_only_the_winner_is_judged(load_hcl: LoadHcl, refuse_hcl: RefuseHcl) -> None:
    template = """
    variable "a" {
      default = "bad"
      validation {
        condition     = length(var.a) > 3
        error_message = "Too short."
      }
    }
    """
    assert chosen(load_hcl(template, inputs("a=good")))[0] == '"good"'
    (diagnostic,) = refuse_hcl(template)
    assert diagnostic.summary == (
        'the value of variable "a" is refused: Too short. It is the default.'
    )
    (diagnostic,) = refuse_hcl(template, inputs("a=x"))
    assert diagnostic.summary == ('the value of variable "a" is refused: Too short. (from -var)')


VALIDATION = """
variable "b" {{ default = 1 }}
variable "a" {{
  default = 1
  validation {{
    {}
  }}
}}
"""


@pytest.mark.parametrize(
    ("inside", "summary"),
    [
        ('condition = var.a > 0\nerror_message = "lower case."', "must be a sentence"),
        ('condition = var.a > 0\nerror_message = "No end"', "must be a sentence"),
        ('condition = var.a > 0\nerror_message = ""', "is empty"),
        ('condition = true\nerror_message = "No."', "does not ask for the variable"),
        ('condition = var.a > var.b\nerror_message = "No."', "may only ask for the variable"),
        ('condition = "x${var.a}"\nerror_message = "No."', "must be true or false"),
        ('condition = var.a > 0 ? null : null\nerror_message = "No."', "must be true or false"),
        ("condition = var.a > 0", "error_message"),
        ('error_message = "No."', "condition"),
    ],
)
def test_wrong_validation_is_refused(refuse_hcl: RefuseHcl, inside: str, summary: str) -> None:
    assert any(summary in one.summary for one in refuse_hcl(VALIDATION.format(inside)))


@pytest.mark.parametrize(
    ("type_", "hint"),
    [("bool", "it is true or false"), ("list(string)", '["a", "b"]'), ("map(string)", '{a = "b"}')],
)
def test_text_where_an_expression_is_wanted_is_told_the_form(
    type_: str, hint: str, refuse_hcl: RefuseHcl
) -> None:
    (diagnostic,) = refuse_hcl(f'variable "a" {{\n  type = {type_}\n}}\n', inputs("a=secret"))
    assert diagnostic.summary == 'variable "a" (from -var): variables may not be used here'
    assert hint in (diagnostic.hint or "")
    assert "secret" not in f"{diagnostic}{diagnostic.detail}{diagnostic.hint}"


def test_default_that_calls_a_function_is_told_where_it_may(refuse_hcl: RefuseHcl) -> None:
    (diagnostic,) = refuse_hcl('variable "a" { default = upper("x") }\n')
    assert diagnostic.hint == "a default calls env at most; a local calls any function"

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from packer_core.errors import TemplateError
from packer_core.template.inputs import VariableInputs
from packer_core.template.model import UNSET
from packer_core.template.variables import (
    parse_assignment,
    read_variable_file,
)
from packer_sdk.errors import PackerError

if TYPE_CHECKING:
    from .conftest import Load, Refuse

BUILDERS = [{"type": "null"}]


def template(*sensitive: str, **variables: str | None) -> dict[str, Any]:
    return {"variables": variables, "sensitive-variables": sensitive, "builders": BUILDERS}


@pytest.fixture
def values(template_path: Path) -> Path:
    """A folder for variable files; relative to it a user types their names."""
    return template_path.parent


def write(name: str, content: object) -> Path:
    path = Path(name)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("text", "pair"),
    [("a=b", ("a", "b")), ("a=", ("a", "")), ("a=b=c", ("a", "b=c")), ("a= b ", ("a", " b "))],
)
def test_assignment_is_split_at_its_first_equals(text: str, pair: tuple[str, str]) -> None:
    assert parse_assignment(text) == pair


@pytest.mark.parametrize("text", ["", "a", "=b"])
def test_assignment_without_name_or_equals_is_refused(text: str) -> None:
    with pytest.raises(PackerError, match="-var needs name=value"):
        parse_assignment(text)


def test_last_word_wins_and_is_remembered(load: Load, values: Path) -> None:
    first = write("first.json", {"a": "1", "b": "1", "c": "1"})
    second = write("second.json", {"b": "2", "c": "2"})
    inputs = VariableInputs((("c", "3"), ("c", "4")), (first, second))
    variables = load(template(a="0", b="0", c="0", d="0"), inputs).variables
    assert {name: (v.value, v.source) for name, v in variables.items()} == {
        "a": ("1", "first.json"),
        "b": ("2", "second.json"),
        "c": ("4", "-var"),
        "d": ("0", "default"),
    }
    assert {v.default for v in variables.values()} == {"0"}
    assert all(v.place and v.place.path == "box.json" for v in variables.values())


def test_undeclared_variables_are_allowed_everywhere(load: Load, values: Path) -> None:
    path = write("more.json", {"b": "{{user `c`}}"})
    variables = load(template(a="{{user `b`}}"), VariableInputs((("c", "x"),), (path,))).variables
    assert {name: v.value for name, v in variables.items()} == {"a": "x", "b": "x", "c": "x"}
    assert variables["b"].place is None
    assert not variables["b"].required


def test_environment_variables_with_a_prefix_are_not_read(load: Load) -> None:
    inputs = VariableInputs(environ={"PKR_VAR_a": "1"})
    assert load(template(a="0"), inputs).variables["a"].value == "0"


def test_values_given_by_the_user_are_filled_in_too(load: Load) -> None:
    inputs = VariableInputs((("a", "{{user `b`}}{{env `PLACE`}}"),), environ={"PLACE": "!"})
    assert load(template(a="", b="x"), inputs).variables["a"].value == "x!"


def test_empty_value_sets_a_required_variable(load: Load) -> None:
    variable = load(template(a=None), VariableInputs((("a", ""),))).variables["a"]
    assert (variable.value, variable.required, variable.is_set) == ("", True, True)


def test_missing_variables_are_told_together_with_how_to_set_them(refuse: Refuse) -> None:
    (diagnostic,) = refuse(template(a=None, b="", c=None))
    assert diagnostic.summary == "required variables are not set: a and c"
    assert diagnostic.hint == ("add -var 'a=…' -var 'c=…', or put them into a file for -var-file")
    assert diagnostic.place is not None
    assert diagnostic.place.text.strip().startswith('"a": null')


def test_missing_variable_may_be_set_under_a_wrong_name(refuse: Refuse) -> None:
    (diagnostic,) = refuse(template(region=None), VariableInputs((("regoin", "x"),)))
    assert diagnostic.summary == "required variable is not set: region"
    assert diagnostic.detail == '"regoin" is set but not declared; is it meant to be "region"?'


def test_missing_variable_is_told_once_though_others_use_it(refuse: Refuse) -> None:
    assert len(refuse(template(a=None, b="{{user `a`}}", c="{{user `b`}}"))) == 1


def test_missing_variable_is_left_marked_when_only_looking(load: Load) -> None:
    loaded = load(template("a", a=None, b="[{{user `a`}}]"), strict=False)
    missing, user = loaded.variables["a"], loaded.variables["b"]
    assert (missing.is_set, missing.value, missing.source) == (False, UNSET, "")
    assert (user.is_set, user.value) == (True, "[<unknown>]")
    assert loaded.secrets == ()
    assert loaded.warnings == ()


def test_value_that_cannot_be_filled_in_is_a_warning_when_only_looking(load: Load) -> None:
    loaded = load(template(a="{{vault `x` `y`}}"), strict=False)
    assert (loaded.variables["a"].is_set, loaded.variables["a"].value) == (False, UNSET)
    assert [warning.severity for warning in loaded.warnings] == ["warning"]


def test_sensitive_variables_are_secrets(load: Load) -> None:
    inputs = VariableInputs((("c", "3"),))
    loaded = load(template("a", "c", "e", a="1", b="2", e=""), inputs)
    assert loaded.sensitive_variables == ("a", "e", "c")
    assert loaded.secrets == ("1", "3")


def test_failure_is_told_at_the_character_of_the_default(refuse: Refuse) -> None:
    (diagnostic,) = refuse(template(a="x {{nothing}}"))
    place = diagnostic.place
    assert place is not None
    assert place.text[place.column - 1 :].startswith("nothing")
    assert diagnostic.summary.startswith('variable "a": ')


def test_failure_of_a_given_value_names_who_gave_it(refuse: Refuse, values: Path) -> None:
    (diagnostic,) = refuse(template(a=""), VariableInputs((("a", "{{nothing}}"),)))
    assert diagnostic.summary.startswith('variable "a" (from -var): ')
    assert diagnostic.place is None
    path = write("values.json", {"a": "{{nothing}}"})
    (diagnostic,) = refuse(template(a=""), VariableInputs(files=(path,)))
    assert diagnostic.place is not None
    assert str(diagnostic.place) == "values.json:1:10"


def test_failure_of_a_sensitive_variable_shows_nothing_of_its_value(refuse: Refuse) -> None:
    (diagnostic,) = refuse(template("a", a="hunter2{{hunter3"))
    assert diagnostic.summary == 'variable "a": its {{ … }} cannot be filled in'
    assert "hunter" not in repr(diagnostic)


def test_circle_is_told_as_a_path(refuse: Refuse) -> None:
    (diagnostic,) = refuse(template(a="{{user `b`}}", b="{{user `a`}}"))
    assert diagnostic.summary == 'variable "a": needs itself: a → b → a'


def test_variable_file_gives_values_and_places(values: Path) -> None:
    path = write("values.json", '{\n  "a": "1",\n  "b": ""\n}')
    found = read_variable_file(path)
    assert {name: text for name, (text, _) in found.items()} == {"a": "1", "b": ""}
    assert [str(place) for _, place in found.values()] == ["values.json:2:8", "values.json:3:8"]


@pytest.mark.parametrize(
    ("content", "summary", "hint"),
    [
        ("[]", "a variable file is an object of strings, not an array", None),
        ({"a": 1.50}, 'variable "a" must be a string, not a number', "quote it"),
        ({"a": True}, 'variable "a" must be a string, not true', "quote it"),
        ({"a": None}, 'variable "a" must be a string, not null', 'write "" for an empty value'),
        ({"a": []}, 'variable "a" must be a string, not an array', None),
        ('{"a": "1", "a": "2"}', 'key "a" is used twice in one object', "keep one of them"),
        ('{"a": "1",}', 'trailing "," in front of "}"', "remove it"),
        ("", "the file is empty", None),
    ],
)
def test_wrong_variable_file_is_told_with_its_place(
    values: Path, content: object, summary: str, hint: str | None
) -> None:
    with pytest.raises(TemplateError) as caught:
        read_variable_file(write("values.json", content))
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.summary, diagnostic.hint) == (summary, hint)
    assert diagnostic.place is not None
    assert diagnostic.place.path == "values.json"
    assert diagnostic.place.text == ""


def test_variable_files_in_hcl_are_refused() -> None:
    with pytest.raises(TemplateError, match="HCL2 is not read yet"):
        read_variable_file(Path("values.pkrvars.hcl"))


def test_every_wrong_file_is_told_and_no_variable_missed_for_it(
    refuse: Refuse, values: Path
) -> None:
    bad = write("bad.json", {"a": 1, "b": 2})
    found = refuse(template(a=None), VariableInputs(files=(Path("none.json"), bad)))
    assert [diagnostic.summary for diagnostic in found] == [
        "cannot read variable file: none.json: there is no such file",
        'variable "a" must be a string, not a number',
        'variable "b" must be a string, not a number',
    ]

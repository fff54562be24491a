from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packer_core.diagnostics import in_order
from packer_core.errors import TemplateError
from packer_core.template.inputs import VariableInputs
from packer_core.template.json_format import ROOT_KEYS, read_template
from packer_core.template.json_reader import read_json
from packer_core.template.load import load_template
from packer_core.template.model import Selection
from packer_core.version import COMPATIBLE

if TYPE_CHECKING:
    from .conftest import Load, Refuse

TEMPLATES = Path(__file__).parents[2] / "data" / "templates"
NULL: list[dict[str, Any]] = [{"type": "null"}]


def test_complete_template_gives_every_part() -> None:
    inputs = VariableInputs((("password", "secret"),), environ={"PLACE": "here"})
    template = load_template(TEMPLATES / "complete.json", inputs)
    assert template.description == "A note, written twice"
    assert template.warnings == ()
    assert template.user_variables == {
        "folder": "out",
        "name": "out/note",
        "password": "secret",
        "home": "here",
    }
    assert template.secrets == ("secret",)
    assert template.sensitive_variables == ("password",)
    assert [source.display_name for source in template.sources] == ["null", "file.note-out"]
    shell, sleep = template.provisions
    assert (shell.pause_before_s, shell.timeout_s, shell.max_retries) == (90.0, 0.5, 2)
    assert shell.selection == Selection(only=("note-out",))
    assert shell.override == {"null": {"inline": ["true"], "times": 2.0}}
    assert (sleep.selection, sleep.options) == (Selection(except_=("null",)), {})
    assert [[link.name for link in chain] for chain in template.chains] == [
        ["manifest"],
        ["sums"],
        ["compress", "artifice"],
    ]
    assert template.blocks[0].error_cleanup is not None
    assert template.blocks[0].error_cleanup.options == {"inline": ["rm -f note"]}


def test_options_reach_plugins_unrendered_with_floats_and_without_the_keys_of_core() -> None:
    inputs = VariableInputs((("password", "secret"),))
    template = load_template(TEMPLATES / "complete.json", inputs)
    assert template.sources[0].options == {"communicator": "none"}
    assert repr(template.sources[1].options) == repr(
        {
            "target": "{{user `name`}}",
            "size": 3.0,
            "nested": {"list": [1.0, 2.5, True, None, "x"]},
        }
    )
    assert template.provisions[0].options == {"inline": ["echo {{user `name`}}"]}
    assert template.chains[2][0].options == {"output": "note.tar.gz"}


def test_parts_know_where_they_stand() -> None:
    template = load_template(TEMPLATES / "complete.json", VariableInputs((("password", "x"),)))
    assert [source.place.line for source in template.sources] == [14, 18]
    assert [provision.place.line for provision in template.provisions] == [27, 36]
    assert [chain[0].place.line for chain in template.chains] == [45, 46, 48]


def test_every_mistake_is_told_at_once_in_the_order_of_the_text() -> None:
    with pytest.raises(TemplateError) as caught:
        load_template(TEMPLATES / "many-mistakes.json", VariableInputs())
    diagnostics = caught.value.diagnostics
    assert diagnostics == in_order(diagnostics)
    assert [
        (d.place and (d.place.line, d.place.column), d.summary, d.hint) for d in diagnostics
    ] == [
        ((2, 3), 'unknown key "biulders"', 'did you mean "builders"?'),
        ((3, 15), 'the comment "_comment" must be a string, not a number', None),
        ((4, 18), '"description" must be a string, not an array', None),
        (
            (5, 25),
            f"the template needs Packer 99.0, newer than what is read here: {COMPATIBLE}",
            "update packer-core",
        ),
        ((7, 13), 'variable "size" must be a string, not a number', 'quote it: "10"'),
        (
            (8, 14),
            'variable "again": uses variable "agian", which nobody sets',
            'did you mean "again"?',
        ),
        ((9, 13), 'variable "left": needs itself: left → right → left', None),
        ((14, 14), 'two builders are named "null"', 'give it a "name" of its own'),
        ((15, 5), 'a builder without a "type"', None),
        ((18, 38), '"only" and "except" cannot be used together', None),
        ((18, 71), '"pause_before" is not a duration: 5', 'a unit is missing: "5s"'),
        ((18, 91), '"max_retries" must be a whole number, not -1', None),
        ((19, 5), "a provisioner must be an object, not a string", None),
        (
            (22, 6),
            "an array inside a chain of post-processors",
            "write its post-processors into the outer array",
        ),
        (
            (23, 49),
            '"keep_input_artifact" must be true or false, not a string',
            "write it without quotes",
        ),
    ]


@pytest.mark.parametrize("text", ["[]", '"x"', "1", "null", "true"])
def test_template_that_is_no_object_is_refused(refuse: Refuse, text: str) -> None:
    (diagnostic,) = refuse(text)
    assert diagnostic.summary.startswith("a template is an object, not ")


def test_comments_are_strings_at_the_root_only(load: Load, refuse: Refuse) -> None:
    template = load({"_a": "x", "_b": "y", "builders": [{"type": "null", "_c": "z"}]})
    assert template.sources[0].options == {"_c": "z"}
    assert len(refuse({"_a": {}, "builders": NULL})) == 1


def test_unknown_root_keys_are_all_told(refuse: Refuse) -> None:
    found = refuse({"Builders": [], "variable": {}, "whatever": 1, "builders": NULL})
    assert [(d.summary, d.hint) for d in found] == [
        ('unknown key "Builders"', 'did you mean "builders"?'),
        ('unknown key "variable"', 'did you mean "variables"?'),
        ('unknown key "whatever"', 'a comment begins with "_"'),
    ]


def test_repeated_keys_stop_a_template_anywhere(refuse: Refuse) -> None:
    text = '{"builders": [{"type": "null", "a": {"b": 1, "b": 2}}], "builders": []}'
    summaries = [d.summary for d in refuse(text)]
    assert 'key "b" is used twice in one object' in summaries
    assert 'key "builders" is used twice in one object' in summaries


def test_null_counts_as_absent(load: Load) -> None:
    nothing: dict[str, Any] = dict.fromkeys(ROOT_KEYS)
    template = load({**nothing, "builders": NULL})
    assert (template.description, template.provisions, template.chains) == ("", (), ())
    assert template.blocks[0].error_cleanup is None


@pytest.mark.parametrize(
    "version", ["1", "1.0.0", "v1.16", "1.16.0", "1.16.0-rc1", "1.9.10+ent", "1.4.0dev", " 1.2 "]
)
def test_versions_up_to_the_compatible_one_are_accepted(load: Load, version: str) -> None:
    load({"min_packer_version": version, "builders": NULL})


@pytest.mark.parametrize("version", ["1.16.1", "1.17", "2", "1.100.0", "9" * 5000])
def test_newer_versions_are_refused(refuse: Refuse, version: str) -> None:
    (diagnostic,) = refuse({"min_packer_version": version, "builders": NULL})
    assert "newer than what is read here" in diagnostic.summary


@pytest.mark.parametrize("version", ["", "latest", ">= 1.2", "1..2", "1.x"])
def test_text_that_is_no_version_is_refused(refuse: Refuse, version: str) -> None:
    (diagnostic,) = refuse({"min_packer_version": version, "builders": NULL})
    assert "is not a version" in diagnostic.summary


@pytest.mark.parametrize(
    ("key", "value", "summary"),
    [
        ("variables", [], '"variables" must be an object, not an array'),
        ("variables", {"a": True}, 'variable "a" must be a string, not true'),
        ("variables", {"a": {}}, 'variable "a" must be a string, not an object'),
        ("sensitive-variables", "a", '"sensitive-variables" must be an array of strings, not a'),
        ("sensitive-variables", [1], 'an item of "sensitive-variables" must be a string'),
        ("provisioners", {}, '"provisioners" must be an array, not an object'),
        ("post-processors", "x", '"post-processors" must be an array, not a string'),
        ("error-cleanup-provisioner", [], "an error-cleanup-provisioner must be an object"),
        ("min_packer_version", 1.5, '"min_packer_version" must be a string, not a number'),
    ],
)
def test_wrong_type_tells_what_was_expected_and_found(
    refuse: Refuse, key: str, value: object, summary: str
) -> None:
    (diagnostic,) = refuse({key: value, "builders": NULL})
    assert diagnostic.summary.startswith(summary)


def test_variable_of_a_wrong_type_is_told_once_though_others_use_it(refuse: Refuse) -> None:
    variables = {"a": 1, "b": "{{user `a`}}"}
    assert len(refuse({"variables": variables, "builders": NULL})) == 1


def test_sensitive_variable_that_does_not_exist_is_a_warning(load: Load) -> None:
    template = load(
        {"variables": {"password": "x"}, "sensitive-variables": ["pasword"], "builders": NULL}
    )
    (warning,) = template.warnings
    assert warning.summary == 'sensitive variable "pasword" does not exist'
    assert (warning.severity, warning.hint) == ("warning", 'did you mean "password"?')


KEYS = st.sampled_from(
    [*ROOT_KEYS, "type", "name", "only", "except", "override", "timeout", "max_retries", "_x", "x"]
)
TEXTS = st.sampled_from(["null", "a", "{{user `a`}}", "{{", "1s", "", "1.0.0"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=25,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(KEYS, VALUES))
def test_any_json_is_a_template_or_a_list_of_findings_with_places(value: dict[str, Any]) -> None:
    import json

    document = read_json(json.dumps(value, indent=1).encode(), "box.json")
    template, findings = read_template(document, Path("box.json"), VariableInputs())
    errors = [finding for finding in findings if finding.severity == "error"]
    assert template is not None
    assert errors or template.sources
    assert all(finding.place for finding in findings)

"""HashiCorp's core configures plugins: values of every type, in every form they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helpers.judges import KINDS

if TYPE_CHECKING:
    from helpers.judges import Pair

BARE: dict[str, Any] = {
    "text": "",
    "number": 0,
    "fraction": 0,
    "flag": False,
    "maybe": None,
    "pause": 0,
    "words": [],
    "numbers": [],
    "table": {},
    "grid": [],
    "inner": {"name": "", "size": 0, "deep": []},
    "item": [],
    "build_name": "",
    "builder_type": "",
    "debug": False,
    "force": False,
    "on_error": "",
}
INTERNAL = {
    "packer_build_name": "box",
    "packer_builder_type": "peer",
    "packer_core_version": "1.16.0",
    "packer_on_error": "abort",
    "packer_template_path": "t.json",
}
VALUES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "text": ({"text": "héllo <&> \n\t𝄞"}, {}),
    "text-empty": ({"text": ""}, {}),
    "text-long": ({"text": "x" * 70_000}, {}),
    "number": ({"number": 7}, {}),
    "number-negative": ({"number": -300}, {}),
    "number-large": ({"number": 2**53}, {}),
    "number-as-text": ({"number": "12"}, {"number": 12}),
    "fraction": ({"fraction": 0.1}, {}),
    "fraction-small": ({"fraction": -1.25e-7}, {}),
    "flag": ({"flag": True}, {}),
    "flag-as-text": ({"flag": "true"}, {"flag": True}),
    "maybe-true": ({"maybe": True}, {}),
    "maybe-false": ({"maybe": False}, {}),
    "pause": ({"pause": "1h1m1.5s"}, {"pause": 3661.5}),
    "words": ({"words": ["a", "", "ü"]}, {}),
    "words-none": ({"words": []}, {}),
    "numbers": ({"numbers": [1, -2, 300]}, {}),
    "table": ({"table": {"a": "1", "b c": ""}}, {}),
    "grid": ({"grid": [["a"], [], ["b", "c"]]}, {}),
    "block": ({"inner": {"name": "n", "size": 3}}, {"inner": {"name": "n", "size": 3, "deep": []}}),
    "block-in-block": (
        {"inner": {"deep": [{"on": True, "labels": ["x"]}, {}]}},
        {
            "inner": {
                "name": "",
                "size": 0,
                "deep": [{"on": True, "labels": ["x"]}, {"on": False, "labels": []}],
            }
        },
    ),
    "blocks": (
        {"item": [{"name": "a", "size": 1.5}, {"name": "b"}]},
        {"item": [{"name": "a", "size": 1.5}, {"name": "b", "size": 0}]},
    ),
    "blocks-one": ({"item": [{"name": "a"}]}, {"item": [{"name": "a", "size": 0}]}),
}


@pytest.mark.parametrize("form", ["raw", "hcl"])
def test_values_of_every_type_arrive(pair: Pair, form: str) -> None:
    configs = [{form: {**given, "steps": ["options"]}} for given, _ in VALUES.values()]
    arrived = [facts.record("options") for facts in pair.rounds(configs)]
    wanted = {name: {**BARE, **given, **seen} for name, (given, seen) in VALUES.items()}
    assert dict(zip(VALUES, arrived, strict=True)) == wanted


@pytest.mark.parametrize("kind", ["builder", "provisioner", "post-processor"])
def test_every_kind_gets_its_options(pair: Pair, kind: str) -> None:
    options = {"text": "t", "inner": {"name": "n", "size": 3}, "steps": ["options"]}
    facts = pair.run(kind, configs=[{"raw": INTERNAL}, {"hcl": options}])
    assert facts.record("options") == {
        **BARE,
        "text": "t",
        "inner": {"name": "n", "size": 3, "deep": []},
        "build_name": "box",
        "builder_type": "peer",
        "on_error": "abort",
    }
    assert facts.ended_well()


@pytest.mark.parametrize("kind", KINDS)
def test_both_plugins_have_the_same_schema(pair: Pair, kind: str) -> None:
    theirs = pair.run(kind, prepare_only=True, raw={})["spec"]
    ours = {name: spec for name, spec in theirs.items() if not name.startswith("packer_")}
    assert ours["text"] == {"attr": "text", "type": '"string"', "required": False}
    assert ours["fraction"]["type"] == ours["number"]["type"] == '"number"'
    assert ours["maybe"]["type"] == ours["flag"]["type"] == '"bool"'
    assert ours["pause"]["type"] == '"string"'
    assert ours["table"]["type"] == '["map","string"]'
    assert ours["grid"]["type"] == '["list",["list","string"]]'
    assert ours["numbers"]["type"] == '["list","number"]'
    assert ours["inner"]["block"] == "inner"
    assert ours["inner"]["required"] is False
    assert ours["inner"]["of"]["deep"]["of"]["labels"]["type"] == '["list","string"]'
    assert ours["item"] == {
        "blocks": "item",
        "of": {
            "name": {"attr": "name", "type": '"string"', "required": True},
            "size": {"attr": "size", "type": '"number"', "required": False},
        },
    }
    assert " ".join(sorted(ours)) == (
        "artifact destroy_error destroy_file files flag force fraction generated grid inner item "
        "keep maybe number numbers pause prepare_steps result state steps table text warnings words"
    )


UNKNOWN: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"text": "${unknown}"}, {"text": "<unknown>"}),
    ({"number": "${unknown}"}, {}),
    ({"flag": "${unknown}"}, {}),
    ({"words": "${unknown}"}, {}),
    ({"table": "${unknown}"}, {}),
    ({"words": ["a", "${unknown}"]}, {"words": ["a", "<unknown>"]}),
    ({"inner": {"name": "${unknown}"}}, {"inner": {**BARE["inner"], "name": "<unknown>"}}),
]


def test_values_that_are_not_known_yet(pair: Pair) -> None:
    configs = [{"hcl": {**option, "steps": ["options"]}} for option, _ in UNKNOWN]
    arrived = [facts.record("options") for facts in pair.rounds(configs)]
    assert arrived == [{**BARE, **seen} for _, seen in UNKNOWN]


def test_an_expression_of_hcl_is_a_value(pair: Pair) -> None:
    facts = pair.run(
        hcl={"text": "${box.name}-1", "words": "${box.tags}", "steps": ["options"]},
        variables={"box": {"name": "b", "tags": ["x", "y"]}},
    )
    assert facts.record("options") == {**BARE, "text": "b-1", "words": ["x", "y"]}


def test_a_sensitive_variable_arrives(pair: Pair) -> None:
    config = {
        "packer_user_variables": {"password": "hunter22"},
        "packer_sensitive_variables": ["password"],
        "text": "{{user `password`}}",
        "steps": ["options"],
    }
    facts = pair.run(raw=config, skip_spec=True)
    assert facts.record("options")["text"] == "hunter22"
    # Masking is core's: neither SDK does it, but ours does not log the values of options either.
    assert "hunter22" not in facts["end"]["stderr"]


def test_numbers_and_switches_of_a_json_template(pair: Pair) -> None:
    raw = {"number": 7.0, "flag": "1", "words": "one", "text": 5, "steps": ["options"]}
    internal = {"packer_debug": True, "packer_force": False, "packer_user_variables": {}}
    facts = pair.run(configs=[{"raw": raw}, {"raw": internal}], skip_spec=True)
    assert facts.record("options") == {
        **BARE,
        "number": 7,
        "flag": True,
        "words": ["one"],
        "text": "5",
        "debug": True,
    }


def test_later_elements_win_and_nothing_is_ignored(pair: Pair) -> None:
    override = {"raw": {"text": "over", "packer_debug": "true"}}
    facts = pair.run(
        "provisioner",
        configs=[
            {"raw": {**INTERNAL, "packer_debug": "false"}},
            {"hcl": {"text": "base"}},
            {},
            override,
            {"raw": {"steps": ["options"]}},
        ],
    )
    seen = facts.record("options")
    assert (seen["text"], seen["debug"], seen["build_name"]) == ("over", True, "box")


@pytest.mark.parametrize("kind", ["builder", "provisioner", "post-processor"])
def test_preparing_again_starts_from_nothing(pair: Pair, kind: str) -> None:
    config = {"words": ["a"], "item": [{"name": "i"}], "steps": ["options"]}
    facts = pair.run(kind, raw=config, prepares=3)
    assert facts.record("options")["words"] == ["a"]
    assert len(facts.record("options")["item"]) == 1


def test_placeholders_are_no_options(pair: Pair) -> None:
    placeholders = {"PackerRunUUID": "Build_PackerRunUUID. x", "ID": "Build_ID. x"}
    configs = [{"raw": {"steps": ["options"]}}, {"raw": placeholders}]
    facts = pair.run("provisioner", configs=configs, skip_spec=True)
    assert facts.errors == {}
    assert facts.record("options") == BARE


def test_warnings_of_a_builder(pair: Pair) -> None:
    facts = pair.run(raw={"warnings": ["first", "zweite Wärnung"]}, prepare_only=True)
    assert facts["warnings"] == ["first", "zweite Wärnung"]
    assert facts.errors == {}


def test_generated_variables_are_named(pair: Pair) -> None:
    assert pair.run(raw={}, prepare_only=True)["generated_vars"] == ["PeerText", "PeerNumber"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_tells_why(pair: Pair, kind: str) -> None:
    text = "two\nlines, ünï: <&> %s"
    wrong = [{"prepare_steps": [f"fail {text}"]}, {"nokey": 1}, {"number": "abc"}]
    said, unknown, no_number = pair.rounds([{"raw": options} for options in wrong], kind)
    assert said.errors == {"prepare_error": text}
    for facts, word in [(unknown, "nokey"), (no_number, "number")]:
        assert list(facts.errors) == ["prepare_error"]
        assert word in facts["prepare_error"]


def test_what_is_required_is_demanded_by_the_schema(pair: Pair) -> None:
    facts = pair.run(hcl={"item": [{"size": 1}]})
    assert 'The argument "name" is required' in facts["prepare_error"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_component_goes_by_its_name(pair: Pair, kind: str) -> None:
    """All other tests use the default."""
    facts = pair.run(kind, name="twin", raw={"prepare_steps": []}, prepare_only=True)
    assert facts.errors == {}
    assert facts["handshake"].startswith("5|0|unix|/")
    assert facts.ended_well()

"""Our core configures plugins: values of every type, as maps and as values of cty."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from helpers.our_core import KINDS, complete
from packer_sdk.cancel import CancelToken
from packer_sdk.cty.values import UNKNOWN, Value, value_of
from packer_sdk.errors import RemoteError
from packer_sdk.testing import RecordingHook
from packer_sdk.wire.specs import implied_type

if TYPE_CHECKING:
    from helpers.our_core import Core

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
VALUES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "text": ({"text": "héllo <&> \n\t𝄞"}, {}),
    "text-long": ({"text": "x" * 70_000}, {}),
    "numbers": ({"number": -300, "numbers": [1, -2, 300]}, {}),
    "number-large": ({"number": 2**53}, {}),
    "fractions": ({"fraction": -1.25e-7}, {}),
    "switches": ({"flag": True, "maybe": False}, {}),
    "pause": ({"pause": "1h1m1.5s"}, {"pause": 3661.5}),
    "words": ({"words": ["a", "", "ü"], "grid": [["a"], [], ["b", "c"]]}, {}),
    "table": ({"table": {"a": "1", "b c": ""}}, {}),
    "blocks": (
        {
            "inner": {"deep": [{"on": True, "labels": ["x"]}, {}]},
            "item": [{"name": "a", "size": 1.5}, {"name": "b"}],
        },
        {
            "inner": {
                "name": "",
                "size": 0,
                "deep": [{"on": True, "labels": ["x"]}, {"on": False, "labels": []}],
            },
            "item": [{"name": "a", "size": 1.5}, {"name": "b", "size": 0}],
        },
    ),
}
INTERNAL = {
    "packer_build_name": "box",
    "packer_builder_type": "peer",
    "packer_core_version": "1.16.0",
    "packer_debug": "true",
    "packer_on_error": "abort",
}


def test_only_old_plugins_and_who_is_forced_to_speak_gob(
    core: Core, request: pytest.FixtureRequest
) -> None:
    assert core.protobuf is ("protobuf" in request.node.name)


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "map"])
def test_values_of_every_type_arrive(core: Core, typed: bool) -> None:
    builder = core.face("builder")
    for given, _ in VALUES.values():
        options = {**given, "steps": ["options"]}
        builder.prepare([core.typed("builder", options) if typed else options])
        builder.run(core.ui, RecordingHook(), CancelToken())
    arrived = [json.loads(text) for (text,) in core.records("options")]
    wanted = {name: {**BARE, **given, **seen} for name, (given, seen) in VALUES.items()}
    assert dict(zip(VALUES, arrived, strict=True)) == wanted


@pytest.mark.parametrize("kind", ["provisioner", "post-processor"])
def test_every_kind_gets_its_options(core: Core, kind: str) -> None:
    options = core.typed(kind, {"text": "t", "inner": {"size": 3}, "steps": ["options"]})
    configs = [INTERNAL, options, None]
    if kind == "provisioner":
        core.provisioner(*configs).provision(core.ui, None, {}, CancelToken())
    else:
        given = core.built({"artifact": "given"})
        core.post_processor(*configs).post_process(core.ui, given, CancelToken())
    assert core.record("options") == {
        **BARE,
        "text": "t",
        "inner": {"name": "", "size": 3, "deep": []},
        "build_name": "box",
        "builder_type": "peer",
        "debug": True,
        "on_error": "abort",
    }


def test_what_is_unknown_arrives_as_placeholders(core: Core) -> None:
    spec = core.specs.config_spec("builder", core.name)
    type_ = implied_type(spec)
    content = value_of(type_, complete(spec, {"steps": ["options"]})).content
    assert isinstance(content, dict)
    unknown = {"text": UNKNOWN, "number": UNKNOWN, "words": ["a", UNKNOWN], "table": UNKNOWN}
    core.builder(Value(type_, content | unknown)).run(core.ui, RecordingHook(), CancelToken())
    assert core.record("options") == {**BARE, "text": "<unknown>", "words": ["a", "<unknown>"]}


@pytest.mark.parametrize("kind", KINDS)
def test_the_schemas_of_all_plugins_are_the_same(core: Core, kind: str) -> None:
    ours = core.specs.config_spec(kind, core.name)
    theirs = core.specs.config_spec(kind, "go")
    # What packer tells every plugin is for the plugin to list or not.
    assert {name: one for name, one in ours.attributes.items() if "packer_" not in name} == {
        name: one for name, one in theirs.attributes.items() if "packer_" not in name
    }
    assert len(ours.attributes) > 20


def test_warnings_and_names_of_values_come_back(core: Core) -> None:
    face = core.builder({})
    prepared = face.prepare([{"warnings": ["first", "zweite Wärnung"]}])
    assert prepared.warnings == ("first", "zweite Wärnung")
    assert prepared.generated == ("PeerText", "PeerNumber")


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"prepare_steps": ["fail ünï: <&> %s"]}, "ünï: <&> %s"),
    ({"nokey": 1}, "nokey"),
    ({"number": "abc"}, "number"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_tells_why(core: Core, kind: str) -> None:
    face = core.face(kind)
    configure = face.prepare if kind in {"builder", "provisioner"} else face.configure
    for options, word in REFUSED:
        with pytest.raises(RemoteError) as caught:
            configure([options])
        assert word in str(caught.value)


@pytest.mark.parametrize("form", ["typed", "map"])
def test_a_data_source_gives_values_of_every_type(core: Core, form: str) -> None:
    given = {
        "text": "ü",
        "number": 7,
        "fraction": 0.5,
        "flag": True,
        "words": ["a"],
        "numbers": [1, -2],
        "table": {"k": "v"},
        "grid": [["a"], []],
    }
    options = core.typed("datasource", given) if form == "typed" else given
    value = core.looked_up(options)
    assert value.type == implied_type(core.specs.output_spec(core.name))
    assert value.content == {**given, "missing": None}


def test_a_data_source_gives_blocks(core: Core) -> None:
    given = {"inner": {"name": "n", "size": 3}, "item": [{"name": "a", "size": 1.5}, {"name": "b"}]}
    content = core.looked_up(given, further="nested").content
    assert isinstance(content, dict)
    assert content["inner"] == {"name": "n", "size": 3}
    assert content["item"] == [{"name": "a", "size": 1.5}, {"name": "b", "size": 0}]


def test_a_data_source_may_give_nothing(core: Core) -> None:
    assert core.looked_up({}, further="empty").content == {}


def test_schemas_are_known_without_starting_anything(core: Core) -> None:
    if core.name == "python":
        pytest.skip("of a script nobody knows what is in it")
    from packer_core.plugins.specs import Specs

    for kind in KINDS:
        core.specs.config_spec(kind, core.name)

    def fleet() -> Any:
        raise AssertionError("something was started")

    again = Specs(core.catalog, core.judges.paths, fleet)
    for kind in KINDS:
        assert again.config_spec(kind, core.name) == core.specs.config_spec(kind, core.name)
    assert again.output_spec(core.name) == core.specs.output_spec(core.name)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from packer_core.template.model import Selection

if TYPE_CHECKING:
    from .conftest import Load, Refuse

BUILDERS: list[dict[str, Any]] = [
    {"type": "null"},
    {"type": "file", "name": "note-{{user `n`}}"},
]
VARIABLES = {"n": "7", "empty": ""}


def provisioner(**keys: object) -> dict[str, Any]:
    entry = {"type": "shell", **{key.rstrip("_"): value for key, value in keys.items()}}
    return {"variables": VARIABLES, "builders": BUILDERS, "provisioners": [entry]}


def post_processors(*entries: object) -> dict[str, Any]:
    return {"variables": VARIABLES, "builders": BUILDERS, "post-processors": entries}


def test_selection_quotes_names_as_written_and_gives_final_ones(load: Load) -> None:
    (provision,) = load(provisioner(only=["note-{{user `n`}}", "null"])).provisions
    assert provision.selection == Selection(only=("note-7", "null"))
    assert provision.selection.takes("note-7")
    (provision,) = load(provisioner(except_=["note-{{user `n`}}"])).provisions
    assert not provision.selection.takes("note-7")
    (provision,) = load(provisioner(override={"note-{{user `n`}}": {"a": 1}})).provisions
    assert provision.override == {"note-7": {"a": 1.0}}


@pytest.mark.parametrize("key", ["only", "except"])
def test_unknown_builder_is_told_with_the_nearest(refuse: Refuse, key: str) -> None:
    first, second, third = refuse(provisioner(**{key: ["nul", "note-7", "qemu"]}))
    assert [first.summary, second.summary] == [
        'no builder is named "nul"',
        'no builder is named "note-7"',
    ]
    assert first.hint == 'did you mean "null"?'
    assert second.hint == 'write it as the builder does: "note-{{user `n`}}"'
    assert third.hint == 'there are "null" and "note-{{user `n`}}"'


def test_long_lists_of_builders_are_not_recited(refuse: Refuse) -> None:
    template = provisioner(only=["other"])
    template["builders"] = [{"type": "null", "name": f"n{number}"} for number in range(6)]
    assert [d.hint for d in refuse(template)] == [None]


def test_unknown_builder_of_an_override_is_told_at_its_key(refuse: Refuse) -> None:
    (diagnostic,) = refuse(provisioner(override={"nul": {}}))
    place = diagnostic.place
    assert place is not None
    assert place.text[place.column - 1 :].startswith('"nul"')
    assert place.length == 5


def test_unknown_builder_is_not_told_while_builders_are_wrong(refuse: Refuse) -> None:
    template = provisioner(only=["other"])
    template["builders"] = [{"type": "null"}, {"name": "other"}]
    assert [d.summary for d in refuse(template)] == ['a builder without a "type"']


def test_empty_lists_select_everything(load: Load) -> None:
    (provision,) = load(provisioner(only=[], except_=["null"])).provisions
    assert provision.selection == Selection(except_=("null",))


def test_both_lists_are_refused(refuse: Refuse) -> None:
    (diagnostic,) = refuse(provisioner(only=["null"], except_=["null"]))
    assert diagnostic.summary == '"only" and "except" cannot be used together'


@pytest.mark.parametrize("value", [[], "x", 1])
def test_override_is_an_object_of_objects(refuse: Refuse, value: object) -> None:
    assert len(refuse(provisioner(override=value))) == 1
    (diagnostic,) = refuse(provisioner(override={"null": value}))
    assert diagnostic.summary.startswith('override of "null" must be an object, not ')


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, 0),
        (3, 3),
        (3.0, 3),
        ("3", 3),
        (" 3 ", 3),
        ("", 0),
        ("{{user `n`}}", 7),
        ("{{user `empty`}}", 0),
        (None, 0),
    ],
)
def test_retries_are_a_number_or_a_text_that_becomes_one(
    load: Load, value: object, number: int
) -> None:
    assert load(provisioner(max_retries=value)).provisions[0].max_retries == number


@pytest.mark.parametrize("value", [-1, 1.5, "x", "-1", "1.5", "٣", "9" * 5000, True, [], "{{"])
def test_other_retries_are_refused(refuse: Refuse, value: object) -> None:
    (diagnostic,) = refuse(provisioner(max_retries=value))
    assert diagnostic.summary.startswith('"max_retries"')


def test_no_time_limit_is_none(load: Load) -> None:
    (provision,) = load(provisioner()).provisions
    assert (provision.pause_before_s, provision.timeout_s) == (0.0, None)
    (provision,) = load(provisioner(timeout="0s", pause_before="1s")).provisions
    assert (provision.pause_before_s, provision.timeout_s) == (1.0, None)


def test_problems_of_a_provisioner_without_type_are_all_told(refuse: Refuse) -> None:
    template = provisioner(only=["nul"], timeout="x")
    del template["provisioners"][0]["type"]
    assert len(refuse(template)) == 3


def test_post_processors_are_strings_objects_or_chains(load: Load) -> None:
    template = load(
        post_processors("a", {"type": "b", "x": 1}, ["c", {"type": "d", "name": "e"}], [])
    )
    assert [[(p.type, p.name, p.options) for p in chain] for chain in template.chains] == [
        [("a", "a", {})],
        [("b", "b", {"x": 1.0})],
        [("c", "c", {}), ("d", "e", {})],
    ]


@pytest.mark.parametrize("value", [True, False, None])
def test_users_word_on_keeping_the_input_is_kept(load: Load, value: bool | None) -> None:
    template = load(post_processors({"type": "a", "keep_input_artifact": value}))
    assert template.chains[0][0].keep_input is value


def test_post_processors_are_selected_as_provisioners_are(load: Load, refuse: Refuse) -> None:
    template = load(post_processors({"type": "a", "except": ["null"]}))
    assert template.chains[0][0].selection == Selection(except_=("null",))
    assert len(refuse(post_processors({"type": "a", "only": ["nul"]}))) == 1


def test_nested_chains_are_refused(refuse: Refuse) -> None:
    (diagnostic,) = refuse(post_processors(["a", ["b"]]))
    assert diagnostic.summary == "an array inside a chain of post-processors"


@pytest.mark.parametrize("entry", [1, None, True, ""])
def test_other_entries_are_refused(refuse: Refuse, entry: object) -> None:
    for template in (post_processors(entry), post_processors([entry])):
        (diagnostic,) = refuse(template)
        assert diagnostic.summary.startswith("a post-processor must be a string or an object, not ")


def test_error_cleanup_provisioner_is_one_provisioner(load: Load) -> None:
    template = load(
        {"builders": [{"type": "null"}], "error-cleanup-provisioner": {"type": "shell", "a": 1}}
    )
    cleanup = template.blocks[0].error_cleanup
    assert cleanup is not None
    assert (cleanup.type, cleanup.options) == ("shell", {"a": 1.0})

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Load, Refuse


def test_name_is_the_type_unless_given(load: Load) -> None:
    template = load({"builders": [{"type": "null"}, {"type": "null", "name": "other"}]})
    assert [(s.type, s.name, s.display_name) for s in template.sources] == [
        ("null", "null", "null"),
        ("null", "other", "null.other"),
    ]


def test_name_is_filled_in(load: Load) -> None:
    template = load(
        {
            "variables": {"system": "debian"},
            "builders": [{"type": "null", "name": "{{user `system`}}-12"}],
        }
    )
    assert template.sources[0].name == "debian-12"


def test_name_that_cannot_be_filled_in_is_told_at_the_character(refuse: Refuse) -> None:
    (diagnostic,) = refuse({"builders": [{"type": "null", "name": "a-{{nothing}}"}]})
    place = diagnostic.place
    assert place is not None
    assert diagnostic.summary.startswith('builder name "a-{{nothing}}": ')
    assert place.text[place.column - 1 :].startswith("nothing")


def test_names_may_not_read_the_environment(refuse: Refuse) -> None:
    (diagnostic,) = refuse({"builders": [{"type": "null", "name": "{{env `HOME`}}"}]})
    assert "environment variables can only be read" in diagnostic.summary


@pytest.mark.parametrize("value", [[], None])
def test_no_builder_at_all_is_told(refuse: Refuse, value: object) -> None:
    (diagnostic,) = refuse({"builders": value})
    assert diagnostic.summary == '"builders" is empty: a template needs at least one'


def test_missing_builders_are_told_alone(refuse: Refuse) -> None:
    (diagnostic,) = refuse({"provisioners": [{"type": "shell", "only": ["null"]}]})
    assert diagnostic.summary == '"builders" is missing'
    assert str(diagnostic.place) == "box.json:1:1"


def test_wrong_type_of_builders_is_told_alone(refuse: Refuse) -> None:
    (diagnostic,) = refuse(
        {"builders": {"type": "null"}, "provisioners": [{"type": "x", "only": ["null"]}]}
    )
    assert diagnostic.summary == '"builders" must be an array, not an object'


def test_equal_names_are_told_with_both_places(refuse: Refuse) -> None:
    (diagnostic,) = refuse('{"builders": [{"type": "null"},\n{"type": "file", "name": "null"}]}')
    assert diagnostic.summary == 'two builders are named "null"'
    assert str(diagnostic.place) == "box.json:2:26"
    assert diagnostic.detail == "the other one is at box.json:1:24"


def test_names_that_become_equal_are_told(refuse: Refuse) -> None:
    (diagnostic,) = refuse(
        {
            "variables": {"a": "x"},
            "builders": [
                {"type": "null", "name": "x"},
                {"type": "null", "name": "{{user `a`}}"},
            ],
        }
    )
    assert diagnostic.summary == 'two builders are named "x"'


def test_third_of_a_name_is_told_too(refuse: Refuse) -> None:
    assert len(refuse({"builders": [{"type": "null"}] * 3})) == 2


def test_empty_name_counts_as_none(load: Load) -> None:
    assert load({"builders": [{"type": "null", "name": ""}]}).sources[0].name == "null"


@pytest.mark.parametrize("builder", ["null", 1, []])
def test_builder_that_is_no_object_is_told(refuse: Refuse, builder: object) -> None:
    (diagnostic,) = refuse({"builders": [builder]})
    assert diagnostic.summary.startswith("a builder must be an object, not ")

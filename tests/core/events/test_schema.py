from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from packer_core.events.model import EVENTS, Event
from packer_core.events.schema import reference, schema, summary

if TYPE_CHECKING:
    from collections.abc import Iterator


def every_event(base: type[Event] = Event) -> Iterator[type[Event]]:
    for kind in base.__subclasses__():
        if kind.type:
            yield kind
        yield from every_event(kind)


def test_no_event_is_forgotten() -> None:
    # A dataclass with slots is made anew, and the first draft lingers: compare by type.
    assert {kind.type for kind in every_event()} == {kind.type for kind in EVENTS}
    assert len({kind.type for kind in EVENTS}) == len(EVENTS)


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.type)
def test_every_event_and_field_is_explained(kind: type[Event]) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.type)
    assert summary(kind).endswith(".")
    for name, (annotation, doc) in kind.written.items():
        assert doc, name
        assert doc[0] == "`" or doc[0].islower() or doc[0].isdigit(), (name, annotation)


def test_the_schema_is_json_with_a_shape_for_each_event() -> None:
    shapes: list[dict[str, Any]] = json.loads(json.dumps(schema()))["oneOf"]
    assert [shape["properties"]["type"]["const"] for shape in shapes] == [
        kind.type for kind in EVENTS
    ]
    finished = next(shape for shape in shapes if shape["title"] == "build-finished")
    assert finished["properties"]["result"]["enum"] == [
        "succeeded",
        "failed",
        "cancelled",
        "not-started",
    ]
    assert "outcome" not in finished["properties"]
    assert set(finished["required"]) == set(finished["properties"])


def test_the_reference_has_every_event() -> None:
    text = reference()
    assert re.findall(r"^## `(.*)`$", text, re.MULTILINE) == [kind.type for kind in EVENTS]

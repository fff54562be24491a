from __future__ import annotations

import pytest

from helpers.engine import Thing
from packer_core.engine.known import KnownArtifact
from packer_sdk.errors import ConnectionLost


class Leaving(Thing):
    """Answers until it is told not to."""

    gone = False

    def __str__(self) -> str:
        if self.gone:
            raise ConnectionLost("gone")
        return "a thing"


def test_an_artifact_that_is_known_is_not_asked_again() -> None:
    live = Leaving("x", files=("f",))
    known = KnownArtifact.ask(live)
    live.gone = True
    live.id = "another"
    assert (str(known), known.id, known.files, known.builder_id) == ("a thing", "x", ("f",), "test")


def test_what_is_more_than_a_description_goes_to_the_artifact() -> None:
    live = Thing("x")
    known = KnownArtifact.ask(live)
    assert known.state("anything") is None
    known.destroy()
    assert live.destroyed


def test_an_artifact_that_does_not_answer_says_so() -> None:
    live = Leaving("x")
    live.gone = True
    with pytest.raises(ConnectionLost):
        KnownArtifact.ask(live)

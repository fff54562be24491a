from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from packer_core.diagnostics import Diagnostic, Place, in_order

PLACES = st.none() | st.builds(
    Place, st.sampled_from(["a.json", "b.json"]), st.integers(1, 12), st.integers(1, 12)
)


def test_place_reads_as_editors_want_it() -> None:
    assert str(Place("box.json", 3, 7)) == "box.json:3:7"


def test_diagnostic_reads_with_and_without_a_place() -> None:
    assert str(Diagnostic("is wrong", Place("box.json", 3, 7))) == "box.json:3:7: is wrong"
    assert str(Diagnostic("is wrong")) == "is wrong"


@given(st.lists(st.builds(Diagnostic, st.just("x"), PLACES)))
def test_order_is_that_of_files_lines_and_columns(diagnostics: list[Diagnostic]) -> None:
    ordered = in_order(diagnostics)
    assert sorted(map(id, ordered)) == sorted(map(id, diagnostics))
    places = [diagnostic.place for diagnostic in ordered]
    placed = [place for place in places if place]
    assert places[: len(places) - len(placed)] == [None] * (len(places) - len(placed))
    keys = [(place.path, place.line, place.column) for place in placed]
    assert keys == sorted(keys)


def test_order_of_one_place_is_the_order_of_finding() -> None:
    place = Place("a.json", 1, 1)
    findings = [Diagnostic(str(number), place) for number in range(5)]
    assert list(in_order(findings)) == findings

"""From nodes to text, beyond what Go's answers cover."""

from __future__ import annotations

import pytest

from packer_sdk.interpolate import Context, RenderError, render


class Machine:
    secret = "s"


def test_fields_are_those_of_maps_never_of_objects() -> None:
    with pytest.raises(RenderError, match=r"\.secret: .* has no fields"):
        render("{{.M.secret}}", Context(data={"M": Machine()}))
    with pytest.raises(RenderError, match=r"\.__class__"):
        render("{{.M.__class__}}", Context(data={"M": "x"}))


def test_no_data_gives_no_value() -> None:
    assert render("{{.A}} {{.A.B}} {{$.C}}") == "<no value> <no value> <no value>"


def test_range_over_a_tuple_and_a_map_in_order() -> None:
    context = Context(data={"T": (1, 2), "M": {"b": 2, "a": 1}})
    assert render("{{range .T}}{{.}}{{end}}{{range $k, $v := .M}}{{$k}}{{$v}}{{end}}", context) == (
        "12a1b2"
    )


def test_bytes_print_as_in_go() -> None:
    context = Context(data={"B": b"hi"})
    assert render('{{.B}} {{printf "%s" .B}} {{len .B}}', context) == "[104 105] hi 2"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("ab\n{{ .A.B }}", (2, 4)),
        ("{{range .A}}{{end}}", (1, 3)),
        ("{{.A 1}}", (1, 3)),
        ("é{{upper .N}}", (1, 4)),
        ("{{.A | len | upper}}", (1, 14)),
    ],
)
def test_error_has_the_place_of_what_failed(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(RenderError) as caught:
        render(text, Context(data={"A": "x", "N": 5}))
    assert (caught.value.line, caught.value.column) == place

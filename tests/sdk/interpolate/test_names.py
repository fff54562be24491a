"""What a template asks for."""

from __future__ import annotations

from packer_sdk.interpolate import references


def test_references_of_every_place_in_a_template() -> None:
    found = references(
        "{{.A.B}} {{$.C}} {{if .D}}{{user `u`}}{{else}}{{(index .E 0).F}}{{end}}"
        "{{range $x := .G}}{{$x.H}}{{end}} {{build `ID` | upper}} {{user .N}} {{clean (user `v`)}}"
    )
    assert found.names == {"A", "C", "D", "E", "G", "N"}
    assert found.user_variables == {"u", "v"}
    assert found.build_values == {"ID"}
    assert found.functions == {"user", "index", "build", "upper", "clean"}

from __future__ import annotations

from packer_core.cli.refusals import render_refusals
from packer_core.diagnostics import Place
from packer_core.errors import ComponentRefused, PluginStartError

HERE = Place("t.json", 3, 15, 6, '      "type": "file",')
THERE = Place("t.json", 4, 7, 8, '      "contnt": "x"')


def refused(text: str, hint: str | None = None) -> ComponentRefused:
    return ComponentRefused(
        text, who="builder file", place=HERE, places={"contnt": THERE}, hint=hint
    )


def test_each_option_is_shown_where_it_stands_and_a_missing_one_at_the_component() -> None:
    text = render_refusals([refused("target: is required\ncontnt[0].x: unknown")], color=False)
    assert text == (
        "Error: builder file: target: is required\n"
        " --> t.json:3:15\n"
        "  |\n"
        '3 |       "type": "file",\n'
        "  |               ^^^^^^\n\n"
        "Error: builder file: contnt[0].x: unknown\n"
        " --> t.json:4:7\n"
        "  |\n"
        '4 |       "contnt": "x"\n'
        "  |       ^^^^^^^^\n\n"
        "2 errors"
    )


def test_words_of_a_plugin_in_go_stay_together() -> None:
    text = render_refusals([refused("1 error occurred:\n\t* size is bad\n\n")], color=False)
    assert text.startswith("Error: builder file does not accept its options\n --> t.json:3:15\n")
    assert text.endswith("  1 error occurred:\n      * size is bad")


def test_what_several_builds_have_in_common_is_told_once() -> None:
    crash = PluginStartError("packer-builder-x said nothing", last_lines=["help"])
    errors = [refused("contnt: unknown", "drop it"), crash] * 3
    text = render_refusals(errors, color=False)
    assert text.count("contnt: unknown") == 1
    assert text.count("said nothing") == 1
    assert text.endswith("hint: drop it")


def test_nothing_to_tell_is_nothing() -> None:
    assert render_refusals([], color=False) == ""


def test_an_option_of_old_releases_leads_to_packer_fix() -> None:
    options = frozenset({"contnt"})
    for text in ("contnt: unknown\ntarget: is required", "1 error:\n* contnt is unknown"):
        error = ComponentRefused(text, who="builder file", place=HERE, outdated=options)
        assert render_refusals([error], color=False).count("hint: packer fix TEMPLATE") == 1
    error = ComponentRefused("target: is required", who="builder file", outdated=options)
    assert "packer fix" not in render_refusals([error], color=False)

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core import errors as core_errors
from packer_core.cli.render import (
    SNIPPET_COLUMNS,
    render_diagnostic,
    render_diagnostics,
    render_error,
    visible,
)
from packer_core.diagnostics import Diagnostic, Place
from packer_core.errors import InstallError, PluginCrashed, PluginStartError, TemplateError
from packer_sdk import errors as sdk_errors
from packer_sdk.errors import (
    Cancelled,
    ConfigProblems,
    LocalProtocolError,
    PackerError,
    RemoteError,
)
from packer_sdk.problems import Problem

COLORS = re.compile(r"\x1b\[[0-9;]*m")


def columns(text: str) -> int:
    """How wide a terminal draws a text without tabs and control characters."""
    return sum(
        0
        if unicodedata.category(c) in ("Mn", "Me") or c == "\u200d"
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )


def snippet(line: str, column: int, length: int = 1) -> tuple[str, str, str]:
    """The source line as shown, and what stands in front of the carets, and the carets."""
    place = Place("box.json", 7, column, length, line)
    text = render_diagnostic(Diagnostic("x", place), color=False)
    _, _, bar, source, carets = text.split("\n")
    assert bar == "  |"
    assert source.startswith("7 | ")
    front, _, rest = carets.removeprefix("  | ").partition("^")
    return source.removeprefix("7 | "), front, f"^{rest}"


def test_diagnostic_tells_what_where_why_and_what_next() -> None:
    place = Place("box.json", 12, 3, 10, '  "biulders": [],')
    diagnostic = Diagnostic(
        'unknown key "biulders"', place, detail="Keys are fixed.", hint='did you mean "builders"?'
    )
    assert render_diagnostic(diagnostic, color=False) == (
        'Error: unknown key "biulders"\n'
        "  --> box.json:12:3\n"
        "   |\n"
        '12 |   "biulders": [],\n'
        "   |   ^^^^^^^^^^\n"
        "  Keys are fixed.\n"
        "\n"
        'hint: did you mean "builders"?'
    )


def test_warning_says_so() -> None:
    text = render_diagnostic(Diagnostic("old", severity="warning"), color=False)
    assert text == "Warning: old"


def test_place_without_text_has_no_snippet() -> None:
    text = render_diagnostic(Diagnostic("x", Place("box.json", 1, 1)), color=False)
    assert text == "Error: x\n --> box.json:1:1"


def test_color_adds_nothing_but_color() -> None:
    place = Place("box.json", 12, 3, 10, '  "biulders": [],')
    diagnostic = Diagnostic("x", place, detail="y", hint="z")
    colored = render_diagnostic(diagnostic, color=True)
    assert colored != COLORS.sub("", colored)
    assert COLORS.sub("", colored) == render_diagnostic(diagnostic, color=False)


def test_carets_stand_below_text_behind_tabs() -> None:
    source, front, carets = snippet('\t\t"a"', 3, 3)
    assert (source, front, carets) == (" " * 8 + '"a"', " " * 8, "^^^")


def test_carets_stand_below_wide_and_combining_characters() -> None:
    line = '"名": "e\u0301e\u0301", "日本": 1'
    source, front, carets = snippet(line, line.index("日"), 4)
    assert source == line
    assert columns(front) == columns(line[: line.index("日")]) - 1
    assert len(carets) == 6


def test_caret_stands_behind_the_end_of_a_line() -> None:
    assert snippet('"a": 1', 7) == ('"a": 1', " " * 6, "^")


def test_one_long_line_is_cut_around_the_caret() -> None:
    line = "a" * 3_000_000 + '"oops"' + "b" * 3_000_000
    source, front, carets = snippet(line, 3_000_001, 6)
    assert columns(source) <= SNIPPET_COLUMNS + 2
    assert source.startswith("…aaa")
    assert source.endswith("bbb…")
    assert source[len(front) : len(front) + len(carets)] == '"oops"'


def test_cut_line_does_not_begin_with_an_accent_alone() -> None:
    source, _, _ = snippet("e" * 50 + "\u0301" * 30 + "x" * 200, 84)
    assert source.startswith("…e\u0301")


def test_long_mark_ends_with_the_line_that_is_shown() -> None:
    source, front, carets = snippet('{"key": "' + "x" * 10_000 + '"}', 9, 10_002)
    assert len(front + carets) == len(source) - 1
    assert source.endswith("x…")


@given(
    st.text(st.characters(exclude_characters="\n")),
    st.integers(1, 300),
    st.integers(1, 300),
    st.integers(0, 300),
)
def test_any_line_is_shown_on_one_line_with_a_caret_below_what_is_meant(
    text: str, column: int, length: int, before: int
) -> None:
    line = "." + "x" * before + text
    column = min(column, len(line) + 1)
    source, front, carets = snippet(line, column, length)
    assert columns(source) <= SNIPPET_COLUMNS + 2 + len("\\u10ffff")
    assert all(character.isprintable() or character == "\u200d" for character in source)
    assert set(front) <= {" "}
    assert set(carets) == {"^"}
    meant = line[column - 1 : column]
    if meant.isascii() and meant.isprintable() and meant:
        wide = [index for index in range(len(source) + 1) if columns(source[:index]) == len(front)]
        assert meant in {source[index : index + 1] for index in wide}


@given(st.text(), st.booleans())
def test_nothing_a_terminal_obeys_gets_through(text: str, color: bool) -> None:
    place = Place(text, 1, 1, 1, text.replace("\n", ""))
    diagnostic = Diagnostic(f"a{text}", place, detail=text, hint=text)
    shown = COLORS.sub("", render_diagnostic(diagnostic, color=color))
    for character in shown:
        assert character.isprintable() or character in "\n\u200d" or columns(character) == 0
    shown.encode()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\u202eb", "a\\u202eb"),
        ("a\udc80b", "a\\udc80b"),
        ("a\r\nb", "a\\x0d\nb"),
        ("a\xa0b\u3000c", "a b  c"),
        ("né 名 e\u0301", "né 名 e\u0301"),
    ],
)
def test_control_characters_are_written_out(raw: str, shown: str) -> None:
    assert visible(raw) == shown


def test_several_diagnostics_come_in_order_and_are_counted() -> None:
    error = TemplateError(
        [
            Diagnostic("third", Place("box.json", 9, 1)),
            Diagnostic("second", Place("box.json", 2, 9), severity="warning"),
            Diagnostic("first", Place("box.json", 2, 3)),
        ]
    )
    assert render_error(error, color=False) == (
        "Error: first\n --> box.json:2:3\n\n"
        "Warning: second\n --> box.json:2:9\n\n"
        "Error: third\n --> box.json:9:1\n\n"
        "2 errors and 1 warning"
    )


def test_no_more_diagnostics_are_shown_than_anybody_reads() -> None:
    found = [Diagnostic("x", Place("box.json", line, 1)) for line in range(1, 10_001)]
    text = render_diagnostics(found, color=False)
    assert text.endswith("box.json:50:1\n\n… and 9950 more\n\n10000 errors")


def test_a_single_diagnostic_is_not_counted() -> None:
    assert render_diagnostics([Diagnostic("x")], color=False) == "Error: x"
    assert render_diagnostics([], color=False) == ""


def test_error_has_its_hint_behind_a_blank_line() -> None:
    error = PackerError("no such plugin: qemu", hint="packer plugins install qemu")
    assert render_error(error, color=False) == (
        "Error: no such plugin: qemu\n\nhint: packer plugins install qemu"
    )


def test_lines_of_a_remote_message_belong_to_the_error() -> None:
    error = RemoteError("2 problems\nfirst\nsecond\n")
    assert render_error(error, color=False) == "Error: 2 problems\n  first\n  second"


def test_configuration_problems_are_a_list_with_paths() -> None:
    error = ConfigProblems(
        [
            Problem("is a folder", "target", hint="name a file"),
            Problem("must be positive", "disks[0].size"),
            Problem("nothing to do", severity="warning"),
        ]
    )
    assert render_error(error, color=False) == (
        "Error: the configuration is refused: 3 problems\n"
        "  - target: is a folder\n"
        "    hint: name a file\n"
        "  - disks[0].size: must be positive\n"
        "  - warning: nothing to do"
    )


def test_cancelled_is_no_error() -> None:
    assert render_error(Cancelled(), color=False) == "cancelled"


@pytest.mark.parametrize("kind", [PluginStartError, PluginCrashed])
def test_last_lines_of_a_plugin_are_indented(kind: type[PluginStartError | PluginCrashed]) -> None:
    error = kind("plugin died: note", last_lines=["Traceback:", "  boom\r"], hint="look at it")
    assert render_error(error, color=False) == (
        "Error: plugin died: note\n"
        "\n"
        "  its last lines:\n"
        "    Traceback:\n"
        "      boom\n"
        "\n"
        "hint: look at it"
    )
    assert render_error(kind("plugin died"), color=False) == "Error: plugin died"


def test_long_output_of_an_installer_is_cut_at_its_front() -> None:
    output = "\n".join(f"line {number}" for number in range(100)) + "\n"
    lines = render_error(InstallError("pip failed", output=output), color=False).split("\n")
    assert lines[:4] == ["Error: pip failed", "", "  the installer said:", "    … 60 lines before"]
    assert lines[4] == "    line 60"
    assert lines[-1] == "    line 99"
    assert render_error(InstallError("pip failed"), color=False) == "Error: pip failed"


def test_bug_of_ours_asks_for_a_report() -> None:
    assert "please report" in render_error(LocalProtocolError("frame 9"), color=False)


def _all_below(kind: type[PackerError]) -> set[type[PackerError]]:
    return {kind}.union(*(_all_below(inner) for inner in kind.__subclasses__()))


@pytest.mark.parametrize("color", [True, False])
def test_every_class_of_error_can_be_rendered(color: bool) -> None:
    kinds = [
        kind
        for module in (sdk_errors, core_errors)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, PackerError)
    ]
    assert set(kinds) <= _all_below(PackerError)
    assert len(kinds) > 12
    for kind in kinds:
        holds_values = kind in (ConfigProblems, TemplateError)
        error = kind([]) if holds_values else kind("it broke: x")  # type: ignore[arg-type]
        text = render_error(error, color=color)
        assert holds_values or "it broke: x" in text
        assert not text.endswith("\n")


def test_a_place_over_several_lines_shows_the_first_and_the_last() -> None:
    place = Place("a.hcl", 9, 7, 4, "  a = f(", end_line=12, end_column=3, end_text="  )")
    assert render_diagnostic(Diagnostic("wrong", place), color=False).splitlines() == [
        "Error: wrong",
        "  --> a.hcl:9:7",
        "   |",
        " 9 |   a = f(",
        "   |       ^^",
        "   …",
        "12 |   )",
        "   |   ^",
    ]


def test_a_place_over_two_lines_leaves_nothing_out() -> None:
    place = Place("a.hcl", 1, 1, 1, "[", end_line=2, end_column=1, end_text="]")
    assert "…" not in render_diagnostic(Diagnostic("wrong", place), color=False)


def test_values_that_took_part_have_a_line_each() -> None:
    values = (("var.a", '"x"'), ("local.long", "[1,\n 2]"))
    text = render_diagnostic(Diagnostic("wrong", values=values, hint="do"), color=False)
    assert text.splitlines() == [
        "Error: wrong",
        "",
        '  var.a      = "x"',
        "  local.long = [1,",
        "   2]",
        "",
        "hint: do",
    ]


def test_a_secret_is_hidden_before_a_long_line_is_cut() -> None:
    secret = "tops" + "x" * 40 + "ecret"
    line = "a" * 70 + f'"{secret}" + bad ' + "b" * 60
    column = line.index("bad") + 1
    diagnostic = Diagnostic("x", Place("box.json", 7, column, 3, line))

    def mask(text: str) -> str:
        return text.replace(secret, "<sensitive>")

    assert "tops" in render_diagnostic(diagnostic, color=False) or "ecret" in render_diagnostic(
        diagnostic, color=False
    )
    for text in (
        render_diagnostic(diagnostic, color=False, mask=mask),
        render_error(TemplateError([diagnostic]), color=False, mask=mask),
    ):
        assert "tops" not in text
        assert "ecret" not in text
        source, carets = text.split("\n")[-2:]
        assert source[carets.index("^") :][:3] == "bad"
        assert carets.count("^") == 3

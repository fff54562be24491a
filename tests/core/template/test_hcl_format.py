from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_core.template.inputs import VariableInputs
from packer_core.template.load import load_template
from packer_sdk.wire.specs import Attr, ObjectSpec

if TYPE_CHECKING:
    from packer_core.template.model import Template

    from .conftest import LoadHcl, RefuseHcl

FILE = ObjectSpec({"content": Attr("content", "string"), "target": Attr("target", "string")})
BUILD = 'source "file" "a" {}\nbuild { sources = ["file.a"] }\n'


def locals_of(template: Template) -> dict[str, str]:
    return {name: one.value for name, one in template.locals.items()}


def test_files_of_a_folder_are_one_template(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        'build { sources = ["file.b", "file.c"] }',
        b__pkr__hcl='source "file" "b" { content = local.text }',
        c__pkr__json='{"source": {"file": {"c": {"content": "${local.text}!"}}}}',
        a__pkr__json='{"locals": {"text": "${var.word}"}, "variable": {"word": {"default": "hi"}}}',
        d__hcl="not = read",
    )
    written = [(source, source.written) for source in template.sources]
    contents = [one and one.given(FILE, source).content for source, one in written]
    assert contents == [{"content": "hi", "target": None}, {"content": "hi!", "target": None}]


def test_file_stands_for_itself(load_hcl: LoadHcl) -> None:
    load_hcl(BUILD)
    Path("box/other.pkr.hcl").write_text("nothing {}")
    assert load_template(Path("box/main.pkr.hcl"), VariableInputs()).language == "hcl2"


def test_folders_in_a_folder_are_not_read(load_hcl: LoadHcl) -> None:
    Path("box/sub.pkr.hcl").mkdir()
    assert load_hcl(BUILD).sources


def test_errors_of_all_files_are_told_in_their_order(refuse_hcl: RefuseHcl) -> None:
    found = refuse_hcl(
        'variable "a" { default = 1 }\nlocals { x = var.b }\nfoo {}\n',
        z__pkr__hcl='bar {}\nvariable "a" {}\n',
        k__pkr__json='{"nope": 1}',
    )
    assert [str(one.place) for one in found] == [
        "box/k.pkr.json:1:2",
        "box/main.pkr.hcl:2:17",
        "box/main.pkr.hcl:3:1",
        "box/z.pkr.hcl:1:1",
        "box/z.pkr.hcl:2:10",
    ]


def test_syntax_errors_are_told_alone(refuse_hcl: RefuseHcl) -> None:
    found = refuse_hcl("locals {\n  x = \n}\n", z__pkr__hcl="foo {}\n")
    assert {one.place.path for one in found if one.place} == {"box/main.pkr.hcl"}


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("sauce {}", "unknown block: sauce"),
        ("a = 1", "unknown argument: a"),
        ('source "file" {}', "source"),
        ("locals {}\nlocals {\n  a = 1\n  a = 2\n}", "a"),
        ("locals { a = 1 }\nlocals { a = 2 }", "local.a is defined twice"),
        ('locals { a = 1 }\nlocal "a" { expression = 2 }', "local.a is defined twice"),
        ('data "http" "a" {}\ndata "http" "a" {}', "data.http.a is defined twice"),
        ('local "1" { expression = 2 }', "not a name: 1"),
        ('local "a" {}', "expression"),
        ("locals { a = local.b }", "b"),
        ('locals { a = env("HOME") }', "env"),
    ],
)
def test_wrong_block_is_told(refuse_hcl: RefuseHcl, text: str, summary: str) -> None:
    assert any(summary in one.summary for one in refuse_hcl(text)), refuse_hcl(text)


def test_blocks_that_mean_nothing_are_let_pass(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        'communicator "ssh" "x" {}\nhcp_packer_registry { bucket_name = "x" }\n' + BUILD
    )
    (warning,) = template.warnings
    assert warning.summary.startswith("hcp_packer_registry is not used")
    assert warning.severity == "warning"


def test_registry_of_a_build_is_told_to_be_unused(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        'source "file" "a" {}\nbuild {\n  sources = ["file.a"]\n  hcp_packer_registry {}\n}'
    )
    assert [str(one.place) for one in template.warnings] == ["box/main.pkr.hcl:4:3"]


def test_names_that_are_always_there(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        """
        locals {
          root    = path.root
          cwd     = path.cwd
          version = packer.version
          hcp     = "${packer.iterationID}"
        }
        """
    )
    values = locals_of(template)
    assert values["root"] == '"box"'
    assert values["cwd"] == f'"{os.getcwd()}"'  # noqa: PTH109 - as text
    assert values["version"] == '"1.16.0"'
    assert values["hcp"] == "<unknown>"


def test_root_of_a_file_is_its_folder_as_it_was_typed(load_hcl: LoadHcl) -> None:
    load_hcl("locals { root = path.root }")
    for path, root in (("box/main.pkr.hcl", "box"), ("./box/../box/main.pkr.hcl", "box/../box")):
        assert locals_of(load_template(Path(path), VariableInputs()))["root"] == f'"{root}"'
    os.chdir("box")
    assert locals_of(load_template(Path("main.pkr.hcl"), VariableInputs()))["root"] == '"."'


def test_file_functions_start_at_the_template(load_hcl: LoadHcl) -> None:
    template = load_hcl('locals { text = file("note.txt") }', note__txt="hello")
    assert locals_of(template)["text"] == '"hello"'


def test_every_error_counts_when_a_variable_is_missing(refuse_hcl: RefuseHcl) -> None:
    found = refuse_hcl(
        'variable "a" {}\nlocals { x = "${var.a}${local.nope}" }\nbuild { sources = [var.a] }'
    )
    assert len(found) == 2
    assert found[0].summary == "variable has no value: a"


def test_syntax_only_stops_behind_the_variables(load_hcl: LoadHcl) -> None:
    load_hcl(BUILD)
    Path("box/main.pkr.hcl").write_text('locals { a = local.b }\nbuild { sources = ["x.y"] }')
    template = load_template(Path("box"), VariableInputs(), syntax_only=True)
    assert template.blocks == ()


def test_who_only_looks_sees_errors_as_warnings(load_hcl: LoadHcl) -> None:
    template = load_hcl("locals {\n  a = local.b\n  c = 1\n}\n" + BUILD, strict=False)
    assert locals_of(template) == {"a": "<unknown>", "c": "1"}
    assert [one.severity for one in template.warnings] == ["warning"]
    assert [source.display_name for source in template.sources] == ["file.a"]

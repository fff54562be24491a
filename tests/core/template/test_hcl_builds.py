from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpers.engine import FakeCatalog
from packer_core.engine.choice import Choice
from packer_core.engine.plan import plan
from packer_core.errors import TemplateError
from packer_sdk.cty.types import ListType
from packer_sdk.errors import PackerError
from packer_sdk.wire.specs import Attr, BlockList, ObjectSpec

if TYPE_CHECKING:
    from packer_core.template.model import Template

    from .conftest import LoadHcl, RefuseHcl

FILE = ObjectSpec({"content": Attr("content", "string"), "target": Attr("target", "string")})
SHELL = ObjectSpec(
    {
        "inline": Attr("inline", ListType("string")),
        "disk": BlockList("disk", ObjectSpec({"size": Attr("size", "number")})),
    }
)
CATALOG = FakeCatalog(
    "builder:file", "builder:null", "provisioner:shell", "post-processor:pack", "provisioner:tidy"
)

SOURCES = """
source "file" "a" {
  content = "of ${source.type} ${source.name}"
}
source "null" "b" {}
"""


def given(template: Template, index: int = 0) -> dict[str, object]:
    """What the builder of a source is given."""
    source = template.sources[index]
    assert source.written is not None
    content = source.written.given(FILE, source).content
    assert isinstance(content, dict)
    return content


def inline(template: Template, build: dict[str, object] | None = None, step: int = 0) -> object:
    """What the first provisioner is given."""
    written = template.provisions[step].written
    assert written is not None
    content = written.given(SHELL, template.sources[0], build or {}).content
    assert isinstance(content, dict)
    return content["inline"]


def names(template: Template) -> list[str]:
    return [source.display_name for source in template.sources]


def test_sources_are_meant_by_two_names_whatever_stands_in_front(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        SOURCES + 'build { sources = ["file.a", "source.file.a", "sources.null.b"] }'
    )
    assert names(template) == ["file.a", "file.a", "null.b"]
    assert given(template) == {"content": "of file a", "target": None}


def test_build_block_may_name_its_builds_and_its_uses_of_sources(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        SOURCES
        + """
        locals { stage = "prod" }
        build {
          name        = "x-${local.stage}"
          description = "Two of one."
          source "source.file.a" {
            name   = "first"
            target = "one"
          }
          source "file.a" {
            name   = "second"
            target = "${source.name}.txt"
          }
        }
        """
    )
    assert names(template) == ["x-prod.file.first", "x-prod.file.second"]
    assert [source.name for source in template.sources] == ["a", "a"]
    assert given(template, 0) == {"content": "of file first", "target": "one"}
    assert given(template, 1) == {"content": "of file second", "target": "second.txt"}
    assert template.blocks[0].description == "Two of one."


def test_use_of_a_source_only_adds_to_it(load_hcl: LoadHcl) -> None:
    template = load_hcl(SOURCES + 'build {\n  source "file.a" {\n    content = "other"\n  }\n}\n')
    with pytest.raises(TemplateError) as caught:
        given(template)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.summary == 'argument "content" is set in the source already'
    assert str(diagnostic.place) == "box/main.pkr.hcl:8:5"
    assert "box/main.pkr.hcl:3:3" in diagnostic.detail


def test_source_that_is_not_used_may_be_of_any_type(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        SOURCES + 'source "nobody-has-it" "x" { a = b }\nbuild { sources = ["null.b"] }'
    )
    (job,) = plan(template, CATALOG, Choice())
    assert job.name == "null.b"


def test_several_build_blocks_have_their_own_steps(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        SOURCES
        + """
        build {
          sources = ["null.b"]
          provisioner "shell" {}
        }
        build {
          name    = "second"
          sources = ["null.b", "file.a"]
          provisioner "tidy" {}
          error-cleanup-provisioner "tidy" {}
          post-processor "pack" {}
        }
        """
    )
    jobs = plan(template, CATALOG, Choice())
    assert [job.name for job in jobs] == ["null.b", "second.null.b", "second.file.a"]
    assert [[one.name for one in job.components] for job in jobs] == [
        ["null", "shell"],
        ["null", "tidy", "tidy", "pack"],
        ["file", "tidy", "tidy", "pack"],
    ]


def test_only_and_except_of_steps_are_types_and_local_names(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        SOURCES
        + """
        build {
          name = "n"
          sources = ["null.b"]
          source "file.a" { name = "local" }
          provisioner "shell" { only = ["file.local"] }
          provisioner "shell" { only = ["file.a", "n.file.local", "source.null.b", "*"] }
          provisioner "tidy" { except = ["file.local"] }
          post-processor "pack" { only = ["null.b"] }
        }
        """
    )
    null, file = plan(template, CATALOG, Choice())
    assert [one.component.name for one in null.provisions] == ["tidy"]
    assert [one.provision.selection.only for one in file.provisions] == [("file.local",)]
    assert (len(null.chains), len(file.chains)) == (1, 0)


def test_override_is_for_local_names(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        SOURCES
        + """
        build {
          source "file.a" { name = "local" }
          provisioner "shell" {
            override = {
              local = { inline = ["x"], many = { a = 1, b = 1.5 } }
              other = { inline = [] }
            }
          }
        }
        """
    )
    (job,) = plan(template, CATALOG, Choice())
    assert job.provisions[0].options == ({}, {"inline": ["x"], "many": {"a": 1, "b": 1.5}})


def test_what_core_reads_is_not_handed_on(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        SOURCES
        + """
        build {
          sources = ["null.b"]
          provisioner "shell" {
            name              = "named"
            pause_before      = "1m30s"
            timeout           = "${1 + 1}h"
            max_retries       = 3
            continue_on_error = true
            inline            = ["echo ${build.ID} ${build.name} ${source.name}"]
            disk { size = 5 }
          }
          post-processor "pack" {
            name                = "packed"
            keep_input_artifact = true
          }
        }
        """
    )
    (provision,) = template.provisions
    assert (provision.name, provision.pause_before_s, provision.timeout_s) == ("named", 90, 7200)
    assert (provision.max_retries, provision.continue_on_error) == (3, True)
    assert inline(template, {"ID": "i-1"}) == ["echo i-1  b"]
    ((link,),) = template.chains
    assert (link.name, link.keep_input) == ("packed", True)


def test_values_of_the_build_are_filled_in_when_they_are_known(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        SOURCES
        + """
        build {
          name = "n"
          sources = ["null.b"]
          provisioner "shell" { inline = ["${build.name} ${build.Port + 1} ${build.Tags["a"]}"] }
        }
        """
    )
    assert inline(template, {"Port": 22, "Tags": {"a": b"x"}}) == ["n 23 x"]
    with pytest.raises(TemplateError):
        inline(template, {"Port": 22})


def test_there_is_no_build_in_a_source(load_hcl: LoadHcl) -> None:
    template = load_hcl('source "file" "a" { content = build.ID }\nbuild { sources = ["file.a"] }')
    with pytest.raises(TemplateError, match='unknown name "build"'):
        given(template)


def test_chains_stay_in_the_order_of_the_file(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        SOURCES
        + """
        build {
          sources = ["null.b"]
          post-processor "one" {}
          post-processors {
            post-processor "two" {}
            post-processor "three" {}
          }
          post-processor "four" {}
        }
        """
    )
    assert [[step.type for step in chain] for chain in template.chains] == [
        ["one"],
        ["two", "three"],
        ["four"],
    ]


def test_name_without_its_block_chooses_nothing_and_is_told_what_would(load_hcl: LoadHcl) -> None:
    template = load_hcl(SOURCES + 'build {\n  name = "n"\n  sources = ["null.b"]\n}')
    with pytest.raises(PackerError) as caught:
        plan(template, CATALOG, Choice(only=("null.b",)))
    assert caught.value.hint == 'did you mean "n.null.b", or "*.null.b" in any build block?'
    (job,) = plan(template, CATALOG, Choice(only=("*.null.b",)))
    assert job.name == "n.null.b"


def test_dynamic_blocks_are_expanded_everywhere_from_the_top(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        """
        variable "names" { default = ["x", "y"] }
        locals { sizes = [1, 2] }
        dynamic "source" {
          for_each = var.names
          labels   = ["file", source.value]
          content {
            content = "for ${source.value}"
          }
        }
        build {
          sources = [for name in var.names : "file.${name}"]
          dynamic "provisioner" {
            for_each = { a = "shell", b = "shell" }
            iterator = each
            labels   = [each.value]
            content {
              inline = [each.key]
              dynamic "disk" {
                for_each = local.sizes
                content { size = disk.value }
              }
            }
          }
        }
        """
    )
    assert names(template) == ["file.x", "file.y"]
    assert [inline(template, step=0), inline(template, step=1)] == [["a"], ["b"]]
    written = template.provisions[0].written
    assert written is not None
    content = written.given(SHELL, template.sources[0], {}).content
    assert isinstance(content, dict)
    assert content["disk"] == [{"size": 1}, {"size": 2}]


@pytest.mark.parametrize(
    ("text", "summary", "line"),
    [
        ('source "null" "b" {}', 'source "null.b" is defined twice', 6),
        ("build {}", "a build has at least one source", 6),
        ('build { sources = ["null.c"] }', "there is no source null.c", 6),
        ('build { sources = ["null"] }', "not a source: null", 6),
        ('build { sources = "null.b" }', '"sources" must be a list of strings, not string', 6),
        ('build {\n source "null.c" {}\n}', "there is no source null.c", 7),
        ("build {\n sources = []\n colour = 1\n}", "unknown argument: colour", 8),
        ('build {\n sources = []\n provsioner "a" {}\n}', "unknown block: provsioner", 8),
        (
            'build {\n sources = []\n provisioner "a" {\n only = []\n except = []\n }\n}',
            'only one of "only" and "except" can be set',
            10,
        ),
        (
            'build {\n sources = []\n provisioner "a" { pause_before = "5" }\n}',
            '"pause_before" is not a duration: 5',
            8,
        ),
        (
            'build {\n sources = []\n provisioner "a" { timeout = "-5s" }\n}',
            '"timeout" must not be negative',
            8,
        ),
        (
            'build {\n sources = []\n provisioner "a" { max_retries = 1.5 }\n}',
            '"max_retries" must be a whole number, 0 or more',
            8,
        ),
        (
            'build {\n sources = []\n provisioner "a" { override = { x = 1 } }\n}',
            '"override" holds options by the names of sources',
            8,
        ),
        (
            "build {\n sources = []\n post-processors {}\n}",
            "there is no post-processor in here",
            8,
        ),
        (
            (
                'build {\n sources = []\n error-cleanup-provisioner "a" {}\n'
                ' error-cleanup-provisioner "b" {}\n}'
            ),
            "a build has one error-cleanup-provisioner at most",
            9,
        ),
    ],
)
def test_mistake_is_told_where_it_stands(
    refuse_hcl: RefuseHcl, text: str, summary: str, line: int
) -> None:
    found = {
        (one.summary, one.place.line if one.place else 0) for one in refuse_hcl(SOURCES + text)
    }
    assert (summary, line) in found


def test_wrong_options_are_told_all_at_once_where_they_stand(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        """source "file" "a" {
  contnt  = "x"
  target  = 3 + "a"
  content = ["a"]
}
build { sources = ["file.a"] }
"""
    )
    with pytest.raises(TemplateError) as caught:
        given(template)
    assert [str(one.place) for one in caught.value.diagnostics] == [
        "box/main.pkr.hcl:2:3",
        "box/main.pkr.hcl:3:17",
        "box/main.pkr.hcl:4:13",
    ]
    assert caught.value.diagnostics[0].hint == 'did you mean "content"?'

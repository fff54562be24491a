from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import LoadHcl, RefuseHcl


def test_version_that_is_read_here_is_let_pass(load_hcl: LoadHcl) -> None:
    load_hcl(
        'packer { required_version = ">= 1.7.0, < 2" }\npacker { required_version = "~> 1.9" }'
    )


@pytest.mark.parametrize(
    ("constraint", "summary"),
    [
        ("> 1.16", "the template needs Packer > 1.16; what is read here is that of 1.16.0"),
        ("1.15.0", "the template needs Packer 1.15.0; what is read here is that of 1.16.0"),
        ("new", "not a version: new"),
        (">= 1.7.0-beta", "a constraint cannot ask for a pre-release: >= 1.7.0-beta"),
        ("", "not a version constraint: nothing"),
    ],
)
def test_version_is_judged_before_anything_else(
    refuse_hcl: RefuseHcl, constraint: str, summary: str
) -> None:
    found = refuse_hcl(f'packer {{\n  required_version = "{constraint}"\n}}\nsauce {{}}\n')
    assert [(one.summary, str(one.place)) for one in found] == [(summary, "box/main.pkr.hcl:2:22")]


def test_required_plugins_are_read(load_hcl: LoadHcl) -> None:
    template = load_hcl(
        """
        packer {
          required_plugins {
            docker = {
              source  = "github.com/hashicorp/docker"
              version = ">= 1.0.8, < 2"
            }
          }
        }
        packer {
          required_plugins {
            my-own = { version = "~> 0.1", source = "example.com/deep/er/own" }
          }
        }
        """
    )
    found = [(one.accessor, one.source, one.version) for one in template.required_plugins]
    assert found == [
        ("docker", "github.com/hashicorp/docker", ">= 1.0.8, < 2"),
        ("my-own", "example.com/deep/er/own", "~> 0.1"),
    ]
    assert [str(one) for one in template.required_plugins[0].constraints] == [">= 1.0.8", "< 2"]


@pytest.mark.parametrize(
    ("plugin", "summary", "hint"),
    [
        ('a = ">= 1"', 'plugin "a" needs a source as well as a version', 'version = ">= 1" }'),
        ("a = 1", 'plugin "a" is no object', "source ="),
        ('a = { source = "github.com/x/a" }', 'plugin "a" has no version', "version ="),
        ('a = { version = "1" }', 'plugin "a" has no source', "source ="),
        (
            'a = { source = "github.com/x/a", version = "1", sauce = 1 }',
            'unknown key "sauce" of plugin "a"',
            "source",
        ),
        ('a = { source = "x/a", version = "1" }', "not a source of a plugin: x/a", "host"),
        ('a = { source = "github.com/x/a", version = 1 }', "no text", "version"),
        ('a = { source = "github.com/x/a", version = "x" }', "not a version: x", "such as"),
        ('A_b = { source = "github.com/x/a", version = "1" }', "not a name for a plugin", "lower"),
        (
            (
                'a = { source = "github.com/x/a", version = "1" }\n'
                '}\nrequired_plugins {\na = { source = "github.com/x/b", version = "1" }'
            ),
            'plugin "a" is required twice',
            "",
        ),
        ('a = { source = var.x, version = "1" }', "variables may not be used here", ""),
    ],
)
def test_wrong_requirement_is_told(
    refuse_hcl: RefuseHcl, plugin: str, summary: str, hint: str
) -> None:
    found = refuse_hcl(f"packer {{\nrequired_plugins {{\n{plugin}\n}}\n}}")
    assert any(summary in one.summary and hint in (one.hint or "") for one in found), found

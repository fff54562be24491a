"""Which data sources are asked, and what is known before that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import TemplateError
from packer_core.template.hcl_graph import NoLookups
from packer_core.template.inputs import VariableInputs
from packer_core.template.load import load_template

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_core.template.hcl_graph import Lookups
    from packer_core.template.model import Preliminary, Source

    from .conftest import LoadHcl

TEMPLATE = """
variable "secret" {
  default   = "hunter2"
  sensitive = true
}
data "http" "a" {}
data "http" "b" { url = data.http.c.body }
data "http" "c" {}
data "http" "d" {}
locals {
  a    = data.http.a
  none = data.http.d
}
source "file" "a" { content = local.a }
source "file" "b" {}
build {
  sources = ["file.a"]
}
build {
  sources = ["file.b"]
  provisioner "shell" { inline = [data.http.b.body] }
}
"""


def known(load_hcl: LoadHcl, chosen: Callable[[Source], bool] | None) -> Preliminary:
    found: list[Preliminary] = []

    def lookups(preliminary: Preliminary) -> Lookups:
        found.append(preliminary)
        return NoLookups()

    load_hcl(TEMPLATE)
    load_template(Path("box"), VariableInputs(), lookups=lookups, chosen=chosen)
    (one,) = found
    return one


@pytest.mark.parametrize(
    ("name", "reached"), [("a", {"a"}), ("b", {"b", "c"}), ("ab", {"a", "b", "c"}), ("", set())]
)
def test_data_sources_that_the_chosen_builds_reach_are_told(
    load_hcl: LoadHcl, name: str, reached: set[str]
) -> None:
    found = known(load_hcl, lambda source: source.name in name).reached
    assert set(found or ()) == {("http", one) for one in reached}


def test_nothing_is_looked_for_unless_builds_are_chosen(load_hcl: LoadHcl) -> None:
    assert known(load_hcl, None).reached is None


def test_secrets_are_known_before_a_data_source_is_asked(load_hcl: LoadHcl) -> None:
    assert known(load_hcl, None).secrets == ("hunter2",)


def test_plugin_that_is_missing_is_an_error_unless_somebody_only_looks(load_hcl: LoadHcl) -> None:
    def lookups(preliminary: Preliminary) -> Lookups:
        raise TemplateError([])

    load_hcl(TEMPLATE)
    with pytest.raises(TemplateError):
        load_template(Path("box"), VariableInputs(), lookups=lookups)
    load_template(Path("box"), VariableInputs(), lookups=lookups, strict_variables=False)


def test_no_data_source_is_asked_when_something_is_wrong(load_hcl: LoadHcl) -> None:
    def lookups(preliminary: Preliminary) -> Lookups:
        raise AssertionError("asked")

    load_hcl(TEMPLATE)
    Path("box/more.pkr.hcl").write_text('variable "unset" {}')
    with pytest.raises(TemplateError, match="unset"):
        load_template(Path("box"), VariableInputs(), lookups=lookups)


def test_what_is_not_known_yet_is_no_mistake(load_hcl: LoadHcl) -> None:
    """Data sources are not asked by ``validate``; nothing that waits for them may stop it."""
    template = load_hcl(
        """
        data "null" "a" {}
        locals { many = split(",", data.null.a.output) }
        source "file" "a" { content = data.null.a.output }
        build {
          name    = data.null.a.output
          sources = ["file.a"]
          provisioner "shell" {
            only         = [data.null.a.output]
            pause_before = data.null.a.output
            max_retries  = length(local.many)
            override     = { (data.null.a.output) = {} }
            inline       = local.many
          }
          dynamic "provisioner" {
            for_each = local.many
            labels   = ["shell"]
            content { inline = [provisioner.value] }
          }
        }
        build { sources = [data.null.a.output] }
        """
    )
    assert [source.display_name for source in template.sources] == ["file.a"]
    assert [step.pause_before_s for step in template.provisions] == [0, 0]

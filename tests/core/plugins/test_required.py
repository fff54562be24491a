from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_core.constraints import Constraint, allows, parse_constraints
from packer_core.diagnostics import Place
from packer_core.errors import PluginNotFound, TemplateError
from packer_core.plugins.catalog import Catalog, Component
from packer_core.plugins.required import select
from packer_core.template.model import RequiredPlugin
from packer_sdk.records import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = "github.com/hashicorp/docker"


def required(accessor: str = "docker", version: str = ">= 1.0") -> RequiredPlugin:
    return RequiredPlugin(
        accessor=accessor,
        source=SOURCE,
        version=version,
        constraints=parse_constraints(version),
        place=Place("a.pkr.hcl", 3, 5),
    )


def component(name: str, *, version: str = "", where: str = "store") -> Component:
    return Component(
        kind="builder", name=name, argv=(where,), source="installed", path=Path(where),
        version=version,
    )  # fmt: skip


@dataclass
class Shelf:
    """Versions of one plugin that holds a builder and its twin."""

    versions: tuple[str, ...] = ()
    asked: list[str | None] = field(default_factory=list)

    @dataclass
    class Binary:
        version: str

        def components(self, plugin: str, *, gob: bool = False) -> Iterator[Component]:
            for name in (plugin, f"{plugin}-twin"):
                yield component(name, version=self.version, where="binary")

    def installed(
        self, address: str | None = None, constraints: tuple[Constraint, ...] = ()
    ) -> list[Binary]:
        self.asked.append(address)
        return [self.Binary(one) for one in self.versions if allows(constraints, one)]


def chosen(catalog: Catalog, shelf: Shelf, *plugins: RequiredPlugin) -> Catalog:
    return select(catalog, plugins, lambda: shelf, Path("a.pkr.hcl"))  # type: ignore[arg-type,return-value]


def test_highest_version_that_is_allowed_goes_by_the_name_of_the_template() -> None:
    shelf = Shelf(("1.0.0", "1.5.0", "2.0.0"))
    catalog = chosen(Catalog(), shelf, required("whale", "< 2"))
    assert catalog.find("builder", "whale").version == "1.5.0"
    assert catalog.find("builder", "whale-twin").version == "1.5.0"
    assert shelf.asked == [SOURCE]


def test_what_is_required_wins_over_what_is_there() -> None:
    catalog = chosen(Catalog([component("docker")]), Shelf(("1.0.0",)), required())
    found = catalog.find("builder", "docker")
    assert found.argv == ("binary",)
    assert [one.argv for one in found.shadowed()] == [("store",)]


@pytest.mark.parametrize("version", ["", "1.2.0", "unheard of"])
def test_component_that_was_installed_in_another_way_will_do(version: str) -> None:
    catalog = Catalog([component("docker-push", version=version)])
    assert chosen(catalog, Shelf(), required()).find("builder", "docker-push").version == version


def test_component_of_another_version_will_not_do() -> None:
    with pytest.raises(TemplateError) as caught:
        chosen(Catalog([component("docker", version="0.9")]), Shelf(), required())
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.summary == (
        f"plugin {SOURCE} >= 1.0 is required; the builder docker is of version 0.9"
    )


def test_every_plugin_that_is_missing_is_told() -> None:
    with pytest.raises(TemplateError) as caught:
        chosen(Catalog(), Shelf(), required(), required("other"))
    assert [one.summary for one in caught.value.diagnostics] == [
        f"plugin {SOURCE} >= 1.0 is required, and not installed"
    ] * 2
    assert caught.value.diagnostics[0].hint == "packer init a.pkr.hcl installs it"


def test_nothing_is_looked_at_when_nothing_is_required() -> None:
    catalog = Catalog([component("docker")])
    assert select(catalog, (), lambda: pytest.fail("looked"), Path()) is catalog
    with pytest.raises(PluginNotFound):
        catalog.find("builder", "whale")


# --- plugins in Python


@pytest.mark.parametrize(
    ("version", "problem"),
    [
        ("1.4.2", None),
        ("0.9", "is required; installed is packer-plugin-note 0.9"),
        ("", "is required, and not installed"),
    ],
)
def test_plugin_in_python_is_known_by_its_distribution(version: str, problem: str | None) -> None:
    receipts = [Known("packer-plugin-note", version)] if version else []
    plugin = replaced(required("note"), source="pypi.org/packer-plugin-note")
    catalog, shelf = Catalog([component("other")]), Shelf()

    def selected() -> Catalog:
        return select(catalog, [plugin], lambda: shelf, Path("x"), installed=lambda: receipts)  # type: ignore[arg-type, return-value]

    if problem is None:
        assert selected().components() == catalog.components()
    else:
        with pytest.raises(TemplateError, match=problem) as caught:
            selected()
        assert caught.value.diagnostics[0].hint == "packer init x installs it"
    assert shelf.asked == []


@dataclass
class Known:
    """As much of a receipt as counts."""

    distribution: str
    version: str
    state: str = "ok"

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import PluginNotFound
from packer_core.plugins.catalog import Catalog, Component, Refusal
from packer_core.plugins.names import ComponentName

if TYPE_CHECKING:
    from packer_core.plugins.catalog import Source


def component(kind: str, name: str, source: Source = "bundled") -> Component:
    path = Path(f"/{source}/packer-{kind}-{name}")
    return Component(kind=kind, name=name, argv=(str(path),), source=source, path=path)


def test_component_is_found_by_kind_and_name() -> None:
    builder, provisioner = component("builder", "x"), component("provisioner", "x")
    catalog = Catalog([builder, provisioner])
    assert catalog.find("builder", "x") == builder
    assert catalog.find("provisioner", "x") == provisioner


def test_later_component_wins_and_remembers_what_it_shadows() -> None:
    catalog = Catalog(
        [
            component("builder", "x", "bundled"),
            component("builder", "x", "plugin folder"),
            component("builder", "x", "config file"),
        ]
    )
    winner = catalog.find("builder", "x")
    assert winner.source == "config file"
    assert [one.source for one in winner.shadowed()] == ["plugin folder", "bundled"]


def test_components_are_sorted_by_kind_and_name() -> None:
    catalog = Catalog(
        [component("post-processor", "a"), component("builder", "z"), component("builder", "a")]
    )
    assert [str(one) for one in catalog.components()] == [
        "builder a",
        "builder z",
        "post-processor a",
    ]
    assert [one.name for one in catalog.components("builder")] == ["a", "z"]


def test_missing_component_names_the_nearest_and_how_to_install_it() -> None:
    catalog = Catalog([component("builder", "docker"), component("provisioner", "dokcer")])
    with pytest.raises(PluginNotFound) as caught:
        catalog.find("builder", "dokcer")
    assert "provisioner" in str(caught.value)
    with pytest.raises(PluginNotFound) as caught:
        catalog.find("builder", "dockr")
    assert str(caught.value) == "there is no builder: dockr"
    install = "packer plugins install packer-plugin-dockr"
    assert caught.value.hint == f'did you mean "docker"? If not: {install}'


def test_missing_component_with_a_hyphen_may_be_one_of_several_of_a_plugin() -> None:
    with pytest.raises(PluginNotFound) as caught:
        Catalog().find("builder", "amazon-ebs")
    names = "packer-plugin-amazon-ebs, or packer-plugin-amazon"
    assert caught.value.hint == f"packer plugins install {names}"


def test_missing_component_of_an_empty_catalog_is_told_plainly() -> None:
    with pytest.raises(PluginNotFound) as caught:
        Catalog().find("builder", "docker")
    assert str(caught.value) == "there is no builder: docker"


def test_component_of_another_kind_is_told_as_that() -> None:
    catalog = Catalog([component("provisioner", "shell"), component("post-processor", "shell")])
    with pytest.raises(PluginNotFound) as caught:
        catalog.find("builder", "shell")
    assert str(caught.value) == (
        "there is no builder shell: shell is a provisioner and post-processor"
    )
    assert "provisioner" in (caught.value.hint or "")


def test_component_that_was_refused_is_told_as_that() -> None:
    name = ComponentName("builder", "x")
    catalog = Catalog(refused=[Refusal(Path("/p/packer-builder-x"), "everybody may write", name)])
    with pytest.raises(PluginNotFound, match="refused: /p/packer-builder-x: everybody may write"):
        catalog.find("builder", "x")


def test_refusal_is_announced() -> None:
    catalog = Catalog(refused=[Refusal(Path("/p/packer-builder-x"), "everybody may write to it")])
    assert catalog.announcements == ("not used: /p/packer-builder-x: everybody may write to it",)


@pytest.mark.parametrize("below", ["bundled", "installed"])
def test_working_folder_that_takes_a_familiar_name_is_announced(below: Source) -> None:
    catalog = Catalog(
        [
            component("builder", "null", below),
            component("builder", "null", "plugin folder"),
            component("builder", "null", "working folder"),
        ]
    )
    (text,) = catalog.announcements
    assert "/working folder/packer-builder-null" in text
    assert f"in place of the {below} one" in text
    assert "PACKER_NO_CWD_PLUGINS=1" in text


def test_working_folder_that_takes_no_familiar_name_is_not_announced() -> None:
    catalog = Catalog(
        [
            component("builder", "mine", "plugin folder"),
            component("builder", "mine", "working folder"),
            component("builder", "null", "bundled"),
            component("builder", "null", "plugin folder"),
        ]
    )
    assert catalog.announcements == ()


def test_working_folder_that_is_shadowed_itself_is_not_announced() -> None:
    catalog = Catalog(
        [
            component("builder", "null", "bundled"),
            component("builder", "null", "working folder"),
            component("builder", "null", "config file"),
        ]
    )
    assert catalog.announcements == ()

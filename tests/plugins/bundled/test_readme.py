from __future__ import annotations

import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from helpers.bundled import documented_options, documented_outputs

README = Path(__file__).parents[3] / "plugins" / "packer-plugin-bundled" / "README.md"
KINDS = {
    "packer.builders": "Builder",
    "packer.provisioners": "Provisioner",
    "packer.post_processors": "Post-processor",
    "packer.datasources": "Data source",
}
COMPONENTS = [
    (KINDS[group], point)
    for group in KINDS
    for point in entry_points(group=group)
    if point.value.startswith("packer_plugin_bundled.")
]


def section(title: str) -> str:
    _, _, rest = README.read_text("utf-8").partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0]


@pytest.mark.parametrize(
    ("kind", "point"), COMPONENTS, ids=[f"{kind} {point.name}" for kind, point in COMPONENTS]
)
def test_every_component_has_a_section_with_an_example_and_all_options(
    kind: str, point: object
) -> None:
    name = getattr(point, "name")  # noqa: B009 - the type of an entry point is object here
    text = section(f"{kind} `{name}`")
    assert "```hcl" in text
    if (kind, name) == ("Post-processor", "shell-local"):
        assert "those of the provisioner" in text
        return
    component = point.load()  # type: ignore[attr-defined]
    rows = re.findall(r"^\| `.*$", text, re.MULTILINE)
    outputs = documented_outputs(component.output_class) if kind == "Data source" else []
    assert rows == [*documented_options(component.config_class), *outputs]


def test_there_are_fourteen_components() -> None:
    assert len(COMPONENTS) == 14

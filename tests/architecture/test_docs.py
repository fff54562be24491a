"""The documentation names everything there is, and nothing that is not."""

from __future__ import annotations

import ast
import importlib.util
import re
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import pytest

import packer_sdk
from packer_core.cli.help import COMMANDS
from packer_core.settings import rows
from packer_core.template.json_format import ROOT_KEYS
from packer_sdk import testing
from packer_sdk.errors import PackerError
from packer_sdk.interpolate import functions
from packer_sdk.wire import codec
from packer_sdk.wire.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)
EVERYWHERE = [*PAGES, *ROOT.glob("*.md"), ROOT / "sdk" / "README.md", ROOT / "core" / "README.md"]
SOURCES = [
    path
    for folder in ("sdk/src", "core/src", "plugins")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="session")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["commands.md", "settings.md", "components.md", "sdk.md"])
def test_generated_page_is_what_the_code_says(
    name: str, generator: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(generator.COLUMNS))
    assert page(f"reference/{name}") == generator.PAGES[name](), "run python docs/generate.py"


def test_every_generated_page_is_compared(generator: ModuleType) -> None:
    assert set(generator.PAGES) == {
        "commands.md",
        "components.md",
        "events.md",
        "events.schema.json",
        "sdk.md",
        "settings.md",
    }


# What is generated from a list must have the whole list; these ask the code by another way.


def test_every_command_is_in_the_reference() -> None:
    text = page("reference/commands.md")
    modules = {
        module.name
        for module in iter_modules([str(ROOT / "core/src/packer_core/cli/commands")])
        if module.name != "plugin"
    }
    assert modules == set(COMMANDS)
    assert [name for name in modules if f"## `packer {name}`" not in text] == []


def test_every_setting_is_in_the_reference() -> None:
    text = page("reference/settings.md")
    assert [row.name for row in rows() if f"`PACKER_{row.name.upper()}`" not in text] == []


def test_every_public_name_of_the_sdk_is_in_the_reference() -> None:
    text = page("reference/sdk.md")
    names = [*packer_sdk.__all__, *testing.__all__, "register_builder", "main", "start"]
    assert [name for name in names if f"### `{name}`" not in text] == []


def test_every_component_is_in_the_reference() -> None:
    text = page("reference/components.md")
    points = [
        (kind, point.name)
        for group, kind in (
            ("packer.builders", "builder"),
            ("packer.provisioners", "provisioner"),
            ("packer.post_processors", "post-processor"),
            ("packer.datasources", "datasource"),
        )
        for point in entry_points(group=group)
        if point.value.startswith(("packer_plugin_bundled.", "packer_plugin_oci."))
    ]
    assert len(points) == 15
    assert [one for one in points if "## {} `{}`".format(*one) not in text] == []


def references() -> Iterator[str]:
    """Every reference that the sources give to an error."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_keyword = isinstance(node, ast.keyword) and node.arg == "reference"
            is_name = (
                isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).lower() == "reference"
            )
            value = getattr(node, "value", None) if is_keyword or is_name else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def test_every_error_reference_is_in_the_reference() -> None:
    text = page("reference/errors.md")
    found = {one for one in references() if re.fullmatch(r"[a-z-]+", one)}
    assert {"plugin-not-found", "no-machine", PackerError.reference} <= found
    assert sorted(one for one in found if f"| `{one}` |" not in text) == []
    listed = set(re.findall(r"\| `([a-z-]+)` \|", text))
    assert sorted(listed - found) == []


def test_every_key_and_function_of_templates_is_in_the_reference() -> None:
    text = page("reference/templates.md")
    assert [key for key in ROOT_KEYS if f"| `{key}` |" not in text] == []
    names = {*functions._ENGINE, *functions._REFUSED}
    assert sorted(one for one in names if not re.search(rf"[`{{]{one}[`}} ]", text)) == []


def test_the_bytes_on_the_wire_page_are_what_two_sessions_write() -> None:
    shown = re.findall(
        r"^(core|plugin) +→ \w+ +((?:[0-9a-f]+ )+)", page("reference/wire.md"), re.MULTILINE
    )
    core, plugin = Session(client=True), Session(client=False)
    stream = core.open_stream()
    core.send_data(stream, memoryview(bytes(4)))
    opening = b"".join(core.data_to_send())
    plugin.receive_data(opening)
    plugin.send_data(stream, memoryview(bytes(4)))
    accepting = b"".join(plugin.data_to_send())
    core.receive_data(accepting)
    ping = bytes.fromhex("00020001000000000000004d")
    plugin.receive_data(ping)
    core.send_fin(stream)
    written = [
        ("core", opening + ping),
        ("plugin", accepting + b"".join(plugin.data_to_send())),
        ("core", b"".join(core.data_to_send())),
    ]
    for side in ("core", "plugin"):
        assert "".join(text for who, text in shown if who == side).replace(" ", "") == "".join(
            data.hex() for who, data in written if who == side
        )
    assert len(shown) == 7


def test_the_call_on_the_wire_page_is_what_the_codec_writes() -> None:
    text = page("reference/wire.md")
    shown = re.findall(r"^(request|response) +(8[0-9a-f ]+)$", text, re.MULTILINE)
    assert [(kind, data.replace(" ", "")) for kind, data in shown] == [
        ("request", codec.encode_request("Builder.Run", 2, 1).hex()),
        ("response", codec.encode_response("Builder.Run", 2, "", 3).hex()),
    ]


def prose(path: Path) -> str:
    """A page without its blocks of code."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TREE = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", EVERYWHERE, ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    targets = [target for target in LINK.findall(prose(path)) if "://" not in target]
    missing = [one for one in targets if not (path.parent / one.partition("#")[0]).exists()]
    assert missing == []


def test_every_page_can_be_reached_from_the_index() -> None:
    listed = {
        f"{row}.md"
        for tree in TREE.findall(page("index.md"))
        for row in tree.split("\n")
        if row and not row.startswith(":")
    }
    assert listed == {str(path.relative_to(DOCS)) for path in PAGES} - {"index.md"}


@pytest.mark.parametrize("path", EVERYWHERE, ids=name_of)
def test_pages_say_nothing_of_the_machine_they_were_written_on(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"/(?:work|root|home|Users|opt)/\S*|/tmp/(?!packer-plugin|…)\S+", text) == []


@pytest.mark.parametrize("path", EVERYWHERE, ids=name_of)
def test_lines_of_prose_are_no_wider_than_120(path: Path) -> None:
    wide = [line for line in prose(path).splitlines() if len(line) > 120 and line[0] not in "|:"]
    assert wide == []


def test_the_readme_begins_with_the_two_commands_that_ci_runs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = [
        "python3 -m pip install nox && python3 -m nox -s demo",
        "python3 -m pip install nox && python3 -m nox",
    ]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in readme.splitlines()[:25] if line.startswith("python3")] == commands
    assert [line for line in script if line.startswith("python3 -m pip install nox")] == commands

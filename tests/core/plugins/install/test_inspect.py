from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError
from packer_core.plugins.install.inspect import (
    InstalledComponent,
    check_description,
    inspect_environment,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from packer_core.plugins.install.inspect import Found

NOTE = """\
[console_scripts]
packer-plugin-note = packer_plugin_note.__main__:main

[packer.provisioners]
note = packer_plugin_note.provisioner:NoteProvisioner

[packer.builders]
note = packer_plugin_note.builder:NoteBuilder
note-extra = packer_plugin_note.builder:ExtraBuilder
"""


@pytest.fixture
def look(tmp_path: Path) -> Callable[[], Found]:
    return lambda: inspect_environment([tmp_path / "site-packages"], "packer-plugin-note")


def test_components_are_read_without_running_anything(
    make_distribution: Callable[..., None], look: Callable[[], Found]
) -> None:
    make_distribution("packer-sdk")
    make_distribution("packer-plugin-note", "0.2.0", entry_points=NOTE)
    found = look()
    assert found.version == "0.2.0"
    assert found.components == (
        InstalledComponent("builder", "note", "packer_plugin_note.builder:NoteBuilder"),
        InstalledComponent("builder", "note-extra", "packer_plugin_note.builder:ExtraBuilder"),
        InstalledComponent("provisioner", "note", "packer_plugin_note.provisioner:NoteProvisioner"),
    )


def test_distributions_are_listed_with_a_digest_of_their_record(
    make_distribution: Callable[..., None], look: Callable[[], Found]
) -> None:
    make_distribution("packer-sdk", "0.1.3", record="a,sha256=1,1\n")
    make_distribution("Packer_Plugin.Note", entry_points=NOTE, record="b,sha256=2,2\n")
    found = look()
    assert [(one.name, one.version) for one in found.distributions] == [
        ("packer-plugin-note", "0.1.0"),
        ("packer-sdk", "0.1.3"),
    ]
    assert len({one.record for one in found.distributions}) == 2


def test_distribution_without_components_is_no_plugin(
    make_distribution: Callable[..., None], look: Callable[[], Found]
) -> None:
    make_distribution("packer-sdk")
    make_distribution("packer-plugin-note", entry_points="[packer.builder]\nnote = m:N\n")
    with pytest.raises(InstallError, match="not a plugin: packer-plugin-note") as caught:
        look()
    assert "packer.builders" in (caught.value.hint or "")
    assert (caught.value.hint or "").endswith("; it has packer.builder")


def test_distribution_of_another_name_is_told(
    make_distribution: Callable[..., None], look: Callable[[], Found]
) -> None:
    make_distribution("packer-plugin-other", entry_points=NOTE)
    with pytest.raises(InstallError, match="not packer-plugin-note: packer-plugin-other"):
        look()


def test_plugin_without_the_sdk_cannot_be_started(
    make_distribution: Callable[..., None], look: Callable[[], Found]
) -> None:
    make_distribution("packer-plugin-note", entry_points=NOTE)
    with pytest.raises(InstallError, match="does not depend on packer-sdk"):
        look()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a.b = m:N", "whose name cannot be used: a.b"),
        ("../x = m:N", "whose name cannot be used: ../x"),
        ("note = m", "which class its builder note is: m"),
        ("note = m:N'); print('", "which class its builder note is"),
    ],
)
def test_component_that_no_shim_can_start_is_refused(
    line: str,
    message: str,
    make_distribution: Callable[..., None],
    look: Callable[[], Found],
) -> None:
    make_distribution("packer-sdk")
    make_distribution("packer-plugin-note", entry_points=f"[packer.builders]\n{line}\n")
    with pytest.raises(InstallError, match=message):
        look()


def test_description_of_our_api_is_accepted() -> None:
    description = {"api_version": "x5.0", "builders": ["note"]}
    assert check_description("packer-plugin-note", json.dumps(description)) == description


@pytest.mark.parametrize("version", ["x4.0", "x6.0", "x5.1"])
def test_description_of_another_api_is_refused(version: str) -> None:
    with pytest.raises(InstallError, match=f"another version of the plugin API: {version}"):
        check_description("packer-plugin-note", json.dumps({"api_version": version}))


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "Hello!",
        "[]",
        "{}",
        '{"api_version": 5}',
        '{"api_version": "5.0"}',
        'Hello! {"api_version": "x5.0"}',
    ],
)
def test_answer_that_is_no_description_is_refused(answer: str) -> None:
    with pytest.raises(InstallError, match="packer-plugin-note does not"):
        check_description("packer-plugin-note", answer)

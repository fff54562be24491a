from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_core.constraints import allows, parse_constraints
from packer_core.diagnostics import Place
from packer_core.errors import InstallError
from packer_core.plugins.lock.file import write_lock
from packer_core.plugins.lock.model import Lock, LockedPlugin, LockedProgram
from packer_core.plugins.pinned import lock_path, pinned
from packer_core.template.model import RequiredPlugin

if TYPE_CHECKING:
    from pathlib import Path


def required(source: str) -> RequiredPlugin:
    return RequiredPlugin(
        accessor="x",
        source=source,
        version=">= 1",
        constraints=parse_constraints(">= 1"),
        place=Place("a.pkr.hcl", 3, 5),
    )


CLOUD, NOTE, OTHER = map(
    required, ["github.com/maker/cloud", "packer-plugin-note", "github.com/maker/other"]
)
LOCK = Lock(
    targets=(),
    plugins=(
        LockedPlugin(name="packer-plugin-note", version="1.2", requirement="packer-plugin-note"),
    ),
    programs=(LockedProgram(address="github.com/maker/cloud", version="1.0.1", archives=()),),
)


def test_lock_of_a_template_lies_beside_it(tmp_path: Path) -> None:
    assert lock_path(tmp_path) == lock_path(tmp_path / "box.pkr.hcl") == tmp_path / "packer.lock"


def test_without_a_lock_a_template_decides(tmp_path: Path) -> None:
    assert pinned([CLOUD, NOTE], tmp_path) == (CLOUD, NOTE)


def test_lock_says_which_version_it_is(tmp_path: Path) -> None:
    write_lock(tmp_path / "packer.lock", LOCK)
    cloud, note, other = pinned([CLOUD, NOTE, OTHER], tmp_path / "box.pkr.hcl")
    assert allows(cloud.constraints, "1.0.1")
    assert not allows(cloud.constraints, "1.0.2")
    assert cloud.version == ">= 1 (1.0.1 in packer.lock)"
    assert allows(note.constraints, "1.2.0")
    assert not allows(note.constraints, "1.2.1")
    assert other == OTHER


def test_lock_that_cannot_be_read_stops(tmp_path: Path) -> None:
    (tmp_path / "packer.lock").write_text("format = 2\n")
    with pytest.raises(InstallError, match="newer packer"):
        pinned([CLOUD], tmp_path)

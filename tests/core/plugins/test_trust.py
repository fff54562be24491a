from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from packer_core.plugins.trust import objection_to_file, objection_to_folder

if TYPE_CHECKING:
    from pathlib import Path

STRANGER = 4711

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "packer-builder-x"
    path.touch(mode=0o755)
    return path


def test_own_file_and_folder_are_trusted(file: Path) -> None:
    assert objection_to_file(file) is None
    assert objection_to_folder(file.parent) is None


def test_group_may_write(file: Path) -> None:
    file.chmod(0o775)
    file.parent.chmod(0o775)
    assert objection_to_file(file) is None
    assert objection_to_folder(file.parent) is None


def test_file_that_everybody_may_write_is_refused(file: Path) -> None:
    file.chmod(0o757)
    assert objection_to_file(file) == "everybody may write to it"


def test_folder_that_everybody_may_write_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    assert objection_to_folder(tmp_path) == "everybody may write to its folder"


def test_folder_with_the_sticky_bit_is_let_through(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    assert objection_to_folder(tmp_path) is None


@needs_root
def test_file_of_a_stranger_is_refused(file: Path) -> None:
    os.chown(file, STRANGER, -1)
    assert objection_to_file(file) == "it belongs to another user, number 4711"
    assert objection_to_file(file, me=STRANGER) is None


@needs_root
def test_folder_of_a_stranger_is_refused_even_with_the_sticky_bit(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    os.chown(tmp_path, STRANGER, -1)
    assert objection_to_folder(tmp_path) == "its folder belongs to another user, number 4711"


@needs_root
def test_file_of_root_is_trusted_by_everybody(file: Path) -> None:
    assert objection_to_file(file, me=STRANGER) is None
    assert objection_to_folder(file.parent, me=STRANGER) is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root is nobody's stranger")
def test_file_of_mine_is_a_strangers_to_others(file: Path) -> None:
    assert "belongs to another user" in (objection_to_file(file, me=STRANGER) or "")


@needs_root
def test_link_of_a_stranger_is_refused(file: Path) -> None:
    link = file.parent / "packer-builder-y"
    link.symlink_to(file)
    os.chown(link, STRANGER, -1, follow_symlinks=False)
    assert objection_to_file(link) == "the link belongs to another user, number 4711"


def test_link_is_judged_by_where_it_leads(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "packer-builder-y"
    link.symlink_to(file)
    assert objection_to_file(link) is None
    file.chmod(0o757)
    assert objection_to_file(link) == f"everybody may write to it (it leads to {file})"


def test_link_into_a_folder_that_everybody_may_write_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "open" / "tool"
    target.parent.mkdir()
    target.touch(mode=0o755)
    target.parent.chmod(0o777)
    link = tmp_path / "packer-builder-y"
    link.symlink_to(target)
    assert "everybody may write to its folder" in (objection_to_file(link) or "")


def test_link_that_leads_nowhere_is_no_danger(tmp_path: Path) -> None:
    link = tmp_path / "packer-builder-y"
    link.symlink_to(tmp_path / "gone")
    assert objection_to_file(link) is None


def test_file_that_is_gone_is_told(tmp_path: Path) -> None:
    assert "cannot be looked at" in (objection_to_file(tmp_path / "gone") or "")
    assert "cannot be looked at" in (objection_to_folder(tmp_path / "gone") or "")

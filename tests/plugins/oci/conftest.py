"""What the tests of the oci plugin share: small images, and a way to skip what is forbidden."""

from __future__ import annotations

import io
import os
import tarfile
from typing import TYPE_CHECKING

import pytest

from packer_plugin_oci.chroot import Entrance
from packer_plugin_oci.hostfiles import HostCopier
from packer_plugin_oci.inside import Root
from packer_sdk import ComponentError, RemoteCommand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PROGRAMS = ("sh", "cat", "ls", "echo", "sleep", "true", "mkdir", "rm", "ln", "chmod", "id", "head")


def go_on() -> None:
    """A check for cancels that never finds one."""


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Root]:
    """An empty image; beside it, a folder `outside` that nobody may get to."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    (tmp_path / "rootfs").mkdir(mode=0o755)
    with Root(str(tmp_path / "rootfs")) as opened:
        yield opened


@pytest.fixture
def tarball() -> Callable[..., bytes]:
    """Make an archive of members: names, or name and changes to the header, or with content."""
    return make_tar


def make_tar(*members: str | tuple[str, dict[str, object]]) -> bytes:
    """A name ending in ``/`` is a folder, everything else a file; a dictionary says otherwise."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member in members:
            name, changes = (member, {}) if isinstance(member, str) else member
            info = tarfile.TarInfo(name.rstrip("/") or "/")
            info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            info.mode = 0o755 if name.endswith("/") else 0o644
            content = changes.pop("content", b"")
            assert isinstance(content, bytes)
            for key, value in changes.items():
                setattr(info, key, value)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A root file system with a shell, made once."""
    path = tmp_path_factory.mktemp("programs")
    os.chmod(path, 0o755)
    with Root(str(path)) as root:
        copier = HostCopier(root, [], go_on)
        copier.lay_out()
        for name in PROGRAMS:
            copier.copy_program(name)
    return str(path)


@pytest.fixture(scope="session")
def way_in(programs: str) -> str:
    """The root file system with a shell; skips where this machine lets nobody in."""
    with Root(programs) as root, Entrance(root, {}) as entrance:
        try:
            assert entrance.start(RemoteCommand("true")).wait(30) == 0
        except ComponentError as error:
            pytest.skip(f"{error} ({error.hint})")
    return programs


@pytest.fixture
def shell_root(way_in: str) -> Iterator[Root]:
    """An image with a shell that can be entered."""
    with Root(way_in) as root:
        yield root

"""Stores that are not one's own to write: read-only ones, and those of other users."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from .test_judges import seal_with_another_python

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from .conftest import Shop

STRANGER = 4711
_POWERS = "-dac_override,-dac_read_search,-fowner,-chown"
# Root may write anywhere; without these powers a folder is as read-only as it says.
HUMBLY = () if os.geteuid() else ("setpriv", f"--bounding-set={_POWERS}", f"--inh-caps={_POWERS}")
# May look anywhere, as the Python of these tests may be in somebody's home; and write nowhere else.
_LOOKS = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
AS_STRANGER = (
    *("setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups", *_LOOKS),
)

TEMPLATE = '{"builders": [{"type": "tiny"}]}'


def packer(
    shop: Shop,
    *words: str,
    by: tuple[str, ...],
    status: int = 0,
    environ: Mapping[str, str] | None = None,
) -> str:
    done = subprocess.run(
        [*by, sys.executable, "-P", "-m", "packer_core", *words],
        env={**shop.environ, **(environ or {})},
        cwd=shop.root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def set_modes(root: Path, *, writable: bool) -> None:
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o200 if writable else mode & ~0o222)


@pytest.fixture
def sealed(shop: Shop) -> Iterator[Shop]:
    """A store with a plugin, to which nobody may write."""
    shop.install("packer-plugin-tiny")
    (shop.root / "t.json").write_text(TEMPLATE)
    set_modes(shop.paths.data_dir, writable=False)
    yield shop
    set_modes(shop.paths.data_dir, writable=True)


def test_read_only_store_is_used_and_left_as_it_is(sealed: Shop) -> None:
    before = sealed.holds()
    assert "packer-plugin-tiny 1.1.0" in packer(sealed, "build", "t.json", by=HUMBLY)
    assert "packer-plugin-tiny" in packer(sealed, "plugins", "list", by=HUMBLY)
    assert "is as it was installed" in packer(sealed, "plugins", "verify", by=HUMBLY)
    assert "Nothing is wrong" in packer(sealed, "plugins", "doctor", by=HUMBLY)
    assert sealed.holds() == before


def test_read_only_store_that_shall_change_is_told(sealed: Shop) -> None:
    before = sealed.holds()
    for words in (["install", "-force", "packer-plugin-tiny"], ["remove", "tiny"], ["prune"]):
        printed = packer(sealed, "plugins", *words, by=HUMBLY, status=1)
        assert "cannot change the store of plugins: permission denied" in printed
        assert "PACKER_DATA_DIR" in printed
    assert sealed.holds() == before


def can_be_a_stranger() -> bool:
    look = f"import os, packer_core; os.stat({os.path.realpath(sys.executable)!r})"
    command = [*AS_STRANGER, sys.executable, "-c", look]
    return (
        not os.geteuid()
        and not subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode
    )


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_store_of_another_user_is_not_used(shop: Shop) -> None:
    shop.install("packer-plugin-tiny")
    (shop.root / "t.json").write_text(TEMPLATE)
    for folder, folders, files in os.walk(shop.paths.data_dir):
        for name in (*folders, *files, "."):
            os.chown(f"{folder}/{name}", STRANGER, STRANGER, follow_symlinks=False)
    printed = packer(shop, "build", "t.json", by=(), status=1)
    assert "belongs to another user, number 4711" in printed
    assert "belongs to another user, number 4711" in packer(
        shop, "plugins", "doctor", by=(), status=1
    )


@pytest.mark.root
def test_store_of_root_serves_another_user(shop: Shop) -> None:
    if not can_be_a_stranger():
        pytest.skip("needs root (CAP_SETUID), and a Python that every user can start")
    shop.install("packer-plugin-tiny")
    home = shop.root / "home"
    home.mkdir()
    os.chown(home, STRANGER, STRANGER)
    (home / "t.json").write_text(TEMPLATE)
    for folder in shop.root.parents:  # pytest keeps its folders to their owner
        if not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    shop.root.chmod(0o755)
    own = {"HOME": str(home), "PACKER_CACHE_DIR": str(home / "cache")}
    printed = packer(shop, "build", str(home / "t.json"), by=AS_STRANGER, environ=own)
    assert "packer-plugin-tiny 1.1.0" in printed
    printed = packer(shop, "plugins", "remove", "tiny", by=AS_STRANGER, status=1, environ=own)
    assert "cannot change the store of plugins: permission denied" in printed


def test_wheel_of_another_python_is_told_and_the_hint_repairs_it(shop: Shop) -> None:
    receipt = shop.install("packer-plugin-tiny")
    (shop.root / "t.json").write_text(TEMPLATE)
    seal_with_another_python(receipt.folder, filename="msgpack-1.2.4-cp27-cp27m-win32.whl")
    printed = " ".join(packer(shop, "build", "t.json", by=(), status=1).split())
    assert "the wheel is for another Python: msgpack-1.2.4-cp27-cp27m-win32.whl" in printed
    hint = "packer plugins install -force packer-plugin-tiny==1.1.0"
    assert hint in printed
    packer(shop, *hint.split()[1:], by=())
    assert "packer-plugin-tiny 1.1.0" in packer(shop, "build", "t.json", by=())

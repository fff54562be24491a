"""What can be told without pip; the rest is in ``tests/e2e/test_install.py``."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError
from packer_core.plugins.install import Installer, Receipt
from packer_core.plugins.install.receipts import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_core.paths import Paths


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def installer(paths: Paths, said: list[str]) -> Installer:
    return Installer(paths, said.append)


@pytest.fixture
def put(paths: Paths, make_receipt: Callable[..., Receipt]) -> Callable[..., Receipt]:
    """Lay out an installed plugin, its files and its receipt."""

    def put(name: str = "packer-plugin-note", **fields: object) -> Receipt:
        receipt = make_receipt(distribution=name, **fields)
        for path in (
            paths.environments / name / "bin" / "python",
            *map(type(paths.shims), receipt.shims),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"# packer-shim of {name}\n")
        write_atomically(paths.receipts / f"{name}.json", receipt.to_json())
        return receipt

    return put


def test_installed_reads_the_receipts(installer: Installer, put: Callable[..., Receipt]) -> None:
    assert installer.installed() == []
    receipt = put()
    assert installer.installed() == [receipt]
    assert [(row.name, row.state) for row in installer.rows()] == [("note", "ok")]


def test_list_of_installed_plugins_imports_nothing_heavy() -> None:
    code = (
        "import os, sys\n"
        "from packer_core.paths import Paths\n"
        "from packer_core.plugins.install import Installer\n"
        "Installer(Paths.from_environ(os.environ), print).rows()\n"
        "heavy = {'virtualenv', 'filelock', 'distlib', 'packaging', 'pip', 'importlib_metadata',"
        " 'importlib.metadata', 'platformdirs', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


def test_plugin_that_is_there_is_left_as_it_is(
    installer: Installer, said: list[str], put: Callable[..., Receipt]
) -> None:
    receipt = put(version="0.2.0")
    assert installer.install("packer-plugin-note>=0.1") == receipt
    assert said == ["Already installed: packer-plugin-note 0.2.0"]


@pytest.mark.parametrize("name", ["packer-plugin-note", "note", "Note", "packer_plugin.note"])
def test_plugin_is_removed_by_its_long_and_its_short_name(
    name: str, installer: Installer, paths: Paths, put: Callable[..., Receipt]
) -> None:
    receipt = put()
    assert installer.remove(name) == receipt.distribution
    assert installer.installed() == []
    assert list(paths.shims.iterdir()) == list(paths.environments.iterdir()) == []


@pytest.mark.parametrize("action", [Installer.remove, Installer.upgrade])
def test_plugin_that_is_not_installed_is_told_with_those_that_are(
    action: Callable[[Installer, str], Receipt], installer: Installer, put: Callable[..., Receipt]
) -> None:
    with pytest.raises(InstallError, match="not installed: something") as caught:
        action(installer, "something")
    assert caught.value.hint is None
    put()
    with pytest.raises(InstallError) as caught:
        action(installer, "something")
    assert caught.value.hint == "installed are packer-plugin-note"
    with pytest.raises(InstallError) as caught:
        action(installer, "nope")
    assert caught.value.hint == 'did you mean "note"?'

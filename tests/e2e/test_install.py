"""Installing for real: virtualenv, pip, and plugins that are started once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError
from packer_core.paths import Paths
from packer_core.plugins.discovery import discover
from packer_core.plugins.install import Installer
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled

if TYPE_CHECKING:
    from packer_core.plugins.install import Receipt

pytestmark = pytest.mark.e2e

NOTE = Path(__file__).parents[1] / "data" / "plugins" / "packer-plugin-note"

COOKIE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"


class Shop:
    """An installer with a store of its own."""

    def __init__(self, root: Path, environ: dict[str, str]) -> None:
        self.environ = {**environ, "PACKER_DATA_DIR": str(root / "store")}
        self.paths = Paths.from_environ(self.environ)
        self.said: list[str] = []
        self.cancel = CancelToken()
        self.installer = Installer(
            self.paths, self.said.append, environ=self.environ, cancel=self.cancel
        )

    def install(
        self, requirement: str, *, editable: bool = False, upgrade: bool = False
    ) -> Receipt:
        return self.installer.install(requirement, editable=editable, upgrade=upgrade)

    def holds(self) -> dict[str, bytes]:
        """Every file of the store but locks, wheels that are kept, and what Python caches."""
        root = self.paths.data_dir
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file()
            and path.suffix not in {".lock", ".pyc"}
            and self.paths.wheels not in path.parents
        }


def run(
    command: list[str], environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, env=environ
    )


@pytest.fixture
def shop(tmp_path: Path, offline_pip: dict[str, str]) -> Shop:
    return Shop(tmp_path, offline_pip)


def test_plugin_from_an_index_is_installed_and_found(shop: Shop, tmp_path: Path) -> None:
    receipt = shop.install("packer-plugin-note>=0.1")
    assert (receipt.distribution, receipt.version) == ("packer-plugin-note", "0.2.0")
    assert (receipt.origin, receipt.state) == ("index", "ok")
    assert receipt.description["api_version"] == "x5.0"
    assert [one.name for one in receipt.distributions] == [
        "msgpack",
        "packer-plugin-note",
        "packer-sdk",
    ]
    assert shop.installer.installed() == [receipt]
    assert shop.said[-1] == (
        "Installed packer-plugin-note 0.2.0: builder note, post-processor note, provisioner note"
    )
    catalog = discover(shop.paths, cwd=tmp_path, environ={}, bundled=())
    assert [str(one) for one in catalog.components()] == [
        "builder note",
        "provisioner note",
        "post-processor note",
    ]
    assert {one.source for one in catalog.components()} == {"installed"}


def test_plugin_has_an_environment_without_pip_and_ours_is_untouched(shop: Shop) -> None:
    receipt = shop.install("packer-plugin-note")
    code = "import importlib.util as u; print([n for n in ('pip', 'click') if u.find_spec(n)])"
    printed = subprocess.check_output([receipt.interpreter, "-I", "-c", code], text=True)
    assert printed == "[]\n"
    assert "packer_plugin_note" not in sys.modules
    finished = run([sys.executable, "-c", "import packer_plugin_note"])
    assert finished.returncode != 0


def test_shim_starts_its_component_in_its_environment(shop: Shop) -> None:
    receipt = shop.install("packer-plugin-note")
    environ = {
        **shop.environ,
        "PACKER_PLUGIN_MAGIC_COOKIE": COOKIE,
        "PYTHONPATH": "/nowhere",  # cut off by the shim
    }
    for shim in receipt.shims:
        with subprocess.Popen(
            [shim], env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        ) as child:
            try:
                assert child.stdout
                assert child.stdout.readline().startswith("5|0|")
            finally:
                child.kill()


def test_shim_refuses_to_be_run_by_hand(shop: Shop) -> None:
    receipt = shop.install("packer-plugin-note")
    for shim in receipt.shims:
        finished = run([shim])
        assert finished.returncode == 1
        assert finished.stdout == ""
        assert "packer" in finished.stderr.lower()


def test_plugin_that_is_installed_already_is_left_alone(shop: Shop) -> None:
    first = shop.install("packer-plugin-note")
    assert shop.install("packer-plugin-note==0.2.0") == first
    assert shop.said[-1] == "Already installed: packer-plugin-note 0.2.0"


def test_plugin_from_a_wheel_is_installed_again_only_if_it_changed(
    shop: Shop, wheelhouse: Path, tmp_path: Path
) -> None:
    (original,) = wheelhouse.glob("packer_plugin_note-*.whl")
    wheel = Path(shutil.copy(original, tmp_path))
    first = shop.install(str(wheel))
    assert (first.origin, first.requirement) == ("wheel", str(wheel))
    assert shop.install(str(wheel)) == first
    with wheel.open("ab") as file:
        file.write(b"\n")  # a zip archive may have a comment's worth of rubbish at its end
    assert shop.install(str(wheel)).fingerprint != first.fingerprint


def test_plugin_from_a_folder_is_a_copy_of_it(shop: Shop, tmp_path: Path) -> None:
    project = Path(shutil.copytree(NOTE, tmp_path / "note"))
    receipt = shop.install(str(project))
    assert (receipt.origin, receipt.requirement) == ("folder", str(project))
    shutil.rmtree(project)
    code = "import packer_plugin_note as p; print(p.__file__)"
    assert run([receipt.interpreter, "-I", "-c", code]).stdout.startswith(receipt.environment)


def test_plugin_that_is_editable_follows_its_sources(shop: Shop, tmp_path: Path) -> None:
    project = Path(shutil.copytree(NOTE, tmp_path / "note"))
    receipt = shop.install(str(project), editable=True)
    assert receipt.origin == "editable"
    code = "import packer_plugin_note as p; print(p.__file__)"
    printed = subprocess.check_output([receipt.interpreter, "-I", "-c", code], text=True)
    assert printed.startswith(str(project))
    assert shop.installer.upgrade("note").origin == "editable"


def test_removed_plugin_leaves_nothing(shop: Shop) -> None:
    shop.install("packer-plugin-note")
    shop.installer.remove("note")
    assert shop.holds() == {}
    assert shop.said[-1] == "Removed packer-plugin-note 0.2.0"


def test_plugin_without_interpreter_is_told_and_made_again(shop: Shop) -> None:
    receipt = shop.install("packer-plugin-note")
    Path(receipt.interpreter).unlink()
    assert {row.state for row in shop.installer.rows()} == {"interpreter missing"}
    assert shop.install("packer-plugin-note").state == "ok"


def test_distribution_that_is_no_plugin_is_refused(shop: Shop) -> None:
    with pytest.raises(InstallError, match="not a plugin: packer-plugin-nothing"):
        shop.install("packer-plugin-nothing")
    assert shop.holds() == {}


def test_plugin_with_a_component_of_another_is_refused_and_both_are_named(shop: Shop) -> None:
    shop.install("packer-plugin-note")
    before = shop.holds()
    with pytest.raises(InstallError) as caught:
        shop.install("packer-plugin-notable")
    assert str(caught.value) == (
        "both packer-plugin-notable and packer-plugin-note have a builder note"
    )
    assert caught.value.hint == "packer plugins remove packer-plugin-note"
    assert shop.holds() == before


def test_plugin_without_a_command_of_its_name_is_refused(shop: Shop, tmp_path: Path) -> None:
    project = Path(shutil.copytree(NOTE, tmp_path / "note"))
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text().replace("packer-plugin-note =", "note ="))
    with pytest.raises(InstallError, match="no command of its own name") as caught:
        shop.install(str(project))
    assert "[project.scripts] packer-plugin-note" in (caught.value.hint or "")
    assert shop.holds() == {}


def test_plugin_that_cannot_be_imported_is_refused_with_what_it_printed(shop: Shop) -> None:
    with pytest.raises(
        InstallError, match="cannot be started: describe ended with exit status 1"
    ) as caught:
        shop.install("packer-plugin-broken")
    assert "a_module_that_nobody_has" in caught.value.output
    assert shop.holds() == {}


def test_plugin_that_no_index_has_is_told_with_the_output_of_pip(shop: Shop) -> None:
    with pytest.raises(InstallError, match="No matching distribution found") as caught:
        shop.install("packer-plugin-that-nobody-wrote")
    assert "ERROR:" in caught.value.output
    assert shop.holds() == {}


def test_upgrade_that_fails_keeps_the_plugin_as_it_was(shop: Shop) -> None:
    shop.install("packer-plugin-note")
    before = shop.holds()
    with pytest.raises(InstallError):
        shop.install("packer-plugin-note>=99", upgrade=True)
    assert shop.holds() == before
    assert shop.installer.rows()[0].state == "ok"


def test_installation_that_is_stopped_keeps_the_plugin_as_it_was(shop: Shop) -> None:
    shop.install("packer-plugin-note")
    before = shop.holds()
    made = shop.paths.environments / "packer-plugin-note" / "2" / "pyvenv.cfg"

    def stop_when_pip_runs() -> None:
        while not made.exists():
            time.sleep(0.005)
        shop.cancel.cancel()

    threading.Timer(0, stop_when_pip_runs).start()
    with pytest.raises(Cancelled):
        shop.install("packer-plugin-note", upgrade=True)
    assert shop.holds() == before


def test_two_installations_at_once_take_turns(shop: Shop, tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "from packer_core.paths import Paths\n"
        "from packer_core.plugins.install import Installer\n"
        "receipt = Installer(Paths.from_environ(os.environ), print).install('packer-plugin-note')\n"
        "print(receipt.state)\n"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=shop.environ, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    outputs = [child.communicate(timeout=120)[0] for child in children]
    assert [child.returncode for child in children] == [0, 0]
    assert all(output.endswith("ok\n") for output in outputs)
    assert sum("Already installed" in output for output in outputs) == 1


def test_crash_in_the_middle_is_undone_by_the_next_command(shop: Shop) -> None:
    shop.install("packer-plugin-note")
    before = shop.holds()
    code = (
        "import os\n"
        "from packer_core.paths import Paths\n"
        "from packer_core.plugins.install import Installer, store\n"
        "store.Slot.switch = lambda *a: os._exit(9)\n"
        "Installer(Paths.from_environ(os.environ), print)"
        ".install('packer-plugin-note', upgrade=True)\n"
    )
    finished = run([sys.executable, "-c", code], shop.environ)
    assert finished.returncode == 9
    assert shop.holds() != before
    with pytest.raises(InstallError):
        shop.install("packer-plugin-note>=99")
    assert shop.holds() == before


def test_receipt_is_json_that_others_can_read(shop: Shop) -> None:
    receipt = shop.install("packer-plugin-note")
    raw = json.loads((shop.paths.receipts / "packer-plugin-note.json").read_text())
    assert raw["format"] == 2
    assert raw["environment"] == receipt.environment
    assert {one["kind"] for one in raw["components"]} == {
        "builder",
        "provisioner",
        "post-processor",
    }
    assert all(len(one["record"]) == 64 for one in raw["distributions"])


def test_home_has_no_folder_of_the_seed_document(shop: Shop, home: Path) -> None:
    shop.install("packer-plugin-note")
    assert not (home / ".packer.d").exists()
    assert os.environ["HOME"] == str(home)

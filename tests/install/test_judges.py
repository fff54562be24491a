"""A real index, real installers, and packages that want something else than we do."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError, PluginStartError
from packer_core.plugins.discovery import discover
from packer_core.plugins.install import upkeep
from packer_core.plugins.preflight import Preflight
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled

from .conftest import Shop

if TYPE_CHECKING:
    from packer_core.plugins.catalog import Component


def described(shim: Path) -> dict[str, object]:
    done = subprocess.run([shim, "describe"], capture_output=True, check=True, timeout=60)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def found(shop: Shop, name: str = "tiny") -> Component:
    catalog = discover(shop.paths, cwd=shop.root, environ={}, bundled=())
    return catalog.find("builder", name)


def preflight(shop: Shop, said: list[str]) -> Preflight:
    made = Preflight(shop.paths, said.append, shop.environ, CancelToken())
    shop.to_close.append(made)
    return made


# --- where plugins come from


@pytest.mark.parametrize("backend", ["pip", "uv"])
def test_plugin_comes_from_an_index(backend: str, tmp_path: Path, index: str) -> None:
    shop = Shop(tmp_path, index, backend)
    receipt = shop.install("packer-plugin-tiny")
    assert (receipt.version, receipt.installer, receipt.state) == ("1.1.0", backend, "ok")
    assert [wheel.name for wheel in receipt.wheels] == [
        "msgpack",
        "packer-plugin-tiny",
        "packer-sdk",
    ]
    assert described(shop.paths.shims / "packer-builder-tiny")["version"] == "1.1.0"


def tree(receipt_folder: str) -> dict[str, str]:
    """Every file by its content; what names the place itself is made the same."""
    root = Path(receipt_folder)
    files = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            files[name] = f"-> {path.readlink()}"
        elif path.is_file() and name not in {"packer-files.json", "packer-receipt.json"}:
            text = path.read_bytes().replace(str(root).encode(), b"HERE")
            # RECORD has the length of paths in it; bytecode depends on what was compiled before.
            varies = name.endswith((".pyc", "RECORD"))
            files[name] = "" if varies else text.decode("latin-1")
    return files


def test_both_installers_leave_the_same(tmp_path: Path, index: str) -> None:
    trees, receipts = [], []
    for backend in ("pip", "uv"):
        receipt = Shop(tmp_path / backend, index, backend).install("packer-plugin-tiny")
        trees.append(tree(receipt.environment))
        receipts.append(receipt)
    for made in trees:  # who made it is all that may differ
        settings = made.pop("pyvenv.cfg").splitlines()
        assert "include-system-site-packages = false" in settings
        for link in [name for name in made if re.fullmatch(r"bin/python[\d.]*", name)]:
            assert made.pop(link).startswith("-> ")
    assert trees[0] == trees[1]
    assert receipts[0].wheels == receipts[1].wheels
    assert receipts[0].components == receipts[1].components
    assert receipts[0].description == receipts[1].description
    assert receipts[0].fingerprint == receipts[1].fingerprint


@pytest.mark.parametrize("name", ["packer-builder-other", "unusual-name"])
def test_any_distribution_with_entry_points_is_a_plugin(name: str, shop: Shop) -> None:
    receipt = shop.install(name)
    assert [one.kind for one in receipt.components] == ["builder"]
    assert shop.installer.remove(name) == name


def test_index_of_the_command_line_wins_and_is_remembered(
    tmp_path: Path, index: str, packages: Path
) -> None:
    shop = Shop(tmp_path, "http://127.0.0.1:9/simple/")
    receipt = shop.install("packer-plugin-tiny==1.0", index_url=index)
    assert receipt.sources.index_url == index
    assert shop.installer.upgrade("tiny") == receipt
    for place in (str(packages), packages.as_uri()):
        receipt = shop.install("packer-plugin-left", index_url=index, find_links=(place,))
        assert receipt.sources.find_links == (place,)
        shop.installer.remove("left")


def test_password_of_an_index_is_not_written_down(tmp_path: Path, index: str) -> None:
    shop = Shop(tmp_path, index)
    secret = index.replace("127.0.0.1", "me:hunter2@127.0.0.1")
    receipt = shop.install("packer-plugin-tiny", index_url=secret)
    assert receipt.sources.index_url == index
    texts = [path.read_text() for path in shop.paths.environments.rglob("*.json")]
    assert not [text for text in texts if "hunter2" in text]


def test_plugins_with_incompatible_needs_live_side_by_side(shop: Shop) -> None:
    versions = {}
    for side in ("left", "right"):
        receipt = shop.install(f"packer-plugin-{side}")
        versions[side] = next(w.version for w in receipt.wheels if w.name == "library")
    assert versions == {"left": "1.0", "right": "2.0"}


def test_release_that_was_taken_back_is_not_used(tmp_path: Path, odd_index: str) -> None:
    assert Shop(tmp_path, odd_index).install("packer-plugin-tiny").version == "1.0.0"


def test_several_are_installed_side_by_side_and_one_failure_is_its_own(shop: Shop) -> None:
    done = shop.packer(
        "plugins",
        "install",
        "packer-plugin-left",
        "packer-plugin-gone",
        "packer-plugin-right",
        status=1,
    )
    assert "packer-plugin-gone" in done.stdout + done.stderr
    assert [one.distribution for one in shop.installer.installed()] == [
        "packer-plugin-left",
        "packer-plugin-right",
    ]


def test_of_two_that_claim_one_component_at_once_one_gets_it(shop: Shop) -> None:
    done = shop.packer("plugins", "install", "packer-plugin-tiny", "packer-plugin-twin", status=1)
    assert "have a builder tiny" in done.stdout + done.stderr
    assert len(shop.installer.installed()) == 1
    assert found(shop).path.exists()


# --- upgrade, roll back, clean up


def test_upgrade_keeps_the_way_back(shop: Shop) -> None:
    shop.install("packer-plugin-tiny==1.0")
    shop.installer.install("packer-plugin-tiny", upgrade=True)
    assert described(shop.paths.shims / "packer-builder-tiny")["version"] == "1.1.0"
    assert shop.installer.rollback("tiny").version == "1.0.0"
    assert described(shop.paths.shims / "packer-builder-tiny")["version"] == "1.0.0"
    with pytest.raises(InstallError, match="there is nothing before"):
        shop.installer.rollback("tiny")


def test_new_version_that_cannot_start_never_counts(shop: Shop) -> None:
    shop.install("packer-plugin-flaky==1.0")
    before = shop.holds()
    with pytest.raises(InstallError, match="cannot be started") as caught:
        shop.installer.install("packer-plugin-flaky", upgrade=True)
    assert "a_module_that_nobody_has" in caught.value.output
    assert shop.holds() == before
    assert described(shop.paths.shims / "packer-builder-flaky")["version"] == "1.0.0"


def test_prune_leaves_what_counts_and_the_wheels_of_it(shop: Shop) -> None:
    shop.install("packer-plugin-tiny==1.0")
    receipt = shop.installer.install("packer-plugin-tiny==1.1.0", upgrade=True)
    for folder in shop.paths.wheels.iterdir():
        os.utime(folder, (0, 0))
    pruned = upkeep.prune(shop.paths, shop.said.append, CancelToken())
    assert [Path(path).name for path in pruned.generations] == ["1"]
    assert pruned.freed_bytes > 0
    kept = {path.name for path in shop.paths.wheels.iterdir()}
    assert kept == {wheel.sha256 for wheel in receipt.wheels}
    assert shop.installer.rebuild("tiny").version == "1.1.0"


# --- is it what was installed?


def test_changed_file_is_named_and_the_plugin_is_not_started(shop: Shop) -> None:
    receipt = shop.install("packer-plugin-tiny")
    said: list[str] = []
    look = preflight(shop, said)
    assert look(found(shop)).argv == (f"{receipt.environment}/packer-shims/packer-builder-tiny",)
    [module] = Path(receipt.environment).rglob("packer_plugin_tiny.py")
    module.write_text(module.read_text() + "\n")
    with pytest.raises(PluginStartError, match=re.escape(f"{module} was changed")) as caught:
        look(found(shop))
    assert "packer plugins verify -repair packer-plugin-tiny" in (caught.value.hint or "")
    done = shop.packer("plugins", "verify", status=1)
    assert f"{module} was changed" in done.stdout
    shop.packer("plugins", "verify", "-repair", PIP_NO_INDEX="1", PIP_INDEX_URL="")
    look(found(shop))
    assert said == []


def test_file_that_only_looks_touched_is_no_reason(shop: Shop) -> None:
    receipt = shop.install("packer-plugin-tiny")
    [module] = Path(receipt.environment).rglob("packer_plugin_tiny.py")
    os.utime(module)
    preflight(shop, [])(found(shop))


@pytest.mark.parametrize("name", ["evil.pth", "msgpack.py", "sitecustomize.py"])
def test_file_that_was_added_beside_the_modules_is_named(name: str, shop: Shop) -> None:
    receipt = shop.install("packer-plugin-tiny")
    [module] = Path(receipt.environment).rglob("packer_plugin_tiny.py")
    module.with_name(name).write_text("import os\n")
    with pytest.raises(PluginStartError, match=f"{name} was added"):
        preflight(shop, [])(found(shop))


def test_receipt_that_was_edited_is_told_with_the_next_step(shop: Shop) -> None:
    receipt = shop.install("packer-plugin-tiny")
    path = Path(receipt.environment) / "packer-receipt.json"
    path.write_text(path.read_text().replace('"1.1.0"', '"9.9.0"'))
    look = preflight(shop, [])
    with pytest.raises(PluginStartError, match="was changed"):
        look(found(shop))
    look.close()
    done = shop.packer("plugins", "upgrade", "tiny", status=1)
    assert "packer-plugin-tiny" in done.stdout + done.stderr
    assert "somebody has changed it" in shop.packer("plugins", "doctor", status=1).stdout
    shop.packer("plugins", "remove", "tiny")
    assert shop.holds() == {}


def test_environment_whose_python_was_replaced_is_made_again_offline(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = shop.install("packer-plugin-tiny")
    seal_with_another_python(Path(receipt.environment))
    shop.environ |= {"PIP_NO_INDEX": "1", "PIP_INDEX_URL": ""}
    said: list[str] = []
    look = preflight(shop, said)
    component = look(found(shop))
    assert said == [
        "Making the environment of packer-plugin-tiny again: its Python is gone: /gone/python"
    ]
    assert described(Path(component.argv[0]))["version"] == "1.1.0"
    again = shop.installer.known("tiny")
    assert (again.wheels, again.environment) != (receipt.wheels, receipt.environment)
    assert again.wheels == receipt.wheels
    look(found(shop))
    assert len(said) == 1


def seal_with_another_python(generation: Path, filename: str = "") -> None:
    """As if the environment had been made with a Python that is not there any more.

    Args:
        generation: Its folder.
        filename: What the first wheel was called that it was made of.
    """
    import hashlib
    from dataclasses import replace

    from packer_core.plugins.install.receipts import Receipt

    path = generation / "packer-files.json"
    raw = json.loads(path.read_text())
    raw["interpreter"] = ["/gone/python", 1, 1]
    path.write_text(json.dumps(raw))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    own = generation / "packer-receipt.json"
    receipt = replace(Receipt.from_json(own.read_text()), manifest=digest)
    if filename:
        first, *others = receipt.wheels
        receipt = replace(receipt, wheels=(replace(first, filename=filename), *others))
    own.write_text(receipt.to_json())


def test_environment_without_its_wheels_says_what_to_type(shop: Shop) -> None:
    receipt = shop.install("packer-plugin-tiny")
    seal_with_another_python(Path(receipt.environment))
    for wheel in shop.paths.wheels.rglob("*.whl"):
        wheel.unlink()
    with pytest.raises(PluginStartError, match="the wheel is gone") as caught:
        preflight(shop, [])(found(shop))
    assert caught.value.hint == "packer plugins install -force packer-plugin-tiny==1.1.0"


@pytest.mark.parametrize("folder", ["", "environments", "environments/packer-plugin-tiny"])
def test_store_that_everybody_may_write_to_is_not_used(folder: str, shop: Shop) -> None:
    shop.install("packer-plugin-tiny")
    component = found(shop)
    (shop.paths.data_dir / folder).chmod(0o777)
    with pytest.raises(PluginStartError, match="everybody may write to its folder") as caught:
        preflight(shop, [])(component)
    assert "chmod o-w" in (caught.value.hint or "")
    doctored = shop.packer("plugins", "doctor", status=1).stdout
    assert "everybody may write to its folder" in doctored


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("folder", ["", "environments", "environments/packer-plugin-tiny"])
def test_store_of_another_user_is_not_used(folder: str, shop: Shop) -> None:
    shop.install("packer-plugin-tiny")
    component = found(shop)
    os.chown(shop.paths.data_dir / folder, 54321, 54321)
    with pytest.raises(PluginStartError, match="belongs to another user, number 54321"):
        preflight(shop, [])(component)


# --- bad input: one message, a next step, exit 1, the store as it was

BAD = [
    (["packer-plugin-tiney"], "No matching distribution", "did you mean"),
    (["packer-plugin-tiny==7"], "from versions: 1.0.0, 1.1.0", "packer plugins install"),
    (["packer-plugin-torn"], "conflict", "tell its author"),
    (["packer-plugin-source"], "No matching distribution", "-allow-sdist"),
    (["packer-plugin-hostile"], "hostile.pth: import os", "do not trust it"),
    (["packer-plugin-site"], "sitecustomize.py", "do not trust it"),
    (["nothing"], "not a plugin: nothing has no component", "entry points in packer.builders"),
    (["packer-plugin-twin"], "both packer-plugin-twin and packer-plugin-tiny", "remove"),
    (["packer-plugin-old"], "packer-plugin-old", "this packer runs on Python"),
    (["-installer", "conda", "packer-plugin-left"], "no such installer: conda", "pip, uv"),
    (["./nowhere"], "no such file or folder", ""),
]


@pytest.mark.parametrize(("words", "message", "hint"), BAD)
def test_bad_input_is_told_with_a_next_step(
    words: list[str], message: str, hint: str, shop: Shop
) -> None:
    shop.install("packer-plugin-tiny==1.0")
    before = shop.holds()
    done = shop.packer("plugins", "install", *words, status=1)
    printed = " ".join((done.stdout + done.stderr).split())
    assert message in printed
    assert hint in printed
    assert printed.count("Error: ") == 1
    assert shop.holds() == before


def test_wheel_that_is_not_what_the_index_says_is_refused(tmp_path: Path, odd_index: str) -> None:
    for backend in ("pip", "uv"):
        shop = Shop(tmp_path / backend, odd_index, backend)
        with pytest.raises(InstallError, match=r"(?i)hash|SHA-256"):
            shop.install("packer-plugin-many")
        assert shop.holds() == {}


def test_store_that_cannot_be_written_is_told(shop: Shop) -> None:
    shop.paths.data_dir.write_text("a file")
    done = shop.packer("plugins", "install", "packer-plugin-tiny", status=1)
    assert "cannot change the store of plugins" in done.stdout + done.stderr
    assert "PACKER_DATA_DIR" in done.stdout + done.stderr


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: CAP_SYS_ADMIN mounts a small disk")
def test_disk_that_is_full_leaves_the_store_as_it_was(tmp_path: Path, index: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here: needs CAP_SYS_ADMIN")
    try:
        shop = Shop(tmp_path, index)
        shop.environ["PACKER_DATA_DIR"] = str(disk / "store")
        shop = reopened(shop, index)
        shop.install("packer-plugin-tiny==1.0")
        before = shop.holds()
        free = shutil.disk_usage(disk).free
        (disk / "filler").write_bytes(b"x" * (free - 400_000))
        with pytest.raises(InstallError):
            shop.installer.install("packer-plugin-tiny", upgrade=True)
        assert shop.holds() == before
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def reopened(shop: Shop, index: str) -> Shop:
    """The same with the store where the environment says now."""
    other = Shop(shop.root, index)
    from packer_core.paths import Paths
    from packer_core.plugins.install import Installer

    other.environ = shop.environ
    other.paths = Paths.from_environ(shop.environ)
    other.installer = Installer(other.paths, other.said.append, environ=shop.environ)
    return other


def test_two_installations_at_once_take_turns(shop: Shop) -> None:
    shop.install("packer-plugin-tiny==1.0")
    results: list[int] = []

    def run() -> None:
        results.append(shop.packer("plugins", "install", "-force", "packer-plugin-tiny").returncode)

    threads = [threading.Timer(0, run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [0, 0]
    assert shop.installer.known("tiny").version == "1.1.0"
    assert upkeep.verify(shop.installer.known("tiny")) == []


@pytest.mark.parametrize("delay_s", [0.05, 0.3, 0.6, 0.9])
def test_asking_to_stop_at_any_moment_leaves_the_store_as_it_was(
    delay_s: float, shop: Shop
) -> None:
    shop.install("packer-plugin-tiny==1.0")
    before = shop.holds()
    timer = threading.Timer(delay_s, shop.cancel.cancel)
    timer.start()
    try:
        shop.installer.install("packer-plugin-tiny", upgrade=True)
    except Cancelled:
        assert shop.holds() == before
    finally:
        timer.cancel()
        timer.join()
    assert upkeep.verify(shop.installer.known("tiny")) == []


def test_rollback_takes_no_time_worth_speaking_of(shop: Shop) -> None:
    shop.install("packer-plugin-tiny==1.0")
    shop.installer.install("packer-plugin-tiny", upgrade=True)
    started = time.monotonic()
    shop.installer.rollback("tiny")
    assert time.monotonic() - started < 5  # it is milliseconds; this is for hangs


def test_build_starts_what_was_installed_and_nothing_else(shop: Shop) -> None:
    receipt = shop.install("packer-plugin-tiny")
    (shop.root / "t.json").write_text('{"builders": [{"type": "tiny"}]}')
    assert "packer-plugin-tiny 1.1.0" in shop.packer("build", "t.json").stdout
    [module] = Path(receipt.environment).rglob("packer_plugin_tiny.py")
    module.write_text(module.read_text().replace("1.1.0", "6.6.6"))
    done = shop.packer("build", "t.json", status=1)
    assert f"{module} was changed" in done.stdout + done.stderr
    assert "6.6.6" not in done.stdout
    seal_with_another_python(Path(receipt.environment))
    done = shop.packer("build", "t.json", PIP_NO_INDEX="1", PIP_INDEX_URL="")
    assert "Making the environment of packer-plugin-tiny again" in done.stdout
    assert "packer-plugin-tiny 1.1.0" in done.stdout

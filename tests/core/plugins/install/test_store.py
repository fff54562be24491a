from __future__ import annotations

import json
import os
import shutil
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from packer_core.errors import InstallError
from packer_core.plugins.install.manifest import Manifest
from packer_core.plugins.install.receipts import Receipt, read_receipt
from packer_core.plugins.install.shims import FOLDER, stage_shims
from packer_core.plugins.install.store import Slot, changing
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import Any

    from packer_core.paths import Paths

NAME = "packer-plugin-note"


class Shelf:
    """One slot of a store, and a plugin with as few files as will do."""

    def __init__(self, paths: Paths, make_receipt: Callable[..., Receipt]) -> None:
        self.slot = Slot(paths, NAME)
        self.paths = paths
        self.make_receipt = make_receipt
        self.said: list[str] = []

    def build(self, version: str, **fields: object) -> tuple[int, Receipt]:
        """Do all of an installation but its last step."""
        number, receipt = self.start(version, **fields)
        self.slot.finish(receipt, Manifest({}))
        return number, receipt

    def start(self, version: str, **fields: object) -> tuple[int, Receipt]:
        """Do all of an installation but the receipt."""
        folder = self.slot.fresh()
        python = folder / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(version)
        usual = {"environment": str(folder), "interpreter": str(python)}
        receipt = self.make_receipt(version=version, **{**usual, **fields})
        stage_shims(folder / FOLDER, python, NAME, receipt.components)
        return int(folder.name), receipt

    def install(self, version: str, **fields: object) -> None:
        before = self.slot.current
        self.slot.switch(*self.build(version, **fields))
        self.slot.keep_only(self.slot.current, before)

    def change(self, cancel: CancelToken | None = None) -> AbstractContextManager[None]:
        return changing(self.slot, self.said.append, cancel or CancelToken())

    def counts(self) -> tuple[str, list[str]]:
        """What a build would use: the version, and the shims that lead somewhere."""
        receipt = read_receipt(self.slot.receipt_path)
        shims = sorted(path.name for path in self.paths.shims.glob("packer-*") if path.exists())
        return (receipt.version if receipt else "", shims)

    def holds(self) -> list[str]:
        """Every file and link of the store but locks."""
        root = self.paths.data_dir
        return sorted(
            str(path.relative_to(root))
            for path in root.rglob("*")
            if (path.is_file() or path.is_symlink()) and path.parent != self.paths.locks
        )


@pytest.fixture
def shelf(paths: Paths, make_receipt: Callable[..., Receipt]) -> Shelf:
    return Shelf(paths, make_receipt)


def generation(number: int) -> list[str]:
    files = ["bin/python", "packer-files.json", "packer-receipt.json"]
    files.append("packer-shims/packer-builder-note")
    return [f"environments/{NAME}/{number}/{file}" for file in files]


LINKS = [
    "bin/packer-builder-note",
    f"environments/{NAME}/current",
    f"receipts/{NAME}.json",
]


def test_installed_plugin_has_a_generation_and_links_to_it(shelf: Shelf) -> None:
    shelf.install("1")
    assert shelf.holds() == sorted([*generation(1), *LINKS])
    receipt = shelf.slot.receipt()
    assert receipt is not None
    assert receipt.state == "ok"
    assert shelf.counts() == ("1", ["packer-builder-note"])


def test_installation_keeps_the_one_before_and_no_other(shelf: Shelf) -> None:
    for version in "123":
        shelf.install(version)
    assert shelf.counts()[0] == "3"
    assert shelf.holds() == sorted([*generation(2), *generation(3), *LINKS])


def test_shim_that_the_new_version_does_not_have_is_removed(shelf: Shelf) -> None:
    shelf.install("1")
    shelf.install("2", components=(), shims=())
    assert "bin/packer-builder-note" not in shelf.holds()


def test_file_in_the_way_leaves_what_counts_as_it_was(shelf: Shelf) -> None:
    shelf.install("1")
    foreign = shelf.paths.shims / "packer-builder-note"
    foreign.unlink()
    foreign.write_text("mine")
    with pytest.raises(InstallError, match="in the way"):
        shelf.slot.switch(*shelf.build("2"))
    assert (shelf.counts()[0], foreign.read_text()) == ("1", "mine")


STEPS = [
    "os.symlink",
    "os.replace",
    "os.rename",
    "os.unlink",
    "os.remove",
    "os.rmdir",
    "os.mkdir",
]


class Killed(BaseException):
    """Nobody catches it, nobody cleans up: what kill -9 would leave."""


def crash_at(step: int, action: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Do something up to its ``step``-th change of the disk; whether it came to an end."""
    done = 0

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: Any, **named: Any) -> object:
            nonlocal done
            done += 1
            if done > step:
                raise Killed
            return real(*arguments, **named)

        return call

    with monkeypatch.context() as patch:
        for name in STEPS:
            patch.setattr(name, counted(getattr(os, name.removeprefix("os."))))
        try:
            action()
        except Killed:
            return False
    return True


@pytest.mark.parametrize("change", ["upgrade", "first", "remove", "rollback"])
def test_crash_at_any_step_leaves_the_old_or_the_new(
    change: str, paths: Paths, make_receipt: Callable[..., Receipt], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = set()
    for step in range(200):
        shutil.rmtree(paths.data_dir, ignore_errors=True)
        shelf = Shelf(paths, make_receipt)
        old, new = prepare(shelf, change)
        action = actions(shelf, change)
        done = crash_at(step, action, monkeypatch)
        now = shelf.counts()
        assert now[0] in {old, new}, f"{change}, step {step}"
        assert now[1] == (["packer-builder-note"] if now[0] else []) or not now[0]
        if done:
            assert now[0] == new
            assert old in seen
            return
        seen.add(now[0])
        shelf.slot.settle()
        assert shelf.counts() == (now[0], ["packer-builder-note"] if now[0] else [])
        assert not [name for name in shelf.holds() if ".new" in name and "environments" in name]
    pytest.fail("it never came to an end")


def prepare(shelf: Shelf, change: str) -> tuple[str, str]:
    """What counts before and after a change."""
    if change == "first":
        return "", "2"
    shelf.install("1")
    if change == "upgrade":
        return "1", "2"
    if change == "remove":
        return "1", ""
    shelf.install("2")
    return "2", "1"


def actions(shelf: Shelf, change: str) -> Callable[[], object]:
    def rollback() -> None:
        receipt = shelf.slot.receipt_of(1)
        assert receipt is not None
        shelf.slot.retire(2)
        shelf.slot.switch(1, receipt)

    return {
        "first": lambda: shelf.install("2"),
        "upgrade": lambda: shelf.install("2"),
        "remove": shelf.slot.clear,
        "rollback": rollback,
    }[change]


def test_generation_without_a_receipt_is_swept(shelf: Shelf) -> None:
    shelf.install("1")
    before = shelf.holds()
    shelf.start("2")
    shelf.slot.settle()
    assert shelf.holds() == before


def test_complete_generation_that_never_counted_is_swept(shelf: Shelf) -> None:
    shelf.install("1")
    before = shelf.holds()
    shelf.build("2")
    shelf.slot.settle()
    assert shelf.holds() == before


def test_shim_and_receipt_that_were_lost_are_linked_again(shelf: Shelf) -> None:
    shelf.install("1")
    before = shelf.holds()
    (shelf.paths.shims / "packer-builder-note").unlink()
    shelf.slot.receipt_path.unlink()
    shelf.slot.settle()
    assert shelf.holds() == before


def test_cleared_plugin_leaves_nothing(shelf: Shelf) -> None:
    shelf.install("1")
    shelf.slot.clear()
    assert shelf.holds() == []


def test_receipt_that_cannot_be_read_stops_everything(shelf: Shelf) -> None:
    shelf.install("1")
    (shelf.slot.generation(1) / "packer-receipt.json").write_text("{")
    with pytest.raises(InstallError, match="cannot read the receipt"), shelf.change():
        pytest.fail("nothing may be changed")
    assert (shelf.slot.generation(1) / "bin" / "python").exists()


def first_layout(shelf: Shelf) -> None:
    """A store as packer 0.1.0 had it: no generations, no links."""
    folder = shelf.slot.folder
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("1")
    receipt = shelf.make_receipt(version="1", environment=str(folder), interpreter=str(python))
    raw = json.loads(receipt.to_json())
    for name in ("seal", "installer", "sources", "wheels", "manifest"):
        del raw[name]
    (folder / "packer-receipt.json").write_text("a copy")
    shelf.paths.receipts.mkdir()
    shelf.slot.receipt_path.write_text(json.dumps({**raw, "format": 1}))
    shelf.paths.shims.mkdir()
    stage_shims(shelf.paths.shims, python, NAME, receipt.components)


def test_store_of_the_first_layout_goes_on_working(shelf: Shelf) -> None:
    first_layout(shelf)
    before = shelf.holds()
    shelf.slot.settle()
    assert shelf.holds() == before
    assert shelf.counts() == ("1", ["packer-builder-note"])


def test_store_of_the_first_layout_becomes_generations(shelf: Shelf) -> None:
    first_layout(shelf)
    shelf.install("2")
    shelf.slot.settle()
    assert shelf.counts() == ("2", ["packer-builder-note"])
    assert shelf.holds() == sorted([*generation(1), *LINKS])


def test_crash_on_the_way_from_the_first_layout_leaves_the_old_or_the_new(
    paths: Paths, make_receipt: Callable[..., Receipt], monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in range(200):
        shutil.rmtree(paths.data_dir, ignore_errors=True)
        shelf = Shelf(paths, make_receipt)
        first_layout(shelf)
        if crash_at(step, partial(shelf.install, "2"), monkeypatch):
            return
        assert shelf.counts() in (
            ("1", ["packer-builder-note"]),
            ("2", ["packer-builder-note"]),
        )
        shelf.slot.settle()
        assert shelf.counts()[1] == ["packer-builder-note"]
    pytest.fail("it never came to an end")


def test_store_that_cannot_be_written_is_told_in_words(shelf: Shelf) -> None:
    shelf.paths.data_dir.write_text("a file")
    with pytest.raises(InstallError, match="cannot change the store") as caught, shelf.change():
        pytest.fail("there is no store")
    assert "PACKER_DATA_DIR" in (caught.value.hint or "")


def test_plugin_is_changed_by_one_at_a_time(shelf: Shelf) -> None:
    shelf.paths.locks.mkdir(parents=True)
    lock = FileLock(shelf.paths.locks / f"{NAME}.lock", thread_local=False)
    lock.acquire()
    threading.Timer(0.5, lock.release).start()
    with shelf.change():
        assert not lock.is_locked
    assert shelf.said == [f"Waiting for another packer that works on {NAME}…"]


def test_waiting_ends_when_somebody_asks_to_stop(shelf: Shelf) -> None:
    cancel = CancelToken()
    shelf.paths.locks.mkdir(parents=True)
    with FileLock(shelf.paths.locks / f"{NAME}.lock"):
        cancel.cancel()
        with pytest.raises(Cancelled), shelf.change(cancel):
            pytest.fail("somebody else holds the lock")

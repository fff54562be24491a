from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from packer_core.errors import InstallError
from packer_core.plugins.install.receipts import Receipt
from packer_core.plugins.install.shims import stage_shims
from packer_core.plugins.install.store import Slot, changing
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from packer_core.paths import Paths

NAME = "packer-plugin-note"


class Shelf:
    """One slot of a store, and a plugin with as few files as will do."""

    def __init__(self, paths: Paths, make_receipt: Callable[..., Receipt]) -> None:
        self.slot = Slot(paths, NAME)
        self.paths = paths
        self.make_receipt = make_receipt
        self.said: list[str] = []

    def build(self, version: str) -> tuple[Receipt, tuple[Path, ...]]:
        """Do all of an installation but its last step."""
        self.slot.move_aside()
        python = self.slot.environment / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(version)
        receipt = self.make_receipt(version=version)
        return receipt, stage_shims(self.slot.stage, python, NAME, receipt.components)

    def fail(self, version: str, error: BaseException) -> None:
        self.build(version)
        raise error

    def install(self, version: str) -> None:
        self.slot.commit(*self.build(version))

    def change(self, cancel: CancelToken | None = None) -> AbstractContextManager[None]:
        return changing(self.slot, self.said.append, cancel or CancelToken())

    def holds(self) -> dict[str, str]:
        """Every file of the store but locks, with what matters of its content."""
        found = {}
        for path in sorted(self.paths.data_dir.rglob("*")):
            if path.is_file() and path.parent != self.paths.locks:
                key = str(path.relative_to(self.paths.data_dir))
                text = path.read_text()
                found[key] = Receipt.from_json(text).version if path.suffix == ".json" else text
        return found


@pytest.fixture
def shelf(paths: Paths, make_receipt: Callable[..., Receipt]) -> Shelf:
    return Shelf(paths, make_receipt)


def test_installed_plugin_has_environment_shim_and_receipt(shelf: Shelf) -> None:
    shelf.install("1")
    assert list(shelf.holds()) == [
        "bin/packer-builder-note",
        f"environments/{NAME}/bin/python",
        f"environments/{NAME}/packer-receipt.json",
        f"receipts/{NAME}.json",
    ]
    receipt = shelf.slot.receipt()
    assert receipt is not None
    assert receipt.state == "ok"


def test_installation_replaces_the_one_before(shelf: Shelf) -> None:
    shelf.install("1")
    shelf.install("2")
    assert shelf.holds()[f"environments/{NAME}/bin/python"] == "2"
    assert shelf.holds()[f"receipts/{NAME}.json"] == "2"


def test_shim_that_the_new_version_does_not_have_is_removed(
    shelf: Shelf, make_receipt: Callable[..., Receipt]
) -> None:
    shelf.install("1")
    shelf.make_receipt = lambda **fields: make_receipt(components=(), shims=(), **fields)
    shelf.install("2")
    assert "bin/packer-builder-note" not in shelf.holds()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), InstallError("x"), ValueError()])
def test_failure_leaves_the_store_as_it_was(error: BaseException, shelf: Shelf) -> None:
    shelf.install("1")
    before = shelf.holds()
    with pytest.raises((KeyboardInterrupt, InstallError, ValueError)), shelf.change():
        shelf.fail("2", error)
    assert shelf.holds() == before


def test_failure_of_a_first_installation_leaves_nothing(shelf: Shelf) -> None:
    with pytest.raises(ValueError), shelf.change():
        shelf.fail("1", ValueError())
    assert shelf.holds() == {}


def test_file_in_the_way_leaves_the_store_as_it_was(
    shelf: Shelf, make_receipt: Callable[..., Receipt]
) -> None:
    shelf.install("1")
    foreign = shelf.paths.shims / "packer-builder-note"
    foreign.write_text("mine")
    before = shelf.holds()
    with pytest.raises(InstallError, match="in the way"), shelf.change():
        shelf.install("2")
    assert shelf.holds() == before


def crash_while_building(shelf: Shelf) -> None:
    shelf.build("2")


def crash_before_the_receipt(shelf: Shelf) -> None:
    receipt, staged = shelf.build("2")
    blocked = shelf.slot.receipt_path.with_suffix(".blocked")
    shelf.slot.receipt_path.rename(blocked)
    shelf.slot.receipt_path.mkdir()
    with pytest.raises(OSError):
        shelf.slot.commit(receipt, staged)
    shelf.slot.receipt_path.rmdir()
    blocked.rename(shelf.slot.receipt_path)


def crash_while_removing(shelf: Shelf) -> None:
    for path in shelf.paths.shims.iterdir():
        path.unlink()
    shelf.slot.move_aside()


@pytest.mark.parametrize(
    "crash", [crash_while_building, crash_before_the_receipt, crash_while_removing]
)
def test_crash_before_the_receipt_is_undone_by_the_next_run(
    crash: Callable[[Shelf], None], shelf: Shelf
) -> None:
    shelf.install("1")
    before = shelf.holds()
    crash(shelf)
    assert shelf.holds() != before
    shelf.slot.settle()
    assert shelf.holds() == before


def test_crash_after_the_receipt_is_finished_by_the_next_run(shelf: Shelf) -> None:
    shelf.install("1")
    (shelf.paths.environments / "old").mkdir()
    shelf.install("2")
    done = shelf.holds()
    shelf.slot.aside.mkdir()
    (shelf.slot.aside / "python").write_text("1")
    shelf.slot.settle()
    assert shelf.holds() == done


def test_shim_that_was_lost_is_made_again(shelf: Shelf) -> None:
    shelf.install("1")
    before = shelf.holds()
    (shelf.paths.shims / "packer-builder-note").unlink()
    shelf.slot.settle()
    assert shelf.holds() == before


def test_cleared_plugin_leaves_nothing(shelf: Shelf) -> None:
    shelf.install("1")
    shelf.slot.clear()
    assert shelf.holds() == {}


def test_receipt_that_cannot_be_read_stops_everything(shelf: Shelf) -> None:
    shelf.install("1")
    shelf.slot.receipt_path.write_text("{")
    with pytest.raises(InstallError, match="cannot read the receipt"), shelf.change():
        pytest.fail("nothing may be changed")
    assert (shelf.slot.environment / "bin" / "python").exists()


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

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpers.stores import NAME, put_plugin
from packer_core.plugins.install import in_use, upkeep
from packer_core.plugins.install.store import RECEIPT, Slot
from packer_core.plugins.install.wheels import StoredWheel
from packer_sdk.cancel import CancelToken

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_core.paths import Paths
    from packer_core.plugins.install.receipts import Receipt

WHEEL = StoredWheel("note", "1.0", "note-1.0-py3-none-any.whl", "00" * 32)


def nothing(_: str) -> None:
    pass


def pruned(paths: Paths, keep: int = 0) -> upkeep.Pruned:
    return upkeep.prune(paths, nothing, CancelToken(), keep=keep)


def test_store_that_is_whole_has_no_findings(paths: Paths) -> None:
    receipt = put_plugin(paths)
    assert list(upkeep.examine(paths)) == []
    assert upkeep.verify(receipt) == []


def test_store_that_is_not_there_has_no_findings(paths: Paths) -> None:
    assert list(upkeep.examine(paths)) == []


def edit_receipt(receipt: Receipt) -> None:
    path = receipt.folder / RECEIPT
    path.write_text(path.read_text().replace("0.2.0", "0.9.0"))


def open_to_all(receipt: Receipt) -> None:
    receipt.folder.chmod(0o777)


REPAIR = f"packer plugins verify -repair {NAME}"
ANEW = f"packer plugins install {NAME}"
BROKEN: dict[str, tuple[Callable[[Receipt], object], str, str]] = {
    "a module is changed": (
        lambda one: (one.folder / "lib/packer_plugin_note.py").write_text("class Evil: pass\n"),
        "packer_plugin_note.py was changed",
        REPAIR,
    ),
    "a module is gone": (
        lambda one: (one.folder / "lib/packer_plugin_note.py").unlink(),
        "packer_plugin_note.py is gone",
        REPAIR,
    ),
    "a module is added": (
        lambda one: (one.folder / "lib/evil.pth").touch(),
        "evil.pth was added",
        REPAIR,
    ),
    "the list of files is gone": (
        lambda one: (one.folder / "packer-files.json").unlink(),
        "packer-files.json is gone or was changed",
        REPAIR,
    ),
    "the interpreter is gone": (
        lambda one: (one.folder / "bin/python").unlink(),
        "its Python is gone: ",
        REPAIR,
    ),
    "the link of a shim is gone": (
        lambda one: Path(one.shims[0]).unlink(),
        "what starts it is gone: ",
        REPAIR,
    ),
    "the receipt is changed": (
        edit_receipt,
        "the receipt cannot be read, or somebody has changed it: ",
        f"packer plugins remove {NAME}, then install it again",
    ),
    "the receipt is gone": (
        lambda one: (one.folder / RECEIPT).unlink(),
        "the receipt is gone: ",
        ANEW,
    ),
    "the pointer is gone": (
        lambda one: (one.folder.parent / "current").unlink(),
        "the link to what counts is gone: ",
        ANEW,
    ),
    "everybody may write to it": (open_to_all, "everybody may write to its folder: ", "chmod o-w"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_one_finding_with_what_to_type(what: str, paths: Paths) -> None:
    breaking, problem, hint = BROKEN[what]
    breaking(put_plugin(paths))
    [finding] = upkeep.examine(paths)
    assert finding.plugin == NAME
    assert problem in finding.problem
    assert finding.hint.startswith(hint)


def test_link_to_the_receipt_that_is_gone_is_told(paths: Paths) -> None:
    put_plugin(paths)
    Slot(paths, NAME).receipt_path.unlink()
    [finding] = upkeep.examine(paths)
    assert finding.problem.startswith("the link to its receipt is gone: ")
    assert finding.hint == ANEW


def test_installation_that_never_ended_is_told(paths: Paths) -> None:
    Slot(paths, NAME).fresh().mkdir(parents=True)
    [finding] = upkeep.examine(paths)
    assert (finding.problem, finding.hint) == (
        "an installation that never ended",
        "packer plugins prune",
    )


def test_wheels_that_are_gone_are_one_finding(paths: Paths) -> None:
    put_plugin(paths, wheels=(WHEEL,))
    [finding] = upkeep.examine(paths)
    assert WHEEL.filename in finding.problem
    assert finding.hint == f"packer plugins install -force {NAME}==0.2.0"


def test_plugin_with_wheels_of_another_python_is_to_be_fetched_again(paths: Paths) -> None:
    strange = replace(WHEEL, filename="note-1.0-cp27-cp27m-win32.whl")
    receipt = put_plugin(paths, wheels=(strange,))
    (receipt.folder / "bin" / "python").unlink()
    finding, _ = upkeep.examine(paths)
    assert finding.problem.startswith("its Python is gone: ")
    assert finding.hint == f"packer plugins install -force {NAME}==0.2.0"


def test_verify_names_a_file_that_has_size_and_time_of_the_old_one(paths: Paths) -> None:
    receipt = put_plugin(paths)
    module = receipt.folder / "lib" / "packer_plugin_note.py"
    status = module.stat()
    module.write_text("class Vote: pass\n")
    os.utime(module, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert list(upkeep.examine(paths)) == [], "a quick look cannot know"
    assert upkeep.verify(receipt) == [f"{module} was changed"]


def test_prune_removes_what_does_not_count_but_for_what_is_kept_or_used(paths: Paths) -> None:
    made = [put_plugin(paths) for _ in range(4)]
    held = in_use.hold(made[0].folder)
    assert held is not None
    try:
        found = pruned(paths, keep=1)
        assert found.generations == (made[1].environment,)
        assert found.in_use == (made[0].environment,)
    finally:
        os.close(held)
    assert pruned(paths).generations == (made[0].environment, made[2].environment)
    assert [one.exists() for one in (made[0].folder, made[3].folder)] == [False, True]

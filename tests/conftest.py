"""Guards around every test: a home of its own, and nothing left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# How long an example takes depends on what else the machine does.
settings.register_profile("packer", deadline=None)
settings.load_profile("packer")

# Under nohup, what the tests start would inherit that a closed terminal means nothing.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home, so that no test reads or writes what belongs to the person running it."""
    path = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(("PACKER_", "PKR_VAR_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(path))
    return path


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that at the end no worker is busy while the others wait."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep lone surrogates out of what a worker sends home, which is UTF-8."""
    report = yield
    report.sections = [(name, _sendable(text)) for name, text in report.sections]
    return report


def _sendable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _ours() -> set[threading.Thread]:  # noqa: TID251 - only looks at them
    return {thread for thread in threading.enumerate() if thread.name.startswith("packer:")}


def _children() -> set[psutil.Process]:
    alive = set()
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # it may end while we look
            if child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
                alive.add(child)
    return alive


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """After a test no thread of ours, no child and no descriptor more than before."""
    threads, children = _ours(), _children()
    descriptors = _descriptors()
    yield
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        left = (_ours() - threads) | (_children() - children)
        if not left:
            break
        time.sleep(0.01)
    assert not _ours() - threads, "threads left behind"
    assert not _children() - children, "processes left behind"
    leaked = [name for name in map(_target, _descriptors() - descriptors) if name]
    assert leaked == [], "descriptors left behind"


def _descriptors() -> set[Path]:
    return set(Path("/proc/self/fd").iterdir())


def _target(descriptor: Path) -> str:
    """What an open descriptor of ours leads to; empty for what the listing itself had open."""
    try:
        name = str(descriptor.readlink())
    except OSError:
        return ""
    return "" if name.startswith(("/dev/", "/proc/", "anon_inode:")) else name

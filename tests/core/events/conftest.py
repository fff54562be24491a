from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_core.events.monitor import Monitor

if TYPE_CHECKING:
    from packer_core.events.model import Event


class Notebook:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def notice(self, event: Event) -> None:
        self.events.append(event)


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def monitor(notebook: Notebook) -> Monitor:
    return Monitor(notebook)

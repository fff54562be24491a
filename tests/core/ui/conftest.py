from __future__ import annotations

import io

import pytest

from packer_core.ui.secrets import SecretFilter


class Screen(io.TextIOWrapper):
    """A stream that remembers its bytes, as narrow or wide as wanted."""

    def __init__(self, encoding: str = "utf-8", *, terminal: bool = False) -> None:
        self.raw_bytes = io.BytesIO()
        self.terminal = terminal
        super().__init__(self.raw_bytes, encoding=encoding, newline="\n")

    def isatty(self) -> bool:
        return self.terminal

    @property
    def text(self) -> str:
        return self.raw_bytes.getvalue().decode("utf-8", "surrogateescape")


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def terminal_screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    return Screen(terminal=True)


@pytest.fixture
def narrow_screen() -> Screen:
    return Screen("ascii")


@pytest.fixture
def secrets() -> SecretFilter:
    found = SecretFilter()
    found.register("hunter2")
    return found

"""Installing on a real terminal: what is shown, and Ctrl-C."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from helpers.terminals import Terminal
from packer_core.plugins.install import upkeep

if TYPE_CHECKING:
    from .conftest import Shop


def terminal(shop: Shop, *words: str) -> Terminal:
    argv = [sys.executable, "-P", "-m", "packer_core", "plugins", *words]
    return Terminal(argv, shop.root, {**shop.environ, "TERM": "xterm"}, columns=100)


def test_each_plugin_has_a_line_while_it_is_installed(shop: Shop) -> None:
    with terminal(shop, "install", "packer-plugin-left", "packer-plugin-right") as screen:
        screen.until(
            lambda: (
                {"packer-plugin-left", "packer-plugin-right"}
                <= {line.partition(" ")[0] for line in screen.lines if " installing" in line}
            )
        )
        assert screen.ends() == 0
        assert screen.is_as_before
        assert not [line for line in screen.lines if " installing" in line]
        assert len([line for line in screen.lines if line.startswith("Installed ")]) == 2


@pytest.mark.parametrize("backend", ["pip", "uv"])
def test_ctrl_c_leaves_the_store_as_it_was(backend: str, shop: Shop) -> None:
    shop.install("packer-plugin-tiny==1.0")
    before = shop.holds()
    cancelled = 0
    for delay_s in (0.0, 0.3, 0.9):
        command = ["install", "-force", "-installer", backend, "packer-plugin-tiny"]
        with terminal(shop, *command) as screen:
            screen.shows("Installing packer-plugin-tiny")
            time.sleep(delay_s)
            screen.type("\x03")
            status = screen.ends()
            text = screen.text
        assert "Traceback" not in text
        if status == 0:  # it was faster
            before = shop.holds()
            continue
        cancelled += 1
        assert status == 1
        assert text.splitlines()[-1] == "Cancelled; what was not finished is as it was before"
        assert shop.holds() == before
    assert cancelled
    assert upkeep.verify(shop.installer.known("tiny")) == []

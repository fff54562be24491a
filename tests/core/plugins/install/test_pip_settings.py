from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packer_core.plugins.install.pip_settings import pip_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_variables_of_pip_become_those_of_uv() -> None:
    environ = {
        "PIP_INDEX_URL": "https://i",
        "PIP_EXTRA_INDEX_URL": "https://a\nhttps://b",
        "PIP_FIND_LINKS": "one two",
        "PIP_CONFIG_FILE": os.devnull,
    }
    assert pip_settings(environ) == {
        "UV_DEFAULT_INDEX": "https://i",
        "UV_INDEX": "https://a https://b",
        "UV_FIND_LINKS": "one,two",
    }


def test_what_is_set_for_uv_wins() -> None:
    environ = {
        "PIP_INDEX_URL": "https://i",
        "UV_DEFAULT_INDEX": "https://mine",
        "PIP_CONFIG_FILE": os.devnull,
    }
    assert pip_settings(environ) == {}


def test_files_of_pip_count_and_variables_win(tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text("[global]\nindex-url = https://file\nfind-links =\n    one\n    two\n")
    environ = {"PIP_CONFIG_FILE": str(config), "HOME": str(tmp_path)}
    found = pip_settings(environ)
    assert (found["UV_DEFAULT_INDEX"], found["UV_FIND_LINKS"]) == ("https://file", "one,two")
    found = pip_settings({**environ, "PIP_INDEX_URL": "https://said"})
    assert found["UV_DEFAULT_INDEX"] == "https://said"


def test_file_that_is_broken_is_left_to_pip(tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text("what is this")
    assert "UV_DEFAULT_INDEX" not in pip_settings({"PIP_CONFIG_FILE": str(config)})


def test_no_index_may_be_off() -> None:
    environ = {"PIP_CONFIG_FILE": os.devnull}
    assert pip_settings({**environ, "PIP_NO_INDEX": "1"}) == {"UV_NO_INDEX": "1"}
    assert pip_settings({**environ, "PIP_NO_INDEX": "0"}) == {}

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.plugins import bundled
from packer_core.plugins.names import KINDS

if TYPE_CHECKING:
    from pathlib import Path

LIST = """\
[console_scripts]
packer-plugin-bundled = a:main

[packer.builders]
null = p.null:NullBuilder
# gone = p:Gone

[packer.post_processors]
shell-local=p.shell:Local
"""


def installed(folder: Path, text: str = LIST) -> str:
    info = folder / "packer_plugin_bundled-9.dist-info"
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_text(text)
    return str(folder)


def test_read_gives_kind_name_and_reference(tmp_path: Path) -> None:
    path = bundled.listing([installed(tmp_path)])
    assert path is not None
    assert list(bundled.read(path)) == [
        ("builder", "null", "p.null:NullBuilder"),
        ("post-processor", "shell-local", "p.shell:Local"),
    ]


def test_the_first_folder_wins_and_odd_ones_are_passed_over(tmp_path: Path) -> None:
    first = installed(tmp_path / "first")
    second = installed(tmp_path / "second", "[packer.builders]\nnull = q:Q\n")
    (tmp_path / "empty" / "packer_plugin_bundled-1.dist-info").mkdir(parents=True)
    search = [str(tmp_path / "missing"), str(tmp_path / "empty"), first, second]
    assert bundled.find("packer-builder-null", search) == ("builder", "null", "p.null:NullBuilder")


def test_find_knows_whole_names_only(tmp_path: Path) -> None:
    search = [installed(tmp_path)]
    assert bundled.find("packer-post-processor-shell-local", search) == (
        "post-processor",
        "shell-local",
        "p.shell:Local",
    )
    assert bundled.find("packer-builder-shell-local", search) is None
    assert bundled.find("packer-post-processor-shell", search) is None


def test_without_the_distribution_there_is_nothing(tmp_path: Path) -> None:
    assert bundled.listing([str(tmp_path)]) is None
    assert bundled.find("packer-builder-null", [str(tmp_path)]) is None


def test_what_is_installed_here_is_found() -> None:
    assert bundled.find("packer-builder-null") is not None


def test_the_groups_are_those_of_the_kinds() -> None:
    assert set(bundled.GROUPS.values()) == set(KINDS)

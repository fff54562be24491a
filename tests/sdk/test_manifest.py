from __future__ import annotations

import tempfile
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.manifest import GROUPS, components_of, parse_entry_points

words = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)


def test_components_of_every_way_to_write_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "Packer_Plugin.Note-0.1.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[packer.builders]\nnote = a.b:C.D [extra]\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("packer-plugin-note", "Packer_Plugin_Note", "packer.plugin-note"):
        assert components_of(name) == {("builder", "note"): "a.b:C.D"}


def test_components_of_a_distribution_without_any() -> None:
    assert components_of("pytest") == {}


def test_components_of_what_is_not_installed() -> None:
    with pytest.raises(LookupError, match="not installed in this environment: packer-plugin-no"):
        components_of("packer-plugin-no")


def test_components_of_a_distribution_that_is_no_folder_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "packer_plugin_egg.egg-info"
    info.mkdir()
    (info / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: packer-plugin-egg\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[packer.provisioners]\negg = a:B\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert components_of("packer-plugin-egg") == {("provisioner", "egg"): "a:B"}


def test_lines_that_are_none_are_passed_over() -> None:
    lines = ["x = y:Z", "[other]", "a = b:C", "[ packer.builders ]", "# d = e:F", "", "g=h:I"]
    assert dict(parse_entry_points(lines)) == {("builder", "g"): "h:I"}


@given(
    st.dictionaries(
        st.sampled_from([*GROUPS, "console_scripts"]),
        st.dictionaries(words, words.map(lambda word: f"{word}:Class"), max_size=3),
    )
)
def test_reading_agrees_with_importlib(groups: dict[str, dict[str, str]]) -> None:
    text = "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
        for group, entries in groups.items()
    )
    with tempfile.TemporaryDirectory(suffix=".dist-info") as folder:
        Path(folder, "entry_points.txt").write_text(text)
        points = metadata.Distribution.at(folder).entry_points
    expected = {(GROUPS[p.group], p.name): p.value for p in points if p.group in GROUPS}
    assert dict(parse_entry_points(text.splitlines())) == expected

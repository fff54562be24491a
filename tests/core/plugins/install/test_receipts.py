from __future__ import annotations

import hashlib
import json
import stat
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.plugins.install.inspect import InstalledComponent, InstalledDistribution
from packer_core.plugins.install.receipts import (
    Receipt,
    installed_rows,
    read_receipt,
    read_receipts,
    write_atomically,
)
from packer_core.plugins.install.sources import Sources
from packer_core.plugins.install.wheels import StoredWheel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from packer_core.paths import Paths

COMPONENTS = st.builds(InstalledComponent, st.text(), st.text(), st.text())
DISTRIBUTIONS = st.builds(InstalledDistribution, st.text(), st.text(), st.text())
TEXTS = [field.name for field in fields(Receipt) if field.type == "str"]
RECEIPTS = st.builds(
    Receipt,
    **dict.fromkeys(TEXTS, st.text()),
    origin=st.sampled_from(["index", "wheel", "folder", "editable", "url", "archive"]),
    components=st.lists(COMPONENTS).map(tuple),
    distributions=st.lists(DISTRIBUTIONS).map(tuple),
    shims=st.lists(st.text()).map(tuple),
    sources=st.builds(
        Sources,
        index_url=st.text(),
        find_links=st.lists(st.text()).map(tuple),
        allow_sdist=st.booleans(),
    ),
    wheels=st.lists(st.builds(StoredWheel, *[st.text()] * 4)).map(tuple),
    description=st.dictionaries(st.text(), st.lists(st.text()) | st.none() | st.text()),
)


@given(RECEIPTS)
def test_receipt_comes_back_from_its_file(receipt: Receipt) -> None:
    assert Receipt.from_json(receipt.to_json()) == receipt


def test_receipt_is_readable_json_with_its_format(make_receipt: Callable[..., Receipt]) -> None:
    raw = json.loads(make_receipt().to_json())
    assert raw["format"] == 2
    assert raw["components"] == [
        {"kind": "builder", "name": "note", "reference": "packer_plugin_note:Note"}
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"format": 3},
        {"format": None},
        {"surprise": 1},
        {"components": [{"kind": "builder"}]},
        {"components": 1},
        {"shims": None},
        {"shims": "abc"},
        {"interpreter": 1},
    ],
)
def test_receipt_of_another_shape_is_refused(
    change: dict[str, object], make_receipt: Callable[..., Receipt]
) -> None:
    raw = json.loads(make_receipt().to_json())
    del raw["seal"]
    text = json.dumps(sealed({**raw, **change}))
    with pytest.raises(ValueError, match=r"not a receipt|fields|not as it should be"):
        Receipt.from_json(text)


def sealed(raw: dict[str, object]) -> dict[str, object]:
    """As somebody would who knows how: only the shape is wrong."""
    content = {name: value for name, value in raw.items() if name != "format"}
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return {**raw, "seal": hashlib.sha256(plain.encode()).hexdigest()}


@pytest.mark.parametrize("name", sorted(set(TEXTS) - {"origin"}))
def test_receipt_that_somebody_has_edited_is_refused(
    name: str, make_receipt: Callable[..., Receipt]
) -> None:
    raw = json.loads(make_receipt().to_json())
    with pytest.raises(ValueError, match="somebody has changed it"):
        Receipt.from_json(json.dumps({**raw, name: "9.9"}))


def test_receipt_of_the_first_format_is_read(make_receipt: Callable[..., Receipt]) -> None:
    raw = json.loads(make_receipt().to_json())
    for name in ("seal", "installer", "sources", "wheels", "manifest"):
        del raw[name]
    assert Receipt.from_json(json.dumps({**raw, "format": 1})) == make_receipt()


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "{}"])
def test_text_that_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Receipt.from_json(text)


def test_state_tells_which_file_is_gone(
    make_receipt: Callable[..., Receipt], tmp_path: Path
) -> None:
    python, shim = tmp_path / "python", tmp_path / "shim"
    receipt = make_receipt(interpreter=str(python), shims=(str(shim),))
    states = [receipt.state]
    for path in (python, shim):
        path.touch()
        states.append(receipt.state)
    assert states == ["interpreter missing", "shim missing", "ok"]


def test_state_follows_the_link_to_the_interpreter(
    make_receipt: Callable[..., Receipt], tmp_path: Path
) -> None:
    python = tmp_path / "python"
    python.symlink_to(tmp_path / "removed")
    assert make_receipt(interpreter=str(python), shims=()).state == "interpreter missing"


def test_rows_are_one_per_component(make_receipt: Callable[..., Receipt]) -> None:
    components = (
        InstalledComponent("builder", "note", "m:A"),
        InstalledComponent("post-processor", "note", "m:B"),
    )
    rows = installed_rows([make_receipt(components=components)])
    assert [(row.kind, row.name, row.version, row.distribution) for row in rows] == [
        ("builder", "note", "0.2.0", "packer-plugin-note"),
        ("post-processor", "note", "0.2.0", "packer-plugin-note"),
    ]
    assert {row.state for row in rows} == {"interpreter missing"}


def test_receipts_are_read_by_name(make_receipt: Callable[..., Receipt], paths: Paths) -> None:
    for name in ("packer-plugin-b", "packer-plugin-a"):
        receipt = make_receipt(distribution=name)
        write_atomically(paths.receipts / f"{name}.json", receipt.to_json())
    assert [one.distribution for one in read_receipts(paths.receipts)] == [
        "packer-plugin-a",
        "packer-plugin-b",
    ]


def test_receipt_that_cannot_be_read_is_logged_and_left_out(
    make_receipt: Callable[..., Receipt], paths: Paths, caplog: pytest.LogCaptureFixture
) -> None:
    write_atomically(paths.receipts / "packer-plugin-note.json", make_receipt().to_json())
    (paths.receipts / "packer-plugin-odd.json").write_text("{")
    (paths.receipts / ".packer-plugin-half.json").write_text("{")
    assert len(read_receipts(paths.receipts)) == 1
    assert "packer-plugin-odd.json" in caplog.text
    assert "half" not in caplog.text


def test_receipts_of_an_empty_store_are_none(paths: Paths) -> None:
    assert read_receipts(paths.receipts) == []
    assert read_receipt(paths.receipts / "x.json") is None


def test_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    write_atomically(path, "one")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")
    assert path.read_text() == "one"
    assert [one.name for one in path.parent.iterdir()] == ["file"]
    assert stat.S_IMODE(path.stat().st_mode) & 0o022 == 0

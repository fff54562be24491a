from __future__ import annotations

import os
import sys
from pathlib import Path

from helpers.programs import component, program
from packer_core.paths import Paths
from packer_core.plugins.catalog import Component
from packer_core.plugins.discovery import bundled_components
from packer_core.plugins.identity import _of_trees, identity_of
from packer_sdk.records import replaced


def paths(tmp_path: Path) -> Paths:
    return Paths.from_environ({"HOME": str(tmp_path)})


def test_a_program_is_what_is_in_its_file(tmp_path: Path) -> None:
    path = tmp_path / "program"
    seen = set()
    for content in (b"\x7fELF one", b"\x7fELF two", b"\x7fELF one"):
        path.write_bytes(content)
        seen.add(identity_of(component(path), paths(tmp_path)))
    assert len(seen) == 2
    assert None not in seen


def test_of_a_script_nobody_knows_all_that_is_in_it(tmp_path: Path) -> None:
    script = component(program(tmp_path, "pass"))
    assert identity_of(script, paths(tmp_path)) is None
    assert identity_of(replaced(script, digest="5" * 64), paths(tmp_path)) is None


def test_what_is_gone_has_no_identity(tmp_path: Path) -> None:
    assert identity_of(component(tmp_path / "gone"), paths(tmp_path)) is None


def test_a_digest_that_is_known_is_the_identity(tmp_path: Path) -> None:
    known = replaced(component(Path(sys.executable)), digest="5" * 64)
    assert identity_of(known, paths(tmp_path)) == "5" * 64


def test_all_that_comes_with_core_is_one_plugin(tmp_path: Path) -> None:
    found = bundled_components(("packer",))
    identities = {identity_of(one, paths(tmp_path)) for one in found}
    assert len(found) > 2
    assert len(identities) == 1
    assert None not in identities


def test_what_an_extension_brings_has_none(tmp_path: Path) -> None:
    one = Component(
        kind="builder", name="x", argv=("/bin/x",), source="bundled", path=Path("/bin/x")
    )
    assert identity_of(one, paths(tmp_path)) is None


def test_sources_that_change_change_the_identity(tmp_path: Path) -> None:
    source = tmp_path / "src" / "a" / "b.py"
    source.parent.mkdir(parents=True)
    source.write_text("a = 1")
    before = _of_trees(tmp_path)
    assert _of_trees(tmp_path) == before
    (tmp_path / "src" / "notes.txt").write_text("not looked at")
    assert _of_trees(tmp_path) == before
    os.utime(source, (1, 1))
    assert _of_trees(tmp_path) not in {before, None}

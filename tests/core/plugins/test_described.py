from __future__ import annotations

import json
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from helpers.binaries import DEFAULT, Shelf, description
from helpers.programs import program
from packer_core.plugins import described
from packer_core.plugins.described import Description, Descriptions, ask, full_name

if TYPE_CHECKING:
    from pathlib import Path


def answer(**changes: object) -> str:
    return json.dumps(description("1.2.3", **changes))


def test_a_description_lists_kinds_and_names() -> None:
    read = Description.read(
        answer(provisioners=["b", "a"], datasources=["d"], post_processors=["p"])
    )
    assert str(read.version) == "1.2.3"
    assert read.protobuf
    assert read.components == (
        ("builder", DEFAULT),
        ("provisioner", "b"),
        ("provisioner", "a"),
        ("post-processor", "p"),
        ("datasource", "d"),
    )


def test_missing_and_null_lists_are_empty() -> None:
    read = Description.read(answer(builders=None, datasources=..., protocol_version=...))
    assert read.components == ()
    assert not read.protobuf


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not describe itself with a JSON object"),
        ("[]", "not describe itself with a JSON object"),
        ("hello\n" + answer(), "not describe itself with a JSON object"),
        (answer(version=...), "not say which version"),
        (answer(version=1), "not say which version"),
        (answer(version="1"), "not a version: 1"),
        (answer(api_version=None), "not say which version"),
        (answer(builders="x"), "something else than names"),
        (answer(post_processors=["../x"]), "post-processors with something else"),
        (answer(builders=[1]), "something else than names"),
    ],
)
def test_what_makes_no_sense_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Description.read(text)


def test_components_are_called_after_their_plugin() -> None:
    assert full_name("cloud", DEFAULT) == "cloud"
    assert full_name("cloud", "disk") == "cloud-disk"


def test_a_plugin_is_asked_without_the_cookie(tmp_path: Path) -> None:
    path = program(tmp_path, "import os, sys\nprint(sys.argv[1:], sorted(os.environ))")
    environ = {**os.environ, "PACKER_PLUGIN_MAGIC_COOKIE": "x"}
    said = ask(path, environ)
    assert said.startswith("['describe']")
    assert "COOKIE" not in said


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("print('a')\nimport sys\nprint('\\nno way', file=sys.stderr)\nsys.exit(3)", "3: no way$"),
        ("print('on stdout')\nraise SystemExit(1)", "exit status 1: on stdout$"),
        (f"import os\nos.kill(os.getpid(), {signal.SIGKILL:d})", "exit status -9$"),
    ],
)
def test_a_plugin_that_fails_says_why(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        ask(program(tmp_path, text), os.environ)


def test_a_plugin_that_cannot_be_started_says_why(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("")
    with pytest.raises(ValueError, match="cannot be started: Permission denied"):
        ask(path, os.environ)


def test_a_plugin_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(described, "TIMEOUT_S", 0.5)
    with pytest.raises(ValueError, match=r"within 0\.5 seconds"):
        ask(program(tmp_path, "import time\ntime.sleep(100)"), os.environ)


def test_an_answer_is_kept_by_what_is_in_the_file(tmp_path: Path) -> None:
    shelf, cache = Shelf(tmp_path / "plugins"), tmp_path / "cache"
    path = shelf.put()
    for asking in (Descriptions(cache, os.environ), Descriptions(cache, os.environ)):
        assert str(asking.of(path, asking.digest(path)).version) == "1.0.0"
    assert len(shelf.questions) == 1
    path.write_text(path.read_text() + "# changed")
    last = Descriptions(cache, os.environ)
    last.of(path, last.digest(path))
    assert len(shelf.questions) == 2


def test_a_broken_answer_in_the_cache_is_asked_for_again(tmp_path: Path) -> None:
    shelf, cache = Shelf(tmp_path / "plugins"), tmp_path / "cache"
    path = shelf.put()
    asking = Descriptions(cache, os.environ)
    digest = asking.digest(path)
    asking.of(path, digest)
    (cache / digest / "describe.json").write_text("{")
    asking.of(path, digest)
    asking.of(path, digest)
    assert len(shelf.questions) == 2


def test_a_digest_is_kept_while_the_file_looks_the_same(tmp_path: Path) -> None:
    path, cache = tmp_path / "file", tmp_path / "cache"
    path.write_bytes(b"a")
    fresh = Descriptions(cache, os.environ)
    digest = fresh.digest(path)
    fresh.save()
    assert not (cache / "digests.json").exists(), "the file could change within the same tick"
    known = {str(path): [*described._mark(path.stat()), "5" * 64]}
    cache.mkdir()
    (cache / "digests.json").write_text(json.dumps(known))
    assert Descriptions(cache, os.environ).digest(path) == "5" * 64
    path.write_bytes(b"b")
    assert Descriptions(cache, os.environ).digest(path) not in {"5" * 64, digest}


def test_a_digest_of_an_old_file_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = tmp_path / "file", tmp_path / "cache"
    path.write_bytes(b"a")
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + 10**10)
    digests = Descriptions(cache, os.environ)
    digest = digests.digest(path)
    digests.save()
    assert json.loads((cache / "digests.json").read_text())[str(path)][-1] == digest


def test_a_cache_of_nonsense_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a")
    for nonsense in ("[]", "{", json.dumps({str(path): 7})):
        (tmp_path / "digests.json").write_text(nonsense)
        assert len(Descriptions(tmp_path, os.environ).digest(path)) == 64

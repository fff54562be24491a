from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from packer_plugin_oci.check import parse_epoch, problems
from packer_plugin_oci.config import OciConfig

VALUES: dict[str, Any] = {"from": "scratch", "output": Path("image.tar")}
GOOD = OciConfig(**VALUES)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    (tmp_path / "folder").mkdir()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"source": "host"},
        {"source": "host", "programs": ["sh", "/bin/sh"]},
        {"source": "oci:folder"},
        {"source": "<unknown>", "programs": ["<unknown>"], "tag": "<unknown>"},
        {"output": Path("<unknown>/x"), "workdir": "<unknown>", "exposed_ports": ["<unknown>"]},
        {"exposed_ports": ["80", "53/udp"], "volumes": ["/v"], "workdir": "/w", "env": {"A": ""}},
    ],
)
def test_good_options_have_no_problems(changes: dict[str, object]) -> None:
    assert list(problems(replace(GOOD, **changes))) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"source": "hots"}, "from", "did you mean host?"),
        ({"source": "tar:none.tar"}, "from", "no such file: none.tar"),
        ({"source": "oci:none:v1"}, "from", "no such file: none"),
        ({"source": "tar:folder"}, "from", "did you mean oci:folder?"),
        ({"output": Path("none/x.tar")}, "output", "mkdir -p"),
        ({"programs": ["sh"]}, "programs", "from = host"),
        ({"source": "host", "programs": ["sh", "no-such"]}, "programs[1]", "no-such"),
        ({"source": "host", "programs": ["./sh"]}, "programs[0]", "absolute path"),
        ({"tag": "a b"}, "tag", "'a b'"),
        ({"env": {"A=B": "x"}}, "env['A=B']", "variable"),
        ({"exposed_ports": ["80", "http"]}, "exposed_ports[1]", "53/udp"),
        ({"exposed_ports": ["70000"]}, "exposed_ports[0]", "70000"),
        ({"workdir": "w"}, "workdir", "absolute"),
        ({"volumes": ["v"]}, "volumes[0]", "absolute"),
    ],
)
def test_bad_options_are_told_with_their_path(
    changes: dict[str, object], path: str, words: str
) -> None:
    (problem,) = problems(replace(GOOD, **changes))  # type: ignore[arg-type]
    assert problem.path == path
    assert words in str(problem)


def test_bad_epoch_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    (problem,) = problems(GOOD)
    assert "yesterday" in problem.message


@pytest.mark.parametrize(("text", "epoch"), [("0", 0), ("17", 17), ("", None), ("-1", None)])
def test_parse_epoch(text: str, epoch: int | None) -> None:
    assert parse_epoch(text) == epoch

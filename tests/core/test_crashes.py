from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.crashes import KEPT, Crash, CrashReports, without_values
from packer_core.ui.secrets import SecretFilter

if TYPE_CHECKING:
    from pathlib import Path


def reports(folder: Path, *secrets: str) -> CrashReports:
    mask = SecretFilter()
    for secret in secrets:
        mask.register(secret)
    environ = {"TOKEN": "of-nobodys-business", "HOME": "/home/x"}
    return CrashReports(folder, mask.apply, environ, ["packer", "build", "t.json"])


def test_a_report_tells_everything_but_secrets_and_values(tmp_path: Path) -> None:
    made = reports(tmp_path / "crashes", "hunter2")
    made.template = "/work/t.json"
    crash = Crash(
        who="packer-builder-x",
        facts=[("end", "was killed by SIGSEGV"), ("plugin", "")],
        sections=[("What it wrote", ["login with hunter2", "caf\udce9"]), ("Calls", [])],
    )
    path = made.write(crash)
    assert path is not None
    text = path.read_text()
    assert text.startswith("Crash of packer-builder-x\n=")
    assert "template:  /work/t.json\n" in text
    assert "arguments: packer build t.json\n" in text
    assert "end:       was killed by SIGSEGV\n" in text
    assert "plugin:" not in text
    assert "login with <sensitive>\n" in text
    assert "Calls\n-----\n(nothing)\n" in text
    assert "HOME TOKEN" in text
    assert "hunter2" not in text
    assert "nobodys" not in text
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_the_last_twenty_are_kept(tmp_path: Path) -> None:
    made = reports(tmp_path)
    (tmp_path / "notes.txt").touch()
    for number in range(30):
        (tmp_path / f"crash-20200101T0000{number:02}-x.txt").touch()
    newest = made.write(Crash(who="x"))
    left = sorted(path.name for path in tmp_path.glob("crash-*"))
    assert len(left) == KEPT
    assert newest is not None
    assert newest.name in left
    assert "crash-20200101T000011-x.txt" in left
    assert "crash-20200101T000010-x.txt" not in left
    assert (tmp_path / "notes.txt").exists()


def test_a_report_that_cannot_be_written_is_no_second_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert reports(tmp_path / "file" / "crashes").write(Crash(who="x")) is None


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    path = reports(tmp_path / "crashes").write(Crash(who="../../x y"))
    assert path is not None
    assert path.parent == tmp_path / "crashes"


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["-var", "password=x=y", "t"], ["-var", "password=…", "t"]),
        (["-var=password=x", "t"], ["-var=password=…", "t"]),
        (["--var", "-var", "-var", "a=b"], ["--var", "…", "-var", "a=…"]),
        (["-var-file", "a=b"], ["-var-file", "a=b"]),
        (["-var"], ["-var"]),
    ],
)
def test_values_of_variables_are_left_out(argv: list[str], told: list[str]) -> None:
    assert list(without_values(argv)) == told


SAFE = st.sampled_from([["build"], ["-force"], ["t.json"], ["-var-file", "x"]])
SECRET = st.sampled_from([["-var", "k=secret"], ["--var=k=secret"], ["-var", "secret"]])


@given(st.lists(SAFE | SECRET))
def test_no_value_gets_through(words: list[list[str]]) -> None:
    argv = [word for words_together in words for word in words_together]
    told = list(without_values(argv))
    assert len(told) == len(argv)
    assert "secret" not in " ".join(told)

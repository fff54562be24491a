from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.events.files import open_file
from packer_core.events.model import (
    BuildFinished,
    BuildStarted,
    ComponentStarted,
    OutputLine,
    RunFinished,
)
from packer_core.events.stream import EventStream, encoded, rfc3339
from packer_core.ui.secrets import SecretFilter
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from pathlib import Path


def never(text: str) -> None:
    raise AssertionError(text)


def stream(path: Path, secrets: SecretFilter | None = None, **clocks: object) -> EventStream:
    mask = (secrets or SecretFilter()).apply
    return EventStream("run-1", [open_file(str(path), never)], mask, **clocks)  # type: ignore[arg-type]


def lines(path: Path) -> list[dict[str, object]]:
    text = path.read_bytes()
    assert text.endswith(b"\n")
    return [json.loads(line) for line in text.split(b"\n")[:-1]]


def test_an_event_is_a_line_with_an_envelope(tmp_path: Path) -> None:
    ticks = iter([10.0, 10.0, 12.5])
    written = stream(tmp_path / "e", now=lambda: 1370900683.25, clock=lambda: next(ticks))
    written.notice(BuildStarted(build="null.ä"))
    assert json.loads((tmp_path / "e").read_text()) == {
        "schema": 1,
        "seq": 1,
        "time": "2013-06-10T21:44:43.250000Z",
        "offset_s": 0.0,
        "run": "run-1",
        "type": "build-started",
        "build": "null.ä",
    }
    written.notice(BuildStarted(build="b"))
    assert lines(tmp_path / "e")[1]["offset_s"] == 2.5
    written.close()


def test_what_is_for_listeners_here_is_not_written(tmp_path: Path) -> None:
    written = stream(tmp_path / "e")
    written.notice(
        BuildFinished(build="a", result="succeeded", duration_s=1.0, artifacts=1, errors=0)
    )
    written.close()
    assert "outcome" not in lines(tmp_path / "e")[0]


@pytest.mark.parametrize("secret", ['a"b\\c', "succeeded", "null", "tab\there", "run-finished"])
def test_secrets_are_masked_in_texts_and_leave_the_json_whole(tmp_path: Path, secret: str) -> None:
    secrets = SecretFilter()
    secrets.register(secret)
    secrets.register_nested([1, 17])
    written = stream(tmp_path / "e", secrets)
    written.notice(OutputLine(stream="say", text=f"it is {secret}, {json.dumps(secret)}"))
    written.notice(
        ComponentStarted(
            build=secret,
            kind="builder",
            name="x",
            argv=("a", f"--with={secret}"),
            pid=117,
            source="bundled",
            duration_s=0.117,
        )
    )
    written.notice(RunFinished(exit_code=117, duration_s=0.117))
    written.close()
    said, started, finished = lines(tmp_path / "e")
    assert said["text"] in ('it is <sensitive>, "<sensitive>"', "it is <sensitive>, <sensitive>")
    assert (started["build"], started["argv"]) == ("<sensitive>", ["a", "--with=<sensitive>"])
    assert finished["exit_code"] == 117
    assert finished["type"] == "run-finished"


@given(st.text(alphabet=st.characters(), max_size=60))
def test_every_text_becomes_one_line_of_utf_8(text: str) -> None:
    line = encoded({"text": text})
    assert line.count(b"\n") == 1
    found = json.loads(line.decode("utf-8"))["text"]
    expected = "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    assert found == expected


def test_bytes_of_other_machines_do_no_harm() -> None:
    assert json.loads(encoded({"text": "a\udc80b"})) == {"text": "a\ufffdb"}


def test_threads_write_whole_lines_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    written = stream(tmp_path / "e")

    def work(name: str) -> None:
        for number in range(200):
            written.notice(OutputLine(build=name, stream="say", text=f"{number} " + "x" * 5000))

    threads = [spawn("test", work, str(number)) for number in range(8)]
    for thread in threads:
        thread.join()
    written.close()
    events = lines(tmp_path / "e")
    assert [event["seq"] for event in events] == list(range(1, 1601))
    offsets = [event["offset_s"] for event in events]
    assert offsets == sorted(offsets)  # type: ignore[type-var]
    for name in map(str, range(8)):
        said = [str(event["text"]).split()[0] for event in events if event["build"] == name]
        assert said == [str(number) for number in range(200)]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1370900683.000125, "2013-06-10T21:44:43.000125Z"),
        (1.9999999, "1970-01-01T00:00:02.000000Z"),
    ],
)
def test_times_are_rfc_3339(seconds: float, text: str) -> None:
    assert rfc3339(seconds) == text

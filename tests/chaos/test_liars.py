"""A plugin that breaks the protocol: core names who did it and where, and goes on."""

from __future__ import annotations

import json
import re
import shutil
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from chaos.conftest import GUARD_S, install

if TYPE_CHECKING:
    from pathlib import Path

    from chaos.conftest import Arena, Ended, Run

MEMORY_BYTES = 400_000_000
"""Core takes 50 MB, and a message may have 64 MB, twice while it is put together."""

CALLS = {
    "Builder.Prepare": "Prepare",
    "Builder.Run": "Run",
    "Provisioner.Provision": "Provision",
    "PostProcessor.PostProcess": "PostProcess",
    "Artifact.Id": "Artifact.(Id|BuilderId)",  # asked more than once
}


@pytest.fixture
def liars(arena: Arena) -> Arena:
    plugins: Path = arena.folder.parent / "plugins"
    shutil.rmtree(plugins)
    plugins.mkdir()
    install(plugins, "chaos", "healthy", script="lying.py")
    return arena


def ended_within_memory(run: Run) -> Ended:
    most, deadline = 0, time.monotonic() + GUARD_S
    while run.child.poll() is None:
        assert time.monotonic() < deadline, run.text[-1000:]
        try:
            most = max(most, psutil.Process(run.child.pid).memory_info().rss)
        except psutil.Error:
            break
        time.sleep(0.02)
    ended = run.end()
    assert most < MEMORY_BYTES, f"core took {most / 1e6:.0f} MB"
    return ended


def assert_blamed(arena: Arena, ended: Ended, *reasons: str) -> None:
    assert ended.status == 1, ended.text
    assert "this is a bug in Packer" not in ended.text
    assert [reason for reason in reasons if not re.search(reason, ended.text)] == [], ended.text
    assert "--> healthy: a thing" in ended.text
    arena.assert_nothing_left()


WIRE_LIES = {
    "second-end": "a stream that has ended is ended again: stream 1 WINDOW_UPDATE FIN",
    "overrun": r"more data than the window allows \(\d+ bytes\): stream 1 DATA 300000 bytes",
    "huge-frame": r"more data than the window allows \(\d+ bytes\): stream 1 DATA 4294967295 bytes",
    "opened-again": "a stream that lives is opened again: stream 1 WINDOW_UPDATE SYN",
    "ping-flood": "the peer does not read, and 4096 answers wait for it: session PING SYN",
}
MESSAGE_LIES = {
    "no-msgpack": "header of a response: Unpack failed|header of a response: FormatError",
    "huge-text": r"body of response \d+ \([A-Za-z.]+\): longer than 67108864 bytes",
    "endless-body": r"body of response \d+ \([A-Za-z.]+\): longer than 67108864 bytes",
    "deep-body": r"body of response \d+ \([A-Za-z.]+\): StackError|recursion limit",
    "wrong-number": "Seq of a response: no call waits for answer 7|8",
    "header-no-map": "header of a response: str is no map",
    "number-no-number": "Seq of a response: str is no number",
}


@pytest.mark.parametrize("lie", WIRE_LIES)
@pytest.mark.parametrize("method", ["Builder.Run", "Provisioner.Provision"])
def test_frames_that_break_the_protocol(liars: Arena, lie: str, method: str) -> None:
    ended = ended_within_memory(liars.start(chaos=f"{lie}:{method}"))
    kind = method.partition(".")[0].lower()
    said = f"packer-{kind}-chaos broke the protocol during {CALLS[method]}: .*{WIRE_LIES[lie]}"
    assert_blamed(liars, ended, said)


@pytest.mark.parametrize("lie", MESSAGE_LIES)
@pytest.mark.parametrize("method", CALLS)
def test_messages_that_break_the_protocol(liars: Arena, lie: str, method: str) -> None:
    if method == "Artifact.Id" and lie == "answered-twice":
        pytest.skip("its number is 0, and there is none below it")
    ended = ended_within_memory(liars.start(chaos=f"{lie}:{method}"))
    said = f"broke the protocol during {CALLS[method]}: .*({MESSAGE_LIES[lie]})"
    assert_blamed(liars, ended, said, "packer-[a-z-]+-chaos")


@pytest.mark.parametrize("method", CALLS)
def test_a_reply_that_is_cut_and_a_plugin_that_hangs_up(liars: Arena, method: str) -> None:
    for lie in ("cut-reply", "hang-up", "go-away"):
        ended = ended_within_memory(liars.start(chaos=f"{lie}:{method}"))
        assert_blamed(liars, ended, rf"packer-[a-z-]+-chaos .*during {CALLS[method]}")


@pytest.mark.parametrize("kind", ["builder", "provisioner", "post-processor"])
def test_a_stream_that_is_accepted_as_another(liars: Arena, kind: str) -> None:
    ended = liars.start(chaos=f"acknowledgement:{kind}").end()
    assert_blamed(
        liars,
        ended,
        f"packer-{kind}-chaos broke the protocol during the first contact: "
        "stream 0 was accepted as stream 77",
    )


WRONG_REPLIES = [
    ("Builder.Prepare", "text", "BuilderPrepareResponse: expected a map, got str"),
    ("Builder.Prepare", 5, "BuilderPrepareResponse: expected a map, got int"),
    ("Builder.Prepare", {"GeneratedVars": 5}, "BuilderPrepareResponse.GeneratedVars: expected a l"),
    ("Builder.Prepare", {"GeneratedVars": [5]}, "BuilderPrepareResponse.GeneratedVars: expected t"),
    ("Builder.Prepare", {"Warnings": "x"}, "BuilderPrepareResponse.Warnings: expected a list"),
    ("Builder.Prepare", {"Error": 5}, "BasicError: expected a map, got int"),
    ("Builder.Prepare", {"Error": {"Message": 5}}, "BasicError.Message: expected text, got int"),
    ("Builder.Run", "text", "Builder.Run: expected an integer, got str"),
    ("Builder.Run", [1], "Builder.Run: expected an integer, got list"),
    ("Builder.Run", {"a": 1}, "Builder.Run: expected an integer, got dict"),
    ("Builder.Run", 1.5, "Builder.Run: expected an integer, got float"),
    ("Builder.Run", True, "Builder.Run: expected an integer, got bool"),
    ("Builder.Run", -1, "Builder.Run: -1 is no number of a stream"),
    ("Builder.Run", 2**40, "Builder.Run: 1099511627776 is no number of a stream"),
    ("PostProcessor.PostProcess", "text", "PostProcessorProcessResponse: expected a map, got str"),
    ("PostProcessor.PostProcess", 7, "PostProcessorProcessResponse: expected a map, got int"),
    ("PostProcessor.PostProcess", {"StreamId": "x"}, "PostProcessorProcessResponse.StreamId: exp"),
    ("PostProcessor.PostProcess", {"StreamId": [1]}, "PostProcessorProcessResponse.StreamId: exp"),
    ("PostProcessor.PostProcess", {"StreamId": -1}, "StreamId: -1 is no number of a stream"),
    ("PostProcessor.PostProcess", {"Keep": "yes"}, "PostProcessorProcessResponse.Keep: expected a"),
    ("PostProcessor.PostProcess", {"Err": []}, "chaos failed: it failed, and gave no reason"),
    ("PostProcessor.PostProcess", {"Err": {"Message": []}}, "BasicError.Message: expected text"),
    ("Artifact.BuilderId", 5, "Artifact.BuilderId: expected text, got int"),
    ("Artifact.Id", {"a": 1}, "Artifact.Id: expected text, got dict"),
    ("Artifact.String", [1], "Artifact.String: expected text, got list"),
    ("Artifact.Files", "text", "Artifact.Files: expected a list, got str"),
    ("Artifact.Files", [5], "Artifact.Files: expected text, got int"),
    ("Artifact.Files", {"a": 1}, "Artifact.Files: expected a list, got dict"),
]


@pytest.mark.parametrize(
    ("method", "reply", "reason"),
    WRONG_REPLIES,
    ids=[f"{method}-{json.dumps(reply)}" for method, reply, _ in WRONG_REPLIES],
)
def test_a_reply_of_the_wrong_type(liars: Arena, method: str, reply: object, reason: str) -> None:
    more = {"CHAOS_REPLY": json.dumps(reply)}
    ended = liars.start(chaos=f"reply:{method}", more=more).end()
    assert_blamed(liars, ended, "(packer-[a-z-]+-|post-processor )chaos", re.escape(reason))


@pytest.mark.parametrize("reply", ["text", 5, [1], {"a": 1}, -1, True])
@pytest.mark.parametrize("method", ["Provisioner.Prepare", "Provisioner.Provision"])
def test_a_reply_where_there_is_none_to_be_is_passed_over(
    liars: Arena, method: str, reply: object
) -> None:
    more = {"CHAOS_REPLY": json.dumps(reply)}
    ended = liars.start(chaos=f"reply:{method}", more=more).end()
    assert ended.status == 0, ended.text
    liars.assert_nothing_left()


@pytest.mark.parametrize("lie", ["odd-requests", "request-flood"])
def test_requests_that_no_plugin_should_send(liars: Arena, lie: str) -> None:
    ended = ended_within_memory(liars.start(chaos=f"{lie}:Builder.Run"))
    assert ended.status == 0, ended.text[-3000:]
    assert "this is a bug in Packer" not in ended.text
    assert "--> healthy: a thing" in ended.text
    liars.assert_nothing_left()


def test_a_flood_of_streams_harms_only_who_makes_it(liars: Arena) -> None:
    ended = ended_within_memory(liars.start(chaos="stream-flood:Builder.Run"))
    assert_blamed(liars, ended, "was reset by core")

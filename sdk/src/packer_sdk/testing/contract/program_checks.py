"""Checks of the executable: what it does before it serves anything (section 1)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from packer_sdk.plugin import KINDS
from packer_sdk.versions import API_VERSION, PROTOCOL_VERSION
from packer_sdk.wire.handshake import MAGIC_COOKIE_VALUE

from .model import Failed, Skipped
from .program import LISTS, Ran, description

if TYPE_CHECKING:
    from .bench import Bench

_TEXTS = ("version", "sdk_version", "api_version")
_FIELDS = {*_TEXTS, *LISTS, "protocol_version"}
_VERSION = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-dev)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?"
)
_SHOWN = 200
_STRANGER_S = 10.0


def cookie(bench: Bench) -> str | None:
    """Without core's cookie, or with another, it ends with status 1 and an explanation."""
    words = bench.command()[1:]
    for case, value in (("without the cookie", None), ("with another cookie", "no-cookie")):
        ran = bench.program.run(*words, cookie=value)
        _assert_refused(ran, case)
        if ran.status != 1:
            return f"its exit status is {ran.status}, where plugins in Go have 1"
    return None


def describe(bench: Bench) -> str | None:
    """One JSON object with the fields of Go's SDK, and nothing else."""
    ran = _described(bench)
    if ran.status != 0:
        raise Failed(f"describe ended with status {ran.status}: {_short(ran.stderr)}")
    said = description(ran.stdout)
    if not said:
        raise Failed(f"standard output is not one JSON object: {_short(ran.stdout)}")
    wrong = [*_wrong_fields(said), *_wrong_lists(said)]
    if wrong:
        raise Failed("; ".join(wrong))
    return None if "protocol_version" in said else "it speaks gob alone"


def version(bench: Bench) -> str | None:
    """Its version is one that cores install."""
    _described(bench)
    found = bench.program.description.get("version")
    if not isinstance(found, str) or not _VERSION.fullmatch(found):
        raise Failed(f"not X.Y.Z, X.Y.Z-dev or either with +metadata: {found!r}")
    return None


def components(bench: Bench) -> str | None:
    """It names a component."""
    _described(bench)
    if not bench.program.targets:
        raise Failed("describe names no component")
    return None


def usage(bench: Bench) -> str | None:
    """What it does not understand, it refuses."""
    _described(bench)
    for words in ((), ("no-such-command",), ("start",), ("start", "builder")):
        ran = bench.program.run(*words, cookie=MAGIC_COOKIE_VALUE)
        _assert_refused(ran, f"with the words {' '.join(words) or '(none)'}")
    return None


def stranger(bench: Bench) -> str | None:
    """What it does not have, it does not serve."""
    _described(bench)
    for kind in (*KINDS, "no-such-kind"):
        words = ("start", kind, "no-such-component")
        ran = bench.program.run(*words, cookie=MAGIC_COOKIE_VALUE, timeout_s=_STRANGER_S)
        _assert_refused(ran, f"asked for the {kind} no-such-component")
    return None


def flag_anywhere(bench: Bench) -> str | None:
    """``--protobuf`` may stand behind the name, too."""
    _described(bench)
    if not speaks_protobuf(bench):
        raise Skipped("it speaks gob alone")
    path, start, kind, flag, name = bench.command(protobuf=True)
    for words in ((start, kind, name, flag), (flag, start, kind, name)):
        bench.fresh(command=[path, *words]).spec(protobuf=True)
    return None


def speaks_protobuf(bench: Bench) -> bool:
    """Whether the flag may be given: what is started without the flag knows it or does not."""
    if not bench.program.obeys:
        return bench.shared().process.address.minor is not None
    return bench.program.description.get("protocol_version") == PROTOCOL_VERSION


def _described(bench: Bench) -> Ran:
    if bench.program.described is None:
        raise Skipped("it is one component, and describes nothing")
    return bench.program.described


def _assert_refused(ran: Ran, case: str) -> None:
    if ran.status is None:
        raise Failed(f"{case} it goes on and on")
    if ran.status == 0:
        raise Failed(f"{case} it ends as if all were well, with status 0")
    if ran.stdout:
        raise Failed(f"{case} it prints to standard output: {_short(ran.stdout)}")
    if not ran.stderr.strip():
        raise Failed(f"{case} it says nothing on standard error")
    if "Traceback (most recent call last)" in ran.stderr or "goroutine 1 [" in ran.stderr:
        raise Failed(f"{case} it crashes: {_short(ran.stderr.strip().splitlines()[-1])}")


def _wrong_fields(said: dict[str, object]) -> list[str]:
    wrong = [f"unknown field {name}" for name in sorted(said.keys() - _FIELDS)]
    wrong += [
        f"{name} is no text: {said.get(name)!r}"
        for name in _TEXTS
        if not isinstance(said.get(name), str)
    ]
    if not wrong and said["api_version"] != API_VERSION:
        wrong.append(f"api_version is {said['api_version']}, not {API_VERSION}")
    if said.get("protocol_version", PROTOCOL_VERSION) != PROTOCOL_VERSION:
        wrong.append(f"protocol_version is {said['protocol_version']!r}, not {PROTOCOL_VERSION}")
    return wrong


def _wrong_lists(said: dict[str, object]) -> list[str]:
    wrong = []
    for name in LISTS:
        found = said.get(name)
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            wrong.append(f"{name} is no list of names: {json.dumps(found)}")
        elif found != sorted(set(found)):
            wrong.append(f"{name} is not sorted, or names one twice: {', '.join(found)}")
    return wrong


def _short(text: str) -> str:
    text = text.strip()
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")

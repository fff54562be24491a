"""HashiCorp's own HCL, asked through pygohcl: may this be written, and if not, on which line?

The library runs in a child process: if Go gives up on a text, only the child dies, and the text is
named. Several texts travel at once, so a question costs next to nothing.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packer_core.hcl.parser import parse_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Self

_CHILD = """
import json, sys
import pygohcl
for line in sys.stdin:
    texts = json.loads(line)
    answers = []
    for text in texts:
        try:
            answers.append(["value", pygohcl.loads(text)])
        except Exception as error:
            answers.append(["error", str(error)])
    print(json.dumps(answers), flush=True)
"""
_LINE = re.compile(r"invalid HCL: [^:]*:(\d+),")
_LINES = re.compile(r"tmp\.hcl:(\d+),")


@dataclass(frozen=True)
class Verdict:
    """What somebody thinks of a text.

    Attributes:
        line: Of the first mistake; None if there is none.
        words: What was said about it.
    """

    line: int | None
    words: str = ""

    @property
    def accepts(self) -> bool:
        return self.line is None


class Referee:
    """A child process that answers; a context manager."""

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop()

    def _start(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def _stop(self) -> None:
        with self._child:
            assert self._child.stdin
            self._child.stdin.close()
            self._child.kill()

    def judge(self, texts: Sequence[str]) -> list[Verdict]:
        """Return what Go says about each text."""
        return [verdict for part in _parts(texts) for verdict in self._judge(part)]

    def _judge(self, texts: Sequence[str]) -> list[Verdict]:
        assert self._child.stdin
        assert self._child.stdout
        try:
            self._child.stdin.write(json.dumps(list(texts)) + "\n")
            self._child.stdin.flush()
            answer = self._child.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if answer:
            return [_verdict(kind, content) for kind, content in json.loads(answer)]
        self._stop()
        self._start()
        if len(texts) == 1:
            return [Verdict(0, "the referee died of it")]
        return [verdict for text in texts for verdict in self._judge([text])]


def _parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), 200):
        yield texts[start : start + 200]


def _verdict(kind: str, content: object) -> Verdict:
    if kind == "value":
        return Verdict(None)
    words = str(content)
    found = _LINE.search(words)
    # An error without a line is one of pygohcl itself, behind a parse that succeeded.
    return Verdict(int(found[1]), words) if found else Verdict(None, words)


def our_verdict(text: str) -> Verdict:
    """Return what we say about a text."""
    findings = parse_file(text, "x").diagnostics
    for finding in findings:
        if finding.place:
            return Verdict(finding.place.line, str(finding))
    return Verdict(None)


KNOWN = {
    "Go points at where it got going again, we at what stands where the ] belongs": (
        "Missing close bracket on index",
        "Missing close bracket on splat index",
    ),
    "behind a.*.b. Go points at the star, we at what stands where the name belongs": (
        "Invalid attribute name",
    ),
}

KNOWN_BY_OURS = {
    "Go points at what it cannot read in front of a comment that is never closed, or at the end "
    "of the text; we at where that comment begins": "the comment is never closed",
}
"""Why a line may differ, and the words of Go that tell such a case; verdicts never may."""


@dataclass(frozen=True)
class Difference:
    """A text about which Go and we say different things.

    Attributes:
        reason: One of KNOWN; empty if nobody has found out yet.
    """

    text: str
    go: Verdict
    ours: Verdict
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.text!r}\n    Go:   {self.go}\n    ours: {self.ours}"


def differences(referee: Referee, texts: Iterable[str]) -> list[Difference]:
    """Return the texts that only one side accepts, or refuses because of another line.

    Go tells several mistakes of one text; a consequence sometimes comes before its cause. That is
    agreement, if our first one is among those it tells.
    """
    wanted = list(texts)
    found = []
    for text, go in zip(wanted, referee.judge(wanted), strict=True):
        ours = our_verdict(text)
        if go.accepts != ours.accepts:
            found.append(Difference(text, go, ours))
        elif ours.line is not None and ours.line not in _lines(go):
            found.append(Difference(text, go, ours, _reason(go, ours)))
    return found


def _lines(verdict: Verdict) -> list[int]:
    return [int(line) for line in _LINES.findall(verdict.words)]


def _reason(go: Verdict, ours: Verdict) -> str:
    for reason, starts in KNOWN.items():
        if any(f": {start};" in go.words for start in starts):
            return reason
    for reason, ending in KNOWN_BY_OURS.items():
        if ours.words.endswith(ending):
            return reason
    return ""

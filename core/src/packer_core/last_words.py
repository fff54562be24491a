"""What is worth showing of the last lines of a process that died: why, if it says so.

A traceback of Python is recognised, whether it was printed or logged, as are a fatal error of the
interpreter (`faulthandler`) and a panic in Go. The last one counts, and of it the frames nearest
to the failure. Pure: lines in, lines out.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LINES = 12
MOST_FRAMES = 4

_STAMP = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d (?:\[[A-Z]+\] )?")
_TRACEBACK = "Traceback (most recent call last):"
_FATAL = "Fatal Python error: "
_CALLS = ("Current thread ", "Stack (most recent call first):")
_PANIC = "panic: "
_USUAL = ("Plugin minimum port: ", "Plugin maximum port: ", "Plugin address: ")


def worth_showing(lines: Sequence[str]) -> list[str]:
    """The reason of a death if the lines tell one, else the last of them."""
    said = [line for line in lines if (text := _bare(line).strip()) and not text.startswith(_USUAL)]
    return reason_in(lines) or said[-MOST_LINES:]


def reason_in(lines: Sequence[str]) -> list[str]:
    """The last traceback, fatal error or panic, without log stamps; empty if there is none."""
    for start in range(len(lines) - 1, -1, -1):
        text = _bare(lines[start])
        if text.startswith(_TRACEBACK):
            return _traceback(lines, start)
        if text.startswith(_FATAL):
            return _fatal([_bare(line) for line in lines[start:]])
        if text.startswith(_PANIC):
            return [_bare(line) for line in lines[start:] if line.strip()][:MOST_LINES]
    return []


def _bare(line: str) -> str:
    return _STAMP.sub("", line, count=1) if _STAMP.match(line) else line


def _traceback(lines: Sequence[str], start: int) -> list[str]:
    frames, end = [], start + 1
    while end < len(lines) and (text := _bare(lines[end])).startswith(" "):
        if text.startswith("  File "):
            frames.append([text])
        elif frames:
            frames[-1].append(text)
        end += 1
    left_out = len(frames) - MOST_FRAMES
    shown = [_TRACEBACK]
    if left_out > 0:
        shown.append(f"  … {left_out} more")
    shown += [text for frame in frames[-MOST_FRAMES:] for text in frame]
    return [*shown, *_message(lines, start, end)]


def _message(lines: Sequence[str], start: int, end: int) -> list[str]:
    """The line with the exception, and what belongs to it of those below."""
    stamp = _STAMP.match(lines[start])
    message: list[str] = []
    for line in lines[end : end + MOST_LINES]:
        other = _STAMP.match(line)
        if message and (other and other[0]) != (stamp and stamp[0]):
            break  # another record of the log
        message.append(_bare(line))
    while message and not message[-1].strip():
        message.pop()
    return message


def _fatal(texts: list[str]) -> list[str]:
    """The error, and the calls of the thread that had it, which stand the latest first."""
    shown = texts[:1]
    current = next((i for i, text in enumerate(texts) if text.startswith(_CALLS)), None)
    if current is not None:
        calls = texts[current + 1 : current + 1 + MOST_FRAMES]
        shown += [text for text in calls if text.startswith("  File ")]
    return shown

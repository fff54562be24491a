"""What the live view shows: from the state of the builds to lines that fit the terminal. Pure.

::

    web    0:42  provisioner shell 2 of 3 · Setting up nginx (1.24)
    db     0:42  building · ━━━━━━━━╸─────────── 45% of 1.2 GB disk.qcow2
    … 38 more · 3 waiting, 12 finished, 1 failed

A line for each running build, in the order in which they were planned; the others are counted. On
a terminal that is too narrow the right end is what gets lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .cells import clean, cut, pad, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

FINISHED, FAILED, CANCELLED = ENDS = ("finished", "failed", "cancelled")
"""How a build can have ended."""

_UNITS = ("B", "kB", "MB", "GB", "TB")
_NARROWEST_BAR, _WIDEST_BAR = 5, 20
_SHORTEST_NAME = 6
_MOST_NAMES = 5
_SHORTEST_TAIL = 6
"""A few letters of a line tell nothing."""


@dataclass(slots=True)
class Transfer:
    """Bytes on their way; a total of 0 or less is unknown."""

    label: str
    total: int
    current: int = 0


@dataclass(slots=True)
class Build:
    """What is known of one build.

    Attributes:
        name: As templates call it.
        color: ANSI number; None without colours.
        step: What it does now; empty while it waits for its turn.
        since: When it began, by the clock that ``now`` is of.
        said: The last line it has put out.
        end: How it ended, one of `ENDS`; empty until then.
        transfers: Running ones, oldest first.
    """

    name: str
    color: int | None = None
    step: str = ""
    since: float = 0.0
    said: str = ""
    end: str = ""
    transfers: list[Transfer] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        """Whether it has a line of its own."""
        return bool(self.step) and not self.end


@dataclass(frozen=True, slots=True)
class Marks:
    """Characters that not every terminal has."""

    ellipsis: str
    dot: str
    full: str
    half: str
    empty: str


UNICODE = Marks("…", "·", "━", "╸", "─")
ASCII = Marks("...", "-", "#", "#", ".")


@dataclass(frozen=True, slots=True)
class Shape:
    """The terminal.

    Attributes:
        columns: Cells of a line.
        rows: Lines.
        encoding: What it understands.
        color: Whether it gets any.
    """

    columns: int
    rows: int
    encoding: str = "utf-8"
    color: bool = True

    @property
    def marks(self) -> Marks:
        """Those that it can show."""
        return UNICODE if self.encoding == "utf-8" else ASCII

    @property
    def width(self) -> int:
        """Cells to use: writing into the last column makes some terminals wrap."""
        return self.columns - 1

    @property
    def room(self) -> int:
        """Builds to show: half of the terminal belongs to the output, and at least two lines."""
        return max(0, min(self.rows // 2, self.rows - 4))


def live_lines(
    builds: Sequence[Build],
    transfers: Sequence[Transfer],
    shape: Shape,
    now: float,
    *,
    mask: Callable[[str], str] = str,
    cancelling: bool = False,
) -> list[str]:
    """The lines of the live view; none if there is nothing to show or no room for it.

    Args:
        builds: All of a run, in their order.
        transfers: Those that belong to no build.
        shape: Of the terminal.
        now: Seconds, by the clock of `Build.since`.
        mask: Takes out of every text what must not be read.
        cancelling: Whether the builds have been told to stop.
    """
    running = [build for build in builds if build.is_running]
    if not (running or transfers) or shape.room == 0 or shape.width < 1:
        return []
    text = _Text(shape, mask)
    lines = list(_rows(running[: shape.room], text, now, cancelling=cancelling))
    alone = transfers[: shape.room - len(lines)]
    lines += [text.cut(_bar(one, text, shape.width), shape.width) for one in alone]
    hidden = len(running) + len(transfers) - len(lines)
    if tally := _tally(builds, hidden, shape.marks):
        lines.append(text.dim(text.cut(tally, shape.width)))
    return lines


def summary(builds: Sequence[Build], took_s: float) -> str:
    """One line that says how all builds ended, and which ones failed."""
    parts = []
    for end in ENDS:
        names = [build.name for build in builds if build.end == end]
        if names:
            parts.append(f"{len(names)} {end}{_listed(names) if end == FAILED else ''}")
    left = sum(not build.end for build in builds)
    if left:
        parts.append(f"{left} not started")
    return f"==> {len(builds)} builds: {', '.join(parts)}, in {elapsed(took_s)}"


def _listed(names: Sequence[str]) -> str:
    others = len(names) - _MOST_NAMES
    return f" ({', '.join(names[:_MOST_NAMES])}{f' and {others} more' if others > 0 else ''})"


def elapsed(seconds: float) -> str:
    """Time as a clock shows it: ``0:42``, ``12:05``, ``1:02:03``."""
    minutes, left = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def size(count: float) -> str:
    """Bytes for people, in powers of a thousand: ``512 B``, ``1.4 GB``."""
    for unit in _UNITS[:-1]:
        if round(count, 1) < 1000:
            return f"{count:.1f} {unit}" if unit != "B" else f"{count:.0f} B"
        count /= 1000
    return f"{count:.1f} {_UNITS[-1]}"


class _Text:
    """How texts are made fit for one terminal."""

    def __init__(self, shape: Shape, mask: Callable[[str], str]) -> None:
        self.shape = shape
        self.marks = shape.marks
        self._mask = mask

    def clean(self, text: str) -> str:
        return clean(self._mask(text), self.shape.encoding).strip()

    def cut(self, text: str, cells: int) -> str:
        return cut(text, cells, self.marks.ellipsis)

    def bold(self, text: str, color: int | None) -> str:
        if not self.shape.color:
            return text
        return f"\x1b[1;{color}m{text}\x1b[0m" if color else f"\x1b[1m{text}\x1b[0m"

    def dim(self, text: str) -> str:
        return f"\x1b[2m{text}\x1b[0m" if self.shape.color and text else text


def _rows(builds: Sequence[Build], text: _Text, now: float, *, cancelling: bool) -> Iterator[str]:
    columns = text.shape.width
    most = max(_SHORTEST_NAME, text.shape.columns // 3)
    names = [text.cut(text.clean(build.name), most) for build in builds]
    times = [elapsed(now - build.since) for build in builds]
    name_width = max(map(width, names), default=0)
    time_width = max(map(len, times), default=0)
    for build, name, time in zip(builds, names, times, strict=True):
        head = text.cut(pad(name, name_width), columns)
        room = columns - width(head)
        step = f"cancelling, {build.step}" if cancelling else build.step
        middle = text.cut(f"  {time:>{time_width}}  {text.clean(step)}", room)
        tail = _tail(build, text, room - width(middle))
        yield text.bold(head, build.color) + middle + text.dim(tail)


def _tail(build: Build, text: _Text, room: int) -> str:
    """The transfer of a build, or else the last line it has put out."""
    joint = f" {text.marks.dot} "
    room -= len(joint)
    if room < _SHORTEST_TAIL:
        return ""
    if build.transfers:
        others = len(build.transfers) - 1
        more = f" (+{others})" if others else ""
        return (
            joint
            + text.cut(_bar(build.transfers[0], text, room - len(more)), room - len(more))
            + more
        )
    said = text.clean(build.said.rstrip().rpartition("\n")[2])
    return joint + text.cut(said, room) if said else ""


def _bar(transfer: Transfer, text: _Text, room: int) -> str:
    label = text.clean(transfer.label)
    if transfer.total <= 0:
        return f"{size(transfer.current)} {label}"
    share = min(1.0, max(0.0, transfer.current / transfer.total))
    told = f"{int(100 * share)}% of {size(transfer.total)} {label}"
    cells = min(_WIDEST_BAR, room // 3)
    if cells < _NARROWEST_BAR:
        return told
    return f"{_gauge(share, cells, text.marks)} {told}"


def _gauge(share: float, cells: int, marks: Marks) -> str:
    halves = int(2 * cells * share)
    drawn = marks.full * (halves // 2) + marks.half * (halves % 2)
    return drawn + marks.empty * (cells - len(drawn))


def _tally(builds: Iterable[Build], hidden: int, marks: Marks) -> str:
    ended = [build.end or ("" if build.step else "waiting") for build in builds]
    counts = [(ended.count(state), state) for state in ("waiting", *ENDS)]
    parts = [f"{marks.ellipsis} {hidden} more"] if hidden else []
    told = ", ".join(f"{count} {state}" for count, state in counts if count)
    return f" {marks.dot} ".join([*parts, told] if told else parts)

"""A story as text for a terminal: builds side by side, each with its steps, then the reasons."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .story import BuildStory, Failure, Step, Story

_BAR = 40
_WORDS = {
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    "not-started": "not started",
    "refused": "refused",
    "open": "no end",
}


def story_text(story: Story) -> str:
    """Everything about a run, for people."""
    parts = [_head(story)]
    if story.builds:
        parts.append(_side_by_side(story))
    parts += [_build(build) for build in story.builds if build.steps]
    if slowest := story.slowest():
        parts.append(_slowest(slowest))
    parts += [_reasons(build) for build in story.builds if build.failures]
    if story.failures:
        parts.append("\n".join(["Why the run failed:", *_failures(story.failures)]))
    return "\n\n".join(parts)


def how_it_ended(story: Story) -> str:
    """The end of a run in a few words."""
    if story.ending == "running":
        return "still under way"
    if story.ending == "cut" or story.exit_code is None:
        return f"no end after {seconds(story.last_s)}"
    return f"exit code {story.exit_code} after {seconds(story.last_s)}"


def result_of(build: BuildStory, story: Story) -> str:
    """How a build ended, in words; one that is still open has been cut off with the run."""
    if build.result == "open" and story.ending == "finished":
        return "not started" if build.begin_s is None else "no end"
    return _WORDS.get(build.result, build.result)


def seconds(duration_s: float | None) -> str:
    """A duration that is as precise as one needs it: ``42 ms``, ``1.3 s``, ``2 min 05 s``."""
    if duration_s is None:
        return "?"
    if duration_s < 0.9995:
        return f"{duration_s * 1000:.0f} ms"
    if duration_s < 59.95:
        return f"{duration_s:.1f} s"
    minutes, rest = divmod(round(duration_s), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min"


def _head(story: Story) -> str:
    command = f"packer {shlex.join(story.argv or (story.command,))}"
    lines = [f"{command}: {how_it_ended(story)}"]
    if story.time:
        lines.append(f"  run {story.run}, started {story.time}")
    if story.packer:
        lines.append(f"  Packer for Python {story.packer}, Python {story.python}, {story.platform}")
    if story.template:
        lines.append(f"  template {story.template} {story.digest[:19]}".rstrip())
    return "\n".join([*lines, *(f"  {note}" for note in story.notes)])


def _side_by_side(story: Story) -> str:
    width = max(len(build.name) for build in story.builds)
    total = max(story.last_s, 1e-9)
    end = seconds(total)
    scale = f"0{end.rjust(_BAR - 1)}"
    lines = [f"Builds{' ' * (width + 27)}{scale}"]
    for build in story.builds:
        result = result_of(build, story).ljust(11)
        took = seconds(build.duration_s).rjust(11) if build.duration_s is not None else " " * 11
        lines.append(f"  {build.name.ljust(width)}  {result} {took}     |{_bar(build, total)}|")
    return "\n".join([*lines, "  ░ preparation, █ build"])


def _bar(build: BuildStory, total: float) -> str:
    """Where a build is on the scale of the run."""
    cells = [" "] * _BAR
    end = build.end_s if build.end_s is not None else total
    begin = build.begin_s if build.begin_s is not None else end
    if build.prepared_s is not None:
        _fill(cells, build.prepared_s / total, begin / total, "░")
    if build.begin_s is not None:
        _fill(cells, begin / total, end / total, "█")
    return "".join(cells)


def _fill(cells: list[str], begin: float, end: float, mark: str) -> None:
    first = min(int(begin * _BAR), _BAR - 1)
    last = max(first + 1, min(round(end * _BAR), _BAR))
    cells[first:last] = mark * (last - first)


def _build(build: BuildStory) -> str:
    lines = [f"{build.name}", "         at       took"]
    lines += [_step(step) for step in in_order(build)]
    lines += [f"  kept: {artifact}" for artifact in build.artifacts]
    return "\n".join(lines)


def in_order(build: BuildStory) -> list[Step]:
    """The steps of a build by their beginning; the call inside a provisioner is left out."""
    return sorted(
        (step for step in build.steps if step.kind != "call"), key=lambda step: step.begin_s
    )


def _step(step: Step) -> str:
    result = "" if step.result == "succeeded" else f"  {_WORDS.get(step.result, step.result)}"
    took = seconds(step.duration_s) if step.end_s is not None else ""
    return f"  {step.begin_s:7.3f} s {took:>10}  {'  ' * step.depth}{step.what}{result}"


def _slowest(slowest: list[tuple[str, Step]]) -> str:
    rows = [f"  {seconds(step.duration_s):>10}  {build}: {step.what}" for build, step in slowest]
    return "\n".join(["Slowest steps", *rows])


def _reasons(build: BuildStory) -> str:
    lines = [f"Why {build.name} failed:", *_failures(build.failures)]
    if build.output:
        lines += ["  its last lines of output:", *(f"    {line}" for line in build.output)]
    return "\n".join(lines)


def _failures(failures: list[Failure]) -> Iterator[str]:
    for failure in failures:
        if failure.step:
            yield f"  in {failure.step}:"
        yield from (f"    {line}" for line in failure.message.split("\n"))
        if failure.hint:
            yield f"    hint: {failure.hint}"
        if failure.last_lines:
            yield "    what the plugin said last:"
            yield from (f"      {line}" for line in failure.last_lines)
        if failure.report:
            yield f"    crash report: {failure.report}"

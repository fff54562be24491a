"""A story as one HTML page that needs nothing else: no script, no font, no picture, no network.

Whatever comes from the run is escaped: a page of somebody else's run must be safe to open. A
policy in the page itself forbids everything but its own style, should an escape ever be missing.
"""

from __future__ import annotations

import shlex
from html import escape
from typing import TYPE_CHECKING

from .text import how_it_ended, in_order, result_of, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .story import BuildStory, Failure, Step, Story

_STYLE = """\
:root { color-scheme: light dark; --ink: #1d2329; --soft: #66707a; --paper: #fff; --line: #dde2e7;
  --good: #2f9e5f; --bad: #d64545; --wait: #b9c2cb; --run: #8fb6e8; --provision: #3f7fd0;
  --post: #8a63c9; --stop: #c98a1b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --soft: #98a2ac; --paper: #14181c;
  --line: #2c343b; --wait: #4c565f; --run: #3b5f8d; --provision: #5d9bea; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem 4rem; background: var(--paper);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.35rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .15rem 0; } .soft { color: var(--soft); }
code, pre, .mono { font: 13px/1.5 ui-monospace, monospace; }
pre { margin: .4rem 0; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: 6px;
  overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; color: #fff;
  font-size: .8rem; background: var(--soft); }
.succeeded { background: var(--good); } .failed, .refused { background: var(--bad); }
.cancelled { background: var(--stop); }
.note { border-left: 3px solid var(--stop); padding-left: .7rem; margin: .4rem 0; }
.chart { border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.scale { display: grid; grid-template-columns: 19rem 1fr; color: var(--soft); font-size: .8rem;
  border-bottom: 1px solid var(--line); }
.scale div:last-child { display: flex; justify-content: space-between; padding: .15rem .4rem; }
.row { display: grid; grid-template-columns: 19rem 1fr; border-top: 1px solid var(--line); }
.row:first-child { border-top: 0; } .row.build { font-weight: 600; background: #8881; }
.row > .name { padding: .15rem .6rem; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; font-size: .85rem; }
.lane { position: relative; min-height: 1.7rem; border-left: 1px solid var(--line); }
.bar { position: absolute; top: .4rem; height: .95rem; min-width: 3px; border-radius: 3px;
  background: var(--wait); }
.bar.whole { background: var(--run); } .bar.run, .bar.hook { background: var(--run); }
.bar.provision { background: var(--provision); } .bar.post-process { background: var(--post); }
.bar.bad { background: var(--bad); } .bar.cancelled { background: var(--stop); }
.bar.open { border-right: 3px dashed var(--stop); }
.took { position: absolute; top: .25rem; padding: 0 .35rem; font-size: .75rem;
  color: var(--soft); white-space: nowrap; }
.legend span { margin-right: 1rem; font-size: .8rem; color: var(--soft); }
.legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px;
  margin-right: .3rem; vertical-align: -1px; }
table { border-collapse: collapse; } td { padding: .1rem .9rem .1rem 0; vertical-align: top; }
td:first-child { text-align: right; }
@media (max-width: 44rem) { .scale, .row { grid-template-columns: 10rem 1fr; } }
"""

_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
"""

_LEGEND = (
    ("start and configuration", "var(--wait)"),
    ("builder", "var(--run)"),
    ("provisioner", "var(--provision)"),
    ("post-processor", "var(--post)"),
    ("failed", "var(--bad)"),
)


def story_page(story: Story) -> str:
    """The page of a run."""
    command = f"packer {shlex.join(story.argv or (story.command,))}"
    parts = [
        _HEAD.format(title=escape(f"{command}: {how_it_ended(story)}"), style=_STYLE),
        *_summary(story, command),
        *_chart(story),
        *_failed(story),
        *_slowest(story),
        *_artifacts(story),
        "</body>\n</html>\n",
    ]
    return "".join(parts)


def _summary(story: Story, command: str) -> Iterator[str]:
    yield f"<h1>{escape(command)}</h1>\n"
    good = "succeeded" if story.exit_code == 0 else "failed"
    kind = good if story.ending == "finished" else "cancelled"
    yield f'<p><span class="badge {kind}">{escape(how_it_ended(story))}</span></p>\n'
    facts = [f"run {story.run}", f"started {story.time}", f"Packer for Python {story.packer}"]
    facts += [f"Python {story.python}", story.platform]
    yield f'<p class="soft">{escape(" · ".join(facts))}</p>\n'
    if story.template:
        yield (
            f'<p class="soft">template {escape(story.template)} '
            f'<span class="mono">{escape(story.digest)}</span></p>\n'
        )
    for note in story.notes:
        yield f'<p class="note">{escape(note)}</p>\n'


def _chart(story: Story) -> Iterator[str]:
    if not story.builds:
        return
    total = max(story.last_s, 1e-9)
    yield "<h2>Builds</h2>\n"
    yield '<div class="chart">\n<div class="scale"><div></div><div>'
    yield "".join(f"<span>{seconds(total * part / 4)}</span>" for part in range(5))
    yield "</div></div>\n"
    for build in story.builds:
        yield from _rows(build, story, total)
    yield '</div>\n<p class="legend">'
    yield "".join(
        f'<span><i style="background: {color}"></i>{name}</span>' for name, color in _LEGEND
    )
    yield "</p>\n"


def _rows(build: BuildStory, story: Story, total: float) -> Iterator[str]:
    result = result_of(build, story)
    badge = f'<span class="badge {escape(build.result)}">{escape(result)}</span>'
    yield f'<div class="row build"><div class="name">{escape(build.name)} {badge}</div>'
    yield f'<div class="lane">{_whole(build, total)}</div></div>\n'
    for step in in_order(build):
        indent = f' style="padding-left: {1.2 + step.depth:.1f}rem"'
        title = escape(step.what, quote=True)
        yield f'<div class="row"><div class="name"{indent} title="{title}">{title}</div>'
        yield f'<div class="lane">{_bar(step, total)}</div></div>\n'


def _whole(build: BuildStory, total: float) -> str:
    end = build.end_s if build.end_s is not None else total
    begin = build.begin_s if build.begin_s is not None else end
    first = build.prepared_s if build.prepared_s is not None else begin
    waiting = _span(first, begin, total, "") if first < begin else ""
    if build.begin_s is None:
        return waiting
    bad = " bad" if build.result == "failed" else ""
    text = seconds(build.duration_s) if build.end_s is not None else "no end"
    return waiting + _span(begin, end, total, f"whole{bad}") + _label(begin, end, total, text)


def _bar(step: Step, total: float) -> str:
    end = step.end_s if step.end_s is not None else total
    marks = {"failed": " bad", "cancelled": " cancelled", "open": " open"}
    text = seconds(step.duration_s) if step.end_s is not None else "no end"
    bar = _span(step.begin_s, end, total, f"{step.kind}{marks.get(step.result, '')}")
    return bar + _label(step.begin_s, end, total, text)


def _span(begin: float, end: float, total: float, kind: str) -> str:
    left, width = _percent(begin, total), _percent(max(end - begin, 0.0), total)
    return f'<div class="bar {kind}" style="left: {left:.3f}%; width: {width:.3f}%"></div>'


def _label(begin: float, end: float, total: float, text: str) -> str:
    """The duration beside a bar: behind it, or in front of one that reaches to the right."""
    if _percent(end, total) < 85:
        place = f"left: {_percent(end, total):.3f}%"
    elif _percent(begin, total) > 15:
        place = f"right: {100 - _percent(begin, total):.3f}%"
    else:
        place = "right: 0; color: inherit"
    return f'<div class="took" style="{place}">{escape(text)}</div>'


def _percent(part: float, total: float) -> float:
    return min(100.0, max(0.0, 100 * part / total))


def _failed(story: Story) -> Iterator[str]:
    for build in story.builds:
        if build.failures:
            yield f"<h2>Why {escape(build.name)} failed</h2>\n"
            yield from _failures(build.failures)
            if build.output:
                yield '<p class="soft">its last lines of output:</p>\n'
                yield _lines(build.output)
    if story.failures:
        yield "<h2>Why the run failed</h2>\n"
        yield from _failures(story.failures)


def _failures(failures: Iterable[Failure]) -> Iterator[str]:
    for failure in failures:
        if failure.step:
            yield f"<p>in <strong>{escape(failure.step)}</strong>:</p>\n"
        yield _lines([failure.message])
        if failure.hint:
            yield f"<p>hint: {escape(failure.hint)}</p>\n"
        if failure.last_lines:
            yield '<p class="soft">what the plugin said last:</p>\n'
            yield _lines(failure.last_lines)
        if failure.report:
            yield f"<p>crash report: {escape(failure.report)}</p>\n"


def _lines(lines: Iterable[str]) -> str:
    return f"<pre>{escape(chr(10).join(lines))}</pre>\n"


def _slowest(story: Story) -> Iterator[str]:
    slowest = story.slowest()
    if slowest:
        yield "<h2>Slowest steps</h2>\n<table>\n"
        for build, step in slowest:
            yield (
                f"<tr><td>{seconds(step.duration_s)}</td><td>{escape(build)}</td>"
                f"<td>{escape(step.what)}</td></tr>\n"
            )
        yield "</table>\n"


def _artifacts(story: Story) -> Iterator[str]:
    if any(build.artifacts for build in story.builds):
        yield "<h2>Artifacts</h2>\n"
        for build in story.builds:
            for artifact in build.artifacts:
                yield f"<p>{escape(build.name)}: {escape(artifact)}</p>\n"

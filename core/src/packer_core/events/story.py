"""What a recording tells: builds with their steps, in order, and why those that failed did.

Pure: events in, values out. Events may be missing or odd, since a file may come from anywhere;
what is not understood is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .reading import Recording

LAST_LINES = 20
"""Lines of output that are shown of a build that failed."""

SLOWEST = 5

CONTAINING = ("run", "hook", "call")
"""Kinds of steps whose time is that of others, too."""

_CALLS_OF_PREPARATION = ("ConfigSpec", "Prepare", "Configure")


@dataclass(slots=True, kw_only=True)
class Step:
    """Something that took time.

    Attributes:
        what: In words: ``builder null: Run``.
        kind: ``start``, ``prepare``, ``run``, ``hook``, ``provision``, ``call`` (that of a
            provisioner, as long as the step around it), ``pause``, ``post-process``, ``destroy``.
        begin_s: Seconds since the start of the run.
        end_s: Likewise; None if there is no end to be seen.
        result: ``succeeded``, ``failed``, ``cancelled``, or ``open``.
        error: Why it failed.
        depth: How many steps it is inside of.
    """

    what: str
    kind: str
    begin_s: float
    end_s: float | None = None
    result: str = "open"
    error: str = ""
    depth: int = 0

    @property
    def duration_s(self) -> float | None:
        """Seconds it took, if it has ended."""
        return None if self.end_s is None else max(0.0, self.end_s - self.begin_s)


@dataclass(slots=True, kw_only=True)
class Failure:
    """An error, as it was told.

    Attributes:
        report: Path of the crash report, if there is one.
        step: The call that failed, if it can be told.
    """

    message: str
    reference: str = ""
    hint: str = ""
    last_lines: tuple[str, ...] = ()
    report: str = ""
    step: str = ""


@dataclass(slots=True, kw_only=True)
class BuildStory:
    """One build.

    Attributes:
        result: As in ``build-finished``; ``refused`` if it never began, ``open`` if there is no
            end to be seen.
        prepared_s: When its first component was started.
        output: Its last lines.
    """

    name: str
    result: str = "open"
    prepared_s: float | None = None
    begin_s: float | None = None
    end_s: float | None = None
    steps: list[Step] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    artifacts: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)

    @property
    def duration_s(self) -> float | None:
        """Seconds from its start, without preparation, to its end."""
        if self.begin_s is None or self.end_s is None:
            return None
        return max(0.0, self.end_s - self.begin_s)


@dataclass(slots=True, kw_only=True)
class Story:
    """One run.

    Attributes:
        ending: ``finished``; ``running``; or ``cut``: packer was killed, or could not write on.
        last_s: Offset of the last event.
        notes: What the reader should know about the file.
    """

    run: str = ""
    command: str = ""
    argv: tuple[str, ...] = ()
    time: str = ""
    packer: str = ""
    python: str = ""
    platform: str = ""
    template: str = ""
    digest: str = ""
    exit_code: int | None = None
    ending: str = "cut"
    last_s: float = 0.0
    builds: list[BuildStory] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def slowest(self) -> list[tuple[str, Step]]:
        """Names of builds with their slowest steps; what merely contains others does not count."""
        found = [
            (build.name, step)
            for build in self.builds
            for step in build.steps
            if step.kind not in CONTAINING and step.duration_s is not None
        ]
        return sorted(found, key=lambda one: -(one[1].duration_s or 0))[:SLOWEST]


def tell(recording: Recording) -> Story:
    """Make sense of a recording."""
    narrator = _Narrator()
    for event in recording.events:
        narrator.hear(event)
    story = narrator.story
    if recording.complete:
        story.ending = "finished"
    elif recording.running:
        story.ending = "running"
    story.notes += _notes(recording, story.ending)
    return story


def _notes(recording: Recording, ending: str) -> Iterator[str]:
    if ending == "running":
        yield "This run is still under way."
    elif ending == "cut":
        yield (
            "The events end without an end of the run: packer was killed, or could no longer"
            " write them."
        )
    if recording.unreadable:
        yield f"Lines that cannot be read, which are left out: {recording.unreadable}."
    if recording.missing:
        yield f"Lines of output that were not kept: {recording.missing}."


class _Narrator:
    """Takes events one by one."""

    def __init__(self) -> None:
        self.story = Story()
        self._builds: dict[str, BuildStory] = {}
        self._open: dict[tuple[object, ...], Step] = {}
        self._deepest: dict[str, tuple[str, str]] = {}
        self._hear: dict[object, Callable[[_Fields], None]] = {
            "run-started": self._run_started,
            "run-finished": self._run_finished,
            "template-loaded": self._template_loaded,
            "interrupted": self._interrupted,
            "error": self._error,
            "output": self._output,
            "build-planned": self._planned,
            "build-refused": self._refused,
            "build-started": self._build_started,
            "build-finished": self._build_finished,
            "component-started": self._component_started,
            "call-started": self._call_started,
            "call-finished": self._call_finished,
            "provisioner-paused": self._paused,
            "provisioner-started": self._provisioner_started,
            "provisioner-finished": self._provisioner_finished,
            "artifact-kept": self._kept,
        }

    def hear(self, event: dict[str, object]) -> None:
        fields = _Fields(event)
        self.story.last_s = max(self.story.last_s, fields.number("offset_s"))
        if react := self._hear.get(event["type"]):
            react(fields)

    # --- the run

    def _run_started(self, event: _Fields) -> None:
        story = self.story
        story.run, story.time = event.text("run"), event.text("time")
        story.command, story.argv = event.text("command"), event.texts("argv")
        story.packer, story.python = event.text("packer"), event.text("python")
        story.platform = event.text("platform")

    def _run_finished(self, event: _Fields) -> None:
        self.story.exit_code = int(event.number("exit_code"))

    def _template_loaded(self, event: _Fields) -> None:
        self.story.template, self.story.digest = event.text("path"), event.text("digest")

    def _interrupted(self, event: _Fields) -> None:
        at = f"{event.number('offset_s'):.1f} s"
        again = " again" if event.number("count") > 1 else ""
        self.story.notes.append(f"Interrupted{again} after {at}, by {event.text('signal')}.")

    def _error(self, event: _Fields) -> None:
        name = event.text("build")
        failure = Failure(
            message=event.text("message"),
            reference=event.text("reference"),
            hint=event.text("hint"),
            last_lines=event.texts("last_lines"),
            report=event.text("report"),
        )
        if name:
            failure.step = self._blame(name, failure.message)
            self._build(name).failures.append(failure)
        else:
            self.story.failures.append(failure)

    def _blame(self, build: str, message: str) -> str:
        """The innermost step whose error is the reason of what was told about the build."""
        failed = [step for step in self._build(build).steps if step.result == "failed"]
        quoted = [step for step in failed if step.error and step.error in message]
        deepest = max(quoted or failed, key=lambda step: (step.depth, step.begin_s), default=None)
        return deepest.what if deepest else ""

    def _output(self, event: _Fields) -> None:
        if name := event.text("build"):
            output = self._build(name).output
            output += event.text("text").rstrip("\n").split("\n")
            del output[:-LAST_LINES]

    # --- builds

    def _build(self, name: str) -> BuildStory:
        if name not in self._builds:
            self._builds[name] = BuildStory(name=name)
            self.story.builds.append(self._builds[name])
        return self._builds[name]

    def _planned(self, event: _Fields) -> None:
        self._build(event.text("build"))

    def _refused(self, event: _Fields) -> None:
        build = self._build(event.text("build"))
        build.result, build.end_s = "refused", event.number("offset_s")

    def _build_started(self, event: _Fields) -> None:
        self._build(event.text("build")).begin_s = event.number("offset_s")

    def _build_finished(self, event: _Fields) -> None:
        build = self._build(event.text("build"))
        build.result, build.end_s = event.text("result"), event.number("offset_s")

    def _kept(self, event: _Fields) -> None:
        what = event.text("text") or event.text("id") or event.text("builder_id")
        self._build(event.text("build")).artifacts.append(what)

    # --- steps

    def _component_started(self, event: _Fields) -> None:
        build = self._build(event.text("build"))
        end = event.number("offset_s")
        begin = max(0.0, end - event.number("duration_s"))
        build.prepared_s = begin if build.prepared_s is None else min(build.prepared_s, begin)
        what = f"{_component(event)}: start"
        build.steps.append(
            Step(what=what, kind="start", begin_s=begin, end_s=end, result="succeeded")
        )

    def _call_started(self, event: _Fields) -> None:
        method = event.text("method")
        step = Step(
            what=f"{_component(event)}: {method}",
            kind=_kind_of(method),
            begin_s=event.number("offset_s"),
            depth={"Hook": 1, "Provision": 3}.get(method, 0),
        )
        self._open["call", event.number("call")] = step
        self._build(event.text("build")).steps.append(step)

    def _call_finished(self, event: _Fields) -> None:
        self._end(("call", event.number("call")), event, event.text("result"))

    def _paused(self, event: _Fields) -> None:
        begin = event.number("offset_s")
        self._build(event.text("build")).steps.append(
            Step(
                what=f"pause before {event.text('name')}",
                kind="pause",
                begin_s=begin,
                end_s=begin + event.number("duration_s"),
                result="succeeded",
                depth=2,
            )
        )

    def _provisioner_started(self, event: _Fields) -> None:
        number, attempts = int(event.number("number")), int(event.number("attempts"))
        which = f"provisioner {number}" if number else "error-cleanup-provisioner"
        tries = f", attempt {int(event.number('attempt'))} of {attempts}" if attempts > 1 else ""
        step = Step(
            what=f"{which} ({event.text('name')}){tries}",
            kind="provision",
            begin_s=event.number("offset_s"),
            depth=2,
        )
        self._open[self._attempt(event)] = step
        self._build(event.text("build")).steps.append(step)

    def _provisioner_finished(self, event: _Fields) -> None:
        self._end(self._attempt(event), event, "failed" if event.text("error") else "succeeded")

    def _attempt(self, event: _Fields) -> tuple[object, ...]:
        return (event.text("build"), event.number("number"), event.number("attempt"))

    def _end(self, key: tuple[object, ...], event: _Fields, result: str) -> None:
        if step := self._open.pop(key, None):
            step.end_s = event.number("offset_s")
            step.result, step.error = result, event.text("error")


class _Fields:
    """Fields of an event, whatever is really there."""

    def __init__(self, event: dict[str, object]) -> None:
        self._event = event

    def text(self, name: str) -> str:
        value = self._event.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._event.get(name)
        if not isinstance(value, list):
            return ()
        return tuple(item for item in value if isinstance(item, str))

    def number(self, name: str) -> float:
        value = self._event.get(name)
        if isinstance(value, int | float) and abs(value) < 1e15:  # neither infinite nor no number
            return value
        return 0


def _component(event: _Fields) -> str:
    return f"{event.text('kind')} {event.text('name')}"


def _kind_of(method: str) -> str:
    if method in _CALLS_OF_PREPARATION:
        return "prepare"
    names = {"Run": "run", "Hook": "hook", "Provision": "call", "Destroy": "destroy"}
    return names.get(method, "post-process")

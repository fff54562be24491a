"""The events of a run: one frozen value for each thing that can happen.

A class is a type of event, its fields are what the event carries. The table of the documentation
and the JSON Schema are made from them (`schema`), so a field is declared together with what it
means. Fields are texts, numbers, truth values, or tuples of texts; texts may be missing (None).

What is written must stay readable for programs of users: fields and types of events may be added
under the same ``SCHEMA``; whoever renames or removes one raises it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from packer_core.engine.outcome import Outcome

SCHEMA = 1
"""Version of the form of all events."""

MOST_FILES = 100
"""Files of an artifact that are listed; how many there are is always told."""


def _is(doc: str) -> Any:
    """A field of an event, and what it means."""
    return field(metadata={"doc": doc})


def _may_be(doc: str, default: object = None) -> Any:
    """A field that is not always known."""
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that has happened."""

    type: ClassVar[str] = ""


# --- the run


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """A command begins; always the first event."""

    type = "run-started"
    command: str = _is("`build` or `validate`")
    argv: tuple[str, ...] = _is("the words after `packer`; values of `-var` are left out")
    folder: str = _is("the working folder")
    packer: str = _is("version of Packer for Python")
    python: str = _is("version of Python")
    platform: str = _is("the operating system, as Python calls it")
    pid: int = _is("process id of packer")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished(Event):
    """A command ends; always the last event. Without it the run goes on, or packer was killed."""

    type = "run-finished"
    exit_code: int = _is("what packer exits with")
    duration_s: float = _is("seconds since the start")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted(Event):
    """Somebody asked to stop."""

    type = "interrupted"
    signal: str = _is("`SIGINT` or `SIGTERM`")
    count: int = _is("1 asks for an orderly end, 2 waits for nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorFound(Event):
    """Something is wrong: with the run, or with a build."""

    type = "error"
    build: str | None = _may_be("name of the build; null if it is about the whole run")
    reference: str = _is("names the kind of error, see the page about errors")
    message: str = _is("what is wrong")
    hint: str | None = _may_be("the next step")
    last_lines: tuple[str, ...] = _may_be("what a plugin said before it ended", ())
    report: str | None = _may_be("path of the crash report, if a plugin died")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputLine(Event):
    """The user is shown something: a line, or several."""

    type = "output"
    build: str | None = _may_be("name of the build; null if it is about the whole run")
    post_processor: str | None = _may_be("type of the post-processor that speaks")
    stream: Literal["say", "error", "ask"] = _is("what kind of output it is")
    text: str = _is("the text, without colours and without the name of the build")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressMoved(Event):
    """A transfer begins, moves or ends; told once a second at most."""

    type = "progress"
    build: str | None = _may_be("name of the build")
    label: str = _is("what is transferred")
    current_bytes: int = _is("bytes so far")
    total_bytes: int = _is("bytes in all; 0 if nobody knows")
    done: bool = _is("whether this is the last word about it")


# --- template and plan


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateLoaded(Event):
    """The template was read and is well-formed."""

    type = "template-loaded"
    path: str = _is("as the user typed it; `-` is standard input")
    digest: str | None = _may_be("`sha256:…` of the file")
    sources: tuple[str, ...] = _is("names of its builders")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlanned(Event):
    """A build was chosen, and every component of it was found."""

    type = "build-planned"
    build: str = _is("name of the build")
    builder: str = _is("type of its builder")
    provisioners: tuple[str, ...] = _is("types of its provisioners, in order")
    post_processors: tuple[str, ...] = _is("types of its post-processors, chain after chain")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRefused(Event):
    """A component of a build does not accept its configuration, or does not start."""

    type = "build-refused"
    build: str = _is("name of the build")
    errors: int = _is("how many errors were told before")


# --- builds


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildStarted(Event):
    """A build begins."""

    type = "build-started"
    build: str = _is("name of the build")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildFinished(Event):
    """A build has ended.

    Attributes:
        outcome: For listeners in this process; it is not written down.
    """

    type = "build-finished"
    build: str = _is("name of the build")
    result: Literal["succeeded", "failed", "cancelled", "not-started"] = _is("how it ended")
    duration_s: float = _is("seconds it took")
    artifacts: int = _is("how many artifacts exist now")
    errors: int = _is("how many errors were told before")
    outcome: Outcome | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionerPaused(Event):
    """There is a pause before a provisioner."""

    type = "provisioner-paused"
    build: str = _is("name of the build")
    name: str = _is("type of the provisioner")
    duration_s: float = _is("seconds the pause takes")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionerStarted(Event):
    """A provisioner begins."""

    type = "provisioner-started"
    build: str = _is("name of the build")
    name: str = _is("type of the provisioner")
    number: int = _is("which one of the build, from 1; 0 is the error-cleanup-provisioner")
    attempt: int = _is("which attempt, from 1")
    attempts: int = _is("how many attempts there may be")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionerFinished(Event):
    """A provisioner has ended. After a failure the next attempt may follow."""

    type = "provisioner-finished"
    build: str = _is("name of the build")
    name: str = _is("type of the provisioner")
    number: int = _is("as in `provisioner-started`")
    attempt: int = _is("as in `provisioner-started`")
    attempts: int = _is("as in `provisioner-started`")
    duration_s: float = _is("seconds the attempt took")
    error: str | None = _may_be("why it failed; null if it did not")


# --- artifacts


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfArtifact(Event):
    build: str = _is("name of the build")
    builder_id: str = _is("the kind of artifact")
    id: str = _is("the id of the artifact; may be empty")
    text: str = _is("what the user reads about it")
    files: tuple[str, ...] = _is(f"paths of its files, the first {MOST_FILES}")
    file_count: int = _is("how many files it has")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactMade(_OfArtifact):
    """A builder or a post-processor hands over an artifact."""

    type = "artifact-made"
    kind: str = _is("`builder` or `post-processor`")
    name: str = _is("type of the component that made it")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactKept(_OfArtifact):
    """An artifact exists at the end of its build."""

    type = "artifact-kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactDestroyed(Event):
    """An artifact that nobody wants to keep was deleted, or could not be."""

    type = "artifact-destroyed"
    build: str = _is("name of the build")
    id: str = _is("the id of the artifact; may be empty")
    error: str | None = _may_be("why it could not be deleted; null if it was")


# --- components and calls


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfComponent(Event):
    build: str = _is("name of the build")
    kind: str = _is("`builder`, `provisioner` or `post-processor`")
    name: str = _is("its type")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentStarted(_OfComponent):
    """The process of a component runs and is connected."""

    type = "component-started"
    argv: tuple[str, ...] = _is("what was started")
    pid: int = _is("process id")
    source: str = _is("where the component was found")
    duration_s: float = _is("seconds from the start to the connection")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentPrepared(_OfComponent):
    """A component accepts its configuration."""

    type = "component-prepared"
    warnings: tuple[str, ...] = _may_be("what it has to say about it", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentStopped(_OfComponent):
    """The process of a component is gone."""

    type = "component-stopped"
    pid: int = _is("process id")
    status: int = _is("its exit status; minus the number of the signal that killed it")


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfCall(_OfComponent):
    method: str = _is(
        "`ConfigSpec`, `Prepare`, `Configure`, `Run`, `Hook`, `Provision`, `PostProcess` or"
        " `Destroy`; `Hook` is the builder's call of packer, the others are packer's calls"
    )
    call: int = _is("number of the call, the same at its start and its end")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted(_OfCall):
    """A call across the process line begins."""

    type = "call-started"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFinished(_OfCall):
    """A call across the process line has ended."""

    type = "call-finished"
    result: Literal["succeeded", "failed", "cancelled"] = _is("how it ended")
    duration_s: float = _is("seconds it took")
    error: str | None = _may_be("why it failed; null if it did not")


EVENTS: tuple[type[Event], ...] = (
    RunStarted,
    TemplateLoaded,
    BuildPlanned,
    ComponentStarted,
    ComponentPrepared,
    ComponentStopped,
    CallStarted,
    CallFinished,
    BuildRefused,
    BuildStarted,
    BuildFinished,
    ProvisionerPaused,
    ProvisionerStarted,
    ProvisionerFinished,
    ArtifactMade,
    ArtifactKept,
    ArtifactDestroyed,
    OutputLine,
    ProgressMoved,
    ErrorFound,
    Interrupted,
    RunFinished,
)
"""Every type of event, in the order in which a reader meets them."""

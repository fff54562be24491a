"""The events of a run: one frozen value for each thing that can happen.

A class is a type of event, its fields are what the event carries. The table of the documentation
and the JSON Schema are made from them (`schema`), so a field is declared together with what it
means. Fields are texts, numbers, truth values, or tuples of texts; texts may be missing (None).

What is written must stay readable for programs of users: fields and types of events may be added
under the same ``SCHEMA``; whoever renames or removes one raises it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, dataclass_transform

from packer_sdk.records import MISSING, annotated, aside, named_record

if TYPE_CHECKING:
    from typing import TypeVar

    from packer_core.engine.outcome import Outcome

    EventT = TypeVar("EventT", bound="type[Event]")

SCHEMA = 1
"""Version of the form of all events."""

MOST_FILES = 100
"""Files of an artifact that are listed; how many there are is always told."""


class _Meaning:
    """What `_is` declares."""

    def __init__(self, doc: str, default: object) -> None:
        self.doc = doc
        self.default = default


def _is(doc: str, *, default: Any = MISSING) -> Any:
    """A field of an event, what it means, and what it holds if that is not known."""
    return _Meaning(doc, default)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(_is, aside))
def _event(cls: EventT) -> EventT:
    """Make a class an event. There are so many that dataclasses would be felt at each start."""
    told = {}
    for name in annotated(cls):
        meaning = vars(cls)[name]
        if isinstance(meaning, _Meaning):
            told[name] = (vars(cls)["__annotations__"][name], meaning.doc)
            if meaning.default is MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, meaning.default)
    event = named_record(cls)
    event.written = {**event.written, **told}
    return event


@named_record
class Event:
    """Something that has happened.

    Attributes:
        type: What, in a word.
        written: Fields that are written, by name: how they are annotated, and what they mean.
    """

    type: ClassVar[str] = ""
    written: ClassVar[dict[str, tuple[str, str]]] = {}


# --- the run


@_event
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


@_event
class RunFinished(Event):
    """A command ends; always the last event. Without it the run goes on, or packer was killed."""

    type = "run-finished"
    exit_code: int = _is("what packer exits with")
    duration_s: float = _is("seconds since the start")


@_event
class Interrupted(Event):
    """Somebody asked to stop."""

    type = "interrupted"
    signal: str = _is("`SIGINT` or `SIGTERM`")
    count: int = _is("1 asks for an orderly end, 2 waits for nothing")


@_event
class ErrorFound(Event):
    """Something is wrong: with the run, or with a build."""

    type = "error"
    build: str | None = _is("name of the build; null if it is about the whole run", default=None)
    reference: str = _is("names the kind of error, see the page about errors")
    message: str = _is("what is wrong")
    hint: str | None = _is("the next step", default=None)
    last_lines: tuple[str, ...] = _is("what a plugin said before it ended", default=())
    report: str | None = _is("path of the crash report, if a plugin died", default=None)


@_event
class OutputLine(Event):
    """The user is shown something: a line, or several."""

    type = "output"
    build: str | None = _is("name of the build; null if it is about the whole run", default=None)
    post_processor: str | None = _is("type of the post-processor that speaks", default=None)
    stream: Literal["say", "error", "ask"] = _is("what kind of output it is")
    text: str = _is("the text, without colours and without the name of the build")


@_event
class ProgressMoved(Event):
    """A transfer begins, moves or ends; told once a second at most."""

    type = "progress"
    build: str | None = _is("name of the build", default=None)
    label: str = _is("what is transferred")
    current_bytes: int = _is("bytes so far")
    total_bytes: int = _is("bytes in all; 0 if nobody knows")
    done: bool = _is("whether this is the last word about it")


# --- template and plan


@_event
class TemplateLoaded(Event):
    """The template was read and is well-formed."""

    type = "template-loaded"
    path: str = _is("as the user typed it; `-` is standard input")
    digest: str | None = _is("`sha256:…` of the file", default=None)
    sources: tuple[str, ...] = _is("names of its builders")


@_event
class BuildPlanned(Event):
    """A build was chosen, and every component of it was found."""

    type = "build-planned"
    build: str = _is("name of the build")
    builder: str = _is("type of its builder")
    provisioners: tuple[str, ...] = _is("types of its provisioners, in order")
    post_processors: tuple[str, ...] = _is("types of its post-processors, chain after chain")


@_event
class BuildRefused(Event):
    """A component of a build does not accept its configuration, or does not start."""

    type = "build-refused"
    build: str = _is("name of the build")
    errors: int = _is("how many errors were told before")


# --- builds


@_event
class BuildStarted(Event):
    """A build begins."""

    type = "build-started"
    build: str = _is("name of the build")


@_event
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
    outcome: Outcome | None = aside(default=None)


@_event
class ProvisionerPaused(Event):
    """There is a pause before a provisioner."""

    type = "provisioner-paused"
    build: str = _is("name of the build")
    name: str = _is("type of the provisioner")
    duration_s: float = _is("seconds the pause takes")


@_event
class ProvisionerStarted(Event):
    """A provisioner begins."""

    type = "provisioner-started"
    build: str = _is("name of the build")
    name: str = _is("type of the provisioner")
    number: int = _is("which one of the build, from 1; 0 is the error-cleanup-provisioner")
    attempt: int = _is("which attempt, from 1")
    attempts: int = _is("how many attempts there may be")


@_event
class ProvisionerFinished(Event):
    """A provisioner has ended. After a failure the next attempt may follow."""

    type = "provisioner-finished"
    build: str = _is("name of the build")
    name: str = _is("type of the provisioner")
    number: int = _is("as in `provisioner-started`")
    attempt: int = _is("as in `provisioner-started`")
    attempts: int = _is("as in `provisioner-started`")
    duration_s: float = _is("seconds the attempt took")
    error: str | None = _is("why it failed; null if it did not", default=None)


# --- artifacts


@_event
class _OfArtifact(Event):
    build: str = _is("name of the build")
    builder_id: str = _is("the kind of artifact")
    id: str = _is("the id of the artifact; may be empty")
    text: str = _is("what the user reads about it")
    files: tuple[str, ...] = _is(f"paths of its files, the first {MOST_FILES}")
    file_count: int = _is("how many files it has")


@_event
class ArtifactMade(_OfArtifact):
    """A builder or a post-processor hands over an artifact."""

    type = "artifact-made"
    kind: str = _is("`builder` or `post-processor`")
    name: str = _is("type of the component that made it")


@_event
class ArtifactKept(_OfArtifact):
    """An artifact exists at the end of its build."""

    type = "artifact-kept"


@_event
class ArtifactDestroyed(Event):
    """An artifact that nobody wants to keep was deleted, or could not be."""

    type = "artifact-destroyed"
    build: str = _is("name of the build")
    id: str = _is("the id of the artifact; may be empty")
    error: str | None = _is("why it could not be deleted; null if it was", default=None)


# --- components and calls


@_event
class _OfComponent(Event):
    build: str = _is("name of the build")
    kind: str = _is("`builder`, `provisioner` or `post-processor`")
    name: str = _is("its type")


@_event
class ComponentStarted(_OfComponent):
    """The process of a component runs and is connected."""

    type = "component-started"
    argv: tuple[str, ...] = _is("what was started")
    pid: int = _is("process id")
    source: str = _is("where the component was found")
    duration_s: float = _is("seconds from the start to the connection")


@_event
class ComponentPrepared(_OfComponent):
    """A component accepts its configuration."""

    type = "component-prepared"
    warnings: tuple[str, ...] = _is("what it has to say about it", default=())


@_event
class ComponentStopped(_OfComponent):
    """The process of a component is gone."""

    type = "component-stopped"
    pid: int = _is("process id")
    status: int = _is("its exit status; minus the number of the signal that killed it")


@_event
class _OfCall(_OfComponent):
    method: str = _is(
        "`ConfigSpec`, `Prepare`, `Configure`, `Run`, `Hook`, `Provision`, `PostProcess` or"
        " `Destroy`; `Hook` is the builder's call of packer, the others are packer's calls"
    )
    call: int = _is("number of the call, the same at its start and its end")


@_event
class CallStarted(_OfCall):
    """A call across the process line begins."""

    type = "call-started"


@_event
class CallFinished(_OfCall):
    """A call across the process line has ended."""

    type = "call-finished"
    result: Literal["succeeded", "failed", "cancelled"] = _is("how it ended")
    duration_s: float = _is("seconds it took")
    error: str | None = _is("why it failed; null if it did not", default=None)


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

"""Writing down what happens in a run, for the commands that do."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.events.model import BuildPlanned, RunStarted, TemplateLoaded
from packer_core.version import VERSION
from packer_sdk.errors import PackerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from packer_core.app import App
    from packer_core.engine.plan import Job
    from packer_core.events.files import EventFile
    from packer_core.events.monitor import Listener
    from packer_core.template.model import Template

OFF = "0"


def record(
    app: App, command: str, wanted: str, *, keep: bool, listeners: Sequence[Listener] = ()
) -> None:
    """Begin to write events, before anything else has happened.

    Args:
        app: Of the run.
        command: What is run.
        wanted: The value of ``-events``; empty leaves it to ``PACKER_EVENTS``.
        keep: Whether the run is to be found by ``packer explain``.
        listeners: Who else is told.

    Raises:
        PackerError: what the user has named cannot be written.
    """
    files = list(_files(app, wanted or app.settings.events, keep=keep))
    stream = None
    if files:
        from packer_core.events.stream import EventStream  # noqa: PLC0415 - often there are none

        stream = EventStream(app.environ["PACKER_RUN_UUID"], files, app.secrets.apply)
    app.listen(stream, *_hooks(app), *listeners)
    app.monitor.tell(_run_started(app, command))


def record_template(app: App, template: Template) -> None:
    """Tell that the template was read."""
    if app.monitor.listens:
        app.monitor.tell(
            TemplateLoaded(
                path=str(template.path),
                digest=_digest(template.path),
                sources=tuple(source.name for source in template.sources),
            )
        )


def record_plan(app: App, jobs: Sequence[Job]) -> None:
    """Tell what will be built."""
    for job in jobs:
        chain = [step.component.name for steps in job.chains for step in steps]
        app.monitor.tell(
            BuildPlanned(
                build=job.name,
                builder=job.builder.name,
                provisioners=tuple(planned.component.name for planned in job.provisions),
                post_processors=tuple(chain),
            )
        )


def without_values(words: Sequence[str]) -> tuple[str, ...]:
    """A command line without what variables are set to: any of it may be a secret."""
    return tuple(_without_values(iter(words)))


def _without_values(words: Iterator[str]) -> Iterator[str]:
    for word in words:
        flag, equals, value = word.partition("=")
        if flag.lstrip("-") != "var" or not flag.startswith("-"):
            yield word
        elif equals:
            yield f"{flag}={_without_value(value)}"
        else:
            yield word
            yield from (_without_value(value) for value in (next(words, None),) if value)


def _without_value(assignment: str) -> str:
    name, equals, _ = assignment.partition("=")
    return f"{name}=…" if equals else "…"


def _files(app: App, wanted: str, *, keep: bool) -> Iterator[EventFile]:
    # A packer that this run starts must not write over our events.
    if app.environ.get("PACKER_EVENTS", OFF) != OFF:
        del app.environ["PACKER_EVENTS"]
    if wanted == OFF or not (wanted or keep):
        return
    from packer_core.events.files import open_file  # noqa: PLC0415 - see `record`

    say = app.screen.error
    if wanted:
        yield open_file(wanted, say)
    if keep and (kept := _kept(app, say)):
        yield kept


def _kept(app: App, say: Callable[[str], None]) -> EventFile | None:
    from packer_core.events.files import open_kept  # noqa: PLC0415 - see `record`

    try:
        folder = app.paths.runs
    except PackerError:  # there is no home folder; whoever needs one will say so
        return None
    return open_kept(folder, app.environ["PACKER_RUN_UUID"], say)


def _hooks(app: App) -> list[Listener]:
    if not app.extended:
        return []
    from packer_core.extensions import JobHooks  # noqa: PLC0415 - brings pluggy along

    return [JobHooks(app.extensions, app.screen.error)]


def _run_started(app: App, command: str) -> RunStarted:
    return RunStarted(
        command=command,
        argv=without_values(app.words),
        folder=str(Path.cwd()),
        packer=VERSION,
        python=platform.python_version(),
        platform=sys.platform,
        pid=os.getpid(),
    )


def _digest(path: Path) -> str | None:
    import hashlib  # noqa: PLC0415 - it loads OpenSSL

    try:
        with path.open("rb") as file:
            return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    except OSError:  # standard input, a folder
        return None

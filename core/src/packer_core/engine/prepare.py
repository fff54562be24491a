"""Starting the components of every job and giving them their configuration: nothing is built yet.

Each component of each job is a process of its own (ENG-001). They are started side by side, a few
at a time, because most of a start is waiting; within a job the builder takes its configuration
first, because it names the values that the others may use.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packer_core.errors import (
    ComponentRefused,
    PluginCrashed,
    PluginStartError,
    TemplateError,
    reworded,
)
from packer_core.events.model import BuildRefused, ComponentPrepared
from packer_core.events.monitor import SILENT
from packer_sdk.errors import PackerError
from packer_sdk.records import named_record

from .configuring import configuring
from .crew import Crew
from .findings import error_found
from .postprocess import PreparedPostProcess
from .provision import PreparedProvision

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future
    from typing import TypeVar

    from packer_core.events.monitor import Monitor
    from packer_core.plugins.catalog import Component
    from packer_core.template.model import PostProcess, Provision, Source, Template
    from packer_sdk.faces import BuilderFace, PostProcessorFace, ProvisionerFace

    from .configs import BuildFlags
    from .configuring import Configuring
    from .plan import Job, PlannedPostProcess, PlannedProvision
    from .protocols import Fleet, Specs

    T = TypeVar("T")
    Part = Source | Provision | PostProcess

STARTS_AT_ONCE = 2 * (os.cpu_count() or 1)
"""Enough to fill the waits of a start, few enough not to fight over the processors."""


@named_record
class PreparedJob:
    """A job whose components run and have taken their configuration."""

    job: Job
    builder: BuilderFace
    provisions: tuple[PreparedProvision, ...] = ()
    chains: tuple[tuple[PreparedPostProcess, ...], ...] = ()
    error_cleanup: PreparedProvision | None = None
    warnings: tuple[str, ...] = ()


@named_record
class RefusedJob:
    """A job that cannot run, and every reason for it."""

    job: Job
    errors: tuple[PackerError, ...]


def prepare(
    jobs: Sequence[Job],
    template: Template,
    flags: BuildFlags,
    fleet: Fleet,
    monitor: Monitor = SILENT,
    *,
    specs: Specs | None = None,
) -> list[PreparedJob | RefusedJob]:
    """Prepare every job; one that is refused does not stop the others (BLD-003).

    Args:
        jobs: Planned.
        template: Theirs.
        flags: What plugins are told of the command line.
        fleet: Starts the components.
        monitor: Told what happens.
        specs: Knows the schemas that HCL2 templates need.
    """
    starting = Crew("start", STARTS_AT_ONCE)
    teams = [_Team(job, fleet, starting, monitor) for job in jobs]
    crew = Crew("prepare", STARTS_AT_ONCE)
    waiting = [
        crew.submit(team.configure, configuring(template, team.source, flags, specs))
        for team in teams
    ]
    return [future.result() for future in waiting]


class _Team:
    """The components of one job, on their way up."""

    def __init__(self, job: Job, fleet: Fleet, crew: Crew, monitor: Monitor) -> None:
        self._job = job
        self._monitor = monitor
        self._errors: list[PackerError] = []
        self._builder = crew.submit(fleet.builder, job.builder, job.name)

        def start(planned: PlannedProvision) -> tuple[PlannedProvision, Future[ProvisionerFace]]:
            return planned, crew.submit(fleet.provisioner, planned.component, job.name)

        def start_last(
            planned: PlannedPostProcess,
        ) -> tuple[PlannedPostProcess, Future[PostProcessorFace]]:
            return planned, crew.submit(fleet.post_processor, planned.component, job.name)

        self._provisions = [start(planned) for planned in job.provisions]
        self._cleanup = start(job.error_cleanup) if job.error_cleanup else None
        self._chains = [[start_last(planned) for planned in chain] for chain in job.chains]

    @property
    def source(self) -> Source:
        """Whose job it is."""
        return self._job.source

    def configure(self, configs: Configuring) -> PreparedJob | RefusedJob:
        """Hand every component its configuration and gather all that is refused."""
        source = self._job.source
        builder = self._ready(self._builder, self._job.builder, source)
        answer = builder and self._prepared(
            self._job.builder, source, lambda: builder.prepare(configs.builder())
        )
        generated = answer.generated if answer else ()
        provisions = [self._provision(*one, configs, generated) for one in self._provisions]
        cleanup = self._provision(*self._cleanup, configs, generated) if self._cleanup else None
        chains = [
            [self._post_process(*one, configs, generated) for one in chain]
            for chain in self._chains
        ]
        if self._errors or builder is None:
            return self._refused()
        return PreparedJob(
            job=self._job,
            builder=builder,
            provisions=tuple(one for one in provisions if one),
            chains=tuple(tuple(one for one in chain if one) for chain in chains),
            error_cleanup=cleanup,
            warnings=answer.warnings if answer else (),
        )

    def _refused(self) -> RefusedJob:
        name = self._job.name
        for error in self._errors:
            self._monitor.tell(error_found(error, name))
        self._monitor.tell(BuildRefused(build=name, errors=len(self._errors)))
        return RefusedJob(job=self._job, errors=tuple(self._errors))

    def _provision(
        self,
        planned: PlannedProvision,
        starting: Future[ProvisionerFace],
        configs: Configuring,
        generated: tuple[str, ...],
    ) -> PreparedProvision | None:
        face = self._ready(starting, planned.component, planned.provision)
        if face is None:
            return None

        def take(build: Mapping[str, object] | None = None) -> None:
            face.prepare(configs.provision(planned, generated, build))

        self._prepared(planned.component, planned.provision, take)
        again = take if planned.provision.written else None
        return PreparedProvision(planned.provision, face, again)

    def _post_process(
        self,
        planned: PlannedPostProcess,
        starting: Future[PostProcessorFace],
        configs: Configuring,
        generated: tuple[str, ...],
    ) -> PreparedPostProcess | None:
        face = self._ready(starting, planned.component, planned.post_process)
        if face is None:
            return None

        def take(build: Mapping[str, object] | None = None) -> None:
            face.configure(configs.post_process(planned, generated, build))

        self._prepared(planned.component, planned.post_process, take)
        again = take if planned.post_process.written else None
        return PreparedPostProcess(planned.post_process, face, again)

    def _ready(self, starting: Future[T], component: Component, part: Part) -> T | None:
        """The face, once it is up; None, and an error noted, if it does not come up."""
        return self._accepted(component, part, starting.result)

    def _prepared(self, component: Component, part: Part, ask: Callable[[], T]) -> T | None:
        """What a component answers to its configuration; None, and an error, if it refuses."""
        before = len(self._errors)
        answer = self._accepted(component, part, ask)
        if len(self._errors) == before:
            self._monitor.tell(
                ComponentPrepared(
                    build=self._job.name,
                    kind=component.kind,
                    name=component.name,
                    warnings=getattr(answer, "warnings", ()),
                )
            )
        return answer

    def _accepted(self, component: Component, part: Part, ask: Callable[[], T]) -> T | None:
        try:
            return ask()
        except PackerError as error:
            self._errors.append(_named(error, component, part))
            return None


def _named(error: PackerError, component: Component, part: Part) -> PackerError:
    """The same error, telling whose it is; errors about processes tell that themselves."""
    who = f"{component.kind} {component.name}"
    if isinstance(error, TemplateError):  # tells what and where
        return error
    if who in error.message or f"packer-{component.kind}-{component.name}" in error.message:
        return error
    if isinstance(error, PluginStartError | PluginCrashed):
        return reworded(error, f"{who}: {error}")
    from packer_core.template.fix import outdated  # noqa: PLC0415 - few components are refused

    return ComponentRefused(
        error.message,
        who=who,
        place=part.place,
        places=part.places,
        outdated=outdated(component.kind, part.type, part.options),
        hint=error.hint,
    )

"""The hooks of an extension (architecture: extensions are in-process, plugins are processes).

An extension is any importable object, usually a module, that an installed distribution lists under
the entry-point group ``packer.extensions``. It implements what it needs of these::

    from packer_core.extensions import hookimpl

    @hookimpl
    def packer_job_finished(job, outcome):
        ...

A hook may take fewer arguments than its specification names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from .app import App
    from .cli.command import Command
    from .engine.outcome import Outcome
    from .plugins.catalog import Component
    from .template.model import Template

hookspec = pluggy.HookspecMarker("packer")


@hookspec
def packer_commands() -> Iterable[Command]:
    """Add commands. Ours come first: a name of ours cannot be taken."""
    raise NotImplementedError


@hookspec
def packer_component_sources(app: App) -> Iterable[Component]:
    """Add components that can be started. They are beaten by everything else that is found."""
    raise NotImplementedError


@hookspec(firstresult=True)
def packer_load_template(path: Path, variables: Mapping[str, object]) -> Template | None:
    """Read a template in a language of your own; None if it is none of yours.

    Args:
        path: As the user typed it.
        variables: Values from the command line and from files.

    Raises:
        TemplateError: it is yours, and wrong.
    """


@hookspec
def packer_functions() -> Mapping[str, Callable[..., object]]:
    """Add functions to the template language."""
    raise NotImplementedError


@hookspec
def packer_job_started(job: str) -> None:
    """Notice that a job begins; called in the job's thread.

    Args:
        job: Its display name.
    """


@hookspec
def packer_job_finished(job: str, outcome: Outcome) -> None:
    """Notice how a job has ended; called in the job's thread."""

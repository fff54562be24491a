"""Extensions: a pluggy manager with a typed method for each hook.

pluggy takes 24 ms to import, so whoever can do without an `Extensions` object does.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

import pluggy

from packer_sdk.errors import PackerError

from . import extension_points, hookspecs
from .events.model import BuildFinished, BuildStarted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from .app import App
    from .cli.command import Command
    from .engine.outcome import Outcome
    from .events.model import Event
    from .plugins.catalog import Component
    from .template.model import Template

logger = logging.getLogger(__name__)

hookimpl = pluggy.HookimplMarker("packer")


class Extensions:
    """Calls the hooks of whoever has registered.

    Args:
        trace: Gets a line for each call and each result (``PACKER_TRACE_HOOKS``).
    """

    def __init__(self, trace: Callable[[str], object] | None = None) -> None:
        self._manager = pluggy.PluginManager("packer")
        self._manager.add_hookspecs(hookspecs)
        if trace:
            self._trace(trace)

    def register(self, extension: object, name: str | None = None) -> None:
        """Add an extension.

        Raises:
            PackerError: a hook of it does not exist, or takes arguments that do not.
        """
        try:
            self._manager.register(extension, name)
            self._manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise PackerError(
                f"extension does not fit: {name or extension}: {error}",
                hint="it may have been written for another version of packer-core",
                reference="extension-broken",
            ) from error

    def load_installed(self, search: Iterable[str] | None = None) -> None:
        """Import and register everything that is installed beside core.

        Raises:
            PackerError: an extension cannot be imported, or does not fit.
        """
        for name, reference in extension_points.installed(search):
            self.register(_load(name, reference), name)

    def commands(self) -> list[Command]:
        """Commands besides ours."""
        return _joined(self._manager.hook.packer_commands())

    def component_sources(self, app: App) -> list[Component]:
        """Components from sources besides ours."""
        return _joined(self._manager.hook.packer_component_sources(app=app))

    def load_template(self, path: Path, variables: Mapping[str, object]) -> Template | None:
        """The template, if its language is an extension's.

        Raises:
            TemplateError: it is, and the template is wrong.
        """
        template: Template | None = self._manager.hook.packer_load_template(
            path=path, variables=variables
        )
        return template

    def functions(self) -> dict[str, Callable[..., object]]:
        """Functions for templates; of two with one name the later registered wins."""
        found: dict[str, Callable[..., object]] = {}
        for functions in reversed(self._manager.hook.packer_functions()):
            found.update(functions)
        return found

    def job_started(self, job: str) -> None:
        """Tell that a job begins."""
        self._manager.hook.packer_job_started(job=job)

    def job_finished(self, job: str, outcome: Outcome) -> None:
        """Tell how a job has ended."""
        self._manager.hook.packer_job_finished(job=job, outcome=outcome)

    def _trace(self, write: Callable[[str], object]) -> None:
        def before(hook: str, implementations: Sequence[Any], arguments: Mapping[str, Any]) -> None:
            who = ", ".join(one.plugin_name for one in implementations) or "nobody"
            write(f"hook {hook}({_spoken(arguments)}) for {who}\n")

        def after(
            outcome: pluggy.Result[Any],
            hook: str,
            implementations: Sequence[Any],  # noqa: ARG001
            arguments: Mapping[str, Any],  # noqa: ARG001
        ) -> None:
            result = outcome.exception or outcome.get_result()
            write(f"hook {hook} → {result!r}\n")

        self._manager.add_hookcall_monitoring(before, after)


class JobHooks:
    """A listener that hands what happens to jobs on to the hooks.

    Args:
        extensions: Theirs.
        complain: Gets a line about an extension that fails; the build goes on.
    """

    def __init__(self, extensions: Extensions, complain: Callable[[str], None]) -> None:
        self._extensions = extensions
        self._complain = complain

    def notice(self, event: Event) -> None:
        """Call the hook that waits for the event, if there is one."""
        try:
            if isinstance(event, BuildStarted):
                self._extensions.job_started(event.build)
            elif isinstance(event, BuildFinished) and event.outcome is not None:
                self._extensions.job_finished(event.build, event.outcome)
        except Exception as error:  # whatever it does, the build goes on
            logger.exception("an extension failed")
            self._complain(f"Warning: an extension failed: {type(error).__name__}: {error}")


def _load(name: str, reference: str) -> object:
    module, _, path = reference.partition(":")
    try:
        loaded: object = import_module(module.strip())
        for part in filter(None, path.split(".")):
            loaded = getattr(loaded, part.strip())
    except (ImportError, AttributeError, SyntaxError) as error:
        raise PackerError(
            f"extension cannot be loaded: {name}: {type(error).__name__}: {error}",
            hint=f"repair or uninstall the distribution that lists {reference}",
            reference="extension-broken",
        ) from error
    return loaded


def _joined(results: Iterable[Iterable[Any]]) -> list[Any]:
    return [item for result in results for item in result]


def _spoken(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())

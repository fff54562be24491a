"""The composition root: what one run of packer has, made once and passed down.

An `App` is a context manager; leaving it ends the log. Everything in it is made when it is first
asked for, because ``packer version`` asks for next to nothing. Nothing here is locked: the main
thread makes what the others are handed.
"""

# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import os
import sys

from .ui.secrets import SecretFilter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import Self, TextIO

    from packer_sdk.cancel import CancelToken
    from packer_sdk.interfaces import Ui

    from .crashes import CrashReports
    from .events.monitor import Listener, Monitor
    from .events.stream import EventStream
    from .extensions import Extensions
    from .interrupts import Interrupts
    from .paths import Paths
    from .plugins.catalog import Catalog, Component
    from .plugins.fleet import Fleet
    from .plugins.host import Host
    from .plugins.specs import Specs
    from .settings import Settings
    from .template.model import RequiredPlugin
    from .ui.live import Live
    from .ui.machine import MachineUi
    from .ui.terminal import TerminalUi


class App:
    """Settings, paths, output, secrets, cancellation and extensions of one run.

    Args:
        environ: The environment; it is copied.
        machine_readable: Whether output is for programs (UI-004).
        stream: Where output goes; stdout without one.
        words: The command line, without the name of the program.

    Attributes:
        environ: The environment for the processes that this run starts.
        machine_readable: As given.
        words: As given.
        secrets: Masks what must not be read; applied to output and log.
        ignore_prereleases: Whether plugin binaries such as ``1.0.0-dev`` do not count (BLD-015);
            to be set before `catalog` is asked for.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        machine_readable: bool = False,
        stream: TextIO | None = None,
        words: Sequence[str] = (),
    ) -> None:
        self.environ = dict(environ)
        # Everything this run starts can be told from other runs (CLI-010).
        self.environ.setdefault("PACKER_RUN_UUID", _random_uuid())
        if machine_readable:
            self.environ["PACKER_NO_COLOR"] = "1"  # for children (CLI-007)
        self.machine_readable = machine_readable
        self.words = tuple(words)
        self.ignore_prereleases = False
        self.secrets = SecretFilter(lambda text: self.ui.say(text))  # noqa: PLW0108
        self._stream = stream or sys.stdout
        self._color_asked: bool | None = None
        self._log: AbstractContextManager[bool] | None = None
        self._logs_anything = False
        self._settings: Settings | None = None
        self._paths: Paths | None = None
        self._screen: TerminalUi | MachineUi | None = None
        self._ui: Ui | None = None
        self._monitor: Monitor | None = None
        self._events: EventStream | None = None
        self._cancel: CancelToken | None = None
        self._abort: CancelToken | None = None
        self._catalog: Catalog | None = None
        self._crashes: CrashReports | None = None
        self._host: Host | None = None
        self._extended: bool | None = None
        self._extensions: Extensions | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        if self._host:
            self._host.stop()
        if self._events:
            self._events.close()
        if self._log:
            self._log.__exit__(None, None, None)
            self._log = None

    def start_log(self) -> None:
        """Send the log where the settings say; without it, library warnings reach stderr.

        Raises:
            PackerError: the log file cannot be written.
        """
        from . import logs

        self._log = logs.logging_to(self.settings, self.secrets.apply)
        self._logs_anything = self._log.__enter__()
        logs.note_start()

    @property
    def settings(self) -> Settings:
        """The PACKER_* variables."""
        if self._settings is None:
            from .settings import Settings

            self._settings = Settings.from_environ(self.environ)
        return self._settings

    @property
    def paths(self) -> Paths:
        """Where things are on disk.

        Raises:
            PackerError: the environment contradicts itself.
        """
        if self._paths is None:
            from .paths import Paths

            self._paths = Paths.from_environ(self.environ)
        return self._paths

    @property
    def ui(self) -> Ui:
        """The person at the terminal, or the program that reads along."""
        if self._ui is None:
            self._ui = self.screen
        return self._ui

    def mute(self) -> None:
        """Show nothing from now on but what is said to `screen` itself."""
        from .ui.muted import MutedUi

        self._ui = MutedUi()

    @property
    def screen(self) -> TerminalUi | MachineUi:
        """What is behind `ui`: nobody is told what it shows (`packer_core.ui.noted`)."""
        if self._screen is None:
            self._screen = self._make_ui()
        return self._screen

    @property
    def monitor(self) -> Monitor:
        """Who is told what happens; nobody, until `listen`."""
        if self._monitor is None:
            from .events.monitor import SILENT

            self._monitor = SILENT
        return self._monitor

    def listen(self, stream: EventStream | None, *listeners: Listener) -> None:
        """Tell these from now on what happens.

        Args:
            stream: Gets what is shown as well, and is closed with the app.
            listeners: Get everything but what `ui` shows.
        """
        from .events.monitor import Monitor
        from .ui.noted import noted

        self._events = stream
        self._monitor = Monitor(*([stream] if stream else []), *listeners)
        if stream:
            self._ui = noted(self.screen, self._monitor)

    def ended(self, exit_code: int) -> None:
        """Tell that the run is over; nothing is told after that."""
        if self._events:
            from .events.model import RunFinished

            duration_s = round(self._events.age_s, 6)
            self.monitor.tell(RunFinished(exit_code=exit_code, duration_s=duration_s))
            self._events.close()

    @property
    def cancel(self) -> CancelToken:
        """Goes up with the first interrupt: stop, and clean up."""
        if self._cancel is None:
            from packer_sdk.cancel import CancelToken

            self._cancel = CancelToken()
        return self._cancel

    @property
    def abort(self) -> CancelToken:
        """Goes up with the second interrupt: do not wait for the clean-up either."""
        if self._abort is None:
            from packer_sdk.cancel import CancelToken

            self._abort = CancelToken()
        return self._abort

    @property
    def catalog(self) -> Catalog:
        """Every component that can be used.

        Nothing is started to find out, but for a plugin binary that was never seen before.

        Raises:
            PackerError: the config file is wrong.
        """
        if self._catalog is None:
            from pathlib import Path

            from .plugins.discovery import bundled_components, discover

            # Whatever is found elsewhere beats what extensions bring, see the hook.
            brought = self.extensions.component_sources(self) if self.extended else []
            self._catalog = discover(
                self.paths,
                cwd=Path.cwd(),
                environ=self.environ,
                ignore_prereleases=self.ignore_prereleases,
                bundled=(*brought, *bundled_components(self.paths.command)),
            )
        return self._catalog

    @property
    def extended(self) -> bool:
        """Whether there are extensions at all; if not, nobody needs to load `extensions`."""
        if self._extended is None:
            from .extension_points import installed

            self._extended = any(installed())
        return self._extended

    @property
    def extensions(self) -> Extensions:
        """The hooks of what is installed beside core."""
        if self._extensions is None:
            from .extensions import Extensions

            trace = sys.stderr.write if self.settings.trace_hooks else None
            self._extensions = Extensions(trace=trace)
            self._extensions.load_installed()
        return self._extensions

    @property
    def live(self) -> Live | None:
        """The view below the output; None where there is none."""
        return self.screen.live

    @property
    def color(self) -> bool:
        """Whether output is coloured, see `wants_color`."""
        return self.wants_color(self._color_asked)

    def wants_color(self, asked: bool | None) -> bool:
        """Decide about colours, and keep to it for the rest of the run.

        HashiCorp's Packer colours pipes and files too (ENV-008), which hurts whoever reads them
        and helps nobody. Here colour is for terminals, unless ``-color`` insists. The command
        line beats the environment, and programs never get any.

        Args:
            asked: The value of ``-color``, None if it was not given.
        """
        self._color_asked = asked
        if self.machine_readable:
            return False
        if asked is not None:
            return asked
        from .ui.output import Output

        return not self.settings.no_color and Output(self._stream).interactive

    def discover(self) -> Catalog:
        """Return the catalog, and tell the user what is surprising about it."""
        for text in self.catalog.announcements:
            self.ui.say(text)
        return self.catalog

    def expect(self, components: Iterable[Component]) -> None:
        """Get ready to start these: what bundled ones are forked of comes up meanwhile."""
        bundled = sum(component.source == "bundled" for component in components)
        if bundled > 1 and self.settings.plugin_host and self._host is None:
            from .plugins.host import Host

            self._host = Host.start(self.paths.command, self.environ)

    def fleet(self) -> Fleet:
        """What will own the plugin processes of this run; a second interrupt kills them all."""
        from .leftovers import sweep
        from .plugins.descriptors import make_room
        from .plugins.fleet import Fleet
        from .plugins.origin import distribution_of
        from .plugins.preflight import Preflight
        from .plugins.witness import Witnesses
        from .run import Run

        make_room()
        if left := sweep(self.paths.journals):
            self.ui.say(
                f"Killed runs that have left processes running: {left}. packer gc ends them"
            )
        witnesses = Witnesses(
            Run.begin(self.paths.journals, self.environ),
            self.crashes,
            lambda component: distribution_of(component, self.paths.receipts),
        )
        preflight = Preflight(self.paths, self.ui.say, self.environ, self.cancel)
        fleet = Fleet(
            self.environ,
            log_frames=self.settings.log_wire,
            keep_alive_s=self.settings.plugin_keepalive,
            part=self.secrets.part,
            witnesses=witnesses,
            host=self._host,
            checked=preflight,
            released=preflight.close,
        )
        self.abort.on_cancel(fleet.abandon)
        return fleet

    def require(self, plugins: Sequence[RequiredPlugin], template: Path) -> None:
        """Let plugins go by the names that a template gives them, from here on.

        Raises:
            TemplateError: they are not installed.
        """
        from .plugins.binaries import Binaries
        from .plugins.discovery import forces_gob
        from .plugins.install.receipts import read_receipts
        from .plugins.pinned import pinned
        from .plugins.required import select

        def binaries() -> Binaries:
            return Binaries(
                self.paths.plugin_folders,
                self.paths.plugin_cache,
                self.environ,
                ignore_prereleases=self.ignore_prereleases,
            )

        self._catalog = select(
            self.catalog,
            pinned(plugins, template),
            binaries,
            template,
            installed=lambda: read_receipts(self.paths.receipts),
            gob=forces_gob(self.environ),
        )

    def specs(self) -> Specs:
        """The schemas of components, for who reads templates that need them."""
        from .plugins.specs import Specs

        return Specs(self.catalog, self.paths, self.fleet)

    @property
    def crashes(self) -> CrashReports:
        """Where crash reports go.

        Raises:
            PackerError: the environment contradicts itself.
        """
        if self._crashes is None:
            from .crashes import CrashReports

            self._crashes = CrashReports(
                self.paths.crashes, self.secrets.apply, self.environ, sys.argv
            )
        return self._crashes

    def interruptible(self, work: str = "build") -> Interrupts:
        """While this context is open, SIGINT and SIGTERM set `cancel`, then `abort` (CLI-011).

        Args:
            work: What is being cancelled then, for the message.
        """
        from .interrupts import Interrupts

        return Interrupts(self.ui, self.cancel, self.abort, work, self.monitor)

    @property
    def has_lost_output(self) -> bool:
        """Whether something could not be written for want of room."""
        return self._screen is not None and self._screen.is_incomplete

    def _make_ui(self) -> TerminalUi | MachineUi:
        journal = None
        if self._logs_anything:
            from .logs import Journal

            journal = Journal()
        if self.machine_readable:
            from .ui.machine import MachineUi

            return MachineUi(self._stream, self.secrets, journal=journal)
        from .ui.terminal import TerminalUi

        return TerminalUi(
            self._stream,
            self.secrets,
            journal=journal,
            cancelled=self._is_cancelled,
            wants_live=self._wants_live,
        )

    def _wants_live(self) -> bool:
        """Not if something else writes to the same terminal: it would end up in the view."""
        settings = self.settings
        logs_to_stderr = (settings.log and not settings.log_path) or settings.trace_hooks
        return settings.live and not (logs_to_stderr and sys.stderr.isatty())

    def _is_cancelled(self) -> bool:
        return self._cancel is not None and self._cancel.cancelled


def _random_uuid() -> str:
    """A UUID of version 4; the module for it takes longer to import than to write this."""
    data = bytearray(os.urandom(16))
    data[6] = data[6] & 0x0F | 0x40
    data[8] = data[8] & 0x3F | 0x80
    text = data.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

"""Who sees what happens to a plugin process: before it starts, while it works, when it dies.

A witness notes in the journal of the run what is about to be made, remembers every call with its
time, and when the process dies makes one account of it: an error for the user and a crash report.
All witnesses of a fleet know each other's accounts. A process that fails because **another** one
has died says so in its own words; the account of the dead one is then the better answer.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packer_core import processes
from packer_core.crashes import Crash
from packer_core.errors import PluginCrashed, reworded
from packer_core.last_words import reason_in
from packer_sdk.environment import MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from packer_core.crashes import CrashReports
    from packer_core.run import Run
    from packer_sdk.errors import PackerError
    from packer_sdk.wire.handshake import Handshake

    from .catalog import Component

MOST_CALLS = 200
"""A crash report tells of the last ones."""


class Witnesses:
    """What all witnesses of a fleet share.

    Args:
        run: What the run makes; None notes nothing.
        crashes: Where crash reports go; None writes none.
        distribution_of: Name and version of the plugin that a component belongs to, if known.
    """

    def __init__(
        self,
        run: Run | None = None,
        crashes: CrashReports | None = None,
        distribution_of: Callable[[Component], str] = lambda _: "",
    ) -> None:
        self.run = run
        self.crashes = crashes
        self.distribution_of = distribution_of
        self._lock = threading.Lock()
        self._accounts: list[PluginCrashed] = []

    def witness(self, component: Component, job: str = "") -> Witness:
        """Somebody to look at a process that is about to be started for a job."""
        return Witness(self, component, job)

    def add(self, account: PluginCrashed) -> None:
        """Make an account known."""
        with self._lock:
            self._accounts.append(account)

    def blame(self, error: PackerError) -> PackerError:
        """The error as the account of a dead process if its text quotes one, else as it is."""
        with self._lock:
            accounts = tuple(self._accounts)
        for account in accounts:
            if account.message in error.message:
                return reworded(account, error.message)
        return error


@dataclass(slots=True)
class _Call:
    name: str
    began_s: float
    took_s: float | None = None

    def __str__(self) -> str:
        took = "not answered" if self.took_s is None else f"{self.took_s:.3f}"
        return f"{self.began_s:9.3f}  {self.name:<20} {took}"


class Witness:
    """Looks at one process. Safe from several threads.

    Attributes:
        mark: What the process carries in its environment, and all it starts.
    """

    def __init__(self, shared: Witnesses, component: Component, job: str) -> None:
        self._shared = shared
        self._run = shared.run
        self._journal = shared.run.journal if shared.run else None
        self._component = component
        self._job = job
        self._label = component.key.executable
        self._born = time.monotonic()
        self._calls: list[_Call] = []
        self._inquest = threading.Lock()
        self._account: PluginCrashed | None = None
        self._pid = 0
        self.mark = shared.run.next_mark() if shared.run else os.urandom(8).hex()

    # --- before

    def environ(self, environ: Mapping[str, str]) -> dict[str, str]:
        """What the process gets, when its fleet gives it ``environ``."""
        if self._run is None:
            return {**environ, MARK: self.mark}
        return {**environ, **self._run.environ_for(self.mark)}

    def starting(self) -> None:
        """The process is about to be started."""
        if self._journal:
            self._journal.coming("process", self.mark, label=self._label)

    def started(self, pid: int) -> None:
        """It runs."""
        self._pid = pid
        if self._journal:
            process = processes.find(pid)
            known = process.started if process else None
            self._journal.there("process", self.mark, pid=pid, started=known)

    def listening(self, greeting: Handshake) -> None:
        """It has said where it listens."""
        if self._journal and greeting.network == "unix":
            self._journal.there("socket", greeting.address)

    def gone(self, greeting: Handshake | None) -> None:
        """Nothing of it is left."""
        if self._journal:
            self._journal.gone("process", self.mark)
            if greeting and greeting.network == "unix":
                self._journal.gone("socket", greeting.address)

    # --- while it works

    @contextlib.contextmanager
    def calling(self, name: str) -> Iterator[None]:
        """Remember a call; one that ends with the loss of the process was not answered."""
        call = _Call(name, time.monotonic() - self._born)
        self._calls.append(call)
        if len(self._calls) > MOST_CALLS:
            del self._calls[0]
        try:
            yield
        except PluginCrashed:
            raise
        except BaseException:
            self._answered(call)
            raise
        else:
            self._answered(call)

    def _answered(self, call: _Call) -> None:
        call.took_s = time.monotonic() - self._born - call.began_s

    def moment(self, call: str, *, had_ended: bool) -> str:
        """When the process died, seen from ``call``: the outermost call names it best."""
        outermost = next((one.name for one in tuple(self._calls) if one.took_s is None), call)
        if outermost == call and had_ended:
            return "between two calls"
        return f"during {outermost}"

    def making_artifact(self) -> None:
        """The builder is about to make something that may have to be found if all is killed."""
        if self._journal:
            self._journal.coming("artifact", self._job, builder=self._component.name)

    def artifact_made(self, *, made: bool) -> None:
        """The builder is done, with an artifact or without one."""
        if self._journal and made:
            self._journal.there("artifact", self._job, made=True)
        elif self._journal:
            self._journal.gone("artifact", self._job)

    def blame(self, error: PackerError) -> PackerError:
        """See `Witnesses.blame`."""
        return self._shared.blame(error)

    # --- when it dies

    def account(self, end: str, call: str, last_lines: Sequence[str]) -> PluginCrashed:
        """What happened, as an error; the first time it is asked, a crash report is written too.

        Args:
            end: ``was killed by SIGSEGV during Run``.
            call: The one that brought it to light.
            last_lines: What it wrote last.
        """
        with self._inquest:
            if self._account is None:
                self._account = self._first_account(end, call, tuple(last_lines))
                self._shared.add(self._account)
        return self._account.again()

    def stopped(self, end: str) -> PluginCrashed:
        """What happened to a process that was told to end: nothing to be reported."""
        return PluginCrashed(f"{self._label} {end}: {self._component.path}")

    def _first_account(self, end: str, call: str, last_lines: tuple[str, ...]) -> PluginCrashed:
        plugin = self._shared.distribution_of(self._component)
        who = f"{self._label} ({plugin})" if plugin else self._label
        of = f" of build '{self._job}'" if self._job else ""
        report = self._report(plugin, end, call, last_lines)
        hint = "PACKER_LOG=1 packer build … shows everything it says"
        if report:
            hint = f"all that is known is in {report}"
        if "SIGKILL" in end:
            hint += "\nSIGKILL that nobody sent is often the kernel's, when memory has run out"
        return PluginCrashed(
            f"{who} {end}{of}: {self._component.path}",
            last_lines=last_lines,
            hint=hint,
            report=report,
        )

    def _report(self, plugin: str, end: str, call: str, lines: tuple[str, ...]) -> str:
        if self._shared.crashes is None:
            return ""
        component = self._component
        crash = Crash(
            who=self._label,
            facts=(
                ("component", str(component)),
                ("plugin", plugin),
                ("program", str(component.path)),
                ("command", " ".join(component.argv)),
                ("found", f"by way of the {component.source}"),
                ("build", self._job),
                ("process", str(self._pid)),
                ("call", call),
                ("end", end),
            ),
            sections=(
                ("Why, as far as it says", reason_in(lines)),
                (
                    "Calls: seconds after its start, name, seconds until the answer",
                    [str(one) for one in tuple(self._calls)],
                ),
                ("What it wrote to its standard error last", lines),
            ),
        )
        return str(self._shared.crashes.write(crash) or "")


def kill_marked(mark: str) -> None:
    """Kill what a process has started and left behind, wherever it went."""
    for process in processes.with_variable(MARK, mark):
        process.kill()

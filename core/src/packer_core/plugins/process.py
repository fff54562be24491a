"""A plugin process, from its start to its end.

Life of one::

    spawn ──► first line of stdout ──► judge it ──► connect ──► calls … ──► close ──► gone
      │            │ 60 s                 │            │                      │
      └────────────┴──────────────────────┴────────────┴─► PluginStartError   └─► terminate, kill

How it is started is `launch`, the way to its socket `dial`; what it prints is `printed`.

The process leads a process group of its own. Ctrl-C at the terminal therefore reaches core alone,
and core decides (protocol section 1.4); and whatever the process has started and left behind goes
with it, because the whole group is killed when the process has ended.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from typing import TYPE_CHECKING

from packer_core.errors import PluginStartError
from packer_sdk.errors import (
    LocalProtocolError,
    PeerSilent,
    RemoteError,
    RemoteProtocolError,
    RpcError,
)
from packer_sdk.rpc.session import Session
from packer_sdk.threads import Deadline
from packer_sdk.wire import handshake

from .dial import dial, remove_socket
from .host import Hosted
from .launch import launch
from .printed import Printed, at_the_end
from .violations import violation
from .witness import Witness, Witnesses, kill_marked

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Mapping

    from packer_core.errors import PluginCrashed

    from .catalog import Component
    from .host import Host

logger = logging.getLogger(__name__)

START_TIMEOUT_S = 60.0
CLOSE_GRACE_S = 7.0
"""A plugin of ours takes up to 5 s to clean up once its connection is gone."""

KEEP_ALIVE_S = 30.0
"""Seconds between pings; a plugin that leaves one unanswered for a third of it has stopped."""

TERMINATE_GRACE_S = 1.0

DEATH_KNOWN_S = 1.0
"""A process that nobody answers for is often about to end."""

LOSS_KNOWN_S = 0.5
"""A stream may learn of the end of its connection a moment before the connection does."""

_FIRST_CALLS = ("ConfigSpec", "Prepare", "Configure")
_NO_SERVICE = "rpc: can't find service "
"""How net/rpc answers a call for another kind of component (protocol section 3)."""


class PluginProcess:
    """One running component. Made by :meth:`start`, ended by :meth:`stop`.

    Attributes:
        component: What runs.
        session: The connection to it.
    """

    def __init__(
        self,
        component: Component,
        child: subprocess.Popen[bytes] | Hosted,
        part: Callable[[str], tuple[str, str]],
        witness: Witness,
    ) -> None:
        self.component = component
        self.session: Session | None = None
        self._witness = witness
        self._greeting: handshake.Handshake | None = None
        self._stopping = False
        self._child = child
        self._printed = Printed(component, child, part)
        self._burial = threading.Lock()
        self._buried = False

    @classmethod
    def start(
        cls,
        component: Component,
        environ: Mapping[str, str],
        *,
        timeout_s: float = START_TIMEOUT_S,
        log_frames: bool = False,
        keep_alive_s: float = KEEP_ALIVE_S,
        part: Callable[[str], tuple[str, str]] = at_the_end,
        owned: Callable[[PluginProcess], None] = lambda _: None,
        witness: Witness | None = None,
        host: Host | None = None,
    ) -> PluginProcess:
        """Start a component and connect to it.

        Args:
            component: From the catalog.
            environ: The environment the process gets, beside what the protocol adds (section 1.1).
            timeout_s: Seconds until its first line must have come.
            log_frames: Whether every frame of the connection is logged.
            keep_alive_s: Seconds between pings; a third of it may pass until the answer.
            part: Parts the beginning of a line that is too long into what is logged now and what
                waits for more, so that nothing is torn apart that has to be masked.
            owned: Called with the process before it is waited for, so that whoever is told to
                stop everything can stop this one as well.
            witness: Sees what happens to it.
            host: What bundled components are forked of.

        Raises:
            PluginStartError: it did not come up; nothing of it is left running.
        """
        logger.info("Loading %s: %s", component.kind, component.name)
        witness = witness or Witnesses().witness(component)
        witness.starting()
        child = launch(component, witness.environ(environ), host)
        witness.started(child.pid)
        process = cls(component, child, part, witness)
        try:
            process._printed.read()
            owned(process)
            process._connect(process._handshake(timeout_s), log_frames, keep_alive_s)
        except BaseException:
            process.stop(grace_s=0)
            raise
        return process

    @property
    def witness(self) -> Witness:
        """Who sees what happens to it."""
        return self._witness

    @property
    def label(self) -> str:
        """``packer-builder-null``: how messages call it, whatever its file is called."""
        return self.component.key.executable

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._child.pid

    @property
    def status(self) -> int | None:
        """Its exit status, minus the number of the signal that killed it; None while it runs."""
        return self._child.returncode

    @property
    def last_lines(self) -> tuple[str, ...]:
        """What it wrote to its stderr last."""
        return self._printed.last_lines

    @contextlib.contextmanager
    def explaining(self, call: str, *, relayed: bool = False) -> Iterator[None]:
        """Turn the lack of an answer to ``call`` into what happened to the process.

        Args:
            call: Its name, for people.
            relayed: Whether it is made for another process, whose data goes through it. Then
                a loss may be that of the other one.

        Raises:
            PluginCrashed: the connection is gone, or nobody answers on it.
            PluginStartError: the component is of another kind than its name says.
            RemoteProtocolError: the plugin sent what no plugin may send.
        """
        had_ended = self._is_over() or self._is_hung_up()
        with self._witness.calling(call):
            try:
                yield
            except RemoteError as error:
                if call in _FIRST_CALLS and error.message.startswith(_NO_SERVICE):
                    raise self._another_kind() from error
                blamed = self._witness.blame(error)
                if blamed is error:
                    raise
                raise blamed from error
            except LocalProtocolError:
                raise
            except RpcError as error:
                if relayed and not self._is_lost():
                    raise
                # What ended the connection says more than its loss, all that a call learns of.
                reason = self.session.connection.error if self.session else None
                moment = self._witness.moment(call, had_ended=had_ended)
                raise self._explanation(reason or error, moment, call) from error

    def _is_hung_up(self) -> bool:
        return self.session is not None and self.session.connection.closed

    def _is_lost(self) -> bool:
        return self.session is None or self.session.connection.wait_closed(LOSS_KNOWN_S)

    def _explanation(
        self, reason: Exception, moment: str, call: str
    ) -> PluginCrashed | RemoteProtocolError:
        if isinstance(reason, RemoteProtocolError):
            return violation(self.label, call, reason)
        if isinstance(reason, PeerSilent | TimeoutError) and not self._is_over():
            return self._witness.account(
                f"stopped answering {moment} ({reason})", call, self.last_lines
            )
        stopping = self._stopping
        end = f"{self._how_it_ended(Deadline(2.0))} {moment}"
        ended_by = self.session.connection.error if self.session else None
        if isinstance(ended_by, RemoteProtocolError):  # after its stream, and before its process
            return violation(self.label, call, ended_by)
        if stopping:
            return self._witness.stopped(end)
        return self._witness.account(end, call, self.last_lines)

    def _another_kind(self) -> PluginStartError:
        return PluginStartError(
            f"{self.label} does not serve a {self.component.kind}: {self.component.path}",
            hint="name the file after what is in it: packer-KIND-NAME",
        )

    def close(self) -> None:
        """Close the connection, which tells the process to end. Does not wait."""
        self._stopping = True
        if self.session is not None:
            self.session.close()

    def stop(self, *, grace_s: float = CLOSE_GRACE_S) -> None:
        """Make sure the process, and all it has started, is gone. May be called again.

        Args:
            grace_s: Seconds for it to end by itself once the connection is closed.
        """
        self.close()
        if not self._is_over():
            self._signal(signal.SIGCONT)  # one that was stopped could not clean up otherwise
        if not self._ended(Deadline(grace_s)):
            logger.info("%s does not end by itself: terminating it", self.label)
            self._signal(signal.SIGTERM)
            self._ended(Deadline(min(grace_s, TERMINATE_GRACE_S)))
        with self._burial:
            if not self._buried:
                self._bury()

    def _bury(self) -> None:
        self._signal(signal.SIGKILL)  # also whatever of its group outlived it
        if self._child.wait() != 0:
            # It could not clean up. One that could has left only what it meant to leave.
            kill_marked(self._witness.mark)
        self._printed.close()
        remove_socket(self._printed.first_line)
        self._witness.gone(self._greeting)
        self._buried = True  # its group's number may belong to somebody else from here on

    # --- coming up

    def _handshake(self, timeout_s: float) -> handshake.Handshake:
        if not self._printed.greeted.wait(timeout_s):
            raise self._start_error(
                f"said nothing for {timeout_s:g}s",
                "a plugin answers with its address; this program may be waiting for something",
            )
        if self._printed.first_line is None:
            end = self._how_it_ended(Deadline(2.0))
            raise self._start_error(f"{end} before it said where it listens")
        try:
            greeting = handshake.parse_line(self._printed.first_line)
            handshake.judge(greeting)
        except RpcError as error:
            raise self._start_error(
                f"cannot be used: {error}",
                error.hint or "is this a Packer plugin, and for this version?",
            ) from error
        self._greeting = greeting
        self._witness.listening(greeting)
        return greeting

    def _connect(
        self, greeting: handshake.Handshake, log_frames: bool, keep_alive_s: float
    ) -> None:
        logger.debug("connecting to %s at %s %s", self.label, greeting.network, greeting.address)
        try:
            connection = dial(greeting)
        except (OSError, ValueError, OverflowError) as error:  # 99999 is no port
            end = "it still runs"
            if self._ended(Deadline(DEATH_KNOWN_S)):  # then its last words say more than this
                end = f"it {self._how_it_ended(Deadline(0))}"
            raise self._start_error(
                f"cannot be reached at {greeting.network} {greeting.address}: {error}; {end}",
                "PACKER_LOG=1 shows what it says",
            ) from error
        self.session = Session(
            connection,
            client=True,
            name=self.label,
            keep_alive_s=keep_alive_s,
            pong_timeout_s=keep_alive_s / 3,
            log_frames=log_frames,
        )

    def _start_error(self, what: str, hint: str | None = None) -> PluginStartError:
        return PluginStartError(
            f"{self.label} {what}: {self.component.path}", last_lines=self.last_lines, hint=hint
        )

    # --- going down

    def _is_over(self) -> bool:
        return self._child.poll() is not None

    def _ended(self, deadline: Deadline) -> bool:
        if isinstance(self._child, Hosted):
            return self._child.ended_within(deadline.left())
        pause_s = 0.001
        while not self._is_over():
            if deadline.passed:
                return False
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, 0.02)
        return True

    def _how_it_ended(self, deadline: Deadline) -> str:
        if not self._ended(deadline):
            return "closed its connection, though it still runs,"
        self._printed.wait(1.0)  # its last words are on the way
        code = self._child.wait()
        if code >= 0:
            return f"ended with exit status {code}"
        with contextlib.suppress(ValueError):
            return f"was killed by {signal.Signals(-code).name}"
        return f"was killed by signal {-code}"

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, number)

"""A plugin process, from its start to its end.

Life of one::

    spawn ──► first line of stdout ──► judge it ──► connect ──► calls … ──► close ──► gone
      │            │ 60 s                 │            │                      │
      └────────────┴──────────────────────┴────────────┴─► PluginStartError   └─► terminate, kill

Two threads read what the process prints for as long as it lives, so that it can never block on a
full pipe: stderr becomes log lines, and so does stdout after its first line. The last lines of
stderr are kept for the case that something has to be explained.

The process leads a process group of its own. Ctrl-C at the terminal therefore reaches core alone,
and core decides (protocol section 1.4); and whatever the process has started and left behind goes
with it, because the whole group is killed when the process has ended.
"""

from __future__ import annotations

import collections
import contextlib
import errno
import logging
import os
import select
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.errors import PluginStartError
from packer_core.logs import plugin_line
from packer_sdk.errors import (
    LocalProtocolError,
    PeerSilent,
    RemoteError,
    RemoteProtocolError,
    RpcError,
)
from packer_sdk.rpc.session import Session
from packer_sdk.threads import Deadline, spawn
from packer_sdk.wire import handshake

from .witness import Witness, Witnesses, kill_marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import BinaryIO

    from packer_core.errors import PluginCrashed

    from .catalog import Component

logger = logging.getLogger(__name__)

START_TIMEOUT_S = 60.0
CONNECT_TIMEOUT_S = 10.0
CLOSE_GRACE_S = 7.0
"""A plugin of ours takes up to 5 s to clean up once its connection is gone."""

KEEP_ALIVE_S = 30.0
"""Seconds between pings; a plugin that leaves one unanswered for a third of it has stopped."""

TERMINATE_GRACE_S = 1.0
LAST_WORDS_S = 5.0
"""How long what outlived a process may go on writing to its pipes until they are closed."""

LOSS_KNOWN_S = 0.5
"""A stream may learn of the end of its connection a moment before the connection does."""

LAST_LINES = 200
"""Kept for the crash report."""

_FIRST_CALLS = ("ConfigSpec", "Prepare", "Configure")
_NO_SERVICE = "rpc: can't find service "
"""How net/rpc answers a call for another kind of component (protocol section 3)."""

LINE_LIMIT = 64 * 1024
"""Bytes; a longer line is logged in pieces, so that memory stays flat whatever a plugin prints."""


def at_the_end(text: str) -> tuple[str, str]:
    """Keep nothing back."""
    return text, ""


class PluginProcess:
    """One running component. Made by :meth:`start`, ended by :meth:`stop`.

    Attributes:
        component: What runs.
        session: The connection to it.
    """

    def __init__(
        self,
        component: Component,
        child: subprocess.Popen[bytes],
        part: Callable[[str], tuple[str, str]],
        witness: Witness,
    ) -> None:
        self.component = component
        self.session: Session | None = None
        self._witness = witness
        self._greeting: handshake.Handshake | None = None
        self._stopping = False
        self._child = child
        self._part = part
        self._last_lines: collections.deque[str] = collections.deque(maxlen=LAST_LINES)
        self._first_line: str | None = None
        self._greeted = threading.Event()
        self._burial = threading.Lock()
        self._buried = False
        self._pumps: list[threading.Thread] = []  # noqa: TID251 - `spawn` makes them

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

        Raises:
            PluginStartError: it did not come up; nothing of it is left running.
        """
        logger.info("Loading %s: %s", component.kind, component.name)
        witness = witness or Witnesses().witness(component)
        witness.starting()
        child = _spawn(component, witness.environ(environ))
        witness.started(child.pid)
        process = cls(component, child, part, witness)
        try:
            process._start_pumps()
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
        return tuple(self._last_lines)

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
            return self._violation(reason, call)
        if isinstance(reason, PeerSilent | TimeoutError) and not self._is_over():
            return self._witness.account(
                f"stopped answering {moment} ({reason})", call, self.last_lines
            )
        stopping = self._stopping
        end = f"{self._how_it_ended(Deadline(2.0))} {moment}"
        ended_by = self.session.connection.error if self.session else None
        if isinstance(ended_by, RemoteProtocolError):  # after its stream, and before its process
            return self._violation(ended_by, call)
        if stopping:
            return self._witness.stopped(end)
        return self._witness.account(end, call, self.last_lines)

    def _violation(self, reason: RemoteProtocolError, call: str) -> RemoteProtocolError:
        return RemoteProtocolError(
            f"{self.label} broke the protocol during {call}: {reason.message}",
            hint="this is a bug of the plugin; tell its authors, best with what "
            "PACKER_LOG=1 PACKER_LOG_WIRE=1 shows",
        )

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
        for pump in self._pumps:
            pump.join()
        for pipe in (self._child.stdout, self._child.stderr):
            if pipe is not None:
                pipe.close()
        _remove_socket(self._first_line)
        self._witness.gone(self._greeting)
        self._buried = True  # its group's number may belong to somebody else from here on

    # --- coming up

    def _handshake(self, timeout_s: float) -> handshake.Handshake:
        if not self._greeted.wait(timeout_s):
            raise self._start_error(
                f"said nothing for {timeout_s:g}s",
                "a plugin answers with its address; this program may be waiting for something",
            )
        if self._first_line is None:
            end = self._how_it_ended(Deadline(2.0))
            raise self._start_error(f"{end} before it said where it listens")
        try:
            greeting = handshake.parse_line(self._first_line)
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
            connection = _dial(greeting)
        except (OSError, ValueError, OverflowError) as error:  # 99999 is no port
            raise self._start_error(
                f"cannot be reached at {greeting.network} {greeting.address}: {error}",
                "it may have ended in the meantime; PACKER_LOG=1 shows what it says",
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

    # --- what it prints

    def _start_pumps(self) -> None:
        for name, line in (("stderr", self._keep_line), ("stdout", self._stdout_line)):
            pipe = getattr(self._child, name)
            self._pumps.append(spawn(f"{name} of {self.label}", self._pump, pipe, line))

    def _pump(self, pipe: BinaryIO, line: Callable[[str], None]) -> None:
        for raw in _lines(pipe, self._is_over, self._part):
            line(raw.decode("utf-8", "backslashreplace").rstrip())
        if line == self._stdout_line:  # also its end is an answer to who waits for the first line
            self._greeted.set()

    def _keep_line(self, text: str) -> None:
        self._last_lines.append(text)
        plugin_line(self.component.program, text)

    def _stdout_line(self, text: str) -> None:
        if self._greeted.is_set():
            plugin_line(self.component.program, text)
            return
        self._first_line = text
        self._greeted.set()

    # --- going down

    def _is_over(self) -> bool:
        return self._child.poll() is not None

    def _ended(self, deadline: Deadline) -> bool:
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
        for pump in self._pumps:
            pump.join(1.0)  # its last words are on the way
        code = self._child.returncode
        if code >= 0:
            return f"ended with exit status {code}"
        with contextlib.suppress(ValueError):
            return f"was killed by {signal.Signals(-code).name}"
        return f"was killed by signal {-code}"

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, number)


def _spawn(component: Component, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            component.argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environ, **handshake.environment(), **_chosen_ports(environ)},
            process_group=0,
        )
    except OSError as error:
        raise _spawn_error(component, error) from error


def _chosen_ports(environ: Mapping[str, str]) -> dict[str, str]:
    """The range of ports that the user has chosen; HashiCorp's packer has no such choice."""
    names = (handshake.MIN_PORT_NAME, handshake.MAX_PORT_NAME)
    return {name: environ[name] for name in names if environ.get(name)}


def _spawn_error(component: Component, error: OSError) -> PluginStartError:
    label, path = component.key.executable, component.path
    program = Path(component.argv[0])
    if isinstance(error, FileNotFoundError) and program.exists():
        return PluginStartError(
            f"{label} cannot start, because the interpreter in its first line is gone: {path}",
            hint="correct that line, or install the plugin again: packer plugins install …",
        )
    if isinstance(error, FileNotFoundError):
        hint = f"it was found by way of the {component.source}; did something delete it?"
        if component.source == "config file":
            hint = "the config file names it: correct the path there"
        return PluginStartError(f"{label} is not there: {path}", hint=hint)
    if isinstance(error, PermissionError):
        return PluginStartError(f"{label} is not executable: {path}", hint=f"chmod +x {program}")
    if error.errno == errno.ENOEXEC:
        return PluginStartError(
            f"{label} is no program this system can run: {path}",
            hint="a script needs a first line such as #!/bin/sh",
        )
    return PluginStartError(
        f"{label} cannot be started: {path}: {error.strerror}",
        hint=_SHORTAGES.get(error.errno or 0),
    )


_SHORTAGES = {
    errno.EMFILE: "every component needs three descriptors: raise `ulimit -n`, or build fewer "
    "at once with -only",
    errno.ENFILE: "the whole system is out of descriptors: build fewer at once with -only",
    errno.EAGAIN: "there may be no further process: raise `ulimit -u`, or build fewer at once "
    "with -only",
    errno.ENOMEM: "there is no memory left: build fewer at once with -only",
}


def _dial(greeting: handshake.Handshake) -> socket.socket:
    if greeting.network == "unix":
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(CONNECT_TIMEOUT_S)
            connection.connect(greeting.address)
        except BaseException:
            connection.close()
            raise
    else:
        host, _, port = greeting.address.rpartition(":")
        connection = socket.create_connection((host or "127.0.0.1", int(port)), CONNECT_TIMEOUT_S)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.settimeout(None)
    return connection


def _remove_socket(first_line: str | None) -> None:
    """Remove what a process that was killed between listening and connecting has left.

    Only a socket that is called as plugins call theirs (protocol section 1.3), so that a program
    which announces somebody else's does no harm.
    """
    with contextlib.suppress(RpcError, OSError):
        greeting = handshake.parse_line(first_line or "")
        path = Path(greeting.address)
        folder = path.parent
        if greeting.network != "unix" or not path.is_socket():
            return
        if f"{folder.name}/{path.name}".startswith("packer-plugin"):
            path.unlink()
            folder.rmdir()
        elif path.name.startswith("packer-plugin"):
            path.unlink()


def _lines(
    pipe: BinaryIO, is_over: Callable[[], bool], part: Callable[[str], tuple[str, str]]
) -> Iterator[bytes]:
    """Lines of a pipe until its end, or until its process is over and it has gone quiet.

    A program that the plugin has left running may hold the pipe open long after the plugin ended,
    so the end of the pipe alone is no end to wait for.
    """
    descriptor = pipe.fileno()
    poller = select.poll()
    poller.register(descriptor, select.POLLIN)
    rest = b""
    patience: Deadline | None = None
    while True:
        over = is_over()
        if over and patience is None:
            patience = Deadline(LAST_WORDS_S)
        if not poller.poll(100 if over else 1000):
            if over:
                break
            continue
        if patience and patience.passed:
            break  # a program that left the group of its plugin may write for ever
        chunk = os.read(descriptor, LINE_LIMIT)
        if not chunk:
            break
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) >= LINE_LIMIT:
            piece, tail = part(rest.decode("utf-8", "surrogateescape"))
            if piece:
                yield piece.encode("utf-8", "surrogateescape")
            rest = tail.encode("utf-8", "surrogateescape")
    if rest:
        yield rest

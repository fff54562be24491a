"""Core's side of the process that bundled components are forks of (`host_process`).

Started once in a run, and asked for every bundled component; what comes of it looks like a child
of ours: a number, pipes, an exit status. When it cannot be had, or is gone, `launch` starts the
component in the ordinary way, which takes longer and is otherwise the same.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgpack

from packer_sdk.threads import spawn

from .host_process import FLAG, LENGTH_BYTES, ROOM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO, Self

    from .catalog import Component

logger = logging.getLogger(__name__)

ANSWER_S = 20.0
"""How long it may take to fork: as long as the machine is overloaded, and not for ever."""


class _Gone(Exception):
    """The host does not answer, or cannot fork."""


class Hosted:
    """A component that is a fork of the host. Has what is needed of `subprocess.Popen`.

    Attributes:
        pid: Its number, that of its process group as well.
        returncode: As `subprocess.Popen` has it; None while it runs.
        stdout: What it prints.
        stderr: What it complains of.
    """

    def __init__(self, pid: int, stdout: BinaryIO, stderr: BinaryIO) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdout = stdout
        self.stderr = stderr
        self._over = threading.Event()

    def poll(self) -> int | None:
        """Its exit status, if it has ended."""
        return self.returncode

    def wait(self) -> int:
        """Wait for its end."""
        self._over.wait()
        assert self.returncode is not None
        return self.returncode

    def ended_within(self, seconds: float | None) -> bool:
        """Wait for its end, for so long or (None) as it takes; return whether it has come."""
        return self._over.wait(seconds)

    def ended(self, status: int) -> None:
        """It has ended, says the host."""
        self.returncode = status
        self._over.set()

    def kill(self) -> None:
        """Kill it, because nobody is left who would tell of its end."""
        with suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)
        self.ended(-signal.SIGKILL)


class Host:
    """The process, and everything that was forked of it. Safe from several threads.

    Args:
        process: Of the host.
        link: The socket to it.
    """

    def __init__(self, process: subprocess.Popen[bytes], link: socket.socket) -> None:
        self._process = process
        self._link = link
        self._turn = threading.Lock()  # one asks at a time, because answers have no number
        self._answered = threading.Condition()
        self._answer: dict[str, Any] | None = None
        self._gone = False
        self._hosted: dict[int, Hosted] = {}
        self._ended_early: dict[int, int] = {}

    @classmethod
    def start(cls, command: tuple[str, ...], environ: Mapping[str, str]) -> Self | None:
        """Start the host, and do not wait for it. None where this cannot be done.

        Args:
            command: What starts this program again.
            environ: Its environment; those of the components come later.
        """
        if not hasattr(os, "fork") or not hasattr(socket, "send_fds"):
            return None
        ours, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            try:
                process = subprocess.Popen(
                    (*command, "plugin", FLAG, str(number), ROOM),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=environ,
                    pass_fds=(number,),
                    process_group=0,
                )
            except OSError:
                ours.close()
                return None
        host = cls(process, ours)
        spawn("host of bundled components", host._listen)
        return host

    def fork(self, component: Component, environ: Mapping[str, str]) -> Hosted | None:
        """Have a component forked, with pipes to what it prints; None if it cannot be done.

        Args:
            component: A bundled one.
            environ: The whole environment that it gets.
        """
        if self._gone:
            return None
        request = msgpack.packb(
            {
                "executable": component.key.executable,
                "words": component.command[component.command.index("plugin") :],
                "environ": {os.fsencode(name): os.fsencode(environ[name]) for name in environ},
            }
        )
        pipes: list[int] = []
        try:
            for _ in ("stdout", "stderr"):
                pipes += os.pipe()
            return self._fork(request, pipes)
        except (OSError, _Gone) as error:
            logger.debug("not forked of the host: %s: %s", component, error)
            for descriptor in pipes[::2]:
                os.close(descriptor)
            return None
        finally:
            for descriptor in pipes[1::2]:
                os.close(descriptor)

    def stop(self) -> None:
        """End the host. What was forked of it should have ended before."""
        with suppress(OSError):
            self._link.shutdown(socket.SHUT_RDWR)
        self._process.kill()
        self._process.wait()

    def _fork(self, request: bytes, pipes: list[int]) -> Hosted:
        with self._turn:
            header = len(request).to_bytes(LENGTH_BYTES, "big")
            socket.send_fds(self._link, [header], pipes[1::2])
            self._link.sendall(request)
            answer = self._next_answer()
            pid = answer.get("started")
            if pid is None:
                raise _Gone(os.strerror(answer["errno"]))
            stdout, stderr = (os.fdopen(end, "rb", buffering=0) for end in pipes[::2])
            return self._know(Hosted(pid, stdout, stderr))

    def _next_answer(self) -> dict[str, Any]:
        with self._answered:
            self._answered.wait_for(lambda: self._answer is not None or self._gone, ANSWER_S)
            answer, self._answer = self._answer, None
        if answer is None:
            self._process.kill()  # an answer that came later would be taken for the next one
            raise _Gone("no answer")
        return answer

    def _know(self, hosted: Hosted) -> Hosted:
        with self._answered:
            self._hosted[hosted.pid] = hosted
            if hosted.pid in self._ended_early:
                hosted.ended(self._ended_early.pop(hosted.pid))
                del self._hosted[hosted.pid]
            gone = self._gone
        if gone:
            hosted.kill()
        return hosted

    def _listen(self) -> None:
        unpacker = msgpack.Unpacker()
        while data := self._receive():
            unpacker.feed(data)
            for message in unpacker:
                self._hear(message)
        with self._answered:
            self._gone = True
            orphans = list(self._hosted.values())
            self._answered.notify_all()
        for hosted in orphans:
            hosted.kill()
        self._link.close()

    def _receive(self) -> bytes:
        try:
            return self._link.recv(65536)
        except OSError:
            return b""

    def _hear(self, message: dict[str, Any]) -> None:
        with self._answered:
            if "pid" not in message:
                self._answer = message
                self._answered.notify_all()
            elif message["pid"] in self._hosted:
                self._hosted.pop(message["pid"]).ended(message["status"])
            else:
                self._ended_early[message["pid"]] = message["status"]

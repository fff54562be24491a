"""The life of a plugin process, from start to exit.

1. **Refuse.** Without core's cookie a person has started us: say so, exit 1 (protocol 1.1).
2. **Take stdout away.** It has room for one line, the handshake. Before any code of the plugin is
   imported, file descriptor 1 becomes standard error: a stray print, of Python, of a C library
   or of a child, is a log line and no broken protocol.
3. **Load** the component, then **listen**: on a Unix socket in a folder nobody else can enter,
   or on the first free port of core's range.
4. **Announce** the address, in the log and as the handshake line.
5. **Accept** one connection within a minute, and remove the listener. From here on, Ctrl-C is
   core's business: it reaches us too, and is not for us.
6. **Serve** until core's stream ends, however it ends. Then what still runs is told to stop, has
   five seconds, and the process is gone: no orphans, even when an author's thread is stuck.

All the while a thread watches core: if it dies while the plugin is still loading or listening,
there is no connection whose loss would tell. (Linux could signal us instead, but it
does so when the *thread* that started us ends, and core starts plugins from threads.)
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import select
import signal
import socket
import sys
import time

from packer_sdk.errors import ComponentError, PackerError
from packer_sdk.threads import spawn
from packer_sdk.wire import handshake

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import NoReturn, Self

    from packer_sdk.rpc.server import Service
    from packer_sdk.rpc.session import Session

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 60.0
"""How long core may take to connect."""

CLEAN_UP_S = 5.0
"""How long running calls may take to stop when core is gone."""

PARENT_POLL_S = 1.0
"""How often the parent is looked at."""

TRANSPORT_NAME = "PACKER_PLUGIN_TRANSPORT"
"""Set to ``tcp`` for a port instead of a Unix socket."""

WIRE_LOG_NAME = "PACKER_LOG_WIRE"
"""Set to log every frame."""

_LONGEST_SOCKET_PATH = 100  # sun_path holds 108 bytes on Linux, 104 on macOS, one of them zero


def serve(kind: str, load: Callable[[], object], *, protobuf: bool) -> int:
    """Serve one component to core; does not return if that succeeds.

    Args:
        kind: ``builder``, ``provisioner``, ``post-processor`` or ``datasource``.
        load: Gives the author's class; called once stdout is safe.
        protobuf: Whether core wants schemas in protobuf.

    Returns:
        An exit status: the process was not started by core, or cannot serve.
    """
    if os.environ.get(handshake.MAGIC_COOKIE_NAME) != handshake.MAGIC_COOKIE_VALUE:
        sys.stderr.write(_BY_HAND)
        return 1
    announce = _take_stdout()
    _log_to_stderr()
    try:
        _live(kind, load, protobuf, announce)
    except PackerError as error:
        logger.error("%s%s", error, f"\nhint: {error.hint}" if error.hint else "")  # noqa: TRY400 - made for people
        return 1


_BY_HAND = """\
this is a plugin of packer: packer starts it when a template needs it

hint: packer build TEMPLATE; what packer does not find is installed by `packer plugins install`
"""


def _live(kind: str, load: Callable[[], object], protobuf: bool, announce: int) -> NoReturn:
    # Not before stdout is taken: this is where the plugin's world begins.
    from packer_sdk.adapters import adapter_for  # noqa: PLC0415

    watch = ParentWatch(announce)
    watch.start()
    face = adapter_for(kind, load(), protobuf=protobuf)
    with Listener.open(os.environ) as listener:
        watch.before_exit = listener.close
        _announce(listener, announce)
        make_session, make_service = _import_calls()
        gc.freeze()
        gc.enable()
        connection = listener.accept(CONNECT_TIMEOUT_S)
    watch.connected = True
    _ignore_interrupts()
    log_frames = os.environ.get(WIRE_LOG_NAME, "") not in {"", "0"}  # as core reads it
    session = make_session(connection, client=False, name="packer", log_frames=log_frames)
    _serve_session(session, make_service(session, kind, face))


def _import_calls() -> tuple[type[Session], Callable[[Session, str, object], Service]]:
    """Import what is needed from now on, while core is busy connecting."""
    from packer_sdk.rpc.component import service_of  # noqa: PLC0415 - see above
    from packer_sdk.rpc.session import Session  # noqa: PLC0415 - see above

    return Session, service_of


def _serve_session(session: Session, service: Service) -> NoReturn:
    status = 1
    try:
        if not session.serve(service, clean_up_s=CLEAN_UP_S):
            _kill_children()
        status = 0
    except PackerError as error:
        logger.error("not served: %s", error)  # noqa: TRY400 - made for people
    finally:
        leave(status)


def _kill_children() -> None:
    """Kill what a call that did not stop in time has started: nobody will look after it.

    Children of a call lead sessions of their own, so killing our group does not reach them. What
    has left them behind as a daemon is nobody's child any more, and meant to stay.
    """
    from packer_sdk.family import descendants  # noqa: PLC0415 - for the end of a bad day

    for pid in descendants(os.getpid()):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)


def leave(status: int) -> NoReturn:
    """End the process now, whatever its threads are doing; what was printed gets out."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def _take_stdout() -> int:
    """Keep the real standard output for the handshake, and let everybody else have stderr.

    What a script printed before is still in Python's buffer, and goes to the log with the rest.
    """
    announce = os.dup(1)
    os.dup2(2, 1)
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure:
        reconfigure(line_buffering=True)
    return announce


def _log_to_stderr() -> None:
    from packer_sdk import logs  # noqa: PLC0415 - a refused start needs none

    logs.log_to_stderr()
    import faulthandler  # noqa: PLC0415 - says where, if a library of C kills the process

    faulthandler.enable(all_threads=False)


def _announce(listener: Listener, announce: int) -> None:
    low, high = port_range(os.environ)
    logger.info("Plugin minimum port: %d", low)
    logger.info("Plugin maximum port: %d", high)
    logger.info("Plugin address: %s", listener.shown)
    line = handshake.format_line(
        handshake.Handshake(
            handshake.API_MAJOR, handshake.API_MINOR, listener.network, listener.address
        )
    )
    # Written past every buffer. The descriptor stays open: its end would look like ours.
    os.write(announce, f"{line}\n".encode())


def _ignore_interrupts() -> None:
    """Let Ctrl-C and a polite kill pass by: only core decides (section 1.4).

    A handler that does nothing, because an *ignored* signal stays ignored in the programs we
    start, and nobody could end those politely.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)


class ParentWatch:
    """Ends the process when core has died.

    Two signs: another parent, and, until there is a connection, nobody at the other end of our
    standard output (core may have died before we could learn its number).

    Args:
        stdout: The real standard output.

    Attributes:
        connected: Set once there is a connection. Then its loss has everything stopped in an
            orderly way, and this is only the net below.
        before_exit: Called first.
    """

    def __init__(self, stdout: int) -> None:
        self.connected = False
        self.before_exit: Callable[[], None] = lambda: None
        self._parent = os.getppid()
        self._stdout = stdout

    def start(self) -> None:
        """Watch from now on, in a thread."""
        spawn("parent-watch", self._watch)

    def _watch(self) -> None:
        while os.getppid() == self._parent and not self._is_pipe_broken():
            pass
        if self.connected:
            time.sleep(CLEAN_UP_S + 1)
        self.before_exit()
        logger.error("packer is gone")
        leave(1)

    def _is_pipe_broken(self) -> bool:
        """Takes a while, unless it is."""
        if self.connected or not hasattr(select, "poll"):
            time.sleep(PARENT_POLL_S)
            return False
        poll = select.poll()
        poll.register(self._stdout, 0)  # errors are reported without being asked for
        if not poll.poll(PARENT_POLL_S * 1000):
            return False
        time.sleep(PARENT_POLL_S)  # a core that has just connected may close its end
        return not self.connected


class Listener:
    """Where core connects. A context manager: leaving removes it.

    Attributes:
        network: ``unix`` or ``tcp``.
        address: What core dials.
    """

    def __init__(self, network: str, address: str, sock: socket.socket) -> None:
        self.network = network
        self.address = address
        self._sock = sock

    @property
    def shown(self) -> str:
        """The address as the log has it: ``:10000``, as in the seed's sample, or ``unix PATH``.

        A port is always one of the loopback interface, so there is no host to be told.
        """
        if self.network == "tcp":
            return f":{self.address.rpartition(':')[2]}"
        return f"{self.network} {self.address}"

    @classmethod
    def open(cls, environ: Mapping[str, str]) -> Self:
        """Listen as the environment says.

        Raises:
            ComponentError: there is no free port, or no folder for a socket.
        """
        if environ.get(TRANSPORT_NAME) == "tcp" or not hasattr(socket, "AF_UNIX"):
            return cls._open_tcp(*port_range(environ))
        return cls._open_unix(environ)

    @classmethod
    def _open_tcp(cls, low: int, high: int) -> Self:
        for port in range(low, high + 1):
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                sock.bind(("127.0.0.1", port))
                sock.listen(1)
            except OSError:
                sock.close()
            else:
                return cls("tcp", f"127.0.0.1:{port}", sock)
        raise ComponentError(
            f"no free port for the plugin: {low} to {high}",
            hint="widen the range with PACKER_PLUGIN_MIN_PORT and PACKER_PLUGIN_MAX_PORT",
        )

    @classmethod
    def _open_unix(cls, environ: Mapping[str, str]) -> Self:
        folder = _private_folder(environ)
        address = os.path.join(folder, "plugin")  # noqa: PTH118 - pathlib is not imported yet
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.bind(address)
        sock.listen(1)
        return cls("unix", address, sock)

    def accept(self, timeout_s: float) -> socket.socket:
        """Wait for core, and let nobody else in.

        Raises:
            ComponentError: it did not come within ``timeout_s`` seconds.
        """
        self._sock.settimeout(timeout_s)
        try:
            connection, _ = self._sock.accept()
        except TimeoutError as error:
            raise ComponentError(f"packer did not connect within {timeout_s:g} s") from error
        finally:
            self.close()
        connection.setblocking(True)
        return connection

    def close(self) -> None:
        """Remove it. Harmless when done before."""
        self._sock.close()
        if self.network == "unix":
            with contextlib.suppress(OSError):
                os.unlink(self.address)  # noqa: PTH108 - see _open_unix
                os.rmdir(os.path.dirname(self.address))  # noqa: PTH106, PTH120 - see _open_unix

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def port_range(environ: Mapping[str, str]) -> tuple[int, int]:
    """The lowest and the highest port core allows.

    Raises:
        ComponentError: one of the variables is no port.
    """
    low = _port(environ, handshake.MIN_PORT_NAME, handshake.DEFAULT_MIN_PORT)
    high = _port(environ, handshake.MAX_PORT_NAME, handshake.DEFAULT_MAX_PORT)
    return low, high


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise ComponentError(f"{name} is no port: {text}")
    return int(text)


def _private_folder(environ: Mapping[str, str]) -> str:
    """Make a folder for the socket; tempfile would cost more than all the rest of the start."""
    for parent in _folders(environ):
        path = os.path.join(parent, f"packer-plugin{os.urandom(6).hex()}")  # noqa: PTH118 - see _open_unix
        if len(os.fsencode(path)) + len("/plugin") > _LONGEST_SOCKET_PATH:
            continue
        with contextlib.suppress(OSError):
            os.mkdir(path, 0o700)  # noqa: PTH102 - see _open_unix
            return path
    raise ComponentError(
        "no folder for the plugin's socket",
        hint=f"set TMPDIR to a short path, or {TRANSPORT_NAME}=tcp",
    )


def _folders(environ: Mapping[str, str]) -> Iterator[str]:
    if environ.get("TMPDIR"):
        yield os.path.abspath(environ["TMPDIR"])  # noqa: PTH100 - see _open_unix
    yield from ("/tmp", "/var/tmp")  # noqa: S108 - the folder made in it is ours alone

"""The process between the plugin and a command inside the image.

It is started for one command, with nothing but the standard library, as::

    python -I -S gate.py STATUS_FD LIFELINE_FD

Life: it reads one line of JSON from the lifeline (see :class:`packer_plugin_oci.chroot.Order`),
leaves for namespaces of its own, and forks. The child is process 1 of a new process namespace:
it mounts ``/proc`` and a small ``/dev``, makes the image its root and starts the command. When the
command ends so does process 1, and the kernel kills whatever the command has left running. The
lifeline is open as long as somebody wants the command: when it closes, because of a cancel or
because the plugin was killed, everything here is killed.

Where namespaces are forbidden and we are root, there is only ``chroot``, and no process 1. Then
this process adopts orphans (a subreaper, prctl(2)) and kills them itself.

What goes wrong before the command runs is told on the status descriptor, a JSON line; a closed
one without a line means that the command runs. ``unshare(1)`` and ``mount(8)`` could do most of
this, but not tell which step was refused and why, and mount follows links of the image.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import select
import signal
import sys
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# From <sched.h>, <sys/mount.h> and <sys/prctl.h>; ctypes has no names for them.
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID = 0x10000000, 0x20000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
DEVICE_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
    "ptmx": "pts/ptmx",
}
FAILED = 125  # what chroot(1) answers when it could not start anything
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


class Refused(Exception):
    """A step on the way in did not work."""

    def __init__(self, step: str, error: OSError) -> None:
        super().__init__(step)
        self.step = step
        self.number = error.errno or errno.EIO


class _Libc:
    """The calls Python 3.11 has no names for."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)

    def unshare(self, flags: int) -> None:
        self._check(self._libc.unshare(flags))

    def mount(self, source: str, target: str, kind: str, flags: int, data: str = "") -> None:
        texts = [ctypes.c_char_p(os.fsencode(text)) for text in (source, target, kind)]
        self._check(self._libc.mount(*texts, ctypes.c_ulong(flags), ctypes.c_char_p(data.encode())))

    def pivot_root_here(self) -> None:
        """Make the current folder the root, and let go of the old one (pivot_root(2), Notes)."""
        self._check(self._libc.pivot_root(b".", b"."))
        self._check(self._libc.umount2(b".", MNT_DETACH))

    def prctl(self, option: int, value: int) -> None:
        self._check(self._libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0))

    @staticmethod
    def _check(result: int) -> None:
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def main(arguments: list[str]) -> int:
    """Run one command and return its exit status."""
    status, lifeline = int(arguments[0]), int(arguments[1])
    os.set_inheritable(status, False)
    os.set_inheritable(lifeline, False)
    order = json.loads(_read_line(lifeline))
    libc = _Libc()
    wake = _wake_on_child()
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        child = _start(libc, order, status, lifeline)
    except Refused as refused:
        _report(status, refused)
        return FAILED
    os.close(status)
    return _guard(child, lifeline, wake)


def _read_line(descriptor: int) -> bytes:
    data = b""
    while not data.endswith(b"\n"):
        piece = os.read(descriptor, 65536)
        if not piece:
            sys.exit(FAILED)  # the plugin is gone before it said what to do
        data += piece
    return data


def _report(status: int, refused: Refused) -> None:
    with suppress(OSError):  # nobody may be listening any more
        os.write(status, json.dumps({"step": refused.step, "errno": refused.number}).encode())


def _wake_on_child() -> int:
    """A descriptor that is readable after a child has ended."""
    reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return reader


def _start(libc: _Libc, order: dict[str, object], status: int, lifeline: int) -> int:
    mode = order["mode"]
    if mode == "chroot":
        return _fork(lambda: _become_command(libc, order, status))
    _leave(libc, with_user=mode == "user")
    return _fork(lambda: _be_first(libc, order, status, lifeline))


def _leave(libc: _Libc, *, with_user: bool) -> None:
    """Let the next child be process 1; an ordinary user becomes root of a namespace first.

    Mounts are left to that child: whoever changes the root of a mount namespace changes it for
    everybody in there, and this process needs the machine's own ``/proc``.
    """
    uid, gid = os.geteuid(), os.getegid()
    _step("unshare", lambda: libc.unshare(CLONE_NEWPID | (CLONE_NEWUSER if with_user else 0)))
    if with_user:
        _step("map", lambda: _map(uid, gid))


def _map(uid: int, gid: int) -> None:
    for name, text in (
        ("setgroups", "deny"),  # before gid_map, or an ordinary user may not write that
        ("uid_map", f"0 {uid} 1"),
        ("gid_map", f"0 {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def _step(name: str, action: Callable[[], object]) -> None:
    try:
        action()
    except OSError as error:
        raise Refused(name, error) from error


def _fork(action: Callable[[], int]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        os._exit(action())
    finally:  # a bug: say it, and do not run on as a second copy of the parent
        sys.excepthook(*sys.exc_info())
        os._exit(FAILED)


def _be_first(libc: _Libc, order: dict[str, object], status: int, lifeline: int) -> int:
    """Process 1: prepare, start the command, wait for it, bury everything else meanwhile."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.close(lifeline)
    signal.set_wakeup_fd(-1)
    try:
        root = str(order["root"])
        _step("unshare", lambda: libc.unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS))
        _step("private", lambda: libc.mount("none", "/", "", MS_REC | MS_PRIVATE))
        _step("mount", lambda: libc.mount(root, root, "", MS_BIND))
        _mount_all(libc, root)
        _step("enter", lambda: _pivot(libc, root))
        child = _fork(lambda: _become_command(libc, {**order, "root": "/"}, status))
    except Refused as refused:
        _report(status, refused)
        return FAILED
    os.close(status)
    while True:
        pid, result = os.wait()
        if pid == child:
            return _exit_status(result)


def _pivot(libc: _Libc, root: str) -> None:
    os.chdir(root)
    try:
        libc.pivot_root_here()
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        os.chroot(".")  # the old root is an initramfs, which cannot be left
    os.chdir("/")


def _mount_all(libc: _Libc, root: str) -> None:
    """Mount what a program expects; a machine that forbids one of them is no reason to stop."""
    with suppress(OSError):
        _enter(root, "proc")
        libc.mount("proc", ".", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    with suppress(OSError):
        _enter(root, "dev")
        libc.mount("tmpfs", ".", "tmpfs", MS_NOSUID, "mode=0755")
        _enter(root, "dev")
        _fill_devices(libc)
    os.chdir("/")


def _enter(root: str, name: str) -> None:
    # The image may have made a link of it: never follow.
    descriptor = os.open(os.path.join(root, name), _FOLDER)
    try:
        os.fchdir(descriptor)
    finally:
        os.close(descriptor)


def _fill_devices(libc: _Libc) -> None:
    for name, target in DEVICE_LINKS.items():
        os.symlink(target, name)
    os.mkdir("shm")
    os.chmod("shm", 0o1777)  # noqa: S103 - as on every system
    os.mkdir("pts")
    for name in DEVICES:
        with suppress(OSError):
            os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            libc.mount(f"/dev/{name}", name, "", MS_BIND)
    with suppress(OSError):
        flags = MS_NOSUID | MS_NOEXEC
        libc.mount("devpts", "pts", "devpts", flags, "newinstance,ptmxmode=0666,mode=0620")


def _become_command(libc: _Libc, order: dict[str, object], status: int) -> int:
    """Turn into the command. Returns only if that fails."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    arguments, environment = order["arguments"], order["environment"]
    assert isinstance(arguments, list)
    assert isinstance(environment, dict)
    try:
        if order["mode"] == "chroot":
            _step("chroot", lambda: os.chroot(str(order["root"])))
        if order["mode"] != "user":  # where it is forbidden, and the groups mean nothing
            _step("groups", lambda: os.setgroups([]))
        os.chdir("/")
        with suppress(OSError):  # the folder may be made by the very first command
            os.chdir(str(order["folder"]))
        os.umask(0o022)
        _reset_signals()
        _step("exec", lambda: os.execve(arguments[0], arguments, environment))  # noqa: S606 - the purpose of it all
    except Refused as refused:
        _report(status, refused)
    return FAILED


def _reset_signals() -> None:
    """Python ignores SIGPIPE, the plugin SIGINT; the command should know nothing of it."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _guard(child: int, lifeline: int, wake: int) -> int:
    """Wait for the child, or for the end of the lifeline, then leave nobody behind."""
    result = None
    while result is None:
        ready, _, _ = select.select([lifeline, wake], [], [])
        if lifeline in ready and not os.read(lifeline, 1):
            break
        if wake in ready:
            os.read(wake, 4096)
        result = _collected(child)
    _kill_descendants()
    return 128 + signal.SIGKILL if result is None else result


def _collected(child: int) -> int | None:
    """Bury the dead; the exit status of the child if it is among them."""
    found = None
    with suppress(ChildProcessError):
        while True:
            pid, result = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == child:
                found = _exit_status(result)
    return found


def _kill_descendants() -> None:
    # Killing one makes its children ours, so this ends when nobody is left.
    while True:
        for pid in _children():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            os.wait()
        except ChildProcessError:
            return


def _children() -> list[int]:
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        with suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
            # The name of the program, in brackets, may hold anything (proc(5)).
            parent = file.read().rpartition(b")")[2].split()[1]
            if int(parent) == os.getpid():
                found.append(int(name))
    return found


def _exit_status(result: int) -> int:
    """As a shell tells it: 128 and the signal, for one that was killed."""
    code = os.waitstatus_to_exitcode(result)
    return 128 - code if code < 0 else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Why this machine lets nobody into the image, and which switch to turn.

The kernel says no more than EPERM. Its settings say the rest.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass

from packer_sdk import ComponentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_CAP_SYS_CHROOT = 18  # linux/capability.h
_NAMES = {
    "unshare": "making namespaces",
    "map": "becoming root in a user namespace",
    "private": "keeping mounts to ourselves",
    "mount": "mounting the image",
    "enter": "entering the image",
    "chroot": "entering the image",
    "groups": "giving up supplementary groups",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A step on the way into the image that was refused."""

    step: str
    number: int


@dataclass(frozen=True, slots=True)
class _Switch:
    path: str
    forbids: Callable[[str], bool]
    reason: str
    hint: str


_SWITCHES = (
    _Switch(
        "/proc/sys/user/max_user_namespaces",
        lambda value: value == "0",
        "user.max_user_namespaces is 0",
        "sysctl -w user.max_user_namespaces=15000",
    ),
    _Switch(
        "/proc/sys/kernel/unprivileged_userns_clone",
        lambda value: value == "0",
        "kernel.unprivileged_userns_clone is 0",
        "sysctl -w kernel.unprivileged_userns_clone=1",
    ),
    _Switch(
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        lambda value: value not in ("", "0"),
        "AppArmor forbids them: kernel.apparmor_restrict_unprivileged_userns is on",
        "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
)


def explain(refusal: Refusal, *, is_root: bool, read: Callable[[str], str]) -> ComponentError:
    """Make an error of a refusal.

    Args:
        refusal: What was refused at last.
        is_root: Whether we are root.
        read: Gives the text of a file, empty if there is none.
    """
    what = _NAMES.get(refusal.step, refusal.step)
    reason, hint = _why_root(read) if is_root else _why_user(refusal, read)
    return ComponentError(
        f"cannot run commands in the image: {what} is refused "
        f"({os.strerror(refusal.number)}): {reason}",
        hint=hint,
    )


def _why_user(refusal: Refusal, read: Callable[[str], str]) -> tuple[str, str]:
    for switch in _SWITCHES:
        if switch.forbids(read(switch.path).strip()):
            return switch.reason, f"{switch.hint} (as root), or build as root"
    if refusal.step == "unshare" and refusal.number == errno.EINVAL:
        return "this kernel knows no user namespaces (CONFIG_USER_NS)", "build as root"
    if refusal.step == "unshare" and refusal.number == errno.ENOSPC:
        return (
            "there are too many user namespaces, or they are nested too deep",
            "sysctl -w user.max_user_namespaces=15000 (as root), or build as root",
        )
    if _status(read, "Seccomp") == "2":
        return (
            "a seccomp filter is in force, as in most containers",
            "start the container with --security-opt seccomp=unconfined, or build as root",
        )
    return "no switch of the system says why", "build as root"


def _why_root(read: Callable[[str], str]) -> tuple[str, str]:
    held = int(_status(read, "CapEff") or "0", 16)
    if not held & 1 << _CAP_SYS_CHROOT:
        return (
            "this root lacks the capability CAP_SYS_CHROOT",
            "start the container with --cap-add SYS_CHROOT, or build as an ordinary user",
        )
    return "no switch of the system says why", "build as an ordinary user"


def _status(read: Callable[[str], str], name: str) -> str:
    for line in read("/proc/self/status").splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return value.strip()
    return ""

from __future__ import annotations

import errno

import pytest

from packer_plugin_oci.refusal import Refusal, explain

MAX = "/proc/sys/user/max_user_namespaces"
CLONE = "/proc/sys/kernel/unprivileged_userns_clone"
APPARMOR = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
STATUS = "/proc/self/status"


@pytest.mark.parametrize(
    ("files", "number", "reason", "hint"),
    [
        ({MAX: "0\n"}, errno.ENOSPC, "max_user_namespaces is 0", "sysctl -w user.max"),
        ({MAX: "9", CLONE: "0\n"}, errno.EPERM, "userns_clone is 0", "userns_clone=1"),
        ({CLONE: "1", APPARMOR: "1\n"}, errno.EPERM, "AppArmor", "userns=0"),
        ({APPARMOR: "0"}, errno.EINVAL, "CONFIG_USER_NS", "build as root"),
        ({MAX: "5"}, errno.ENOSPC, "too many user namespaces", "sysctl"),
        ({STATUS: "Name:\tx\nSeccomp:\t2\n"}, errno.EPERM, "seccomp", "seccomp=unconfined"),
        ({}, errno.EPERM, "no switch", "build as root"),
    ],
)
def test_refusal_of_a_user_names_the_switch(
    files: dict[str, str], number: int, reason: str, hint: str
) -> None:
    error = explain(
        Refusal("unshare", number), is_root=False, read=lambda path: files.get(path, "")
    )
    assert reason in str(error)
    assert "making namespaces is refused" in str(error)
    assert error.hint
    assert hint in error.hint


@pytest.mark.parametrize(
    ("status", "reason"),
    [("CapEff:\t0000000000000000\n", "CAP_SYS_CHROOT"), ("CapEff:\t0000000000040000\n", "switch")],
)
def test_refusal_of_root_names_the_capability(status: str, reason: str) -> None:
    error = explain(Refusal("chroot", errno.EPERM), is_root=True, read=lambda _: status)
    assert reason in str(error)
    assert error.hint

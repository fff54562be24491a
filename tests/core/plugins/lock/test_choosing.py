from __future__ import annotations

from dataclasses import replace

import pytest

from packer_core.errors import InstallError
from packer_core.plugins.lock.choosing import chosen, for_target
from packer_core.plugins.lock.model import Lock, LockedPackage, LockedPlugin, LockedWheel
from packer_core.plugins.lock.targets import Target

LINUX, WINDOWS = Target("linux_amd64", "3.11"), Target("windows_amd64", "3.12")


def wheel(tag: str) -> LockedWheel:
    return LockedWheel(name=f"one-1.0-{tag}.whl", sha256=tag[:1] * 64, url="https://x")


def plugin(*packages: LockedPackage) -> LockedPlugin:
    return LockedPlugin(name="one", version="1.0", requirement="one", packages=packages)


def package(*tags: str, marker: str = "") -> LockedPackage:
    return LockedPackage(name="one", version="1.0", marker=marker, wheels=tuple(map(wheel, tags)))


def names(found: LockedPlugin, target: Target) -> list[str]:
    return [one.name for _, one in chosen(found, target)]


def test_best_wheel_is_the_most_special_one() -> None:
    found = plugin(
        package(
            "py3-none-any", "cp311-cp311-manylinux_2_17_x86_64", "cp312-cp312-win_amd64", "broken"
        )
    )
    assert names(found, LINUX) == ["one-1.0-cp311-cp311-manylinux_2_17_x86_64.whl"]
    assert names(found, WINDOWS) == ["one-1.0-cp312-cp312-win_amd64.whl"]


def test_what_a_marker_leaves_out_is_not_needed() -> None:
    found = plugin(package("py3-none-any", marker="sys_platform == 'win32'"))
    assert names(found, LINUX) == []
    assert len(names(found, WINDOWS)) == 1


def test_lack_of_a_wheel_is_told() -> None:
    found = plugin(package("cp311-cp311-macosx_11_0_arm64"))
    with pytest.raises(InstallError, match=r"no wheel of one 1.0 for Python 3.11 on") as caught:
        chosen(found, LINUX)
    assert "-platform linux_amd64 -python 3.11" in (caught.value.hint or "")


def test_marker_that_is_none_is_told() -> None:
    with pytest.raises(InstallError, match="not a marker in the lock"):
        chosen(plugin(package("py3-none-any", marker="whenever")), LINUX)


def test_lock_says_what_it_is_for() -> None:
    lock = Lock(targets=(LINUX,), plugins=(plugin(),))
    for_target(lock, LINUX)
    with pytest.raises(InstallError, match=r"is not for Python 3\.12 on windows_amd64") as caught:
        for_target(lock, WINDOWS)
    assert caught.value.hint == (
        "packer plugins lock -platform linux_amd64 -platform windows_amd64 -python 3.11 "
        "-python 3.12"
    )


def test_version_of_python_does_not_matter_to_programs() -> None:
    lock = Lock(targets=(LINUX,))
    for_target(lock, replace(LINUX, python="3.13"))
    with pytest.raises(InstallError):
        for_target(lock, WINDOWS)

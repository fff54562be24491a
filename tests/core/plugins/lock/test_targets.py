from __future__ import annotations

import pytest
from packaging.markers import Marker
from packaging.tags import Tag, sys_tags

from packer_core.errors import InstallError
from packer_core.plugins.lock.targets import PLATFORMS, Target, here, read_target

EVERY = [Target(platform, python) for platform in PLATFORMS for python in ("3.11", "3.13")]


def test_this_machine_is_what_the_interpreter_says() -> None:
    assert here().is_here
    assert here().tags() == list(sys_tags())
    assert here().pip_flags() == []
    assert Marker(here().marker).evaluate()


@pytest.mark.parametrize("target", EVERY, ids=str)
def test_marker_is_true_for_its_target_alone(target: Target) -> None:
    fitting = [one for one in EVERY if Marker(target.marker).evaluate(one.environment())]
    assert fitting == [target]


@pytest.mark.parametrize(
    ("platform", "tag"),
    [
        ("linux_amd64", "cp313-cp313-manylinux_2_17_x86_64"),
        ("linux_arm64", "cp313-cp313-manylinux2014_aarch64"),
        ("linux_amd64", "cp38-abi3-manylinux1_x86_64"),
        ("darwin_arm64", "cp313-cp313-macosx_11_0_arm64"),
        ("darwin_amd64", "cp313-cp313-macosx_10_13_universal2"),
        ("windows_amd64", "cp313-cp313-win_amd64"),
        ("windows_386", "py3-none-any"),
    ],
)
def test_wheels_of_a_platform_are_known(platform: str, tag: str) -> None:
    target = Target(platform, "3.13")
    assert Tag(*tag.split("-")) in target.tags()
    assert "--python-version=3.13" in target.pip_flags()


def test_target_is_named_by_platform_and_python() -> None:
    assert str(read_target("darwin_arm64", "3.12")) == "Python 3.12 on darwin_arm64"
    with pytest.raises(InstallError, match="no such platform: linux-amd64") as caught:
        read_target("linux-amd64", "3.12")
    assert "linux_amd64" in (caught.value.hint or "")
    with pytest.raises(InstallError, match=r"not a version of Python: 3\.12\.1"):
        read_target("linux_amd64", "3.12.1")

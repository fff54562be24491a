"""What a lock is for: a platform, as Go calls it, and a version of Python.

pip resolves for another platform when it is told the tags of its wheels, but judges the markers of
requirements by the Python that it runs in; so both are here, `tags` and `environment`.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from packer_core.errors import InstallError
from packer_core.plugins.binary_names import platform_suffix

if TYPE_CHECKING:
    from packaging.tags import Tag

_PYTHON = re.compile(r"3\.\d{1,2}", re.ASCII)
_GLIBC_MINORS = range(28, 4, -1)  # what every distribution has that is still looked after
_LINUX = {"amd64": "x86_64", "arm64": "aarch64", "386": "i686", "arm": "armv7l"}
_MAC = {"amd64": ("x86_64", (13, 0)), "arm64": ("arm64", (14, 0))}
_WINDOWS = {
    "amd64": ("win_amd64", "AMD64"),
    "arm64": ("win_arm64", "ARM64"),
    "386": ("win32", "x86"),
}
_SYSTEMS = {
    "linux": ("linux", "Linux", "posix"),
    "darwin": ("darwin", "Darwin", "posix"),
    "windows": ("win32", "Windows", "nt"),
}
PLATFORMS = (
    *(f"linux_{machine}" for machine in _LINUX),
    *(f"darwin_{machine}" for machine in _MAC),
    *(f"windows_{machine}" for machine in _WINDOWS),
)


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """A platform and a version of Python: ``linux_amd64``, ``3.12``."""

    platform: str
    python: str

    def __str__(self) -> str:
        return f"Python {self.python} on {self.platform}"

    @property
    def is_here(self) -> bool:
        """Whether it is what this process runs on."""
        return self == here()

    def platforms(self) -> list[str]:
        """Tags of platforms, the most special first."""
        system, _, machine = self.platform.partition("_")
        if system == "linux":
            arch = _LINUX[machine]
            return [*(f"manylinux_2_{minor}_{arch}" for minor in _GLIBC_MINORS), *_old_names(arch)]
        if system == "windows":
            return [_WINDOWS[machine][0]]
        from packaging.tags import mac_platforms  # noqa: PLC0415

        arch, version = _MAC[machine]
        return list(mac_platforms(version, arch))

    def tags(self) -> list[Tag]:
        """Tags of wheels that can be used, the best first."""
        return _tags(self)

    def environment(self) -> dict[str, str]:
        """What markers of requirements are judged by."""
        from packaging.markers import default_environment  # noqa: PLC0415

        own = {name: str(value) for name, value in default_environment().items()}
        if self.is_here:
            return own
        system, _, machine = self.platform.partition("_")
        sys_platform, platform_system, os_name = _SYSTEMS[system]
        return own | {
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "os_name": os_name,
            "platform_machine": _machine(system, machine),
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": platform_system,
            "platform_version": "",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "sys_platform": sys_platform,
        }

    @property
    def marker(self) -> str:
        """The marker that is true for it and for no other target."""
        system, _, machine = self.platform.partition("_")
        return (
            f"sys_platform == '{_SYSTEMS[system][0]}' and "
            f"platform_machine == '{_machine(system, machine)}' and "
            f"python_version == '{self.python}'"
        )

    def pip_flags(self) -> list[str]:
        """What tells pip to resolve for it; nothing for the target here."""
        if self.is_here:
            return []
        flags = [f"--platform={one}" for one in self.platforms()]
        return [*flags, f"--python-version={self.python}", "--implementation=cp"]


def read_target(platform: str, python: str) -> Target:
    """A target from two texts.

    Raises:
        InstallError: There is no such platform, or it is no version of Python.
    """
    if platform not in PLATFORMS and platform != here().platform:
        raise InstallError(
            f"no such platform: {platform}", hint=f"one of {', '.join(sorted(PLATFORMS))}"
        )
    if not _PYTHON.fullmatch(python):
        raise InstallError(f"not a version of Python: {python}", hint="such as 3.12")
    return Target(platform, python)


@cache
def here() -> Target:
    """The target that this process runs on."""
    platform = platform_suffix().removeprefix("_").removesuffix(".exe")
    return Target(platform, f"{sys.version_info.major}.{sys.version_info.minor}")


@cache
def _tags(target: Target) -> list[Tag]:
    from packaging import tags  # noqa: PLC0415

    if target.is_here:
        return list(tags.sys_tags())
    major, _, minor = target.python.partition(".")
    version, platforms = (int(major), int(minor)), target.platforms()
    interpreter = f"cp{major}{minor}"
    return [
        *tags.cpython_tags(version, platforms=platforms),
        *tags.compatible_tags(version, interpreter, platforms),
    ]


def _machine(system: str, machine: str) -> str:
    if system == "windows":
        return _WINDOWS[machine][1]
    return _LINUX[machine] if system == "linux" else _MAC[machine][0]


def _old_names(arch: str) -> list[str]:
    """What PEP 600 calls by numbers."""
    names = [f"manylinux2014_{arch}"]
    if arch in {"x86_64", "i686"}:
        names += [f"manylinux2010_{arch}", f"manylinux1_{arch}"]
    return [*names, f"linux_{arch}"]

"""The file names of plugins that hold many components (protocol section 1.7).

::

    packer-plugin-happycloud_v0.0.1_x5.0_linux_amd64            the program
    packer-plugin-happycloud_v0.0.1_x5.0_linux_amd64_SHA256SUM  its checksum

HashiCorp's packer finds a plugin by such a name and by no other.
"""

from __future__ import annotations

import os
import re
import sys

from packer_sdk.records import record

from .semver import Version

PREFIX = "packer-plugin-"
CHECKSUM_SUFFIX = "_SHA256SUM"
API = (5, 0)
"""What this core speaks; a plugin may need less of the second number."""

_MACHINES = {
    "x86_64": "amd64",
    "amd64": "amd64",
    "aarch64": "arm64",
    "arm64": "arm64",
    "i386": "386",
    "i686": "386",
    "x86": "386",
    "armv6l": "arm",
    "armv7l": "arm",
}
"""How Go calls what the system calls otherwise."""

_NAME = re.compile(r"packer-plugin-(?P<plugin>[^_]+)_v(?P<version>[^_]+)_x(?P<api>\d+\.\d+)")


def platform_suffix(*, system: str = sys.platform, machine: str | None = None) -> str:
    """End of the file names that this machine can run: ``_linux_amd64``, ``_windows_386.exe``."""
    found = (machine if machine is not None else _machine()).lower()
    name = "windows" if system == "win32" else re.sub(r"\d+$", "", system)
    suffix = ".exe" if name == "windows" else ""
    return f"_{name}_{_MACHINES.get(found, found)}{suffix}"


def _machine() -> str:
    if hasattr(os, "uname"):
        return os.uname().machine
    return os.environ.get("PROCESSOR_ARCHITECTURE", "")


@record
class BinaryName:
    """What a file's name says; made by :meth:`read`.

    Attributes:
        plugin: ``happycloud``.
        version: Of the plugin.
        api: Of the plugin API, two numbers.
    """

    plugin: str
    version: Version
    api: tuple[int, int]

    @classmethod
    def read(cls, name: str, suffix: str) -> BinaryName | None:
        """Read the name of a file; None if it is none for this machine.

        Args:
            name: Without the folder.
            suffix: From `platform_suffix`.

        Raises:
            ValueError: It looks like one, and Packer would not take it; says why.
        """
        if not (name.startswith(PREFIX) and name.endswith(suffix)):
            return None
        match = _NAME.fullmatch(name.removesuffix(suffix))
        if match is None:
            raise ValueError("its name is not packer-plugin-NAME_vX.Y.Z_x5.0_OS_ARCH")
        version = Version.read(match["version"])
        if version.meta:
            raise ValueError(f"a file's name has no place for metadata: +{version.meta}")
        major, _, minor = match["api"].partition(".")
        return cls(match["plugin"], version, (int(major), int(minor)))

    def file_name(self, suffix: str) -> str:
        """The name of its file, for the machine of ``suffix``."""
        return f"{PREFIX}{self.plugin}_v{self.version.plain}_{self.api_version}{suffix}"

    @property
    def api_version(self) -> str:
        """``x5.0``."""
        return f"x{self.api[0]}.{self.api[1]}"

    @property
    def rank(self) -> tuple[object, ...]:
        """The one with the highest is used."""
        return (self.version.rank, self.api)

"""Where a plugin that a template requires comes from (HCL-006, PLG-008, PLG-009).

``github.com/OWNER/NAME`` is a release of a program in Go. ``pypi.org/NAME`` is a distribution on
the index that pip is configured for, and so is ``packer-plugin-NAME`` alone. Anything else with
three parts or more names what somebody has put in place by hand.
"""

from __future__ import annotations

import re

from packer_sdk.records import record

INDEX = "pypi.org"
RELEASES = "github.com"

FORMS = '"github.com/OWNER/NAME" for a plugin in Go, "pypi.org/NAME" for one in Python'

_ADDRESS = re.compile(r"[^/\s]+(?:/[^/\s]+){2,15}", re.ASCII)
_DISTRIBUTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", re.ASCII)
_REMOTE = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:/[\w.-]+){2,}", re.ASCII)


@record
class PluginSource:
    """A source, understood.

    Attributes:
        text: As it was written.
        distribution: Normalised name of a distribution in Python; empty for a program.
    """

    text: str
    distribution: str = ""

    @property
    def is_release(self) -> bool:
        """Whether it can be fetched as a release of a program."""
        return not self.distribution and self.text.startswith(f"{RELEASES}/")


def read_source(text: str) -> PluginSource:
    """Understand the source of a plugin.

    Raises:
        ValueError: It is none.
    """
    if _ADDRESS.fullmatch(text):
        return PluginSource(text)
    host, _, name = text.rpartition("/")
    is_ours = host == INDEX or (not host and name.startswith("packer-"))
    if not is_ours or not _DISTRIBUTION.fullmatch(name):
        raise ValueError(f"not a source of a plugin: {text}")
    return PluginSource(text, re.sub(r"[-_.]+", "-", name).lower())


def is_remote(text: str) -> bool:
    """Whether a word on the command line is the address of a program: host, owner and name."""
    return _REMOTE.fullmatch(text) is not None

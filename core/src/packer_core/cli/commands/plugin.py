"""``packer plugin packer-KIND-NAME``: the process of a component that comes with core (A6, H5).

This is how core runs its own builders: as sub-processes, like everybody else's. ``packer execute``
is HashiCorp's later name for it. Every build starts several of these, so nothing is imported here
that the SDK does not need itself. Any other word after ``packer plugin`` means ``packer plugins``.
"""

from __future__ import annotations

import sys

from packer_core.plugins import bundled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = ("plugin", "execute")

_PREFIXES = tuple(f"packer-{kind}-" for kind in bundled.GROUPS.values())


def component_in(words: Sequence[str]) -> str | None:
    """The component that a command line asks to serve, None if it asks for something else."""
    if not words or words[0] not in COMMANDS:
        return None
    names = [word for word in words[1:] if not word.startswith("-")]
    return names[0] if names and names[0].startswith(_PREFIXES) else None


def asks_host(words: Sequence[str]) -> bool:
    """Whether a command line asks for the process that components are forked of."""
    return list(words[:2]) == [COMMANDS[0], "--host"]


def host(descriptor: int) -> int:
    """Be that process, for the core at the other end of a socket."""
    from packer_core.plugins import host_process  # noqa: PLC0415 - a component of its own needs none

    return host_process.run(descriptor, serve)


def serve(executable: str) -> int:
    """Serve one component, ``packer-KIND-NAME``, until core is done with it."""
    component = bundled.find(executable)
    if component is None:
        sys.stderr.write(f"no such component comes with packer: {executable}\n")
        return 1
    from packer_sdk import plugin  # noqa: PLC0415 - after the check, which needs none of it

    return plugin.start(*component)

"""How the process of a component comes to be, and why one did not."""

from __future__ import annotations

import errno
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.errors import PluginStartError
from packer_sdk.wire import handshake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .catalog import Component
    from .host import Host, Hosted


def launch(
    component: Component, environ: Mapping[str, str], host: Host | None = None
) -> subprocess.Popen[bytes] | Hosted:
    """Start a component as the leader of a process group of its own, with pipes to what it prints.

    Args:
        component: From the catalog.
        environ: The environment the process gets, beside what the protocol adds (section 1.1).
        host: What bundled components are forked of, which is quicker.

    Raises:
        PluginStartError: the system does not start it; the text says why, and what helps.
    """
    environ = {**environ, **handshake.environment(), **_chosen_ports(environ)}
    if host and component.source == "bundled":
        hosted = host.fork(component, environ)
        if hosted:
            return hosted
    try:
        return subprocess.Popen(
            component.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environ,
            process_group=0,
        )
    except OSError as error:
        raise _start_error(component, error) from error


def _chosen_ports(environ: Mapping[str, str]) -> dict[str, str]:
    """The range of ports that the user has chosen; HashiCorp's packer has no such choice."""
    names = (handshake.MIN_PORT_NAME, handshake.MAX_PORT_NAME)
    return {name: environ[name] for name in names if environ.get(name)}


def _start_error(component: Component, error: OSError) -> PluginStartError:
    label, path = component.key.executable, component.path
    program = Path(component.argv[0])
    if isinstance(error, FileNotFoundError) and program.exists():
        return PluginStartError(
            f"{label} cannot start, because the interpreter in its first line is gone: {path}",
            hint="correct that line, or install the plugin again: packer plugins install …",
        )
    if isinstance(error, FileNotFoundError):
        hint = f"it was found by way of the {component.source}; did something delete it?"
        if component.source == "config file":
            hint = "the config file names it: correct the path there"
        return PluginStartError(f"{label} is not there: {path}", hint=hint)
    if isinstance(error, PermissionError):
        return PluginStartError(f"{label} is not executable: {path}", hint=f"chmod +x {program}")
    if error.errno == errno.ENOEXEC:
        return PluginStartError(
            f"{label} is no program this system can run: {path}",
            hint="a script needs a first line such as #!/bin/sh",
        )
    return PluginStartError(
        f"{label} cannot be started: {path}: {error.strerror}",
        hint=_SHORTAGES.get(error.errno or 0),
    )


_SHORTAGES = {
    errno.EMFILE: "every component needs three descriptors: raise `ulimit -n`, or build fewer "
    "at once with -only",
    errno.ENFILE: "the whole system is out of descriptors: build fewer at once with -only",
    errno.EAGAIN: "there may be no further process: raise `ulimit -u`, or build fewer at once "
    "with -only",
    errno.ENOMEM: "there is no memory left: build fewer at once with -only",
}

"""The one line a plugin prints on its standard output: where it listens (protocol 1.3).

Four parts since API 5.0, ``MAJOR|MINOR|NETWORK|ADDRESS``; three, ``MAJOR|NETWORK|ADDRESS``, in
Packer 1.6 and older. We print four and read both.
"""

from __future__ import annotations

from packer_sdk.errors import RemoteProtocolError
from packer_sdk.records import record

MAGIC_COOKIE_NAME = "PACKER_PLUGIN_MAGIC_COOKIE"
MAGIC_COOKIE_VALUE = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"

MIN_PORT_NAME = "PACKER_PLUGIN_MIN_PORT"
MAX_PORT_NAME = "PACKER_PLUGIN_MAX_PORT"
DEFAULT_MIN_PORT = 10000
DEFAULT_MAX_PORT = 25000

API_MAJOR = 5
API_MINOR = 0
API_VERSION = f"{API_MAJOR}.{API_MINOR}"

NETWORKS = ("unix", "tcp")

_LONGEST_SHOWN = 120


@record
class Handshake:
    """What the line says.

    Args:
        major: First number of the API version.
        minor: Second number; None in the three-part form.
        network: ``unix`` or ``tcp``.
        address: Path of the socket, or ``HOST:PORT``.
    """

    major: int
    minor: int | None
    network: str
    address: str


def environment(
    *, min_port: int = DEFAULT_MIN_PORT, max_port: int = DEFAULT_MAX_PORT
) -> dict[str, str]:
    """What a plugin that is started finds in its environment, beside the inherited (1.1)."""
    return {
        MAGIC_COOKIE_NAME: MAGIC_COOKIE_VALUE,
        MIN_PORT_NAME: str(min_port),
        MAX_PORT_NAME: str(max_port),
    }


def format_line(handshake: Handshake) -> str:
    """The line without its line feed; whoever prints it adds one and flushes."""
    version = [handshake.major] if handshake.minor is None else [handshake.major, handshake.minor]
    return "|".join([*map(str, version), handshake.network, handshake.address])


def parse_line(line: str) -> Handshake:
    """Read the first line of a plugin's standard output; white space around it does not count.

    Raises:
        RemoteProtocolError: if it is not a handshake line.
    """
    major, _, rest = line.strip().partition("|")
    first, _, others = rest.partition("|")
    if _is_number(first):
        minor, (network, _, address) = int(first), others.partition("|")
    else:
        minor, network, address = None, first, others
    if not _is_number(major) or network not in NETWORKS or not address:
        raise RemoteProtocolError(
            f"not a plugin's first line: {_shown(line)}",
            hint="a plugin prints MAJOR|MINOR|NETWORK|ADDRESS and nothing before it; "
            "log to standard error instead",
        )
    return Handshake(int(major), minor, network, address)


def judge(handshake: Handshake) -> None:
    """Decide whether we can talk to the plugin.

    The major version must be ours; a newer minor one may ask for what we cannot do. The
    three-part form has no minor version and speaks the same protocol.

    Raises:
        RemoteProtocolError: if the plugin needs another version of the API.
    """
    theirs = str(handshake.major) if handshake.minor is None else _version(handshake)
    if handshake.major != API_MAJOR:
        older = handshake.major < API_MAJOR
        raise RemoteProtocolError(
            f"plugin API version {theirs} is not supported: this side speaks {API_VERSION}",
            hint="upgrade the plugin" if older else "upgrade packer, or install an older plugin",
        )
    if handshake.minor is not None and handshake.minor > API_MINOR:
        raise RemoteProtocolError(
            f"plugin API version {theirs} is newer than ours: this side speaks {API_VERSION}",
            hint="upgrade packer, or install an older plugin",
        )


def _is_number(text: str) -> bool:
    # int() would also take signs, underscores and digits of other scripts.
    return text.isascii() and text.isdigit() and len(text) <= 9


def _version(handshake: Handshake) -> str:
    return f"{handshake.major}.{handshake.minor}"


def _shown(line: str) -> str:
    text = line.strip()
    return repr(text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…")

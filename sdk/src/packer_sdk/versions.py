"""Versions: of the plugin API, of this SDK, and of plugins in the form Packer reads."""

from __future__ import annotations

import re

API_VERSION = "x5.0"
"""What ``describe`` says, and what stands in the file name of an installed plugin."""

PROTOCOL_VERSION = "v2"
"""Schemas travel as protobuf when asked for (protocol section 1.8)."""

SDK_VERSION = "0.1.0"
"""Version of this distribution; a test compares it with the metadata, which are slow to read."""

_PEP_440 = re.compile(
    r"""v?(?:\d+!)?                                      # an epoch has no place in semver
    (?P<release>\d+(?:\.\d+)*)
    (?P<pre>[-_.]?(?P<pre_kind>a|b|c|rc|alpha|beta|pre|preview)[-_.]?(?P<pre_n>\d*))?
    (?P<post>-(?P<post_bare>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_n>\d*))?
    (?P<dev>[-_.]?dev[-_.]?(?P<dev_n>\d*))?
    (?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?""",
    re.VERBOSE | re.IGNORECASE,
)
_SPELLINGS = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}


def semantic_version(version: str) -> str:
    """Turn a Python version into the semantic version ``describe`` must give (section 1.5).

    Three numbers, of longer ones the first three. Any pre-release is ``-dev``, the only one that
    Packer installs (section 1.7); which one it was, and what else semver has no place for, is
    metadata behind ``+``, which Packer passes over: ``0.2.dev1`` is ``0.2.0-dev``, ``1.0rc2`` is
    ``1.0.0-dev+rc.2``, ``1.0.post2`` is ``1.0.0+post.2``.

    Raises:
        ValueError: it is no version.
    """
    match = _PEP_440.fullmatch(version.strip())
    if not match:
        raise ValueError(f"no version: {version}")
    numbers = [str(int(number)) for number in match["release"].split(".")]
    core = ".".join([*numbers, "0", "0"][:3])
    is_released = not (match["dev"] or match["pre"])
    return core + ("" if is_released else "-dev") + _metadata(match, numbers[3:])


def _metadata(match: re.Match[str], further_numbers: list[str]) -> str:
    parts = [f"r.{'.'.join(further_numbers)}"] if further_numbers else []
    if match["pre"]:
        kind = match["pre_kind"].lower()
        parts.append(f"{_SPELLINGS.get(kind, kind)}.{int(match['pre_n'] or 0)}")
    if match["post"]:
        parts.append(f"post.{int(match['post_bare'] or match['post_n'] or 0)}")
    if match["local"]:
        parts.append(re.sub(r"[-_.]", ".", match["local"].lower()))
    return f"+{'.'.join(parts)}" if parts else ""

"""Every function by name, with the group it is in; and `Library`, which loads them (section 2.5).

Templates see all of these. ``env`` alone is only for the defaults of variables (VAR-005).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from packer_sdk.records import made, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from packer_core.hcl.function import Function

GROUPS: Mapping[str, str] = {
    "numeric": "abs ceil floor log max min parseint pow signum sum",
    "strings": (
        "chomp endswith indent join lower replace split startswith strcontains strrev substr"
        " title trim trimprefix trimspace trimsuffix upper"
    ),
    "patterns": "regex regex_replace regexall",
    "formats": "format formatlist",
    "collections": (
        "alltrue anytrue chunklist coalesce coalescelist compact concat contains distinct"
        " element flatten index length range reverse slice sort"
    ),
    "mappings": "keys lookup merge values zipmap",
    "sets": "setintersection setproduct setunion",
    "encoding": "base64decode base64encode base64gzip textdecodebase64 textencodebase64 urlencode",
    "documents": "csvdecode jsondecode jsonencode yamldecode yamlencode",
    "files": (
        "abspath basename dirname file filebase64 fileexists fileset pathexpand templatefile"
    ),
    "times": (
        "formatdate legacy_isotime legacy_strftime rfc3339_parse timeadd timestamp"
        " unix_timestamp_parse"
    ),
    "crypto": "bcrypt md5 rsadecrypt sha1 sha256 sha512 uuidv4 uuidv5",
    "network": "cidrhost cidrnetmask cidrsubnet cidrsubnets",
    "types": "can convert try",
    "secrets": "aws_secretsmanager aws_secretsmanager_raw consul_key vault",
}
"""Functions by group; a group is a module of this package."""

_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names.split()}


@record
class Surroundings:
    """What functions know of the world.

    Attributes:
        root: Where relative paths of files start, as in ``path.root`` (CTX-007).
        environment: Variables of the process.
        clock: Seconds since 1970.
        started: When the process started, for ``legacy_isotime`` and ``legacy_strftime``.
    """

    root: str = "."
    environment: Mapping[str, str] = made(default_factory=dict)
    clock: Callable[[], float] = time.time
    started: float = made(default_factory=time.time)


class Library(Mapping[str, "Function"]):
    """Functions by name, loaded when they are asked for.

    Args:
        surroundings: What they know of the world.
        without: Names that are left out: ``templatefile`` inside of one.
    """

    def __init__(self, surroundings: Surroundings, without: frozenset[str] = frozenset()) -> None:
        self.surroundings = surroundings
        self._without = without
        self._loaded: dict[str, Function] = {}

    def __getitem__(self, name: str) -> Function:
        if name not in self:
            raise KeyError(name)
        if name not in self._loaded:
            module = import_module(f"{__package__}.{_GROUP_OF[name]}")
            functions: Mapping[str, Function] = module.functions(self.surroundings)
            self._loaded.update(functions)
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in _GROUP_OF and name not in self._without

    def __iter__(self) -> Iterator[str]:
        return (name for name in _GROUP_OF if name not in self._without)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def for_defaults(surroundings: Surroundings) -> Mapping[str, Function]:
    """What the default of a variable may call: ``env`` and nothing else."""
    from .defaults import functions  # noqa: PLC0415 - as the groups above

    return functions(surroundings)

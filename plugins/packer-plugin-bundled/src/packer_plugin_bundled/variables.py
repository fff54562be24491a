"""The variables that scripts get, and how they are written down for a shell (PVS-002, ENV-024)."""

from __future__ import annotations

import re

from packer_sdk import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

INLINE_FORMAT = "%s='%s' "
"""Variables in front of a command: ``A='1' B='2' command``."""

FILE_FORMAT = "export %s='%s'\n"
"""Variables in a file that a shell reads with ``.``."""

HIDDEN = "…"
"""Stands for the value of a variable in the log."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_VERB = re.compile(r"%(?:\[([12])\])?([sv%])|%")
_HTTP = {
    "PACKER_HTTP_ADDR": "PackerHTTPAddr",
    "PACKER_HTTP_IP": "PackerHTTPIP",
    "PACKER_HTTP_PORT": "PackerHTTPPort",
}


def script_variables(
    build_name: str,
    builder_type: str,
    data: Mapping[str, object],
    pairs: Sequence[str],
    mapping: Mapping[str, str],
) -> dict[str, str]:
    """Collect what a script gets, sorted by name; the user's own win (ENV-024).

    Args:
        build_name: Becomes ``PACKER_BUILD_NAME``.
        builder_type: Becomes ``PACKER_BUILDER_TYPE``.
        data: Values of the build; the address of an HTTP server, if the builder has one.
        pairs: The option ``environment_vars``: ``NAME=VALUE``.
        mapping: The option ``env``; wins over ``pairs``.
    """
    found = {"PACKER_BUILD_NAME": build_name, "PACKER_BUILDER_TYPE": builder_type}
    found.update(_http_variables(data))
    found.update((name, value) for name, _, value in (pair.partition("=") for pair in pairs))
    found.update(mapping)
    return dict(sorted(found.items()))


def _http_variables(data: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, key in _HTTP.items():
        value = str(data.get(key) or "")
        # A builder without a server sends a text that starts so (protocol section 5.5).
        if value and not value.startswith("ERR_"):
            yield name, value


def written(variables: Mapping[str, str], pattern: str) -> str:
    """Write variables one after the other, each in the form of ``pattern``.

    A single quote becomes ``'"'"'``, which closes the quotes, adds one and opens them again:
    right inside of single quotes, which both standard patterns use.
    """
    return "".join(
        _fill(pattern, (name, value.replace("'", "'\"'\"'"))) for name, value in variables.items()
    )


def _fill(pattern: str, values: tuple[str, str]) -> str:
    """Fill a pattern of C's ``printf``: ``%s`` is the next value, ``%[2]s`` a chosen one."""
    used = 0

    def value(match: re.Match[str]) -> str:
        nonlocal used
        if match[2] == "%" or match[2] is None:
            return "%"
        used = int(match[1]) if match[1] else used + 1
        return values[used - 1] if used <= len(values) else match[0]

    return _VERB.sub(value, pattern)


def check_variables(
    pairs: Sequence[str], mapping: Iterable[str], pattern: str
) -> Iterator[Problem]:
    """Judge the options ``environment_vars``, ``env`` and ``env_var_format``."""
    for index, pair in enumerate(pairs):
        name, equals, _ = pair.partition("=")
        # The value may be a secret, so no more than the name is shown.
        if not equals:
            yield Problem("is not of the form NAME=VALUE", path=f"environment_vars[{index}]")
        elif not _NAME.fullmatch(name):
            yield _bad_name(name, f"environment_vars[{index}]")
    for name in mapping:
        if not _NAME.fullmatch(name):
            yield _bad_name(name, "env")
    if pattern and not _uses_both(pattern):
        yield Problem(
            f"needs a place for the name and one for the value: {pattern}",
            path="env_var_format",
            hint=f"the default is {INLINE_FORMAT!r}",
        )


def _bad_name(name: str, path: str) -> Problem:
    return Problem(
        f"is no name of a variable: {name!r}",
        path=path,
        hint="letters, digits and _ will do, no digit in front",
    )


def _uses_both(pattern: str) -> bool:
    # Private-use characters: nobody has them in a pattern.
    filled = _fill(pattern, ("\ue000", "\ue001"))
    return "\ue000" in filled and "\ue001" in filled

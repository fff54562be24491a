"""What is wrong with the options, as far as it shows before the build."""

from __future__ import annotations

import os
import re
import sys

from packer_sdk import Problem

from .config import DEFAULT_PROGRAMS
from .source import parse_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .config import OciConfig

_UNKNOWN = "<unknown>"  # a value core will only know later (protocol section 6.3)
_PORT = re.compile(r"\d{1,5}(?:/(?:tcp|udp|sctp))?")


def problems(config: OciConfig) -> Iterable[Problem]:
    """Everything that is wrong; looks at the file system and changes nothing."""
    if sys.platform != "linux":
        yield Problem("container images can be built on Linux only", hint=f"this is {sys.platform}")
    yield from _source_problems(config)
    yield from _output_problems(str(config.output))
    yield from _program_problems(config)
    yield from _text_problems(config)
    yield from _epoch_problems(os.environ.get("SOURCE_DATE_EPOCH", ""))


def _source_problems(config: OciConfig) -> Iterator[Problem]:
    if _UNKNOWN in config.source:
        return
    try:
        source = parse_source(config.source)
    except ValueError as error:
        yield Problem(f"not a source of an image: {config.source}", path="from", hint=str(error))
        return
    if source.path and not os.path.exists(source.path):
        yield Problem(f"no such file: {source.path}", path="from", hint=_where(source.path))
    elif source.kind == "tar" and os.path.isdir(source.path):
        yield Problem(
            f"is a folder: {source.path}", path="from", hint=f"did you mean oci:{source.path}?"
        )


def _where(path: str) -> str:
    return f"looked for {os.path.abspath(path)}"


def _output_problems(output: str) -> Iterator[Problem]:
    if _UNKNOWN in output:
        return
    parent = os.path.dirname(os.path.abspath(output))
    if not os.path.isdir(parent):
        yield Problem(
            f"its folder does not exist: {parent}", path="output", hint=f"mkdir -p {parent}"
        )
    elif not os.access(parent, os.W_OK | os.X_OK):
        yield Problem(f"its folder cannot be written to: {parent}", path="output")
    if os.path.basename(output) in ("", ".", ".."):
        yield Problem(f"not a name for a file: {output}", path="output")


def _program_problems(config: OciConfig) -> Iterator[Problem]:
    from .hostfiles import find_program  # noqa: PLC0415 - only with programs

    if config.source != "host":
        if config.programs and _UNKNOWN not in config.source:
            yield Problem("only makes sense with from = host", path="programs")
        return
    search = os.environ.get("PATH", "").split(os.pathsep)
    for index, name in enumerate(config.programs):
        if _UNKNOWN in name or find_program(name, search) is not None:
            continue
        hint = "give a name or an absolute path" if "/" in name else "install it on this machine"
        yield Problem(f"program not found: {name}", path=f"programs[{index}]", hint=hint)
    if not config.programs and find_program(DEFAULT_PROGRAMS[0], search) is None:
        yield Problem(f"program not found: {DEFAULT_PROGRAMS[0]}", path="programs")


def _text_problems(config: OciConfig) -> Iterator[Problem]:
    from .image import is_tag  # noqa: PLC0415 - keeps describing the component light

    if _UNKNOWN not in config.tag and not is_tag(config.tag):
        yield Problem(
            f"not a name for an image: {config.tag!r}",
            path="tag",
            hint="words of letters and digits, joined by one of - . _ : @ + /",
        )
    for name in config.env:
        if not name or "=" in name:
            yield Problem(f"not a name of a variable: {name!r}", path=f"env[{name!r}]")
    for index, port in enumerate(config.exposed_ports):
        if _UNKNOWN not in port and not _is_port(port):
            yield Problem(
                f"not a port: {port}",
                path=f"exposed_ports[{index}]",
                hint="write 80, 80/tcp or 53/udp",
            )
    paths = [("workdir", config.workdir)] if config.workdir else []
    paths += [(f"volumes[{index}]", volume) for index, volume in enumerate(config.volumes)]
    for option, path in paths:
        if _UNKNOWN not in path and not path.startswith("/"):
            yield Problem(f"not an absolute path of the image: {path!r}", path=option)


def _is_port(text: str) -> bool:
    return _PORT.fullmatch(text) is not None and 0 < int(text.partition("/")[0]) < 65536


def _epoch_problems(text: str) -> Iterator[Problem]:
    if text and parse_epoch(text) is None:
        yield Problem(
            f"SOURCE_DATE_EPOCH is no time in seconds since 1970: {text}",
            hint="export SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)",
        )


def parse_epoch(text: str) -> int | None:
    """Seconds since 1970 of a text, None if it holds none (reproducible-builds.org)."""
    if not re.fullmatch(r"[0-9]{1,11}", text):
        return None
    return int(text)

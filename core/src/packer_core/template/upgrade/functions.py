"""Functions of the engine (JSN-009) and what stands for them in HCL2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .actions import Rewriter
from .texts import is_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .actions import Argument, Convert

    Reference = Callable[[str], str]

TIMESTAMP = 'regex_replace(timestamp(), "[- TZ:]", "")'
"""What the local ``timestamp`` is: the moment in digits."""

_NEEDED = frozenset({"build", "user", "template_dir", "timestamp", "isotime", "strftime"})
_VALUES = frozenset({"WinRMPassword"})


def for_options(user: Reference, timestamp: Callable[[], str]) -> Rewriter:
    """For options of builders, and for what is worked out before a build begins."""
    functions = _everywhere(user, timestamp)
    return Rewriter(functions, _NEEDED, frozenset({"user", "template_dir"}))


def for_steps(user: Reference, timestamp: Callable[[], str]) -> Rewriter:
    """For options of provisioners and post-processors, which know values of the build."""
    functions = {**_everywhere(user, timestamp), "build": _build}
    return Rewriter(functions, _NEEDED, frozenset({"user", "template_dir", "build"}), _VALUES)


def for_variables(
    user: Reference,
    timestamp: Callable[[], str],
    env: Reference,
    secret: Callable[[str, str | None], str],
) -> Rewriter:
    """For the values of variables, which core fills in (JSN-002)."""
    functions = {
        **_everywhere(user, timestamp),
        "env": _named(env),
        "uuid": _constant("uuidv4()"),
        "consul_key": _call("consul_key", 1),
        "vault": _call("vault", 2),
        "aws_secretsmanager": lambda arguments: _secret(arguments, secret),
        "aws_secretsmanager_raw": _call("aws_secretsmanager_raw", 1),
    }
    return Rewriter(functions, None, frozenset({"user", "template_dir", "env"}))


def _everywhere(user: Reference, timestamp: Callable[[], str]) -> Mapping[str, Convert]:
    return {
        "user": _named(user),
        "timestamp": lambda arguments: None if arguments else timestamp(),
        "isotime": _time("legacy_isotime", 0),
        "strftime": _time("legacy_strftime", 1),
        "template_dir": _constant("abspath(path.root)"),
        "pwd": _constant("path.cwd"),
        "packer_version": _constant("packer.version"),
        "lower": _call("lower", 1),
        "upper": _call("upper", 1),
        "replace_all": _replace_all,
        "replace": _replace,
        "split": _split,
    }


def _named(reference: Reference) -> Convert:
    def convert(arguments: Sequence[Argument]) -> str | None:
        if len(arguments) != 1 or not isinstance(arguments[0].literal, str):
            return None
        return reference(arguments[0].literal)

    return convert


def _constant(text: str) -> Convert:
    return lambda arguments: None if arguments else text


def _call(name: str, count: int) -> Convert:
    def convert(arguments: Sequence[Argument]) -> str | None:
        if len(arguments) != count:
            return None
        return f"{name}({', '.join(argument.text for argument in arguments)})"

    return convert


def _time(name: str, fewest: int) -> Convert:
    def convert(arguments: Sequence[Argument]) -> str | None:
        return _call(name, len(arguments))(arguments) if fewest <= len(arguments) <= 1 else None

    return convert


def _replace_all(arguments: Sequence[Argument]) -> str | None:
    if len(arguments) != 3 or not arguments[0].literal:
        return None  # an empty text stands between all characters in Go
    old, new, text = arguments
    return f"replace({text.text}, {old.text}, {new.text})"


def _replace(arguments: Sequence[Argument]) -> str | None:
    if len(arguments) != 4 or arguments[2].literal != -1:
        return None  # HCL2 replaces everything
    return _replace_all([*arguments[:2], arguments[3]])


def _split(arguments: Sequence[Argument]) -> str | None:
    if len(arguments) != 3 or not isinstance(arguments[2].literal, int):
        return None
    text, separator, index = arguments
    return f"split({separator.text}, {text.text})[{index.text}]"


def _build(arguments: Sequence[Argument]) -> str | None:
    if len(arguments) != 1 or not isinstance(name := arguments[0].literal, str):
        return None
    return f"build.{name}" if is_name(name) else None


def _secret(arguments: Sequence[Argument], secret: Callable[[str, str | None], str]) -> str | None:
    texts = [one.literal for one in arguments if isinstance(one.literal, str)]
    if len(texts) != len(arguments) or len(texts) not in (1, 2):
        return None
    return secret(texts[0], texts[1] if len(texts) == 2 else None)

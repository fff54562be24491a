"""What a template may call: the functions of Go's text/template and those of Packer (JSN-009)."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence, Sized

from packer_sdk.errors import PackerError
from packer_sdk.records import replaced

from . import formats
from .context import Context, render

Value = object


class FunctionError(Exception):
    """A function cannot do what it was asked; the renderer adds the place."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def is_function(name: str) -> bool:
    """Whether every template may call it."""
    return name in _GENERIC or name in _ENGINE or name in _REFUSED


def is_true(value: Value) -> bool:
    """What Go takes for true: anything but nothing, false, 0 and what is empty."""
    return bool(value)


def call(name: str, arguments: list[Value], context: Context) -> Value:
    """Call a function by name; those of the context win.

    Raises:
        FunctionError: it failed, or the arguments are of the wrong number or type.
    """
    if name in context.functions:
        return _call_foreign(context.functions[name], arguments)
    if name in _REFUSED:
        raise FunctionError(*_REFUSED[name])
    if name in _ENGINE:
        function, signature = _ENGINE[name]
        _check_arguments(arguments, signature)
        return function(context, *arguments)
    function, least, most = _GENERIC[name]
    _check_count(arguments, least, len(arguments) if most is None else most)
    return function(*arguments)


def _call_foreign(function: Callable[..., object], arguments: list[Value]) -> Value:
    try:
        return function(*arguments)
    except (PackerError, TypeError, ValueError) as error:
        raise FunctionError(str(error)) from error


def _check_count(arguments: Sequence[Value], least: int, most: int) -> None:
    if least <= len(arguments) <= most:
        return
    wanted = str(least) if least == most else f"at least {least}"
    if least < most < len(arguments):
        wanted = f"at most {most}"
    raise FunctionError(f"wants {wanted} argument(s), got {len(arguments)}")


_ARGUMENT_TYPES: Mapping[str, tuple[type, str]] = {"s": (str, "text"), "i": (int, "a whole number")}


def _check_arguments(arguments: Sequence[Value], signature: str) -> None:
    """Check against a signature: ``s`` is text, ``i`` an integer, and after ``?`` optional."""
    needed, _, optional = signature.partition("?")
    _check_count(arguments, len(needed), len(needed + optional))
    for number, (value, letter) in enumerate(
        zip(arguments, needed + optional, strict=False), start=1
    ):
        type_, name = _ARGUMENT_TYPES[letter]
        if not isinstance(value, type_) or isinstance(value, bool):
            raise FunctionError(f"argument {number} must be {name}, got {formats.show(value)}")


# --- Go's own -----------------------------------------------------------------------------


def _length(value: Value) -> int:
    if isinstance(value, str):
        return len(value.encode(errors="surrogateescape"))  # Go counts bytes
    if isinstance(value, Sized):
        return len(value)
    raise FunctionError(f"{formats.show(value)} has no length")


def _index(value: Value, *keys: Value) -> Value:
    for key in keys:
        value = _item(value, key)
    return value


def _item(value: Value, key: Value) -> Value:
    if isinstance(value, Mapping):
        if not isinstance(key, str):
            raise FunctionError(f"a map wants text for a key, got {formats.show(key)}")
        return value.get(key)
    if isinstance(value, str):
        value = value.encode(errors="surrogateescape")
    if not isinstance(value, Sequence):
        raise FunctionError(f"{formats.show(value)} has no items")
    if isinstance(key, bool) or not isinstance(key, int):
        raise FunctionError(f"a list wants a number for an index, got {formats.show(key)}")
    if not 0 <= key < len(value):
        raise FunctionError(f"index {key} is out of range, there are {len(value)} items")
    return value[key]


def _slice(value: Value, *bounds: Value) -> Value:
    raw = value.encode(errors="surrogateescape") if isinstance(value, str) else value
    if isinstance(raw, Mapping) or not isinstance(raw, Sequence):
        raise FunctionError(f"{formats.show(value)} cannot be sliced")
    numbers = [bound for bound in bounds if isinstance(bound, int)]
    start, end, *_ = [*numbers, len(raw)] if len(numbers) == 1 else [*numbers, 0, len(raw)]
    if not numbers:
        start, end = 0, len(raw)
    if len(numbers) < len(bounds) or not 0 <= start <= end <= len(raw):
        raise FunctionError("bounds are out of range")
    part = raw[start:end]
    return part.decode(errors="surrogateescape") if isinstance(part, bytes) else part


def _kind(value: Value) -> str:
    for type_, kind in ((bool, "bool"), (int, "int"), (float, "float"), (str, "text")):
        if isinstance(value, type_):
            return kind
    raise FunctionError(f"{formats.show(value)} cannot be compared")


def _equal(first: Value, *others: Value) -> bool:
    for other in others:
        if first is None or other is None:
            if first is other:
                return True
            continue
        if _kind(first) != _kind(other):
            raise FunctionError("values of different types cannot be compared")
        if first == other:
            return True
    return False


def _less(first: Value, second: Value) -> bool:
    kinds = {_kind(first), _kind(second)}
    if len(kinds) > 1:
        raise FunctionError("values of different types cannot be compared")
    if kinds == {"bool"}:
        raise FunctionError("true and false have no order")
    return bool(first < second)  # type: ignore[operator]  # both of one kind that has an order


def _url_query(*values: Value) -> str:
    from urllib.parse import quote_plus  # noqa: PLC0415 - rarely used

    return quote_plus(formats.sprint(*values), errors="surrogateescape")


_HTML = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;", "\0": "\ufffd"}
)


def _html(*values: Value) -> str:
    return formats.sprint(*values).translate(_HTML)


def _sprintf(template: Value, *values: Value) -> str:
    if not isinstance(template, str):
        raise FunctionError(f"argument 1 must be text, got {formats.show(template)}")
    return formats.sprintf(template, *values)


def _less_or_equal(first: Value, second: Value) -> bool:
    return _less(first, second) or _equal(first, second)


# Name: function, fewest and most arguments. The renderer evaluates `and` and `or` on its own.
_GENERIC: dict[str, tuple[Callable[..., Value], int, int | None]] = {
    "and": (lambda *values: values[-1], 1, None),
    "or": (lambda *values: values[-1], 1, None),
    "not": (lambda value: not is_true(value), 1, 1),
    "len": (_length, 1, 1),
    "index": (_index, 1, None),
    "slice": (_slice, 1, 4),
    "print": (formats.sprint, 0, None),
    "printf": (_sprintf, 1, None),
    "println": (formats.sprintln, 0, None),
    "html": (_html, 0, None),
    "urlquery": (_url_query, 0, None),
    "eq": (_equal, 2, None),
    "ne": (lambda first, second: not _equal(first, second), 2, 2),
    "lt": (_less, 2, 2),
    "le": (_less_or_equal, 2, 2),
    "gt": (lambda first, second: not _less_or_equal(first, second), 2, 2),
    "ge": (lambda first, second: not _less(first, second), 2, 2),
}

# --- Packer's -----------------------------------------------------------------------------


def _known(value: str, what: str) -> str:
    if not value:
        raise FunctionError(f"{what} is not known here")
    return value


def _env(context: Context, name: str) -> str:
    if not context.allow_env:
        raise FunctionError(
            "environment variables can only be read in the variables of a template",
            f'"variables": {{"name": "{{{{env `{name}`}}}}"}} and then {{{{user `name`}}}}',
        )
    return os.environ.get(name, "")


def _user(context: Context, name: str) -> str:
    value = context.user_variables.get(name)
    if value is None and context.allow_env:
        raise FunctionError(f"variable not set: {name}")
    if value and context.nested_user:
        return render(value, replaced(context, nested_user=False))
    return value or ""


# What the placeholder of a value starts with at prepare (protocol section 6.2).
_PLACEHOLDER = "Build_{}. "


def _build(context: Context, name: str) -> str:
    """Give a value of the build, or at prepare the template that will (JSN-010)."""
    if context.data is None:
        raise FunctionError(f"values of the build are not available here: {name}")
    if name not in context.data:
        raise FunctionError(
            f"this builder gives no value called {name}",
            "values: " + ", ".join(sorted(str(key) for key in context.data)) or None,
        )
    value = context.data[name]
    if isinstance(value, str) and value.startswith(_PLACEHOLDER.format(name)):
        return f"{{{{.{name}}}}}"
    return formats.show(value)


def _isotime(context: Context, layout: str = "2006-01-02T15:04:05Z07:00") -> str:
    from .clock import format_go  # noqa: PLC0415 - loads datetime

    return format_go(context.now, layout)


def _strftime(context: Context, form: str) -> str:
    from .clock import format_c  # noqa: PLC0415 - loads datetime

    return format_c(context.now, form)


def _split(_context: Context, text: str, separator: str, index: int) -> str:
    # Without a separator Go splits between all characters.
    parts = text.split(separator) if separator else list(text)
    if not 0 <= index < len(parts):
        raise FunctionError(f"part {index} does not exist, there are {len(parts)}")
    return parts[index]


def _template_dir(context: Context) -> str:
    path = _known(context.template_path, "the path of the template")
    return os.path.dirname(os.path.abspath(path))  # noqa: PTH100, PTH120 - light


def _uuid(context: Context) -> str:
    """Return an id whose order is that of time, to the second."""
    digits = f"{int(context.now) & 0xFFFFFFFF:08x}{os.urandom(12).hex()}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _replace(_context: Context, old: str, new: str, count: int, text: str) -> str:
    return text.replace(old, new, count)


def _replace_all(_context: Context, old: str, new: str, text: str) -> str:
    return text.replace(old, new)


# Name: function and the types of its arguments.
_ENGINE: dict[str, tuple[Callable[..., Value], str]] = {
    "build": (_build, "s"),
    "build_name": (lambda context: _known(context.build_name, "the name of the build"), ""),
    "build_type": (lambda context: _known(context.build_type, "the type of the builder"), ""),
    "env": (_env, "s"),
    "isotime": (_isotime, "?s"),
    "lower": (lambda _context, text: text.lower(), "s"),
    "packer_version": (lambda context: _known(context.core_version, "the version of core"), ""),
    "pwd": (lambda _context: os.getcwd(), ""),  # noqa: PTH109 - light
    "replace": (_replace, "ssis"),
    "replace_all": (_replace_all, "sss"),
    "split": (_split, "ssi"),
    "strftime": (_strftime, "s"),
    "template_dir": (_template_dir, ""),
    "timestamp": (lambda context: str(int(context.now)), ""),
    "upper": (lambda _context, text: text.upper(), "s"),
    "user": (_user, "s"),
    "uuid": (_uuid, ""),
}

_NO_STORE = "is not available in this Packer"
_STORE_HINT = "pass the value as a user variable: -var or PKR_VAR_NAME"
_REFUSED: dict[str, tuple[str, str]] = {
    "sed": ("was removed", "use replace or replace_all"),
    "consul_key": (_NO_STORE, _STORE_HINT),
    "vault": (_NO_STORE, _STORE_HINT),
    "aws_secretsmanager": (_NO_STORE, _STORE_HINT),
    "aws_secretsmanager_raw": (_NO_STORE, _STORE_HINT),
}

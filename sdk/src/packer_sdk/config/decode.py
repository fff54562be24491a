"""From what the user wrote to a config object, with everything that is wrong with it at once.

Four steps: lay the maps over each other (`raw`), render the templates in option texts, convert
(`weak`), and complain. Every step goes on after a problem, so that the user fixes a template in
one round.
"""

from __future__ import annotations

from enum import Enum

from packer_sdk.errors import ConfigProblems, PackerError
from packer_sdk.interpolate import Context, render, validate
from packer_sdk.problems import Problem

from .declare import Option, options_of
from .kinds import Template
from .raw import key_text, merge, split_placeholders
from .shapes import UNKNOWN_TEXT, BlockOf, Late, ListOf, MapOf, Scalar, Shape
from .weak import Mismatch, describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeVar

    ConfigT = TypeVar("ConfigT")

_INTERNAL = "packer_"


class _NoValue(Enum):
    """Stands in for a value."""

    UNSET = "not there"
    WRONG = "there, but wrong, and reported"


_UNSET, _WRONG = _NoValue.UNSET, _NoValue.WRONG


def decode_config(
    config_class: type[ConfigT],
    configs: Sequence[object],
    *,
    data: Mapping[str, object] | None = None,
) -> ConfigT:
    """Turn the elements core sends into a config object (protocol section 6.1, STP-012).

    Every text and every key of a map is rendered as a template once (JSN-011), except options
    of type `Template` and the values of user variables themselves.

    Args:
        config_class: A class made with :func:`packer_sdk.config`.
        configs: Raw maps, cty values in JSON as bytes, or None; later ones win.
        data: Values of the build for ``{{build `Name`}}`` and ``{{.Name}}``. Without them, the
            placeholders core sends at prepare are used, if it does.

    Raises:
        ConfigProblems: holds every problem found, in the order of the class.
        TypeError: the class is declared in a way that cannot work; a bug of its author.
    """
    elements, placeholders = split_placeholders(configs)
    problems: list[Problem] = []
    merged = merge(elements, problems)
    context = _context(merged, placeholders if data is None else data)
    decoder = _Decoder(context, problems)
    decoded = decoder.block(config_class, merged, "")
    if problems:
        raise ConfigProblems(problems)
    assert isinstance(decoded, config_class)
    return decoded


def _context(merged: Mapping[str, object], data: Mapping[str, object] | None) -> Context:
    """What templates may use; core's keys are read leniently, they are not the user's."""

    def text(key: str) -> str:
        value = merged.get(_INTERNAL + key)
        return value if isinstance(value, str) else ""

    variables = merged.get("packer_user_variables")
    return Context(
        data=data,
        user_variables=(
            {key_text(name): _plain(value) for name, value in variables.items()}
            if isinstance(variables, dict)
            else {}
        ),
        build_name=text("build_name"),
        build_type=text("builder_type"),
        template_path=text("template_path"),
        core_version=text("core_version"),
    )


def _plain(value: object) -> str:
    return value if isinstance(value, str) else key_text(value)


class _Decoder:
    """One decoding; collects problems on the way."""

    def __init__(self, context: Context, problems: list[Problem]) -> None:
        self._context = context
        self._problems = problems

    def block(self, config_class: type, raw: Mapping[str, object], path: str) -> object:
        """Decode a config class from its raw map."""
        before = len(self._problems)
        given = self._rendered_keys(raw, path)
        options = options_of(config_class)
        values = {
            option.attribute: self._option(option, given.get(option.name), path)
            for option in options
        }
        self._report_unknown(given, [option.name for option in options], path)
        if len(self._problems) > before:
            return _WRONG
        return config_class(**values)

    def _option(self, option: Option, value: object, path: str) -> object:
        where = _join(path, option.name)
        if path == "" and option.name.startswith(_INTERNAL):
            decoded = self._convert(option.shape, value, where)
        else:
            decoded = self._convert(option.shape, self._rendered(option.shape, value, where), where)
        if decoded is _UNSET and not option.required:
            return self._bound(option.make_default())
        if decoded is _UNSET:
            self._problem("is required", where)
        return decoded

    def _bound(self, default: object) -> object:
        """Give the templates in a default the variables of this configuration."""
        if isinstance(default, Template):
            return default.bind(self._context)
        if isinstance(default, list):
            return [self._bound(item) for item in default]
        if isinstance(default, dict):
            return {key: self._bound(item) for key, item in default.items()}
        return default

    def _report_unknown(self, given: Mapping[str, object], known: list[str], path: str) -> None:
        for name in sorted(set(given) - set(known)):
            if path or not (name == "type" or name.startswith(_INTERNAL)):
                self._problem("unknown option", _join(path, name), _did_you_mean(name, known))

    # --- templates ------------------------------------------------------------------------

    def _rendered_keys(self, raw: Mapping[str, object], path: str) -> dict[str, object]:
        rendered: dict[str, object] = {}
        for raw_key, value in raw.items():
            key = key_text(raw_key)
            text = self._text(key, _join(path, key), is_secret=False)
            if isinstance(text, str):
                rendered[text] = value
        return rendered

    def _rendered(self, shape: Shape, value: object, path: str) -> object:
        """Render every text in a raw value, as its shape allows."""
        if isinstance(value, str):
            return self._rendered_text(shape, value, path)
        if isinstance(value, (list, tuple)):
            element = shape.element if isinstance(shape, ListOf) else shape
            return [self._rendered(element, v, f"{path}[{n}]") for n, v in enumerate(value)]
        if isinstance(value, dict) and isinstance(shape, MapOf):
            return {
                key: self._rendered(shape.element, item, _join(path, key))
                for key, item in self._rendered_keys(value, path).items()
            }
        return value

    def _rendered_text(self, shape: Shape, value: str, path: str) -> object:
        inner = shape
        while isinstance(inner, (ListOf, MapOf)):
            inner = inner.element
        if isinstance(inner, Late):
            return value
        return self._text(value, path, is_secret=isinstance(inner, Scalar) and inner.is_secret)

    def _text(self, text: str, path: str, *, is_secret: bool) -> object:
        try:
            return render(text, self._context)
        except PackerError as error:
            self._template_problem(error, path, is_secret=is_secret)
            return _WRONG

    def _template_problem(self, error: PackerError, path: str, *, is_secret: bool) -> None:
        # A message may quote the text, and that may be the secret.
        message = "is not a template that can be rendered" if is_secret else error.message
        self._problem(message, path, None if is_secret else error.hint)

    # --- conversion -----------------------------------------------------------------------

    def _convert(self, shape: Shape, value: object, path: str) -> object:  # noqa: PLR0911 - a case each
        if isinstance(value, _NoValue):
            return value
        if value is None:
            return _UNSET
        match shape:
            case Scalar():
                return self._scalar(shape, value, path)
            case Late():
                return self._template(value, path)
            case ListOf(element):
                return self._list(element, value, path)
            case MapOf(element):
                return self._map(element, value, path)
            case BlockOf(config_class):
                return self._nested(config_class, value, path)

    def _scalar(self, shape: Scalar, value: object, path: str) -> object:
        if shape.empty_is_unset and value == "":
            return _UNSET
        if value == UNKNOWN_TEXT and shape.type == "string":
            value = shape.unknown
            if value is not UNKNOWN_TEXT:
                return value
        try:
            return shape.convert(value)
        except Mismatch as error:
            got = "something else" if shape.is_secret else describe(value)
            self._problem(f"expected {error.expected}, got {got}", path, error.hint)
            return _WRONG

    def _template(self, value: object, path: str) -> object:
        if not isinstance(value, (str, bytes)):
            self._problem(f"expected text, got {describe(value)}", path)
            return _WRONG
        text = key_text(value)
        try:
            validate(text)
        except PackerError as error:
            self._template_problem(error, path, is_secret=False)
            return _WRONG
        return Template(text, context=self._context)

    def _list(self, element: Shape, value: object, path: str) -> object:
        items = [
            self._item(element, item, f"{path}[{number}]")
            for number, item in enumerate(_items(element, value))
        ]
        return _WRONG if any(isinstance(item, _NoValue) for item in items) else items

    def _item(self, element: Shape, value: object, path: str) -> object:
        converted = self._convert(element, value, path)
        if converted is _UNSET:
            self._problem("has no value", path)
        return converted

    def _map(self, element: Shape, value: object, path: str) -> object:
        if value in ([], ()):
            return {}
        if not isinstance(value, dict):
            self._problem(f"expected a map, got {describe(value)}", path)
            return _WRONG
        converted = {
            key_text(key): self._convert(element, item, _join(path, key_text(key)))
            for key, item in value.items()
        }
        return {key: item for key, item in converted.items() if not isinstance(item, _NoValue)}

    def _nested(self, config_class: type, value: object, path: str) -> object:
        if not isinstance(value, dict):
            self._problem(f"expected a block, got {describe(value)}", path)
            return _WRONG
        return self.block(config_class, value, path)

    def _problem(self, message: str, path: str, hint: str | None = None) -> None:
        self._problems.append(Problem(message, path=path, hint=hint))


def _items(element: Shape, value: object) -> Iterator[object]:
    """Split what was given for a list: text at its commas, and anything single as it is."""
    if isinstance(value, (list, tuple)):
        yield from value
    elif isinstance(value, str) and not isinstance(element, (Late, BlockOf)):
        # Templates are not split: a command has commas of its own.
        yield from value.split(",") if value else ()
    elif value not in ({}, ""):
        yield value


def _join(path: str, key: str) -> str:
    if not path:
        return key
    return f"{path}.{key}" if key.replace("-", "_").isidentifier() else f'{path}["{key}"]'


def _did_you_mean(name: str, known: list[str]) -> str | None:
    import difflib  # noqa: PLC0415 - only a mistake pays for it

    near = difflib.get_close_matches(name.lower(), [k for k in known if k[:7] != _INTERNAL], 1)
    return f'did you mean "{near[0]}"?' if near else None

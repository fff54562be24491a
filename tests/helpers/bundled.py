"""What the tests of the bundled components add to the doubles of the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.config.declare import options_of
from packer_sdk.testing import MemoryArtifact, RecordingHook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packer_sdk.config.declare import Option


def an_artifact(
    files: Sequence[str] = (),
    id: str = "given",  # noqa: A002 - as in the artifact
    data: Mapping[str, object] | None = None,
) -> MemoryArtifact:
    """What a builder might have made."""
    states = {"generated_data": dict(data)} if data else {}
    return MemoryArtifact("given.builder", id, files, "a given artifact", states)


class ActingHook(RecordingHook):
    """A hook that does what ``actions`` say for a name."""

    def __init__(self) -> None:
        super().__init__(lambda name, *_: self.actions.get(name, lambda: None)())
        self.actions: dict[str, Callable[[], None]] = {}

    @property
    def names(self) -> list[str]:
        return [call.name for call in self.calls]


_TYPES = {
    "str": "string",
    "str | None": "string",
    "bool": "bool",
    "int": "number",
    "list[str]": "list of strings",
    "list[int]": "list of numbers",
    "list[Template]": "list of templates",
    "dict[str, str]": "map of strings",
    "Path": "path",
    "Duration": "duration",
    "Template": "template",
    "Literal['upload', 'download']": "`upload` or `download`",
    "Literal['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']": (
        "`GET`, `HEAD`, `POST`, `PUT`, `DELETE`, `OPTIONS` or `PATCH`"
    ),
}


def documented_options(config_class: type) -> list[str]:
    """The rows a README needs for a config class: name, type, default, text."""
    return [
        f"| `{option.name}` | {_TYPES[config_class.__annotations__[option.attribute]]} "
        f"| {_default_text(option)} | {option.doc} |"
        for option in options_of(config_class)
        if not option.name.startswith("packer_")
    ]


def documented_outputs(output_class: type) -> list[str]:
    """The rows for what a data source gives: name, type, text."""
    return [
        f"| `{option.name}` | {_TYPES[output_class.__annotations__[option.attribute]]} "
        f"| {option.doc} |"
        for option in options_of(output_class)
    ]


def _default_text(option: Option) -> str:
    if option.required:
        return "required"
    default = option.make_default()
    text = str(default).lower() if isinstance(default, bool) else str(default)
    return f"`{text}`" if default is not None and text not in ("", "[]", "{}") else "none"

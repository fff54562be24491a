"""Data sources: the options again, as outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk import CancelToken, Datasource, config, field

from .components import check
from .options import Inner, Options
from .steps import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packer_sdk import Problem


@config
class Flat:
    """What a data source without blocks returns."""

    text: str = field(doc="Text.", default="")
    number: int = field(doc="A whole number.", default=0)
    fraction: float = field(doc="A number.", default=0.0)
    flag: bool = field(doc="A switch.", default=False)
    missing: str | None = field(doc="Never there.", default=None)
    words: list[str] = field(doc="Texts.", default=[])
    numbers: list[int] = field(doc="Numbers.", default=[])
    table: dict[str, str] = field(doc="Texts by name.", default={})
    grid: list[list[str]] = field(doc="Rows of texts.", default=[])


@config
class Block:
    """A block of the result."""

    name: str = field(doc="A name.", default="")
    size: float = field(doc="A size.", default=0.0)


@config
class Nested(Flat):
    """What the data source with blocks returns."""

    inner: Block = field(doc="A block.")
    item: list[Block] = field(doc="Blocks.", default=[])


@config
class Name:
    """A block of the result."""

    name: str = field(doc="A name.", default="")


@config
class Texts:
    """Blocks without numbers."""

    inner: Name = field(doc="A block.")
    item: list[Name] = field(doc="Blocks.", default=[])


@config
class Empty:
    """Nothing."""


NAMES = ("text", "number", "fraction", "flag", "words", "numbers", "table", "grid")


class PeerDatasource(Datasource[Options, Flat]):
    """Returns its options."""

    def check(self, config: Options) -> Iterable[Problem]:
        return check(config)

    def execute(self, config: Options, cancel: CancelToken) -> Flat:
        Stage(config, cancel=cancel).take(config.steps)
        return Flat(**{name: getattr(config, name) for name in NAMES})


class NestedDatasource(Datasource[Options, Nested]):
    """Returns its options, blocks too."""

    def check(self, config: Options) -> Iterable[Problem]:
        return check(config)

    def execute(self, config: Options, cancel: CancelToken) -> Nested:
        Stage(config, cancel=cancel).take(config.steps)
        inner = config.inner or Inner()
        return Nested(
            **{name: getattr(config, name) for name in NAMES},
            inner=Block(name=inner.name, size=float(inner.size)),
            item=[Block(name=item.name, size=item.size) for item in config.item],
        )


class TextsDatasource(Datasource[Options, Texts]):
    """Returns the names in its blocks."""

    def check(self, config: Options) -> Iterable[Problem]:
        return check(config)

    def execute(self, config: Options, cancel: CancelToken) -> Texts:
        Stage(config, cancel=cancel).take(config.steps)
        inner = config.inner or Inner()
        names = [Name(name=item.name) for item in config.item]
        return Texts(inner=Name(name=inner.name), item=names)


class EmptyDatasource(Datasource[Options, Empty]):
    """Returns nothing."""

    def check(self, config: Options) -> Iterable[Problem]:
        return check(config)

    def execute(self, config: Options, cancel: CancelToken) -> Empty:
        Stage(config, cancel=cancel).take(config.steps)
        return Empty()

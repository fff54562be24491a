"""The configuration of all four components, option for option that of plugin/options.go."""

from __future__ import annotations

from packer_sdk import Duration, PackerKeys, config, field


@config
class Deep:
    """A block within a block."""

    on: bool = field(doc="A switch.", default=False)
    labels: list[str] = field(doc="Labels.", default=[])


@config
class Inner:
    """A block that may stand once."""

    name: str = field(doc="A name.", default="")
    size: int = field(doc="A size.", default=0)
    deep: list[Deep] = field(doc="Blocks.", default=[])


@config
class Item:
    """A block that may stand several times."""

    name: str = field(doc="A name.")
    size: float = field(doc="A size.", default=0.0)


@config
class Options(PackerKeys):
    """A value of every type, and the switches."""

    text: str = field(doc="Text.", default="")
    number: int = field(doc="A whole number.", default=0)
    fraction: float = field(doc="A number.", default=0.0)
    flag: bool = field(doc="A switch.", default=False)
    maybe: bool | None = field(doc="A switch that may be unset.", default=None)
    pause: Duration = field(doc="A time.", default=Duration("0s"))
    words: list[str] = field(doc="Texts.", default=[])
    numbers: list[int] = field(doc="Numbers.", default=[])
    table: dict[str, str] = field(doc="Texts by name.", default={})
    grid: list[list[str]] = field(doc="Rows of texts.", default=[])
    inner: Inner | None = field(doc="A block.", default=None)
    item: list[Item] = field(doc="Blocks.", default=[])

    warnings: list[str] = field(doc="What to warn of.", default=[])
    prepare_steps: list[str] = field(doc="What to do while configured.", default=[])
    steps: list[str] = field(doc="What to do.", default=[])

    generated: dict[str, str] = field(doc="Values of the build.", default={})

    artifact: str = field(doc="Id of what comes out.", default="")
    files: list[str] = field(doc="Its files.", default=[])
    state: dict[str, str] = field(doc="Its state.", default={})
    destroy_error: str = field(doc="Why it cannot be destroyed.", default="")
    destroy_file: str = field(doc="Made when it is destroyed.", default="")

    result: str = field(doc="What a post-processor returns.", default="")
    keep: bool = field(doc="Keep the given artifact.", default=False)
    force: bool = field(doc="Whatever the user says.", default=False)


def view(options: Options) -> dict[str, object]:
    """The part with a value of every type, as plugin/values.go tells it."""
    inner = options.inner or Inner()
    return {
        "text": options.text,
        "number": options.number,
        "fraction": options.fraction,
        "flag": options.flag,
        "maybe": options.maybe,
        "pause": options.pause.seconds,
        "words": options.words,
        "numbers": options.numbers,
        "table": options.table,
        "grid": options.grid,
        "inner": {
            "name": inner.name,
            "size": inner.size,
            "deep": [{"on": deep.on, "labels": deep.labels} for deep in inner.deep],
        },
        "item": [{"name": item.name, "size": item.size} for item in options.item],
        "build_name": options.packer_build_name,
        "builder_type": options.packer_builder_type,
        "debug": options.packer_debug,
        "force": options.packer_force,
        "on_error": options.packer_on_error,
    }


def published(options: Options) -> dict[str, object]:
    """What a build publishes: the user's values, and one of each other type."""
    return {
        "ID": "peer-1",
        "PeerText": options.text,
        "PeerNumber": options.number,
        "PeerFraction": options.fraction,
        "PeerFlag": options.flag,
        **options.generated,
    }

"""The PACKER_* variables: one table, and each value knows where it came from.

The fields of `Settings` are the table. A field ``log_path`` is the variable ``PACKER_LOG_PATH``;
what it means stands beside it, and `reference` prints it for the documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from packer_sdk.records import made, named_record, record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeVar

    TableT = TypeVar("TableT", bound="type[Settings]")


def _switch(text: str) -> bool:
    return text != "0"


def _unless_off(text: str) -> bool:
    return text != "0"


def _text(text: str) -> str:
    return text


def _any(text: str) -> bool:
    return bool(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        return 30.0
    return seconds if 0 < seconds < 86400 else 30.0


_MEANING: dict[Callable[[str], Any], str] = {
    _switch: "anything but 0 turns it on",
    _any: "any value turns it on",
    _unless_off: "0 turns it off",
    _seconds: "seconds; 30 without it",
    _text: "",
}


@record
class Row:
    """One setting as the documentation sees it.

    Attributes:
        name: Of the field in `Settings`.
        variables: Those it is read from; the first that is set wins.
        doc: What it is for, in Markdown.
        read: From the variable's text to the value.
    """

    name: str
    variables: tuple[str, ...]
    doc: str
    read: Callable[[str], Any]

    @property
    def default(self) -> object:
        """What it is without a variable."""
        return self.read("") if self.read is not _switch else False


@record
class _Setting:
    doc: str
    read: Callable[[str], Any]
    also: tuple[str, ...]


def _setting(doc: str, read: Callable[[str], Any] = _text, *, also: tuple[str, ...] = ()) -> Any:
    """One row: what it is for, how its text is read, and further variables that mean the same."""
    return _Setting(doc, read, also)


def _tabulated(cls: TableT) -> TableT:
    """Put the rows of a class into its table, and their defaults where they were."""
    for name, told in list(vars(cls).items()):
        if isinstance(told, _Setting):
            variables = (f"PACKER_{name.upper()}", *told.also)
            row = cls.table[name] = Row(name, variables, told.doc, told.read)
            setattr(cls, name, row.default)
    return cls


@named_record
@_tabulated
class Settings:
    """Every setting, with its default. An empty variable is as good as none."""

    table: ClassVar[dict[str, Row]] = {}

    log: str = _setting(
        "Send the log to stderr. A level (`debug`, `info`, `warn`, `error`) leaves out what is"
        " below it; `0` is off; anything else shows all."
    )
    log_path: str = _setting(
        "Send the log to this file instead, which is emptied first. Works without `PACKER_LOG`."
    )
    log_wire: bool = _setting("Log every frame that is exchanged with a plugin.", _switch)
    events: str = _setting(
        "Write what happens in `build` and `validate` to this file, as JSON lines. The events of"
        " builds are kept besides, those of the last 20, unless it is `0`."
    )
    no_color: bool = _setting("Print no colours.", _any, also=("NO_COLOR",))
    live: bool = _setting("Show what every build does below the output of a terminal.", _unless_off)
    config: str = _setting(
        "The configuration file, in JSON, instead of `~/.packerconfig`"
        " (`%APPDATA%\\packer.config` on Windows)."
    )
    config_dir: str = _setting(
        "The folder that holds `.packer.d` and `.packerconfig`, instead of the home folder."
    )
    data_dir: str = _setting(
        "The folder of installed plugins, instead of `packer` in the user's data folder."
    )
    crash_dir: str = _setting(
        "The folder for crash reports, instead of `crashes` in the data folder. The last 20 are"
        " kept."
    )
    cache_dir: str = _setting("The folder for downloads and other things that can be made again.")
    plugin_path: str = _setting(
        "The one folder in which plugins are looked for, instead of `~/.packer.d/plugins`."
    )
    no_cwd_plugins: bool = _setting("Look for no plugins in the working folder.", _switch)
    installer: str = _setting(
        "What makes the environments of plugins: `pip`, or `uv`, which is faster and must be on the"
        " `PATH` or installed with `packer-core[uv]`. Without it, `pip`."
    )
    releases_url: str = _setting(
        "Where releases of plugins in Go are fetched, instead of `https://github.com`: a server"
        " with the same paths, and a list of releases under `/api/v3`."
    )
    github_api_token: str = _setting(
        "A token for GitHub's API, which answers more questions with one. It is sent to"
        " `api.github.com` and nowhere else."
    )
    plugin_transport: str = _setting(
        "How plugins are spoken to: `unix`, or `tcp` on the loopback interface, as always on"
        " Windows."
    )
    plugin_min_port: str = _setting(
        "Lowest port for a plugin that is spoken to by TCP, instead of 10000."
    )
    plugin_max_port: str = _setting(
        "Highest port for a plugin that is spoken to by TCP, instead of 25000."
    )
    plugin_keepalive: float = _setting(
        "How often a plugin is asked for a sign of life. One that gives none for a third of this"
        " time has stopped answering, and its build ends.",
        _seconds,
    )
    plugin_magic_cookie: str = _setting(
        "Tells a plugin that Packer has started it. Packer sets it for the plugin."
    )
    run_uuid: str = _setting(
        "Names this run. Packer makes one up and sets it for everything it starts."
    )
    run_dir: str = _setting(
        "The folder for the temporary files of this run, removed at its end. Packer makes it and"
        " sets it, as `TMPDIR` too, for the plugins it starts."
    )
    user_tmpdir: str = _setting(
        "What `TMPDIR` was before. Packer sets it for plugins, which give it to the user's scripts."
    )
    plugin_mark: str = _setting(
        "Tells one plugin process, and what it starts, from all others. Packer sets it for the"
        " plugin."
    )
    plugin_host: bool = _setting(
        "Let the components that come with packer be forks of one process, which is quicker than"
        " starting each of them, where the system can do that.",
        _unless_off,
    )
    force_gob: bool = _setting(
        "Ask every plugin for its schemas in gob, the form of old plugins, instead of protobuf.",
        _switch,
    )
    trace_hooks: bool = _setting("Print each call of an extension's hook to stderr.", _switch)
    sources: Mapping[str, str] = made(default_factory=dict)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read every variable of the table; other variables are none of our business."""
        values, sources = {}, {}
        for row in rows():
            for variable in row.variables:
                if environ.get(variable):
                    values[row.name] = row.read(environ[variable])
                    sources[row.name] = variable
                    break
        return cls(**values, sources=sources)

    def source(self, name: str) -> str:
        """Say who chose a value: the name of a variable, or ``default``."""
        return self.sources.get(name, "default")


def rows() -> Iterator[Row]:
    """The table, in its order."""
    yield from Settings.table.values()


def reference() -> str:
    """The table as a definition list in Markdown."""
    return "\n".join(_entry(row) for row in rows())


def _entry(row: Row) -> str:
    names = " or ".join(f"`{variable}`" for variable in row.variables)
    meaning = _MEANING[row.read]
    return f"{names}\n: {row.doc}{f' ({meaning})' if meaning else ''}\n"

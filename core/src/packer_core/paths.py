"""Where everything lives on disk: worked out once, from the environment, and then passed down.

Nothing here touches the disk but to ask whether a folder exists. Above all ``~/.packer.d`` is
never created: its mere existence makes HashiCorp's packer stop looking in the XDG folder, and a
person who uses both would lose plugins.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk.errors import PackerError
from packer_sdk.records import named_record, record

if TYPE_CHECKING:
    from collections.abc import Mapping


@named_record
class Paths:
    """The folders and files of one run.

    Attributes:
        command: What starts this program again, for bundled components:
            ``("/opt/env/bin/packer",)``, or an interpreter with ``-m packer_core``.
        executable_folder: The folder of the real ``packer``, symbolic links followed.
        config_dir: HashiCorp's configuration folder (`PLG-020`); need not exist.
        config_file: JSON with the ``builders`` map; need not exist.
        seed_plugins: Where people drop executables: ``PACKER_PLUGIN_PATH`` or
            ``~/.packer.d/plugins``.
        plugin_folders: Every plugin folder, a later one wins; the last is ``seed_plugins``.
        cache_dir: What may be deleted at any time.
        data_dir: The store of what ``packer plugins install`` made, and what runs leave there.
        crash_dir: ``PACKER_CRASH_DIR``; None puts crash reports into ``data_dir``.
    """

    command: tuple[str, ...]
    executable_folder: Path
    config_dir: Path
    config_file: Path
    seed_plugins: Path
    plugin_folders: tuple[Path, ...]
    cache_dir: Path
    data_dir: Path
    crash_dir: Path | None = None

    @classmethod
    def from_environ(
        cls,
        environ: Mapping[str, str],
        *,
        executable: str | Path | None = None,
        platform: str = sys.platform,
    ) -> Paths:
        """Work out every path.

        Args:
            environ: The environment, usually `os.environ`.
            executable: The running ``packer``; without it, the program this process is.
            platform: As `sys.platform`.

        Raises:
            PackerError: ``PACKER_PLUGIN_PATH`` names several folders (`ENV-006`), or there is no
                home folder to start from (`ENV-018`).
        """
        places = _Places(environ, windows=platform == "win32", platform=platform)
        packer = _real_executable(executable)
        folders = places.plugin_folders()
        return cls(
            command=(str(packer),) if packer else (sys.executable, "-P", "-m", "packer_core"),
            executable_folder=packer.parent if packer else Path(sys.executable).parent,
            config_dir=places.config_dir(),
            config_file=places.config_file(),
            seed_plugins=folders[-1],
            plugin_folders=folders,
            cache_dir=places.cache_dir(),
            data_dir=places.data_dir(),
            crash_dir=places.crash_dir(),
        )

    @property
    def environments(self) -> Path:
        """One folder per installed plugin: its generations, and which of them counts."""
        return self.data_dir / "environments"

    @property
    def wheels(self) -> Path:
        """What environments were filled with, kept so that they can be made again offline."""
        return self.data_dir / "wheels"

    @property
    def releases(self) -> Path:
        """Releases of plugins in Go as they were fetched, kept for the same reason."""
        return self.data_dir / "releases"

    @property
    def receipts(self) -> Path:
        """One JSON file per installed plugin."""
        return self.data_dir / "receipts"

    @property
    def shims(self) -> Path:
        """The executables ``packer-KIND-NAME`` of the installed plugins."""
        return self.data_dir / "bin"

    @property
    def journals(self) -> Path:
        """One file per run that is going on, or that was killed (`packer_core.journal`)."""
        return self.data_dir / "journal"

    @property
    def crashes(self) -> Path:
        """One file per crash, the last twenty (`packer_core.crashes`)."""
        return self.crash_dir or self.data_dir / "crashes"

    @property
    def runs(self) -> Path:
        """The events of the last builds."""
        return self.data_dir / "runs"

    @property
    def plugin_cache(self) -> Path:
        """What plugins said of themselves, by their `packer_core.plugins.identity`."""
        return self.cache_dir / "plugins"

    @property
    def locks(self) -> Path:
        """Locks that keep two installations of one plugin apart."""
        return self.data_dir / "locks"


@record
class _Places:
    """Where the environment says things are."""

    environ: Mapping[str, str]
    windows: bool
    platform: str

    def home(self) -> Path:
        name = "USERPROFILE" if self.windows else "HOME"
        if value := self.environ.get(name):
            return Path(value)
        raise PackerError(
            f"there is no home folder to look for plugins in: {name} is not set",
            hint=f"set {name} to the path of your home folder",
            reference="no-home",
        )

    def config_parent(self) -> Path:
        """The folder of ``.packer.d`` and ``.packerconfig`` (`ENV-004`)."""
        if value := self.environ.get("PACKER_CONFIG_DIR"):
            return Path(value).absolute()
        if self.windows and (value := self.environ.get("APPDATA")):
            return Path(value)
        return self.home()

    def seed_config_dir(self) -> Path:
        return self.config_parent() / ("packer.d" if self.windows else ".packer.d")

    def config_dir(self) -> Path:
        seed = self.seed_config_dir()
        if self.windows or self.environ.get("PACKER_CONFIG_DIR") or seed.exists():
            return seed
        return self._xdg("XDG_CONFIG_HOME", ".config") / "packer"

    def config_file(self) -> Path:
        if value := self.environ.get("PACKER_CONFIG"):
            return Path(value).absolute()
        return self.config_parent() / ("packer.config" if self.windows else ".packerconfig")

    def plugin_folders(self) -> tuple[Path, ...]:
        if value := self.environ.get("PACKER_PLUGIN_PATH"):
            return (self._single_folder(value),)
        # The folder of the seed document works even where HashiCorp's packer would use XDG's.
        return tuple(
            dict.fromkeys((self.config_dir() / "plugins", self.seed_config_dir() / "plugins"))
        )

    def _single_folder(self, value: str) -> Path:
        separator = ";" if self.windows else ":"
        if separator not in value:
            return Path(value).absolute()
        parts = [part for part in value.split(separator) if part]
        raise PackerError(
            f"PACKER_PLUGIN_PATH names more than one folder: {value}",
            hint=" or ".join(f"PACKER_PLUGIN_PATH={part}" for part in parts) or None,
            reference="plugin-path-is-a-list",
        )

    def cache_dir(self) -> Path:
        if value := self.environ.get("PACKER_CACHE_DIR"):
            return Path(value).absolute()
        if self.windows:
            return Path("packer_cache").absolute()  # where Packer has it (`ENV-005`)
        return self._xdg("XDG_CACHE_HOME", ".cache") / "packer"

    def data_dir(self) -> Path:
        if value := self.environ.get("PACKER_DATA_DIR"):
            return Path(value).absolute()
        if self.platform in {"win32", "darwin"}:
            # Asking the system is the library's trade; on the others three lines of ours give
            # the same answer and save every command its import.
            import platformdirs  # noqa: PLC0415

            return platformdirs.user_data_path("packer")
        return self._xdg("XDG_DATA_HOME", ".local/share") / "packer"

    def crash_dir(self) -> Path | None:
        value = self.environ.get("PACKER_CRASH_DIR")
        return Path(value).absolute() if value else None

    def _xdg(self, name: str, default: str) -> Path:
        value = self.environ.get(name, "")
        # The specification says that a relative path there is to be ignored.
        return Path(value) if Path(value).is_absolute() else self.home() / default


def _real_executable(executable: str | Path | None) -> Path | None:
    """The file behind the ``packer`` command; None if this process runs under another name."""
    given = Path(executable) if executable is not None else _this_program()
    if given is None or given.name == "__main__.py":
        return None
    return Path(os.path.realpath(given))


def _this_program() -> Path | None:
    """What the user started, if that was ``packer``; a test runner, say, is not."""
    program = Path(os.path.realpath(sys.argv[0]))
    return program if program.stem == "packer" and program.is_file() else None

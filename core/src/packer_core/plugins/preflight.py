"""Before an installed component is started: is everything as it was when it was installed?

A quick look (`install.manifest`), a few milliseconds at most: a file that was changed is named
and nothing is started. A Python that is gone or was replaced by another version is no fault of
the plugin: its environment is made again, from the wheels that were kept, without any network.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from typing import TYPE_CHECKING

from packer_core.errors import InstallError, PluginStartError
from packer_sdk.records import replaced

from . import trust

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from packer_core.paths import Paths
    from packer_sdk.cancel import CancelToken

    from .catalog import Component
    from .install.manifest import Manifest
    from .install.receipts import Receipt

logger = logging.getLogger(__name__)

_ASK_S = 30.0


class Preflight:
    """Looks at installed components before they are started.

    Args:
        paths: Where the store is.
        say: Told when an environment is made again.
        environ: The environment that this happens in.
        cancel: Stops it.
    """

    def __init__(
        self,
        paths: Paths,
        say: Callable[[str], None],
        environ: Mapping[str, str],
        cancel: CancelToken,
    ) -> None:
        self._paths = paths
        self._say = say
        self._environ = environ
        self._cancel = cancel
        self._healing = threading.Lock()
        self._holding = threading.Lock()
        self._held: dict[Path, int | None] = {}
        self._closed = False

    def close(self) -> None:
        """Let go of what was started: nothing of it runs any more."""
        with self._holding:
            self._closed = True
            held, self._held = self._held, {}
        for number in held.values():
            if number is not None:
                os.close(number)

    def __call__(self, component: Component) -> Component:
        """The component by the path that its start shall use, if nothing is wrong.

        Raises:
            PluginStartError: A file is not what was installed, or a stranger could write to it.
        """
        shim = self._held_shim(component)
        if shim is None:
            return component
        papers = _Papers(shim.parents[1])
        if trouble := self._python_trouble(papers):
            self._heal(component, trouble)
            shim = self._held_shim(component) or component.path
            papers = _Papers(shim.parents[1])
        self._refuse_strangers(component, papers.generation)
        if difference := papers.difference():
            name = papers.generation.parent.name
            again = f"packer plugins verify -repair {name} makes it again from its wheels"
            if papers.receipt is None:  # then nobody knows its wheels
                again = f"packer plugins remove {name}, then install it again"
            raise PluginStartError(
                f"{component.key.executable} is not started, {name} is not what was installed: "
                f"{difference}",
                hint=again,
            )
        return replaced(component, argv=(str(shim), *component.argv[1:]))

    def _held_shim(self, component: Component) -> Path | None:
        """The shim, in a generation that nobody removes until `close`; None if it has none."""
        seen, shim = None, _real_shim(component)
        while shim and shim != seen and not self._hold(shim.parents[1]):
            seen, shim = shim, _real_shim(component)  # somebody has just removed that one
        return shim

    def _hold(self, generation: Path) -> bool:
        from .install import in_use  # noqa: PLC0415 - few have plugins

        with self._holding:
            if generation not in self._held and not self._closed:
                self._held[generation] = in_use.hold(generation)
        if generation.exists():
            return True
        self._let_go(generation)
        return False

    def _let_go(self, generation: Path) -> None:
        with self._holding:
            number = self._held.pop(generation, None)
        if number is not None:
            os.close(number)

    def _refuse_strangers(self, component: Component, generation: Path) -> None:
        folders = (self._paths.data_dir, self._paths.environments, generation.parent, generation)
        for folder in folders:
            if objection := trust.objection_to_folder(folder):
                raise PluginStartError(
                    f"{component.key.executable} is not started: {objection}: {folder}",
                    hint="if you trust what is in it, correct owner and mode: "
                    f"chown -R $(id -un) {folder}; chmod o-w {folder}",
                )

    def _python_trouble(self, papers: _Papers) -> str | None:
        """What has become of the Python that the environment was made with; None if nothing.

        Raises:
            PluginStartError: Nobody can tell, since it is out of this user's reach.
        """
        from .install.manifest import look_at_interpreter  # noqa: PLC0415 - few have plugins

        if papers.receipt is None or papers.listing is None:
            return None  # that is told as what it is
        made_with = papers.listing.interpreter[0]
        try:
            now = look_at_interpreter(made_with)
        except PermissionError:
            raise PluginStartError(
                f"{papers.generation.parent.name} cannot be started by this user, its Python is "
                f"out of reach: {made_with}",
                hint="let whoever keeps the store install packer with a Python for everybody",
            ) from None
        except OSError:
            return f"its Python is gone: {made_with}"
        if now == papers.listing.interpreter:
            return None
        version = self._version_of(made_with)
        if version == papers.receipt.interpreter_version:
            return None
        return f"its Python is {version or 'broken'} now, not {papers.receipt.interpreter_version}"

    def _version_of(self, python: str) -> str:
        from .install.children import clean_environment, run_captured  # noqa: PLC0415

        code = "import platform; print(platform.python_version())"
        try:
            finished = run_captured(
                [python, "-I", "-c", code],
                environ=clean_environment(self._environ),
                cancel=self._cancel,
                timeout_s=_ASK_S,
            )
        except (OSError, TimeoutError):
            return ""
        return finished.output.strip() if finished.status == 0 else ""

    def _heal(self, component: Component, trouble: str) -> None:
        """Make the environment again.

        Raises:
            PluginStartError: That cannot be done.
        """
        from .install.installer import Installer  # noqa: PLC0415 - a rare day

        with self._healing:
            shim = _real_shim(component)
            if shim is None or not self._python_trouble(_Papers(shim.parents[1])):
                return  # another thread, or another packer, was faster
            name = shim.parents[2].name
            self._say(f"Making the environment of {name} again: {trouble}")
            self._let_go(shim.parents[1])  # what cannot start need not stay
            installer = Installer(
                self._paths, logger.info, environ=self._environ, cancel=self._cancel
            )
            try:
                installer.rebuild(name)
            except InstallError as error:
                raise PluginStartError(
                    f"{component.key.executable} cannot start, {trouble}; {error.message}",
                    hint=error.hint,
                ) from error


def _real_shim(component: Component) -> Path | None:
    """The shim in the generation that counts; None if the component is not laid out so."""
    if component.source != "installed" or not component.path.is_symlink():
        return None
    shim = component.path.resolve()
    return shim if shim.parent.name == "packer-shims" and len(shim.parents) > 3 else None


class _Papers:
    """Receipt and list of files of a generation; None where they cannot be believed."""

    def __init__(self, generation: Path) -> None:
        from .install.receipts import read_receipt  # noqa: PLC0415 - few have plugins

        self.generation = generation
        self.receipt = read_receipt(generation / "packer-receipt.json")
        self.listing = self._read_listing(self.receipt) if self.receipt else None

    def _read_listing(self, receipt: Receipt) -> Manifest | None:
        from .install.manifest import NAME, Manifest  # noqa: PLC0415 - few have plugins

        try:
            content = (self.generation / NAME).read_bytes()
            if hashlib.sha256(content).hexdigest() != receipt.manifest:
                return None
            return Manifest.from_json(content)
        except (OSError, ValueError):
            return None

    def difference(self) -> str | None:
        """What is not as it was installed, as far as a quick look tells."""
        if self.receipt is None:
            return f"{self.generation / 'packer-receipt.json'} cannot be read, or was changed"
        if self.listing is None:
            return f"{self.generation / 'packer-files.json'} is gone or was changed"
        return self.listing.changed(self.generation)

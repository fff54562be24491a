"""One generation of a plugin, from what was asked for to a receipt; nothing counts yet.

::

    environment ─┐
                 ├─► unpack ─► look from outside ─► shims ─► describe ─► list of files ─► receipt
    wheels ──────┘

Environment and wheels are made side by side: each waits for another program.
"""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from packer_core.errors import InstallError
from packer_sdk.errors import PackerError
from packer_sdk.threads import spawn

from .children import clean_environment, run_captured
from .inspect import check_description, inspect_environment, refuse_code_at_every_start
from .manifest import take_stock
from .receipts import Receipt
from .shims import FOLDER, stage_shims
from .unpack import get_ready, unpack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from packer_sdk.cancel import CancelToken

    from .backends import Backend
    from .environments import Environment
    from .inspect import Found
    from .manifest import Manifest
    from .requirement import Wanted
    from .sources import Sources
    from .store import Slot
    from .wheels import StoredWheel, WheelCache

_DESCRIBE_TIMEOUT_S = 60.0


class Workshop:
    """Makes generations.

    Args:
        backend: Makes environments and fetches wheels.
        cache: Keeps the wheels.
        environ: The environment that plugins are described in.
        cancel: Stops it.
    """

    def __init__(
        self,
        backend: Backend,
        cache: WheelCache,
        environ: Mapping[str, str],
        cancel: CancelToken,
    ) -> None:
        self._backend = backend
        self._cache = cache
        self._environ = environ
        self._cancel = cancel

    def make(
        self, slot: Slot, wanted: Wanted, sources: Sources, wheels: Sequence[StoredWheel] = ()
    ) -> Receipt:
        """Make the next generation of a plugin, complete but for counting.

        Args:
            slot: The plugin's place.
            wanted: What was asked for.
            sources: Where to look.
            wheels: What to fill it with; without any, they are collected.

        Raises:
            InstallError: It cannot be made; nothing of it is left.
            Cancelled: Somebody asked to stop; nothing of it is left.
        """
        folder = slot.fresh()
        folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        try:
            environment, filled = self._fill(folder, wanted, sources, wheels)
            self._cancel.check()
            receipt, listing = self._inspect(slot, wanted, environment, filled, sources)
            slot.finish(receipt, listing)
        except BaseException:  # Ctrl-C as well: nobody shall pay for half a generation
            slot.drop(int(folder.name))
            raise
        return receipt

    def _fill(
        self, folder: Path, wanted: Wanted, sources: Sources, wheels: Sequence[StoredWheel]
    ) -> tuple[Environment, tuple[StoredWheel, ...]]:
        made = _Beside(self._backend, folder)
        filled = tuple(wheels)
        try:
            if wanted.origin != "editable" and not wheels:
                filled = self.collect(wanted, sources)
        except BaseException:
            made.wait()  # never left alone: it is making files
            raise
        environment = made.result()
        if wanted.origin == "editable":
            self._install_editable(environment, wanted, sources)
        else:
            unpack(environment, filled, self._cache)
        return environment, filled

    def collect(self, wanted: Wanted, sources: Sources) -> tuple[StoredWheel, ...]:
        """Resolve what is wanted and fetch it: the wheels, in the cache now.

        Raises:
            InstallError: It cannot be found, or contradicts itself.
            Cancelled: Somebody asked to stop.
        """
        with self._cache.incoming() as folder:
            self._backend.collect(wanted.arguments, folder, sources)
            return self._cache.keep(folder)

    def _install_editable(self, environment: Environment, wanted: Wanted, sources: Sources) -> None:
        from .with_pip import install_editable  # noqa: PLC0415 - few work on a plugin

        install_editable(
            environment,
            [*sources.flags(), *wanted.arguments],
            environ=self._environ,
            cancel=self._cancel,
        )

    def _inspect(
        self,
        slot: Slot,
        wanted: Wanted,
        environment: Environment,
        wheels: tuple[StoredWheel, ...],
        sources: Sources,
    ) -> tuple[Receipt, Manifest]:
        found = inspect_environment(environment.site_packages, slot.name)
        if wanted.origin != "editable":
            refuse_code_at_every_start(environment.site_packages)
        shims = stage_shims(
            environment.folder / FOLDER, environment.python, slot.name, found.components
        )
        description, *_ = [self._describe(slot.name, environment, shim) for shim in shims]
        listing = take_stock(environment.folder, environment.site_packages, sys.executable)
        receipt = Receipt(
            distribution=slot.name,
            version=found.version,
            requirement=wanted.requirement,
            origin=wanted.origin,
            environment=str(environment.folder),
            interpreter=str(environment.python),
            interpreter_version=environment.version,
            components=found.components,
            shims=tuple(str(slot.paths.shims / path.name) for path in shims),
            distributions=found.distributions,
            description=description,
            fingerprint=fingerprint(wanted),
            installed_at=datetime.now(UTC).isoformat(timespec="seconds"),
            installer=self._backend.name,
            sources=sources.without_passwords(),
            wheels=wheels,
            manifest=hashlib.sha256(listing.to_json().encode()).hexdigest(),
        )
        return receipt, listing

    def _describe(self, name: str, environment: Environment, shim: Path) -> dict[str, object]:
        """Start a shim once: what is found broken now does not break a build later."""
        if name.startswith("packer-plugin-") and not environment.script(name).exists():
            raise InstallError(
                f"{name} has no command of its own name",
                hint=f'if it is yours, add [project.scripts] {name} = "MODULE:main"',
            )
        try:
            finished = run_captured(
                [str(shim), "describe"],
                environ=clean_environment(self._environ),
                cancel=self._cancel,
                timeout_s=_DESCRIBE_TIMEOUT_S,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise InstallError(f"{name} cannot be started: {error}") from error
        if finished.status:
            raise InstallError(
                f"{name} cannot be started: describe ended with exit status {finished.status}",
                output=finished.output + finished.errors,
                hint="tell its author what it printed",
            )
        return check_description(name, finished.output)


def collisions(found: Found | Receipt, name: str, others: Sequence[Receipt]) -> None:
    """Refuse a component that another installed plugin has.

    Raises:
        InstallError: There is one; both plugins are named.
    """
    owners = {
        component.executable: receipt.distribution
        for receipt in others
        if receipt.distribution != name
        for component in receipt.components
    }
    for component in found.components:
        if owner := owners.get(component.executable):
            raise InstallError(
                f"both {name} and {owner} have a {component}",
                hint=f"packer plugins remove {owner}",
            )


def fingerprint(wanted: Wanted) -> str:
    """SHA-256 of what was asked for, and of the interpreter that it was asked of."""
    asked = [wanted.origin, wanted.requirement, wanted.digest, platform.python_version()]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


class _Beside:
    """An environment being made in a thread of its own."""

    def __init__(self, backend: Backend, folder: Path) -> None:
        self._made: Environment | None = None
        self._error: PackerError | OSError | None = None
        self._thread = spawn(f"make {folder}", self._make, backend, folder)

    def _make(self, backend: Backend, folder: Path) -> None:
        try:
            self._made = backend.make_environment(folder)
        except (PackerError, OSError) as error:
            self._error = error
        else:
            get_ready()

    def wait(self) -> None:
        """Wait until nothing more is written."""
        self._thread.join()

    def result(self) -> Environment:
        """Wait for it.

        Raises:
            InstallError: It could not be made.
        """
        self.wait()
        if self._error is not None:
            raise self._error
        assert self._made is not None
        return self._made

"""`packer plugins install`, `installed`, `remove`: an environment of its own for each plugin.

The order of an installation makes every way out safe: environment, pip, a look from outside,
the plugin's own ``describe``, shims, and last the receipt, see `store`.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from packer_core.errors import InstallError
from packer_sdk.cancel import CancelToken

from .children import clean_environment, run_captured
from .environments import Environment, create_environment, fill_environment
from .inspect import Found, check_description, inspect_environment
from .receipts import InstalledRow, Receipt, installed_rows, read_receipts
from .requirement import Wanted, read_requirement
from .shims import stage_shims
from .store import Slot, changing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packer_core.paths import Paths

_DESCRIBE_TIMEOUT_S = 60.0


class Installer:
    """Puts plugins into the store and takes them out again.

    Args:
        paths: Where the store is.
        say: Told what is being done, a line at a time.
        environ: The environment that pip runs in, usually `os.environ`.
        cancel: Stops what is going on; the store is then as it was.
    """

    def __init__(
        self,
        paths: Paths,
        say: Callable[[str], None],
        *,
        environ: Mapping[str, str] | None = None,
        cancel: CancelToken | None = None,
    ) -> None:
        self._paths = paths
        self._say = say
        self._environ = os.environ if environ is None else environ
        self._cancel = cancel or CancelToken()

    def install(
        self, requirement: str, *, editable: bool = False, upgrade: bool = False
    ) -> Receipt:
        """Install a plugin, or leave it as it is if it already answers the requirement.

        Args:
            requirement: A name on an index, with or without versions; a wheel; a folder.
            editable: The requirement is a folder, to be used in place.
            upgrade: Install anew even if what is there would do.

        Raises:
            InstallError: It cannot be installed; the store is as it was.
            Cancelled: Somebody asked to stop; the store is as it was.
        """
        wanted = read_requirement(requirement, editable=editable)
        slot = Slot(self._paths, wanted.name)
        with changing(slot, self._say, self._cancel):
            present = slot.receipt()
            if present and not upgrade and self._is_met(wanted, present):
                self._say(f"Already installed: {wanted.name} {present.version}")
                return present
            return self._install(slot, wanted)

    def upgrade(self, name: str) -> Receipt:
        """Install a plugin anew, from the requirement that it was installed with.

        Raises:
            InstallError: It is not installed, or cannot be; the store is as it was.
        """
        receipt = self._known(name)
        return self.install(
            receipt.requirement, editable=receipt.origin == "editable", upgrade=True
        )

    def remove(self, name: str) -> Receipt:
        """Take a plugin out of the store.

        Args:
            name: ``packer-plugin-note``, or ``note`` for short.

        Raises:
            InstallError: It is not installed.
        """
        slot = Slot(self._paths, self._known(name).distribution)
        with changing(slot, self._say, self._cancel):
            receipt = self._known(name)
            slot.clear()
        self._say(f"Removed {receipt.distribution} {receipt.version}")
        return receipt

    def installed(self) -> list[Receipt]:
        """Every installed plugin, by name. Reads receipts and starts nothing."""
        return read_receipts(self._paths.receipts)

    def rows(self) -> list[InstalledRow]:
        """Every installed component, for a list."""
        return installed_rows(self.installed())

    def _known(self, name: str) -> Receipt:
        receipts = {receipt.distribution: receipt for receipt in self.installed()}
        normal = re.sub(r"[-_.]+", "-", name).lower()
        for candidate in (normal, f"packer-plugin-{normal}"):
            if receipt := receipts.get(candidate):
                return receipt
        raise InstallError(
            f"not installed: {name}",
            hint=f"installed are {', '.join(receipts)}" if receipts else None,
        )

    def _is_met(self, wanted: Wanted, present: Receipt) -> bool:
        if present.state != "ok":
            return False
        if wanted.digest:
            return present.fingerprint == _fingerprint(wanted)
        return wanted.is_met_by(present.version, present.requirement)

    def _install(self, slot: Slot, wanted: Wanted) -> Receipt:
        self._say(f"Installing {wanted.requirement} into an environment of its own…")
        slot.move_aside()
        environment = self._make_environment(slot, wanted)
        found = inspect_environment(environment.site_packages, slot.name)
        self._refuse_collisions(slot.name, found)
        description = self._describe(slot.name, environment)
        staged = stage_shims(slot.stage, environment.python, slot.name, found.components)
        shims = tuple(str(self._paths.shims / path.name) for path in staged)
        receipt = _receipt(
            slot,
            wanted,
            environment=environment,
            found=found,
            description=description,
            shims=shims,
        )
        slot.commit(receipt, staged)
        self._say(f"Installed {slot.name} {found.version}: {', '.join(map(str, found.components))}")
        return receipt

    def _make_environment(self, slot: Slot, wanted: Wanted) -> Environment:
        environment = create_environment(
            slot.environment,
            app_data=self._paths.cache_dir / "virtualenv",
            environ=self._environ,
        )
        fill_environment(environment, wanted.arguments, environ=self._environ, cancel=self._cancel)
        return environment

    def _refuse_collisions(self, name: str, found: Found) -> None:
        owners = {
            component.executable: receipt.distribution
            for receipt in self.installed()
            if receipt.distribution != name
            for component in receipt.components
        }
        for component in found.components:
            if owner := owners.get(component.executable):
                raise InstallError(
                    f"both {name} and {owner} have a {component}",
                    hint=f"packer plugins remove {owner}",
                )

    def _describe(self, name: str, environment: Environment) -> dict[str, object]:
        """Start the plugin once: what is found broken now does not break a build later."""
        script = environment.script(name)
        if not script.exists():
            raise InstallError(
                f"{name} has no command of its own name",
                hint=f'if it is yours, add [project.scripts] {name} = "MODULE:main"',
            )
        try:
            finished = run_captured(
                [str(script), "describe"],
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


def _receipt(
    slot: Slot,
    wanted: Wanted,
    *,
    environment: Environment,
    found: Found,
    description: dict[str, object],
    shims: tuple[str, ...],
) -> Receipt:
    return Receipt(
        distribution=slot.name,
        version=found.version,
        requirement=wanted.requirement,
        origin=wanted.origin,
        environment=str(slot.environment),
        interpreter=str(environment.python),
        interpreter_version=environment.version,
        components=found.components,
        shims=shims,
        distributions=found.distributions,
        description=description,
        fingerprint=_fingerprint(wanted),
        installed_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _fingerprint(wanted: Wanted) -> str:
    asked = [wanted.origin, wanted.requirement, wanted.digest, platform.python_version()]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

"""What was installed, how, and with what: one JSON file per plugin, the truth of the store.

The receipt is written last, in one step: a plugin whose receipt is there was installed whole. A
copy lies in the environment itself, so that after a crash it can be told which of two
environments the receipt speaks of. It is also a recipe: requirement and versions are enough to
make the environment again when its interpreter is gone.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from .inspect import InstalledComponent, InstalledDistribution

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Literal

    from .requirement import Origin

    State = Literal["ok", "interpreter missing", "shim missing"]

logger = logging.getLogger(__name__)

_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One installed plugin.

    Attributes:
        distribution: Its normalised name, ``packer-plugin-note``.
        version: Of the plugin.
        requirement: What was asked for; a path is absolute.
        origin: What kind of requirement that is.
        environment: The folder of its virtual environment.
        interpreter: The Python in it.
        interpreter_version: ``3.11.7``.
        components: What it brings.
        shims: Their executables, absolute paths.
        distributions: Everything in the environment.
        description: The plugin's own answer to ``describe``.
        fingerprint: SHA-256 of what was asked for and the interpreter's version.
        installed_at: ISO 8601, in UTC.
    """

    distribution: str
    version: str
    requirement: str
    origin: Origin
    environment: str
    interpreter: str
    interpreter_version: str
    components: tuple[InstalledComponent, ...]
    shims: tuple[str, ...]
    distributions: tuple[InstalledDistribution, ...]
    description: dict[str, object]
    fingerprint: str
    installed_at: str

    @property
    def state(self) -> State:
        """Whether its files are still there."""
        if not Path(self.interpreter).exists():
            return "interpreter missing"
        return "ok" if all(map(os.path.exists, self.shims)) else "shim missing"

    def to_json(self) -> str:
        """The content of its file."""
        return json.dumps({"format": _FORMAT, **asdict(self)}, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Receipt:
        """Read the content of a file.

        Raises:
            ValueError: It is none, or of a format that this core does not know.
        """
        raw = json.loads(text)
        if not isinstance(raw, dict) or raw.pop("format", None) != _FORMAT:
            raise ValueError(f"not a receipt of format {_FORMAT}")
        if raw.keys() != {field.name for field in fields(cls)}:
            raise ValueError("it does not have the fields of a receipt")
        try:
            components = tuple(InstalledComponent(**one) for one in raw.pop("components"))
            distributions = tuple(InstalledDistribution(**one) for one in raw.pop("distributions"))
        except TypeError as error:
            raise ValueError(f"a part of it is not as it should be: {error}") from error
        description, shims = raw.pop("description"), raw.pop("shims")
        shapes = isinstance(description, dict) and isinstance(shims, list)
        if not shapes or not all(isinstance(one, str) for one in (*raw.values(), *shims)):
            raise ValueError("a part of it is not as it should be")
        return cls(
            components=components,
            distributions=distributions,
            description=description,
            shims=tuple(shims),
            **raw,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledRow:
    """One line of a list of what is installed."""

    kind: str
    name: str
    version: str
    distribution: str
    requirement: str
    origin: Origin
    interpreter: str
    interpreter_version: str
    state: State


def installed_rows(receipts: Iterable[Receipt]) -> list[InstalledRow]:
    """One row per component, by distribution, kind and name."""
    return [
        InstalledRow(
            kind=component.kind,
            name=component.name,
            version=receipt.version,
            distribution=receipt.distribution,
            requirement=receipt.requirement,
            origin=receipt.origin,
            interpreter=receipt.interpreter,
            interpreter_version=receipt.interpreter_version,
            state=receipt.state,
        )
        for receipt in receipts
        for component in receipt.components
    ]


def read_receipts(folder: Path) -> list[Receipt]:
    """Every receipt, by name of the plugin. One that cannot be read is logged and left out."""
    return [receipt for path in _files(folder) if (receipt := read_receipt(path))]


def read_receipt(path: Path) -> Receipt | None:
    """One receipt; None if there is none that can be read."""
    try:
        return Receipt.from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        logger.warning("Cannot read the receipt %s: %s", path, error)
        return None


def write_atomically(path: Path, text: str) -> None:
    """Write a file whole or not at all, even when the power fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(number, "w", encoding="utf-8") as file:  # noqa: PTH123  # it is open already
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if path.match("[!.]*.json"))

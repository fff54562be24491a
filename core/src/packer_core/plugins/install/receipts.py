"""What was installed, how, and with what: one JSON file per generation, the truth about it.

The receipt is the last file that is written into a generation: one that has it is complete. It is
also a recipe: wheels and their hashes are enough to make the environment again, offline.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from .inspect import InstalledComponent, InstalledDistribution
from .sources import Sources
from .wheels import StoredWheel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Literal

    from .requirement import Origin

    State = Literal["ok", "interpreter missing", "shim missing"]

logger = logging.getLogger(__name__)

_FORMAT = 2
_FIRST_FORMAT = 1  # one environment for each plugin, nothing kept to make it again


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
        installer: ``pip`` or ``uv``.
        sources: Where it was looked for, beside what is configured.
        wheels: What the environment was filled with; empty for one that is editable.
        manifest: SHA-256 of the list of its files; empty if there is none.
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
    installer: str = "pip"
    sources: Sources = field(default_factory=Sources)
    wheels: tuple[StoredWheel, ...] = ()
    manifest: str = ""

    @property
    def state(self) -> State:
        """Whether its files are still there."""
        if not os.path.exists(self.interpreter):  # noqa: PTH110 - asked for every row of a list
            return "interpreter missing"
        return "ok" if all(map(os.path.exists, self.shims)) else "shim missing"

    @property
    def folder(self) -> Path:
        """Its environment's."""
        return Path(self.environment)

    def to_json(self) -> str:
        """The content of its file."""
        content = asdict(self)
        sealed = {"format": _FORMAT, "seal": _seal(content), **content}
        return json.dumps(sealed, indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Receipt:
        """Read the content of a file.

        Raises:
            ValueError: It is none, was changed, or is of a format that this core does not know.
        """
        raw = json.loads(text)
        if not isinstance(raw, dict):
            raise ValueError(f"not a receipt of format {_FORMAT}")  # noqa: TRY004
        version, seal = raw.pop("format", None), raw.pop("seal", None)
        if version == _FIRST_FORMAT:
            raw |= {name: value for name, value in _unknown_then().items() if name not in raw}
        elif version != _FORMAT:
            raise ValueError(f"not a receipt of format {_FORMAT}")
        if raw.keys() != {one.name for one in fields(cls)}:
            raise ValueError("it does not have the fields of a receipt")
        if version == _FORMAT and seal != _seal(raw):
            raise ValueError("somebody has changed it")
        return cls(**_parts(raw))


def _parts(raw: dict[str, Any]) -> dict[str, Any]:
    """The fields as what they are.

    Raises:
        ValueError: one is something else.
    """
    try:
        made = {
            "components": tuple(InstalledComponent(**one) for one in raw["components"]),
            "distributions": tuple(InstalledDistribution(**one) for one in raw["distributions"]),
            "wheels": tuple(StoredWheel(**one) for one in raw["wheels"]),
            "sources": Sources.from_plain(raw["sources"]),
            "shims": tuple(raw["shims"]),
            "description": raw["description"],
        }
    except (TypeError, AttributeError) as error:
        raise ValueError(f"a part of it is not as it should be: {error}") from error
    texts = [value for name, value in raw.items() if name not in made]
    shapes = isinstance(made["description"], dict) and isinstance(raw["shims"], list)
    if not shapes or not all(isinstance(one, str) for one in (*texts, *made["shims"])):
        raise ValueError("a part of it is not as it should be")
    return {**raw, **made}


def _unknown_then() -> dict[str, object]:
    """What receipts of the first format do not say."""
    return {"installer": "pip", "sources": {}, "wheels": [], "manifest": ""}


def _seal(content: dict[str, Any]) -> str:
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


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
    import tempfile  # noqa: PLC0415 - lists need none of it

    path.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(number, "w", encoding="utf-8") as file:  # noqa: PTH123  # it is open already
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)  # who may use the store may read what is in it
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _files(folder: Path) -> Iterator[Path]:
    try:
        names = os.listdir(folder)  # noqa: PTH208 - sorting names takes less than sorting paths
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        logger.warning("Cannot look for receipts in %s: %s", folder, error.strerror)
        return
    for name in sorted(names):
        if name.endswith(".json") and not name.startswith("."):
            yield folder / name

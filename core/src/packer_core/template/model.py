"""What a template says, whatever it was written in. Frozen values, read by the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from packer_core.diagnostics import Diagnostic, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A user variable and the value it got (JSN-002, JSN-003).

    Attributes:
        name: As declared, or as given on the command line without a declaration.
        value: The final text.
        source: Who chose it: ``default``, ``-var``, or the path of a variables file.
        sensitive: Never shown.
        required: Declared without a default.
        default: The declared default, None if there is none.
        place: Where it is declared; None if it is not.
        is_set: Whether it has a value; one that has not is only met when the template was loaded
            to be looked at, and its value then is ``<unknown>`` (INS-001).
    """

    name: str
    value: str
    source: str
    sensitive: bool = False
    required: bool = False
    default: str | None = None
    place: Place | None = None
    is_set: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One builder of a template (JSN-004).

    Attributes:
        name: Unique in the template.
        type: The component's name: ``null``, ``oci``, …
        options: What the plugin is given, without ``type``, ``name`` and the like.
        place: Where it stands.
        places: Where its options stand, as far as that is known.
    """

    name: str
    type: str
    options: Mapping[str, object]
    place: Place
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def display_name(self) -> str:
        """What the user reads: the type in front of a name that differs from it (JSN-004)."""
        return self.name if self.name == self.type else f"{self.type}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which sources a provisioner or post-processor is for: exact names, one list or the other."""

    only: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()

    def takes(self, name: str) -> bool:
        """Whether a source of this name is selected."""
        if self.only:
            return name in self.only
        return name not in self.except_


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """One provisioner of a template (JSN-005).

    Attributes:
        type: The component's name.
        options: What the plugin is given.
        selection: The sources it runs for.
        override: Further options by source name; they win over ``options``.
        pause_before_s: Seconds to wait before it runs.
        timeout_s: Seconds after which it is cancelled; None for no limit.
        max_retries: Further attempts after a failure.
        place: Where it stands.
        places: Where its options stand, as far as that is known.
    """

    type: str
    options: Mapping[str, object]
    place: Place
    places: Mapping[str, Place] = field(default_factory=dict)
    selection: Selection = field(default_factory=Selection)
    override: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    pause_before_s: float = 0.0
    timeout_s: float | None = None
    max_retries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PostProcess:
    """One post-processor of a chain (JSN-006).

    Attributes:
        type: The component's name.
        name: For ``-except``; the type if not given.
        options: What the plugin is given.
        selection: The sources it runs for.
        keep_input: The user's word on keeping the artifact it is given; None leaves it to the
            plugin (ENG-008).
        place: Where it stands.
        places: Where its options stand, as far as that is known.
    """

    type: str
    name: str
    options: Mapping[str, object]
    place: Place
    places: Mapping[str, Place] = field(default_factory=dict)
    selection: Selection = field(default_factory=Selection)
    keep_input: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A whole template, variables resolved.

    Attributes:
        path: As the user typed it; ``-`` is standard input.
        sources: In the order of the file.
        provisions: In the order they run.
        chains: Post-processors; each chain starts from the builder's artifact.
        error_cleanup: Runs when provisioning failed (JSN-007).
        variables: Every variable with its value, by name.
        description: The author's words about it.
        warnings: What should be told though the template is accepted.
        used_variables: Names of variables that options ask for.
    """

    path: Path
    sources: tuple[Source, ...]
    provisions: tuple[Provision, ...] = ()
    chains: tuple[tuple[PostProcess, ...], ...] = ()
    error_cleanup: Provision | None = None
    variables: Mapping[str, Variable] = field(default_factory=dict)
    description: str = ""
    warnings: tuple[Diagnostic, ...] = ()
    used_variables: frozenset[str] = frozenset()

    @property
    def undeclared(self) -> tuple[str, ...]:
        """Variables that were set though the template does not know them."""
        names = [v.name for v in self.variables.values() if v.place is None and v.is_set]
        return tuple(name for name in names if name not in self.used_variables)

    @property
    def user_variables(self) -> dict[str, str]:
        """Values by name, as plugins get them (``packer_user_variables``)."""
        return {name: variable.value for name, variable in self.variables.items()}

    @property
    def secrets(self) -> tuple[str, ...]:
        """Values that must never be shown."""
        sensitive = [v for v in self.variables.values() if v.sensitive and v.is_set]
        return tuple(variable.value for variable in sensitive if variable.value)

    @property
    def sensitive_variables(self) -> tuple[str, ...]:
        """Names behind ``secrets``, as plugins get them (``packer_sensitive_variables``)."""
        return tuple(name for name, variable in self.variables.items() if variable.sensitive)

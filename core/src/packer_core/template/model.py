"""What a template says, whatever it was written in. Frozen values, read by the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.records import made, named_record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Literal, Protocol

    from packer_core.constraints import Constraint
    from packer_core.diagnostics import Diagnostic, Place
    from packer_sdk.cty.values import Value
    from packer_sdk.wire.specs import ObjectSpec

    class Written(Protocol):
        """Options that mean nothing before the schema of their component is known (HCL2)."""

        def given(
            self, spec: ObjectSpec, source: Source, build: Mapping[str, object] | None = None
        ) -> Value:
            """What the component is given.

            Args:
                spec: The component's schema.
                source: Whose job it is: what ``source.name`` is.
                build: What is behind ``build.``, by name (PRV-009); None where there is no such
                    thing, which is so in a builder's options.

            Raises:
                TemplateError: they do not fit the schema; holds every problem.
            """


UNSET = "<unknown>"
"""Value of a required variable that nobody has set, when a template is only looked at."""


@named_record
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
        texts: Every text in a value that is more than a text (VAR-007); None if it is one.
    """

    name: str
    value: str
    source: str
    sensitive: bool = False
    required: bool = False
    default: str | None = None
    place: Place | None = None
    is_set: bool = True
    texts: tuple[str, ...] | None = None


@named_record
class Source:
    """One builder of a template (JSN-004), in HCL2 one use of a source by a build (SRC-003).

    Attributes:
        name: What plugins are told as the name of the build. In JSON it is unique in the
            template; in HCL2 it is the label of the source block.
        type: The component's name: ``null``, ``oci``, …
        options: What the plugin is given, without ``type``, ``name`` and the like.
        place: Where it stands.
        places: Where its options stand, as far as that is known.
        written: Its options, where they have to be decoded first (HCL2).
        local_name: Its name in the build block (HCL2).
        block_name: Name of the build block, if it has one (HCL2).
    """

    name: str
    type: str
    options: Mapping[str, object]
    place: Place
    places: Mapping[str, Place] = made(default_factory=dict)
    written: Written | None = None
    local_name: str = ""
    block_name: str = ""

    @property
    def display_name(self) -> str:
        """What the user reads: the type in front of a name that differs from it (JSN-004).

        In HCL2 type and name always, behind the name of the build block (BLD-009).
        """
        if self.local_name:
            return f"{self.block_name}.{self.step_name}" if self.block_name else self.step_name
        return self.name if self.name == self.type else f"{self.type}.{self.name}"

    @property
    def step_name(self) -> str:
        """What ``only`` and ``except`` of a provisioner or post-processor call it (PRV-002)."""
        return f"{self.type}.{self.local_name}" if self.local_name else self.name

    @property
    def override_name(self) -> str:
        """What ``override`` of a provisioner calls it (PRV-003)."""
        return self.local_name or self.name


@named_record
class Selection:
    """Which sources a provisioner or post-processor is for: exact names, one list or the other."""

    only: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()

    def takes(self, name: str) -> bool:
        """Whether a source of this name is selected."""
        if self.only:
            return name in self.only
        return name not in self.except_


@named_record
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
        continue_on_error: Whether its failure is only a warning (PRV-007).
        place: Where it stands.
        places: Where its options stand, as far as that is known.
        written: Its options, where they have to be decoded first (HCL2).
        name: What the author calls it; often empty (HCL2).
    """

    type: str
    options: Mapping[str, object]
    place: Place
    places: Mapping[str, Place] = made(default_factory=dict)
    name: str = ""
    selection: Selection = made(default_factory=Selection)
    override: Mapping[str, Mapping[str, object]] = made(default_factory=dict)
    pause_before_s: float = 0.0
    timeout_s: float | None = None
    max_retries: int = 0
    continue_on_error: bool = False
    written: Written | None = None


@named_record
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
        written: Its options, where they have to be decoded first (HCL2).
    """

    type: str
    name: str
    options: Mapping[str, object]
    place: Place
    places: Mapping[str, Place] = made(default_factory=dict)
    selection: Selection = made(default_factory=Selection)
    keep_input: bool | None = None
    written: Written | None = None


@named_record
class BuildBlock:
    """Sources, and what is done with each of them (BLK-001). A JSON template is one such block.

    Attributes:
        sources: In the order of the file.
        provisions: In the order they run.
        chains: Post-processors; each chain starts from the builder's artifact.
        error_cleanup: Runs when provisioning failed (JSN-007, PRV-008).
        name: Stands in front of the names of its builds; often empty.
        description: The author's words about it.
    """

    sources: tuple[Source, ...]
    provisions: tuple[Provision, ...] = ()
    chains: tuple[tuple[PostProcess, ...], ...] = ()
    error_cleanup: Provision | None = None
    name: str = ""
    description: str = ""


@named_record
class RequiredPlugin:
    """A plugin that a template needs (HCL-006).

    Attributes:
        accessor: What its components are called after: ``docker`` of ``docker-push``.
        source: Where it comes from: ``github.com/hashicorp/docker``.
        version: The conditions as written.
        constraints: The same, understood.
        place: Where it is required.
    """

    accessor: str
    source: str
    version: str
    constraints: tuple[Constraint, ...]
    place: Place


@named_record
class Preliminary:
    """What an HCL2 template says before its data sources are asked.

    Attributes:
        required_plugins: What has to be installed.
        secrets: Texts that must not be shown.
        reached: Type and name of the data sources that the chosen builds ask for; None if they
            were not looked for.
    """

    required_plugins: tuple[RequiredPlugin, ...] = ()
    secrets: tuple[str, ...] = ()
    reached: frozenset[tuple[str, str]] | None = None


@named_record
class Template:
    """A whole template, variables resolved.

    Attributes:
        path: As the user typed it; ``-`` is standard input.
        blocks: What is built; exactly one in a JSON template.
        variables: Every variable with its value, by name.
        locals: Every local value, by name (HCL2).
        description: The author's words about it.
        warnings: What should be told though the template is accepted.
        used_variables: Names of variables that options ask for.
        language: What it is written in.
        required_plugins: What has to be installed (HCL2).
    """

    path: Path
    blocks: tuple[BuildBlock, ...]
    variables: Mapping[str, Variable] = made(default_factory=dict)
    locals: Mapping[str, Variable] = made(default_factory=dict)
    description: str = ""
    warnings: tuple[Diagnostic, ...] = ()
    used_variables: frozenset[str] = frozenset()
    language: Literal["json", "hcl2"] = "json"
    required_plugins: tuple[RequiredPlugin, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """Those of every block."""
        return tuple(source for block in self.blocks for source in block.sources)

    @property
    def provisions(self) -> tuple[Provision, ...]:
        """Those of every block."""
        return tuple(provision for block in self.blocks for provision in block.provisions)

    @property
    def chains(self) -> tuple[tuple[PostProcess, ...], ...]:
        """Those of every block."""
        return tuple(chain for block in self.blocks for chain in block.chains)

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
        everything = (*self.variables.values(), *self.locals.values())
        sensitive = [one for one in everything if one.sensitive and one.is_set]
        texts = [(one.value,) if one.texts is None else one.texts for one in sensitive]
        return tuple(text for of_one in texts for text in of_one if text)

    @property
    def sensitive_variables(self) -> tuple[str, ...]:
        """Names behind ``secrets``, as plugins get them (``packer_sensitive_variables``)."""
        return tuple(name for name, variable in self.variables.items() if variable.sensitive)

"""JSON templates (JSN-001 to JSN-008): from a document to a Template, every problem at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.nearest import MOST_HINTS, did_you_mean
from packer_core.version import COMPATIBLE

from .json_fields import Fields, Reading
from .json_nodes import Object, Scalar, describe
from .json_sources import read_sources
from .json_steps import StepReader
from .model import BuildBlock, Provision, Template
from .rendering import Renderer
from .usage import used_variables
from .variables import Declaration, not_a_string, resolve_variables

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from packer_core.diagnostics import Place

    from .inputs import VariableInputs
    from .json_reader import Document
    from .model import PostProcess, Source, Variable

ROOT_KEYS = (
    "builders",
    "provisioners",
    "post-processors",
    "variables",
    "sensitive-variables",
    "error-cleanup-provisioner",
    "min_packer_version",
    "description",
)
_STEPS = ("builders", "provisioners", "post-processors", "error-cleanup-provisioner")
_IGNORED_KEY = "push"  # a service that was closed in 2018; old templates still carry it
_VERSION = re.compile(
    r"v?([0-9]+(?:\.[0-9]+)*)(?:-[\w.~-]+|[A-Za-z~][\w.~-]*)?(?:\+[\w.~-]+)?", re.ASCII
)


def read_template(
    document: Document,
    path: Path,
    inputs: VariableInputs,
    *,
    strict_variables: bool = True,
    whole: bool = True,
) -> tuple[Template | None, list[Diagnostic]]:
    """Understand a document as a template.

    Args:
        document: What was read.
        path: As the user typed it.
        inputs: Values of variables.
        strict_variables: Whether a variable without a value is an error.
        whole: Whether it has to build something; if not, a file that only declares variables will
            do.

    Returns:
        The template, None if there is not even an object to look into; and everything found.
        It may only be used if there is no error among the findings.
    """
    reading = Reading(document)
    if isinstance(document.root, Object):
        reader = _TemplateReader(reading, document.root, path, inputs, strict_variables)
        if not whole and document.root.members.keys().isdisjoint(_STEPS):
            reader.read_variables()
            return None, reading.findings
        return reader.read(), reading.findings
    if document.root is not None:
        found = describe(document.root)
        reading.error(f"a template is an object, not {found}", reading.opening(document.root))
    return None, reading.findings


class _TemplateReader:
    def __init__(
        self, reading: Reading, root: Object, path: Path, inputs: VariableInputs, strict: bool
    ) -> None:
        self.reading = reading
        self.root = root
        self.path = path
        self.inputs = inputs
        self.strict = strict
        self.fields = Fields(reading, root)
        self.renderer = Renderer(str(path), inputs.environ)
        self.variables: dict[str, Variable] = {}

    def read_variables(self) -> None:
        """Read nothing else."""
        self._check_keys()
        self._variables()

    def read(self) -> Template:
        self._check_keys()
        self._check_version()
        description = self.fields.string("description")
        variables = self.variables = self._variables()
        texts = {name: variable.value for name, variable in variables.items()}
        sources, names = read_sources(self.reading, self.root, self.renderer, texts)
        steps = StepReader(self.reading, names, self.renderer, texts)
        provisions = steps.provisions(self.fields.member("provisioners"))
        chains = steps.chains(self.fields.member("post-processors"))
        error_cleanup = self._error_cleanup(steps)
        components: list[Source | Provision | PostProcess] = [*sources, *provisions]
        components += [link for chain in chains for link in chain]
        components += [error_cleanup] if error_cleanup else []
        block = BuildBlock(
            sources=sources, provisions=provisions, chains=chains, error_cleanup=error_cleanup
        )
        return Template(
            path=self.path,
            blocks=(block,),
            variables=variables,
            description=description[0] if description else "",
            used_variables=self._used(components),
            warnings=tuple(d for d in self.reading.findings if d.severity == "warning"),
        )

    def _used(self, components: Iterable[Source | Provision | PostProcess]) -> frozenset[str]:
        """Find which variables are used; one that has no value is empty there (JSN-009)."""
        everything: set[str] = set()
        for component in components:
            overrides = component.override if isinstance(component, Provision) else {}
            for option, value in (*component.options.items(), *overrides.items()):
                names = used_variables([value])
                for name in sorted(names - self.variables.keys()):
                    place = component.places.get(option, component.place)
                    self._warn_unset(name, place)
                everything |= names
        return frozenset(everything)

    def _warn_unset(self, name: str, place: Place) -> None:
        few = len(self.reading.findings) < MOST_HINTS
        self.reading.findings.append(
            Diagnostic(
                f'variable "{name}" is neither declared nor set: it is empty here',
                place,
                hint=(did_you_mean(name, self.variables) if few else None)
                or f'declare it: "variables": {{"{name}": "…"}}',
                severity="warning",
            )
        )

    def _check_keys(self) -> None:
        for member in self.root.members.values():
            name, value = member.name, member.value
            if name.startswith("_"):
                if not (isinstance(value, Scalar) and isinstance(value.value, str)):
                    self.reading.mismatch(f'the comment "{name}"', "a string", value)
            elif name not in ROOT_KEYS and name != _IGNORED_KEY:
                few = len(self.reading.findings) < MOST_HINTS
                near = did_you_mean(name, ROOT_KEYS) if few else None
                hint = near or 'a comment begins with "_"'
                self.reading.error(f'unknown key "{name}"', member, hint=hint)

    def _check_version(self) -> None:
        found = self.fields.string("min_packer_version")
        if found is None:
            return
        text, node = found
        wanted = _VERSION.fullmatch(text.strip())
        if wanted is None:
            self.reading.error(f'"min_packer_version" is not a version: {text}', node)
        elif _numbers(wanted[1]) > _numbers(COMPATIBLE):
            self.reading.error(
                f"the template needs Packer {text}, newer than what is read here: {COMPATIBLE}",
                node,
                hint="update packer-core",
            )

    def _variables(self) -> dict[str, Variable]:
        declarations = self._declarations()
        sensitive = self.fields.strings("sensitive-variables")
        variables, findings = resolve_variables(
            declarations,
            self.inputs,
            self.renderer,
            sensitive={name for name, _ in sensitive},
            strict=self.strict,
        )
        self.reading.findings.extend(findings)
        for name, node in sensitive:
            if name not in variables:
                few = len(self.reading.findings) < MOST_HINTS
                hint = did_you_mean(name, variables) if few else None
                self.reading.warn(f'sensitive variable "{name}" does not exist', node, hint=hint)
        return variables

    def _declarations(self) -> list[Declaration]:
        member = self.fields.member("variables")
        if member is None:
            return []
        if not isinstance(member.value, Object):
            self.reading.mismatch('"variables"', "an object", member.value)
            return []
        declarations = []
        for variable in member.value.members.values():
            value = variable.value
            if isinstance(value, Scalar) and (value.value is None or isinstance(value.value, str)):
                place = self.reading.place(variable if value.value is None else value)
                declarations.append(Declaration(variable.name, value.value, place))
            else:
                self.reading.findings.append(not_a_string(self.reading.document, variable))
                # Declared all the same: what uses it must not be told that it is unknown.
                declarations.append(Declaration(variable.name, "", self.reading.place(value)))
        return declarations

    def _error_cleanup(self, steps: StepReader) -> Provision | None:
        member = self.fields.member("error-cleanup-provisioner")
        return steps.provision(member.value, "an error-cleanup-provisioner") if member else None


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, without zeros at its end: 1.9 is 1.9.0."""
    numbers = [int(part[:9]) for part in version.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)

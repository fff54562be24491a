"""HCL2 templates (HCL-001 to HCL-011): from files to a Template, every problem at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic, in_order
from packer_core.errors import TemplateError
from packer_core.hcl import values
from packer_core.hcl.body import BlockSchema, BodySchema
from packer_core.hcl.dynamic import expand_dynamic
from packer_core.hcl.findings import Findings
from packer_core.hcl.functions.table import Library, Surroundings, for_defaults
from packer_core.hcl.scope import Scope
from packer_core.version import COMPATIBLE
from packer_sdk.records import replaced

from .hcl_builds import NO_REGISTRY, BuildReader, read_sources
from .hcl_constants import Arguments
from .hcl_declarations import IDENTIFIER, Declarations
from .hcl_files import read_hcl, root_of, template_files
from .hcl_given import gather
from .hcl_graph import Data, Graph, Local, NoLookups
from .hcl_references import references_in
from .hcl_requirements import check_version, required_plugins
from .hcl_values import in_line, texts_in
from .hcl_variables import Resolved, resolve, undeclared
from .model import Preliminary, RequiredPlugin, Template, Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from packer_core.hcl.body import AnyBody
    from packer_core.hcl.nodes import Block
    from packer_sdk.cty.values import Value

    from .hcl_graph import Key, Lookups
    from .hcl_load import OpenLookups
    from .inputs import VariableInputs
    from .model import BuildBlock, Source

ROOT = BodySchema(
    (),
    (
        BlockSchema("packer"),
        BlockSchema("variable", ("name",)),
        BlockSchema("variables"),
        BlockSchema("local", ("name",)),
        BlockSchema("locals"),
        BlockSchema("data", ("type", "name")),
        BlockSchema("source", ("type", "name")),
        BlockSchema("build"),
        BlockSchema("hcp_packer_registry"),
        BlockSchema("communicator", ("type", "name")),
        BlockSchema("dynamic", ("type",)),
    ),
)
"""What may stand in a file (HCL-003); ``communicator`` is from old templates and means nothing."""

BUILT = BodySchema((), (BlockSchema("source", ("type", "name")), BlockSchema("build")))
LOCAL = BodySchema(("expression", "sensitive"), (), ("expression",))
"""A ``local`` block (LOC-001)."""


class HclReader:
    """Reads one template, step by step.

    Args:
        path: A file, or a folder of files, as the user typed it.
        inputs: Values of variables.
        chosen: Which builds count, for the data sources they reach; None for all.

    Attributes:
        findings: What was found so far.
        functions: Every function, by name.
        scope: What names mean: variables at first, then locals and data sources as well.
        plugins: What the template requires.
    """

    def __init__(
        self,
        path: Path,
        inputs: VariableInputs,
        chosen: Callable[[Source], bool] | None = None,
    ) -> None:
        self.path = path
        self._chosen = chosen
        self.findings = Findings()
        self._surroundings = Surroundings(root=root_of(path), environment=inputs.environ)
        self.functions = Library(self._surroundings)
        self.scope = Scope({}, self.functions)
        self.plugins: tuple[RequiredPlugin, ...] = ()
        self._inputs = inputs
        self._bodies: list[AnyBody] = []
        self._blocks: list[Block] = []
        self._parts: dict[Key, Local | Data] = {}
        self._resolved: dict[str, Resolved] = {}
        self._variables: dict[str, Variable] = {}
        self._graph: Graph | None = None

    def read(self, *, strict_variables: bool = True) -> None:
        """Read the files, and the values of variables (HCL-004).

        Args:
            strict_variables: Whether a variable without a value is an error.

        Raises:
            TemplateError: a file cannot be read, or is no HCL2, or is for another version.
        """
        self._read_files()
        check_version(self._of("packer"), self.findings)
        self._stop_at_errors()
        self._read_blocks()
        self.plugins = required_plugins(self._of("packer"), self.findings)
        self._parts = dict(self._named_parts())
        declarations = Declarations(for_defaults(self._surroundings), self.findings)
        declarations.read(self._of("variable", "variables"))
        given = gather(self.path, self._inputs, self.findings)
        judges = Library(replaced(self._surroundings, root="."))  # VAR-006
        self._resolved = resolve(
            declarations.found, given, judges, self.findings, strict=strict_variables
        )
        self._variables = {name: one.variable for name, one in self._resolved.items()}
        self._variables |= undeclared(declarations.found, given)
        self.scope = Scope(self._names(), self.functions)

    def work_out(self, lookups: OpenLookups | None, *, tolerant: bool = False) -> None:
        """Work out locals and ask data sources; none is asked if something is wrong already.

        Args:
            lookups: Makes what asks data sources; None to ask none.
            tolerant: Whether a plugin that is required may be missing.

        Raises:
            TemplateError: a plugin that is required is missing.
        """
        asked: Lookups = NoLookups()
        if lookups and not self.findings.errors:
            try:
                asked = lookups(
                    Preliminary(
                        required_plugins=self.plugins,
                        secrets=self._secrets(),
                        reached=self._reached() if self._chosen else None,
                    )
                )
            except TemplateError as error:
                if not tolerant:
                    raise
                self.findings.add(error.diagnostics)
        self._graph = Graph(self.scope, asked, self.findings, self._parts)
        self.scope = self._graph.work_out()

    def template(self, *, with_builds: bool = True, tolerant: bool = False) -> Template:
        """Return the template.

        Args:
            with_builds: Whether ``source`` and ``build`` blocks are looked at.
            tolerant: Whether errors are only warnings (INS-001).

        Raises:
            TemplateError: something is wrong; holds every problem.
        """
        blocks = tuple(self._builds(self.scope, self.findings)) if with_builds else ()
        if not tolerant:
            self._stop_at_errors()
        found = in_order(dict.fromkeys(self.findings.diagnostics))
        warnings = [replaced(one, severity="warning") for one in found]
        return Template(
            path=self.path,
            blocks=blocks,
            variables=self._variables,
            locals=dict(self._locals()),
            warnings=(*warnings, *self._ignored()),
            language="hcl2",
            required_plugins=self.plugins,
        )

    def _builds(self, scope: Scope, findings: Findings) -> Iterator[BuildBlock]:
        contents = [expand_dynamic(body, scope).partial_content(BUILT) for body in self._bodies]
        for content in contents:
            findings.add(content.diagnostics)
        blocks = [block for content in contents for block in content.blocks]
        definitions = read_sources([block for block in blocks if block.type == "source"], findings)
        reader = BuildReader(definitions, scope, findings)
        for block in blocks:
            if block.type == "build":
                yield reader.read(block)

    def _read_files(self) -> None:
        files = []
        for path in template_files(self.path):
            try:
                files.append(read_hcl(path, "template"))
            except TemplateError as error:
                self.findings.add(error.diagnostics)
        for file in files:
            self.findings.add(file.diagnostics)
        self._stop_at_errors()
        self._bodies = [file.body for file in files]
        self._blocks = [
            block for body in self._bodies for block in body.partial_content(ROOT).blocks
        ]

    def _read_blocks(self) -> None:
        for body in self._bodies:
            self.findings.add(body.content(ROOT).diagnostics)

    def _of(self, *types: str) -> list[Block]:
        return [block for block in self._blocks if block.type in types]

    def _named_parts(self) -> Iterator[tuple[Key, Local | Data]]:
        found: dict[Key, Local | Data] = {}
        everything: list[tuple[Key, Local | Data]] = [*self._read_locals(), *self._read_data()]
        for key, part in everything:
            if first := found.get(key):
                self.findings.error(
                    f"{'.'.join(key)} is defined twice",
                    part.span,
                    f"The other one is at {first.span.place}.",
                )
            else:
                found[key] = part
                yield key, part

    def _read_locals(self) -> Iterator[tuple[Key, Local]]:
        for block in self._of("locals"):
            attributes, wrong = block.body.just_attributes()
            self.findings.add(wrong)
            for name, attribute in attributes.items():
                span = attribute.name_span
                yield (
                    ("local", name),
                    Local(name=name, expression=attribute.expression, span=span),
                )
        for block in self._of("local"):
            content = block.body.content(LOCAL)
            self.findings.add(content.diagnostics)
            sensitive = Arguments(content.attributes, self.findings).flag("sensitive")
            self._check_name(block, 0)
            if found := content.attributes.get("expression"):
                local = Local(
                    name=block.labels[0],
                    expression=found.expression,
                    span=block.label_spans[0],
                    sensitive=sensitive or False,
                )
                yield ("local", local.name), local

    def _read_data(self) -> Iterator[tuple[Key, Data]]:
        for block in self._of("data"):
            self._check_name(block, 1)
            type_, name = block.labels
            yield (
                ("data", type_, name),
                Data(type=type_, name=name, body=block.body, span=block.span),
            )

    def _check_name(self, block: Block, label: int) -> None:
        if not IDENTIFIER.fullmatch(block.labels[label]):
            self.findings.error(
                f"not a name: {block.labels[label] or 'nothing'}",
                block.label_spans[label],
                hint="letters, digits, _ and -, beginning with a letter",
            )

    def _names(self) -> dict[str, Value]:
        from pathlib import Path  # noqa: PLC0415

        unknown = values.unknown("string")
        return {
            "var": values.object_of({name: one.value for name, one in self._resolved.items()}),
            "path": values.object_of(
                {
                    "root": values.string(root_of(self.path)),
                    "cwd": values.string(str(Path.cwd()).replace("\\", "/")),
                }
            ),
            "packer": values.object_of(
                {
                    "version": values.string(COMPATIBLE),
                    "versionFingerprint": unknown,
                    "iterationID": unknown,
                }
            ),
        }

    def _locals(self) -> Iterator[tuple[str, Variable]]:
        if self._graph is None:
            return
        for name, value in self._graph.local_values().items():
            part = self._parts["local", name]
            yield (
                name,
                Variable(
                    name=name,
                    value=in_line(value),
                    source="local",
                    sensitive=isinstance(part, Local) and part.sensitive,
                    place=part.span.place,
                    texts=texts_in(value),
                ),
            )

    def _ignored(self) -> Iterator[Diagnostic]:
        for block in self._of("hcp_packer_registry"):
            yield Diagnostic(NO_REGISTRY, block.span.place, severity="warning")

    def _reached(self) -> frozenset[tuple[str, str]]:
        """The data sources that the chosen builds ask for, found without asking any (VAL-003)."""
        if not any(isinstance(part, Data) for part in self._parts.values()):
            return frozenset()
        graph = Graph(self.scope, NoLookups(), Findings(), self._parts)
        builds = tuple(self._builds(graph.work_out(), Findings()))
        counted = [block for block in builds if any(map(self._counts, block.sources))]
        sources = {
            (one.type, one.name) for block in builds for one in block.sources if self._counts(one)
        }
        written = [block for block in self._of("source") if block.labels in sources]
        nodes = self._of("build")
        if len(nodes) == len(builds):  # if not, dynamic blocks have made some
            nodes = [node for node, one in zip(nodes, builds, strict=True) if one in counted]
        bodies = [block.body for block in (*written, *nodes, *self._of("dynamic"))]
        needed = graph.needed_by(one for body in bodies for one in references_in(body))
        return frozenset((key[1], key[2]) for key in needed if key[0] == "data")

    def _counts(self, source: Source) -> bool:
        return self._chosen is None or self._chosen(source)

    def _secrets(self) -> tuple[str, ...]:
        sensitive = [one for one in self._variables.values() if one.sensitive]
        return tuple(text for variable in sensitive for text in variable.texts or () if text)

    def _stop_at_errors(self) -> None:
        if self.findings.errors:
            raise TemplateError(dict.fromkeys(self.findings.diagnostics))

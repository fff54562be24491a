"""Sources and what is built of them: ``source`` and ``build`` blocks (SRC, BLK, PRV, PP)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.hcl import values
from packer_core.hcl.body import BlockSchema, BodySchema
from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.marks import unmark_deep
from packer_core.nearest import did_you_mean
from packer_sdk.cty.types import MapType, ObjectType
from packer_sdk.records import record

from .hcl_constants import Arguments
from .hcl_merged import MergedBody
from .hcl_options import HclOptions
from .hcl_values import raw
from .model import BuildBlock, PostProcess, Provision, Selection, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packer_core.hcl.body import AnyBody
    from packer_core.hcl.findings import Findings
    from packer_core.hcl.nodes import Attribute, Block
    from packer_core.hcl.scope import Scope
    from packer_core.hcl.source import Span

BUILD = BodySchema(
    ("name", "description", "sources"),
    (
        BlockSchema("source", ("type.name",)),
        BlockSchema("provisioner", ("type",)),
        BlockSchema("error-cleanup-provisioner", ("type",)),
        BlockSchema("post-processor", ("type",)),
        BlockSchema("post-processors"),
        BlockSchema("hcp_packer_registry"),
    ),
)
USED_SOURCE = BodySchema(("name",))
PROVISIONER = BodySchema(
    (
        "name",
        "only",
        "except",
        "override",
        "pause_before",
        "timeout",
        "max_retries",
        "continue_on_error",
    )
)
POST_PROCESSOR = BodySchema(("name", "only", "except", "keep_input_artifact"))
CHAIN = BodySchema((), (BlockSchema("post-processor", ("type",)),))

NO_REGISTRY = "hcp_packer_registry is not used: nothing is published to HCP Packer"

_REFERENCE = 'sources are named as in "source.TYPE.NAME"'


@record
class Definition:
    """A ``source`` block (SRC-001)."""

    type: str
    name: str
    body: AnyBody
    span: Span


def read_sources(blocks: Iterable[Block], findings: Findings) -> dict[tuple[str, str], Definition]:
    """Collect source blocks; their bodies are looked at when a build uses them."""
    found: dict[tuple[str, str], Definition] = {}
    for block in blocks:
        type_, name = block.labels
        if first := found.get((type_, name)):
            findings.error(
                f'source "{type_}.{name}" is defined twice',
                block.span,
                f"The other one is at {first.span.place}.",
            )
            continue
        found[type_, name] = Definition(type_, name, block.body, block.span)
    return found


class BuildReader:
    """Reads ``build`` blocks.

    Args:
        definitions: Sources by type and name.
        scope: What names mean.
        findings: Where errors go.
    """

    def __init__(
        self,
        definitions: Mapping[tuple[str, str], Definition],
        scope: Scope,
        findings: Findings,
    ) -> None:
        self._definitions = definitions
        self._scope = scope
        self._findings = findings

    def read(self, block: Block) -> BuildBlock:
        """Read one block."""
        content = block.body.content(BUILD)
        self._findings.add(content.diagnostics)
        arguments = Arguments(content.attributes, self._findings, self._scope)
        name = arguments.text("name") or ""
        kinds: dict[str, list[Block]] = {}
        for inner in content.blocks:
            kinds.setdefault(inner.type, []).append(inner)
        sources = [
            *self._listed(content.attributes.get("sources"), arguments, name),
            *self._used(kinds.get("source", []), name),
        ]
        if not sources and "sources" not in content.attributes and "source" not in kinds:
            self._findings.error(
                "a build has at least one source",
                block.span,
                hint='sources = ["source.TYPE.NAME"]',
            )
        for registry in kinds.get("hcp_packer_registry", []):
            place = registry.span.place
            self._findings.add([Diagnostic(NO_REGISTRY, place, severity="warning")])
        steps = _StepReader(self._scope, name, self._findings)
        cleanups = kinds.get("error-cleanup-provisioner", [])
        for further in cleanups[1:]:
            summary = "a build has one error-cleanup-provisioner at most"
            self._findings.error(summary, further.span)
        return BuildBlock(
            sources=tuple(sources),
            provisions=tuple(steps.provision(one) for one in kinds.get("provisioner", [])),
            chains=tuple(steps.chains(content.blocks)),
            error_cleanup=steps.provision(cleanups[0]) if cleanups else None,
            name=name,
            description=arguments.text("description") or "",
        )

    def _listed(
        self, attribute: Attribute | None, arguments: Arguments, build: str
    ) -> Iterator[Source]:
        """The sources of ``sources = […]`` (SRC-002)."""
        if attribute is None:
            return
        spans = [item.span for item in getattr(attribute.expression, "items", ())]
        for index, text in enumerate(arguments.texts("sources")):
            span = spans[index] if index < len(spans) else attribute.expression.span
            if definition := self._find(text, span):
                yield _source(definition, definition.body, definition.name, build, self._scope)

    def _used(self, blocks: Iterable[Block], build: str) -> Iterator[Source]:
        """The sources of nested ``source`` blocks (SRC-003)."""
        for block in blocks:
            definition = self._find(block.labels[0], block.label_spans[0])
            content = block.body.partial_content(USED_SOURCE)
            self._findings.add(content.diagnostics)
            local = Arguments(content.attributes, self._findings).text("name")
            if definition:
                body = MergedBody(definition.body, content.remaining)
                yield _source(definition, body, local or definition.name, build, self._scope)

    def _find(self, text: str, span: Span) -> Definition | None:
        parts = text.split(".")
        if len(parts) > 2:
            parts = parts[1:]  # whatever is in front: source, sources, …
        if len(parts) != 2 or not all(parts):
            self._findings.error(f"not a source: {text or 'nothing'}", span, hint=_REFERENCE)
            return None
        definition = self._definitions.get((parts[0], parts[1]))
        if definition is None:
            known = [f"source.{type_}.{name}" for type_, name in self._definitions]
            near = did_you_mean(f"source.{'.'.join(parts)}", known)
            self._findings.error(
                f"there is no source {'.'.join(parts)}",
                span,
                hint=near or f'define it: source "{parts[0]}" "{parts[1]}" {{}}',
            )
        return definition


def _source(
    definition: Definition, body: AnyBody, local_name: str, build: str, scope: Scope
) -> Source:
    written = HclOptions(body, scope)
    return Source(
        name=definition.name,
        type=definition.type,
        options={},
        place=definition.span.place,
        places=written.places(),
        written=written,
        local_name=local_name,
        block_name=build,
    )


class _StepReader:
    """Reads provisioners and post-processors of one build."""

    def __init__(self, scope: Scope, build_name: str, findings: Findings) -> None:
        name = values.object_of({"name": values.string(build_name)})
        self._scope = scope
        self._own_scope = scope.child({"build": name})
        self._build_name = build_name
        self._findings = findings

    def provision(self, block: Block) -> Provision:
        """Read a provisioner (PRV-001)."""
        content = block.body.partial_content(PROVISIONER)
        self._findings.add(content.diagnostics)
        arguments = Arguments(content.attributes, self._findings, self._own_scope)
        written = HclOptions(content.remaining, self._scope, self._build_name)
        return Provision(
            type=block.labels[0],
            name=arguments.text("name") or "",
            options={},
            place=block.span.place,
            places=written.places(),
            written=written,
            selection=self._selection(arguments, content.attributes),
            override=self._override(content.attributes.get("override")),
            pause_before_s=self._seconds(arguments, content.attributes, "pause_before") or 0.0,
            timeout_s=self._seconds(arguments, content.attributes, "timeout") or None,
            max_retries=arguments.count("max_retries"),
            continue_on_error=arguments.flag("continue_on_error") or False,
        )

    def chains(self, blocks: Iterable[Block]) -> Iterator[tuple[PostProcess, ...]]:
        """Read post-processors, alone or in chains (PP-001, PP-002)."""
        for block in blocks:
            if block.type == "post-processor":
                yield (self._post_process(block),)
            elif block.type == "post-processors":
                content = block.body.content(CHAIN)
                self._findings.add(content.diagnostics)
                if not content.blocks:
                    summary = "there is no post-processor in here"
                    self._findings.error(summary, block.span)
                yield tuple(self._post_process(inner) for inner in content.blocks)

    def _post_process(self, block: Block) -> PostProcess:
        content = block.body.partial_content(POST_PROCESSOR)
        self._findings.add(content.diagnostics)
        arguments = Arguments(content.attributes, self._findings, self._own_scope)
        written = HclOptions(content.remaining, self._scope, self._build_name)
        return PostProcess(
            type=block.labels[0],
            name=arguments.text("name") or block.labels[0],
            options={},
            place=block.span.place,
            places=written.places(),
            written=written,
            selection=self._selection(arguments, content.attributes),
            keep_input=arguments.flag("keep_input_artifact"),
        )

    def _selection(self, arguments: Arguments, attributes: Mapping[str, Attribute]) -> Selection:
        if "only" in attributes and "except" in attributes:
            span = attributes["except"].name_span
            self._findings.error('only one of "only" and "except" can be set', span)
        return Selection(only=arguments.texts("only"), except_=arguments.texts("except"))

    def _seconds(
        self, arguments: Arguments, attributes: Mapping[str, Attribute], name: str
    ) -> float | None:
        seconds = arguments.duration_s(name)
        if seconds is not None and seconds < 0:
            span = attributes[name].expression.span
            self._findings.error(f'"{name}" must not be negative', span)
        return seconds

    def _override(self, attribute: Attribute | None) -> dict[str, Mapping[str, object]]:
        """Options by the name of a source (PRV-003)."""
        if attribute is None:
            return {}
        value, _ = unmark_deep(evaluate(attribute.expression, self._own_scope, self._findings))
        if isinstance(value.type, ObjectType | MapType) and isinstance(value.content, dict):
            parts = {name: raw(part) for name, part in values.entries(value).items()}
            if all(isinstance(part, dict) for part in parts.values()):
                return {name: part for name, part in parts.items() if isinstance(part, dict)}
        elif value.content is None or not values.is_known(value):
            return {}
        self._findings.error(
            '"override" holds options by the names of sources',
            attribute.expression.span,
            hint='override = { NAME = { option = "value" } }',
        )
        return {}

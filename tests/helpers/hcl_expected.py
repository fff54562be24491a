"""What the loader makes of a template, as JSON: without plugins, so without their schemas.

In place of a schema there is what the template itself uses: everything that stands in a body may
stand there, and blocks may be repeated. In JSON syntax, where only a schema tells a block from an
argument, everything is an argument.

``python -m helpers.hcl_expected CASE…`` writes `expected.json` of cases of the corpus; whoever does
that looks at the difference.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.engine.configs import BUILD_VALUES
from packer_core.errors import TemplateError
from packer_core.hcl.body import BlockSchema, Body, BodySchema
from packer_core.template.hcl_builds import BUILD, CHAIN
from packer_core.template.hcl_files import read_hcl, template_files
from packer_core.template.hcl_format import ROOT
from packer_core.template.hcl_values import raw
from packer_core.template.inputs import VariableInputs
from packer_core.template.load import load_template
from packer_sdk.cty.values import UNKNOWN_TEXT
from packer_sdk.records import replaced
from packer_sdk.wire.specs import Attr, BlockList, ObjectSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_core.hcl.body import AnyBody
    from packer_core.hcl.nodes import Block
    from packer_core.template.model import BuildBlock, PostProcess, Provision, Source, Template
    from packer_sdk.wire.specs import Spec

CORPUS = Path(__file__).parents[1] / "data" / "hcl" / "templates"
VALUES = ("values.pkrvars.hcl", "values.pkrvars.json")
ENVIRON = {"HOME": "/home/ann", "USER": "ann"}


def expected_of(case: Path) -> dict[str, object]:
    """What is made of a case; its folder is the working folder meanwhile."""
    before = Path.cwd()
    os.chdir(case)
    try:
        files = tuple(Path(name) for name in VALUES if Path(name).exists())
        found: object
        try:
            template = load_template(Path(), VariableInputs(files=files, environ=ENVIRON))
            found = _template(template, _Schemas(template.path))
        except TemplateError as error:
            found = {"errors": [str(one) for one in error.diagnostics]}
    finally:
        os.chdir(before)
    text = json.dumps(found).replace(str(case), "CASE").replace(str(case.resolve()), "CASE")
    result: dict[str, object] = json.loads(text)
    return result


class _Schemas:
    """Everything that bodies of a component use, anywhere in the template."""

    def __init__(self, path: Path) -> None:
        self._bodies: dict[tuple[str, str], list[AnyBody]] = {}
        for file in template_files(path):
            for block in _blocks(read_hcl(file, "template").body, INSIDE):
                parts = (block.labels or ("",))[0].split(".")
                name = parts[-2] if len(parts) > 1 else parts[0]
                kind = block.type.removeprefix("error-cleanup-")
                self._bodies.setdefault((kind, name), []).append(block.body)

    def of(self, kind: str, name: str) -> ObjectSpec:
        made = self._bodies.get((kind, ANY), [])
        return _spec([*self._bodies.get((kind, name), []), *made])


ANY = "*"
"""Component of a block that something dynamic makes."""

DYNAMIC = BlockSchema("dynamic", ("type",))
CONTENT = BodySchema((), (BlockSchema("content"),))
INSIDE = BodySchema((), ROOT.blocks)


def _blocks(body: AnyBody, schema: BodySchema) -> Iterator[Block]:
    """Every block of a component, with what dynamic blocks make under the type they make."""
    for block in body.partial_content(schema).blocks:
        if block.type == "build":
            inner = BodySchema((), (*BUILD.blocks, DYNAMIC))
            yield from _blocks(block.body, inner)
        elif block.type == "post-processors":
            yield from _blocks(block.body, CHAIN)
        elif block.type == "dynamic":
            for made in block.body.partial_content(CONTENT).blocks:
                yield replaced(block, type=block.labels[0], labels=(ANY,), body=made.body)
        else:
            yield block


def _spec(bodies: list[AnyBody]) -> ObjectSpec:
    parts: dict[str, Spec] = {}
    inside: dict[str, list[AnyBody]] = {}
    for body in bodies:
        if not isinstance(body, Body):
            parts |= {name: Attr(name, "dynamic") for name in body.just_attributes()[0]}
            parts.pop("dynamic", None)
            for block in body.partial_content(BodySchema((), (DYNAMIC,))).blocks:
                made = [one.body for one in block.body.partial_content(CONTENT).blocks]
                inside.setdefault(block.labels[0], []).extend(made)
            continue
        parts |= {one.name: Attr(one.name, "dynamic") for one in body.attributes}
        for block in body.blocks:
            if block.type == "dynamic":
                made = [one.body for one in block.body.blocks if one.type == "content"]  # type: ignore[attr-defined]
                inside.setdefault(block.labels[0], []).extend(made)
            else:
                inside.setdefault(block.type, []).append(block.body)
    return ObjectSpec(
        parts | {name: BlockList(name, _spec(found)) for name, found in inside.items()}
    )


def _template(template: Template, schemas: _Schemas) -> object:
    return _without_nothing(
        {
            "variables": {name: one.value for name, one in template.variables.items()},
            "sensitive": sorted(template.sensitive_variables),
            "locals": {name: one.value for name, one in template.locals.items()},
            "plugins": {
                one.accessor: f"{one.source} {one.version}" for one in template.required_plugins
            },
            "warnings": [str(one) for one in template.warnings],
            "builds": [_build(block, schemas) for block in template.blocks],
        }
    )


def _build(block: BuildBlock, schemas: _Schemas) -> object:
    first = block.sources[0] if block.sources else None
    cleanup = block.error_cleanup
    return _without_nothing(
        {
            "name": block.name,
            "description": block.description,
            "sources": {one.display_name: _options(one, one, schemas) for one in block.sources},
            "provisioners": [_step(one, first, schemas) for one in block.provisions],
            "error-cleanup": _step(cleanup, first, schemas) if cleanup else None,
            "post-processors": [
                [_step(one, first, schemas) for one in chain] for chain in block.chains
            ],
        }
    )


def _step(step: Provision | PostProcess, source: Source | None, schemas: _Schemas) -> object:
    found: dict[str, object] = {
        "type": step.type,
        "name": step.name if step.name != step.type else None,
        "only": list(step.selection.only),
        "except": list(step.selection.except_),
        "options": _options(step, source, schemas),
    }
    for name in ("override", "pause_before_s", "timeout_s", "max_retries", "continue_on_error"):
        found[name] = getattr(step, name, None) or None
    found["keep_input"] = getattr(step, "keep_input", None)
    return _without_nothing(found)


def _options(
    part: Source | Provision | PostProcess, source: Source | None, schemas: _Schemas
) -> object:
    assert part.written is not None
    if source is None:
        return None
    kind = "source" if part is source else type(part).__name__
    names = {"Provision": "provisioner", "PostProcess": "post-processor"}
    spec = schemas.of(names.get(kind, kind), part.type)
    build = None if part is source else dict.fromkeys(BUILD_VALUES, UNKNOWN_TEXT)
    return _without_nothing(raw(part.written.given(spec, source, build)))


def _without_nothing(found: object) -> object:
    if isinstance(found, dict):
        inner = {name: _without_nothing(one) for name, one in found.items()}
        return {name: one for name, one in inner.items() if one not in (None, "", [], {})}
    return [_without_nothing(one) for one in found] if isinstance(found, list) else found


def write(case: Path) -> None:
    """Write what is expected of a case from now on."""
    text = json.dumps(expected_of(case), indent=2, ensure_ascii=False)
    (case / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(path.name for path in CORPUS.iterdir()):
        write(CORPUS / name)

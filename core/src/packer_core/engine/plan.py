"""Template + catalog + choice -> jobs: what will be built, by which components. Starts nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.errors import PluginNotFound, TemplateError
from packer_core.nearest import did_you_mean
from packer_core.plugins.catalog import Component
from packer_sdk.errors import PackerError
from packer_sdk.records import named_record

from .choice import Choice, matching

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from packer_core.diagnostics import Place
    from packer_core.template.model import (
        BuildBlock,
        PostProcess,
        Provision,
        Source,
        Template,
    )

    from .protocols import Catalog


@named_record
class PlannedProvision:
    """A provisioner of a job; ``options`` are the raw maps, overrides last."""

    provision: Provision
    component: Component
    options: tuple[Mapping[str, object], ...]


@named_record
class PlannedPostProcess:
    """A post-processor of a job."""

    post_process: PostProcess
    component: Component


@named_record
class Job:
    """One build of a template."""

    source: Source
    builder: Component
    provisions: tuple[PlannedProvision, ...] = ()
    chains: tuple[tuple[PlannedPostProcess, ...], ...] = ()
    error_cleanup: PlannedProvision | None = None

    @property
    def name(self) -> str:
        """What the user reads in front of every line."""
        return self.source.display_name

    @property
    def components(self) -> Iterator[Component]:
        """Everything that takes part."""
        yield self.builder
        for planned in (*self.provisions, *([self.error_cleanup] if self.error_cleanup else [])):
            yield planned.component
        for chain in self.chains:
            for step in chain:
                yield step.component


def plan(template: Template, catalog: Catalog, choice: Choice) -> tuple[Job, ...]:
    """Lay out one job for every source that was chosen.

    Raises:
        TemplateError: components are missing; one diagnostic for each place that names one.
        PackerError: nothing is left to build (BLD-003).
    """
    takes = matching(template.language)
    chosen = [
        (source, block)
        for block in template.blocks
        for source in block.sources
        if choice.takes(_chosen_by(source, template), takes)
    ]
    if not chosen:
        raise _nothing_to_build(template, choice)
    lookup = _Lookup(catalog)
    jobs = tuple(
        _job(source, block, lambda name: choice.cuts(name, takes), lookup)
        for source, block in chosen
    )
    if lookup.missing:
        raise TemplateError(lookup.missing.values())
    return jobs


def build_names(template: Template) -> tuple[str, ...]:
    """What ``-only`` and ``-except`` call the builds (BLD-009, BLD-010)."""
    return tuple(_chosen_by(source, template) for source in template.sources)


def unknown_choices(template: Template, choice: Choice) -> tuple[str, ...]:
    """Names given to ``-only`` or ``-except`` that match nothing: most likely typing errors."""
    takes = matching(template.language)
    known = build_names(template)
    cuts = [step.name for chain in template.chains for step in chain]
    unknown = [word for word in choice.only if not any(takes(word, name) for name in known)]
    unknown += [
        word for word in choice.except_ if not any(takes(word, name) for name in (*known, *cuts))
    ]
    return tuple(dict.fromkeys(unknown))


def _chosen_by(source: Source, template: Template) -> str:
    return source.name if template.language == "json" else source.display_name


def _nothing_to_build(template: Template, choice: Choice) -> PackerError:
    known = build_names(template)
    asked = [f"-only={','.join(choice.only)}"] if choice.only else []
    asked += [f"-except={','.join(choice.except_)}"] if choice.except_ else []
    return PackerError(
        f"no builds to run: {' '.join(asked) or template.path}",
        hint=_meant(choice.only, template) if known else None,
        reference="no-builds",
    )


def _meant(asked: Sequence[str], template: Template) -> str:
    known = build_names(template)
    for name in asked if template.language == "hcl2" else ():
        # Very likely without that of the build block, which stands in front of it (BLD-009).
        if whole := next((one for one in known if one.endswith(f".{name}")), None):
            return f'did you mean "{whole}", or "*.{name}" in any build block?'
    near = next((near for name in asked if (near := did_you_mean(name, known))), None)
    return near or f"the builds of this template are: {', '.join(known)}"


class _Lookup:
    """Finds components; what is missing is collected, once for each place."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.missing: dict[Place, Diagnostic] = {}

    def find(self, kind: str, name: str, place: Place) -> Component:
        try:
            return self._catalog.find(kind, name)
        except PluginNotFound as error:
            hint = _renamed(kind, name) or error.hint
            self.missing[place] = Diagnostic(error.message, place, hint=hint)
            # Never started: a plan that lacks something is refused.
            return Component(kind=kind, name=name, argv=(), source="bundled", path=Path())


def _renamed(kind: str, name: str) -> str | None:
    from packer_core.template.fix import new_type  # noqa: PLC0415 - few components are missing

    new = new_type(kind, name)
    return new and f"it is called {new} now; packer fix TEMPLATE prints the template with that name"


def _job(source: Source, block: BuildBlock, is_cut: Callable[[str], bool], lookup: _Lookup) -> Job:
    cleanup = block.error_cleanup
    return Job(
        source=source,
        builder=lookup.find("builder", source.type, source.place),
        provisions=tuple(
            _provision(provision, source, lookup)
            for provision in block.provisions
            if provision.selection.takes(source.step_name)
        ),
        chains=tuple(_chains(block.chains, source, is_cut, lookup)),
        error_cleanup=_provision(cleanup, source, lookup) if cleanup else None,
    )


def _provision(provision: Provision, source: Source, lookup: _Lookup) -> PlannedProvision:
    override = provision.override.get(source.override_name)
    return PlannedProvision(
        provision=provision,
        component=lookup.find("provisioner", provision.type, provision.place),
        options=(provision.options, override) if override else (provision.options,),
    )


def _chains(
    chains: Iterable[tuple[PostProcess, ...]],
    source: Source,
    is_cut: Callable[[str], bool],
    lookup: _Lookup,
) -> Iterable[tuple[PlannedPostProcess, ...]]:
    for chain in chains:
        steps = []
        for step in chain:
            if is_cut(step.name):
                break  # what follows would get the wrong artifact
            if step.selection.takes(source.step_name):
                component = lookup.find("post-processor", step.type, step.place)
                steps.append(PlannedPostProcess(post_process=step, component=component))
        if steps:
            yield tuple(steps)

"""Which plugins serve a template that says what it requires (HCL-006, HCL-007).

A name in ``required_plugins`` is what components are called after, whatever the plugin calls
itself. Of HashiCorp's versioned binaries the highest version that is allowed is used; where there
is none, components that were installed in another way will do, if their version is not known to be
another one. A plugin in Python goes by the names that it has, and is known by its distribution.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.constraints import NoConstraint, allows
from packer_core.diagnostics import Diagnostic
from packer_core.errors import TemplateError
from packer_core.plugin_sources import read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from packer_core.template.model import RequiredPlugin

    from .binaries import Binaries
    from .catalog import Catalog, Component
    from .install.receipts import Receipt


def select(
    catalog: Catalog,
    required: Sequence[RequiredPlugin],
    binaries: Callable[[], Binaries],
    template: Path,
    *,
    installed: Callable[[], Sequence[Receipt]] = list,
    gob: bool = False,
) -> Catalog:
    """Return the catalog in which these plugins go by the names the template gives them.

    Args:
        catalog: Everything there is.
        required: By the template; may be empty.
        binaries: Looks for HashiCorp's; not called if nothing is required.
        template: For the hint how to get what is missing.
        installed: Reads the receipts of plugins in Python; called only if one is required.
        gob: Whether binaries are spoken to in gob.

    Raises:
        TemplateError: plugins are missing; one diagnostic for each.
    """
    if not required:
        return catalog
    found: list[Component] = []
    missing: list[Diagnostic] = []
    shelf = binaries()
    for plugin in required:
        if name := read_source(plugin.source).distribution:
            problem = problem_of_distribution(plugin, name, installed())
        elif there := shelf.installed(plugin.source, plugin.constraints):
            found += there[-1].components(plugin.accessor, gob=gob)
            continue
        else:
            problem = problem_of_others(catalog, plugin)
        if problem:
            missing.append(
                Diagnostic(problem, plugin.place, hint=f"packer init {template} installs it")
            )
    if missing:
        raise TemplateError(missing)
    return catalog.with_required(found)


def problem_of_distribution(
    plugin: RequiredPlugin, name: str, installed: Sequence[Receipt]
) -> str | None:
    """Why no installed plugin in Python does; None if one does."""
    wanted = f"plugin {plugin.source} {plugin.version}"
    receipt = next((one for one in installed if one.distribution == name), None)
    if receipt is None:
        return f"{wanted} is required, and not installed"
    if receipt.state != "ok":
        return f"{wanted} is required, and what is installed does not work: {receipt.state}"
    if not _allowed(plugin, receipt.version):
        return f"{wanted} is required; installed is {name} {receipt.version}"
    return None


def problem_of_others(catalog: Catalog, plugin: RequiredPlugin) -> str | None:
    """Why components that were installed in another way do not do; None if they do."""
    own = [one for one in catalog.components() if _belongs(one, plugin.accessor)]
    wanted = f"plugin {plugin.source} {plugin.version}"
    if not own:
        return f"{wanted} is required, and not installed"
    for component in own:
        if component.version and not _allowed(plugin, component.version):
            return f"{wanted} is required; the {component} is of version {component.version}"
    return None


def _belongs(component: Component, accessor: str) -> bool:
    return component.name == accessor or component.name.startswith(f"{accessor}-")


def _allowed(plugin: RequiredPlugin, version: str) -> bool:
    try:
        return allows(plugin.constraints, version)
    except NoConstraint:
        return True  # a version that cannot be judged

"""Putting fixers to work on a template: on every builder, provisioner and post-processor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .table import FIXERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .rules import Fixer, Options

    Change = Callable[[Options], Options]


def fix(template: Mapping[str, Any], fixers: Iterable[Fixer] = FIXERS) -> dict[str, Any]:
    """Return a template in its new form.

    What nobody knows stays as it is, wrong types included: telling about them is for whoever
    reads the template.

    Args:
        template: As JSON has it.
        fixers: In their order.
    """
    fixed = dict(template)
    for fixer in fixers:
        fixed = _renamed(fixed, *fixer.renames) if fixer.renames else _changed(fixed, fixer)
    return fixed


def new_type(kind: str, type_: str) -> str | None:
    """What a component is called now that has had another name; None if it has not."""
    for fixer in FIXERS:
        if fixer.renames and fixer.kind == kind and fixer.renames[0] == type_:
            return fixer.renames[1]
    return None


def outdated(kind: str, type_: str, options: Mapping[str, Any]) -> frozenset[str]:
    """Names of the options of a component that `fix` would take away (JSN-012).

    Args:
        kind: ``builder``, ``provisioner`` or ``post-processor``.
        type_: Its type.
        options: As the template has them.
    """
    fixed = dict(options)
    for fixer in FIXERS:
        if fixer.is_about(kind, type_):
            fixed = fixer.rule(fixed)
    return frozenset(options) - frozenset(fixed)


def _changed(template: dict[str, Any], fixer: Fixer) -> dict[str, Any]:
    def change(component: Options) -> Options:
        about = fixer.is_about(fixer.kind, component.get("type"))
        return fixer.rule(component) if about else component

    key = f"{fixer.kind}s"
    if key not in template:
        return template
    return template | {key: _each(template[key], change)}


def _each(value: Any, change: Change) -> Any:
    """Change objects in a list; a list in it is a chain of post-processors."""
    if isinstance(value, list):
        return [_each(item, change) for item in value]
    return change(value) if isinstance(value, dict) else value


def _renamed(template: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Give builders a new type; one without a name is called by it, wherever it is named."""
    builders = template.get("builders")
    if not isinstance(builders, list):
        return template
    typed = [one for one in builders if isinstance(one, dict) and one.get("type") == old]
    if not typed:
        return template

    def change(builder: Options) -> Options:
        return builder | {"type": new} if builder.get("type") == old else builder

    fixed = template | {"builders": _each(builders, change)}
    if any(isinstance(one, dict) and one.get("name") == old for one in builders):
        return fixed
    for key in ("provisioners", "post-processors", "error-cleanup-provisioner"):
        if key in fixed:
            fixed[key] = _each(fixed[key], lambda step: _called(step, old, new))
    return fixed


def _called(step: Options, old: str, new: str) -> Options:
    """A step that names a builder, by the new name of that."""
    found = dict(step)
    for key in ("only", "except"):
        if isinstance(found.get(key), list):
            found[key] = [new if name == old else name for name in found[key]]
    override = found.get("override")
    if isinstance(override, dict) and old in override and new not in override:
        found["override"] = {new if k == old else k: value for k, value in override.items()}
    return found

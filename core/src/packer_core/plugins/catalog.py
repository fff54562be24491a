"""What can be used in this run: every component, how to start it and where it came from."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from packer_core.errors import PluginNotFound
from packer_core.nearest import did_you_mean, join
from packer_sdk.records import named_record, record, replaced

from .names import KINDS, ComponentName

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Literal

    Source = Literal[
        "bundled",
        "installed",
        "executable folder",
        "plugin binary",
        "plugin folder",
        "working folder",
        "config file",
    ]

PROTOBUF_FLAG = "--protobuf"
"""Asks a component for its schemas in protobuf (protocol section 1.2)."""


@named_record
class Component:
    """One component that can be started.

    Attributes:
        kind: ``builder``, ``provisioner``, ``post-processor`` or ``datasource``.
        name: What templates call it.
        argv: The command that starts it.
        source: Where it was found.
        path: Its executable; that of packer, which serves it, for a bundled one.
        protobuf: Whether it is asked for its schemas in protobuf; gob, which every one knows, if
            not (protocol section 1.8).
        digest: SHA-256 of what is in its executable, if that was looked at.
        version: Of its plugin, if that is known.
        shadows: What it took the place of, if anything.
    """

    kind: str
    name: str
    argv: tuple[str, ...]
    source: Source
    path: Path
    protobuf: bool = False
    digest: str = ""
    version: str = ""
    shadows: Component | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def key(self) -> ComponentName:
        """Kind and name."""
        return ComponentName(self.kind, self.name)

    @property
    def command(self) -> tuple[str, ...]:
        """What is started: ``argv``, with the flag for protobuf where Packer puts it."""
        if not self.protobuf:
            return self.argv
        if self.argv[1:2] == ("start",):
            return (*self.argv[:-1], PROTOBUF_FLAG, self.argv[-1])
        return (*self.argv, PROTOBUF_FLAG)

    @property
    def program(self) -> str:
        """Base name of its executable: what stands in front of its log lines (seed F5).

        A program that serves many components, as packer does the bundled ones, would name none
        of them. There it is ``packer-KIND-NAME`` (F12).
        """
        return self.path.name if self.argv == (str(self.path),) else self.key.executable

    def shadowed(self) -> Iterator[Component]:
        """Everything it took the place of, the latest first."""
        below = self.shadows
        while below is not None:
            yield below
            below = below.shadows


@record
class Refusal:
    """A candidate that is not used.

    Attributes:
        path: The file, or the folder when everything in it is refused.
        reason: Why: ``everybody may write to it``.
        name: Which component it would have been; None if that is not known.
        plugin: Which plugin, for a file that holds many components. It stands aside in silence:
            its folder may be kept for another packer.
        hint: What helps, if it is not a matter of trust.
    """

    path: Path
    reason: str
    name: ComponentName | None = None
    plugin: str = ""
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"

    def could_be(self, kind: str, name: str) -> bool:
        """Whether a component that is missing may be in there."""
        if self.plugin:
            return name == self.plugin or name.startswith(f"{self.plugin}-")
        return self.name == ComponentName(kind, name)

    @property
    def remedy(self) -> str:
        """What to type if the file is trusted all the same, or what else helps."""
        if self.hint:
            return self.hint
        path = self.path.parent if "folder" in self.reason else self.path
        if "everybody" in self.reason:
            return f"if you trust it: chmod o-w {shlex.quote(str(path))}"
        return f"if you trust it: chown $(id -un) {shlex.quote(str(path))}"


class Catalog:
    """Every component by kind and name.

    Args:
        components: In the order of their sources; a later one shadows an earlier one.
        refused: What was found and is not used.
        announcements: What the person at the terminal should know before anything runs.
    """

    def __init__(
        self,
        components: Iterable[Component] = (),
        *,
        refused: Iterable[Refusal] = (),
        announcements: Iterable[str] = (),
    ) -> None:
        self._components: dict[ComponentName, Component] = {}
        for component in components:
            below = self._components.get(component.key)
            self._components[component.key] = replaced(component, shadows=below)
        self.refused = tuple(refused)
        self.announcements = (*announcements, *self._announcements())

    def with_required(self, components: Iterable[Component]) -> Catalog:
        """The same with components that win over those of their names (HCL-006)."""
        other = Catalog(refused=self.refused)
        other.announcements = self.announcements
        other._components = dict(self._components)
        for component in components:
            below = other._components.get(component.key)
            other._components[component.key] = replaced(component, shadows=below)
        return other

    def components(self, kind: str | None = None) -> tuple[Component, ...]:
        """Every component, or those of one kind, sorted by kind and name."""
        chosen = [one for one in self._components.values() if kind in {None, one.kind}]
        return tuple(sorted(chosen, key=lambda one: (KINDS.index(one.kind), one.name)))

    def find(self, kind: str, name: str) -> Component:
        """The component that a template means.

        Raises:
            PluginNotFound: There is none; the message names the nearest, the hint how to get it.
        """
        if component := self._components.get(ComponentName(kind, name)):
            return component
        raise self._not_found(kind, name)

    def _not_found(self, kind: str, name: str) -> PluginNotFound:
        for refusal in self.refused:
            if refusal.could_be(kind, name):
                return PluginNotFound(
                    f"the {kind} {name} was found and refused: {refusal}", hint=refusal.remedy
                )
        if others := [one.kind for one in self.components() if one.name == name]:
            return PluginNotFound(
                f"there is no {kind} {name}: {name} is a {join(others)}",
                hint=f"use it as a {others[0]}, or install a plugin that has a {kind} {name}",
            )
        near = did_you_mean(name, [one.name for one in self.components(kind)])
        install = f"packer plugins install packer-plugin-{name}"
        if "-" in name:  # a plugin may hold several components, named after it (`amazon-ebs`)
            install += f", or packer-plugin-{name.partition('-')[0]}"
        hint = f"{near} If not: {install}" if near else install
        for refusal in self.refused:
            if refusal.name is None and not refusal.plugin:
                hint = f"it may be in a folder that packer cannot see into: {refusal}"
        return PluginNotFound(f"there is no {kind}: {name}", hint=hint)

    def _announcements(self) -> Iterator[str]:
        """What a log nobody reads must not keep to itself: surprises about who runs."""
        for refusal in self.refused:
            if not refusal.plugin:
                yield f"not used: {refusal}"
        for component in self.components():
            if component.source != "working folder":
                continue
            familiar = [
                one for one in component.shadowed() if one.source in {"bundled", "installed"}
            ]
            if familiar:
                yield (
                    f"{component.path} is used as the {component}, "
                    f"in place of the {familiar[0].source} one (PACKER_NO_CWD_PLUGINS=1 forbids it)"
                )

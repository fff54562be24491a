"""The schemas of components, as templates in HCL need them: asked for once, then kept on disk.

A component has one schema of its options, and a data source one of its result (protocol sections
6.4 and 7). Neither depends on anything but the plugin, so they are kept under its `identity`, in
the bytes in which the component gave them::

    CACHE/plugins/IDENTITY/builder-docker.config.protobuf

What is not there yet is asked of the component, which is started for it and ended again.
"""

from __future__ import annotations

import collections
import contextlib
import os
import threading
from typing import TYPE_CHECKING

from packer_sdk.errors import PackerError, RemoteProtocolError
from packer_sdk.threads import spawn
from packer_sdk.wire.forms import decode_spec

from .identity import identity_of
from .kept import keep
from .violations import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import Literal, Protocol

    from packer_core.paths import Paths
    from packer_sdk.wire.specs import ObjectSpec

    from .catalog import Catalog, Component

    Part = Literal["config", "output"]

    class Face(Protocol):
        """What is asked here of every kind."""

        def config_spec(self) -> bytes:
            """Schema of the options."""

    class DatasourceFace(Face, Protocol):
        """What is asked of a data source."""

        def output_spec(self) -> bytes:
            """Schema of the result."""

    class Fleet(Protocol):
        """What starts them."""

        def builder(self, component: Component, job: str) -> Face:
            """Start a builder."""

        def provisioner(self, component: Component, job: str) -> Face:
            """Start a provisioner."""

        def post_processor(self, component: Component, job: str) -> Face:
            """Start a post-processor."""

        def datasource(self, component: Component, job: str) -> DatasourceFace:
            """Start a data source."""


ASKED_AT_ONCE = 2 * (os.cpu_count() or 1)
"""As many as a build starts at once."""

_JOB = "schemas"
"""What a component is started for, in the log."""


class Specs:
    """Schemas by kind and name. Safe from several threads.

    Args:
        catalog: Which components there are.
        paths: Where the cache is.
        fleet: Makes what starts components; left again when the answer is there.
    """

    def __init__(
        self, catalog: Catalog, paths: Paths, fleet: Callable[[], AbstractContextManager[Fleet]]
    ) -> None:
        self._catalog = catalog
        self._paths = paths
        self._fleet = fleet
        self._lock = threading.RLock()
        self._known: dict[tuple[str, str, Part], ObjectSpec] = {}
        self._identities: dict[Component, str | None] = {}

    def config_spec(self, kind: str, name: str) -> ObjectSpec:
        """The options of a component.

        Raises:
            PluginNotFound: there is none of that kind and name.
            PluginStartError: it did not come up.
            PluginCrashed: it died.
            RemoteProtocolError: what it answers is no schema.
        """
        with self._lock:
            return self._spec(kind, name, "config")

    def output_spec(self, name: str) -> ObjectSpec:
        """The result of a data source; raises what `config_spec` does."""
        with self._lock:
            return self._spec("datasource", name, "output")

    def prefetch(self, names: Iterable[tuple[str, str]]) -> None:
        """Get the schemas of many components, kind and name, in one go and side by side.

        What fails here is left to whoever asks for it, and is told then.
        """
        with self._lock:
            if cold := [one for pair in dict.fromkeys(names) if (one := self._cold(*pair))]:
                self._fetch(cold)

    def _fetch(self, cold: list[Component]) -> None:
        waiting = collections.deque(cold)
        answers: dict[Component, dict[Part, bytes]] = {}

        def ask(fleet: Fleet) -> None:
            with contextlib.suppress(IndexError):
                while True:
                    component = waiting.popleft()
                    with contextlib.suppress(PackerError):
                        answers[component] = _ask(fleet, component)

        with self._fleet() as fleet:
            for thread in [spawn("schemas", ask, fleet) for _ in cold[:ASKED_AT_ONCE]]:
                thread.join()
        for component, answer in answers.items():
            with contextlib.suppress(PackerError):
                self._keep(component, answer)

    def _spec(self, kind: str, name: str, part: Part) -> ObjectSpec:
        if spec := self._known.get((kind, name, part)):
            return spec
        component = self._catalog.find(kind, name)
        if self._cold(kind, name):
            with self._fleet() as fleet:
                self._keep(component, _ask(fleet, component))
        return self._known[kind, name, part]

    def _cold(self, kind: str, name: str) -> Component | None:
        """The component, if its schemas are neither in memory nor on disk."""
        try:
            component = self._catalog.find(kind, name)
        except PackerError:
            return None  # told by whoever needs it
        parts = _parts(component)
        if all((kind, name, part) in self._known for part in parts):
            return None
        return None if all(self._read(component, part) for part in parts) else component

    def _read(self, component: Component, part: Part) -> bool:
        path = self._path(component, part)
        if path is None:
            return False
        try:
            data = path.read_bytes()
        except OSError:
            return False
        try:
            self._learn(component, part, data)
        except RemoteProtocolError:  # no room on the disk, once; it is written again
            return False
        return True

    def _keep(self, component: Component, answers: dict[Part, bytes]) -> None:
        for part, data in answers.items():
            self._learn(component, part, data)
            if path := self._path(component, part):
                keep(path, data)

    def _learn(self, component: Component, part: Part, data: bytes) -> None:
        call = "ConfigSpec" if part == "config" else "OutputSpec"
        with reading(component.key.executable, call):
            spec = decode_spec(data, protobuf=component.protobuf)
        self._known[component.kind, component.name, part] = spec

    def _path(self, component: Component, part: Part) -> Path | None:
        if component not in self._identities:
            self._identities[component] = identity_of(component, self._paths)
        identity = self._identities[component]
        if identity is None:
            return None
        form = "protobuf" if component.protobuf else "gob"
        name = f"{component.kind}-{component.name}.{part}.{form}"
        return self._paths.plugin_cache / identity / name


def _parts(component: Component) -> tuple[Part, ...]:
    return ("config", "output") if component.kind == "datasource" else ("config",)


def _ask(fleet: Fleet, component: Component) -> dict[Part, bytes]:
    if component.kind == "datasource":
        source = fleet.datasource(component, _JOB)
        return {"config": source.config_spec(), "output": source.output_spec()}
    starts = {
        "builder": fleet.builder,
        "provisioner": fleet.provisioner,
        "post-processor": fleet.post_processor,
    }
    return {"config": starts[component.kind](component, _JOB).config_spec()}

"""Plain objects that have the faces of components: the engine cannot tell the difference."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from packer_core.diagnostics import Place
from packer_core.errors import PluginNotFound
from packer_core.plugins.catalog import Component
from packer_core.template.model import BuildBlock, PostProcess, Provision, Source, Template
from packer_sdk.components import Processed
from packer_sdk.errors import PackerError
from packer_sdk.faces import Prepared
from packer_sdk.interfaces import PROVISION_HOOK

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Callable, Mapping, Sequence

    from packer_core.template.model import Written
    from packer_sdk.cancel import CancelToken
    from packer_sdk.interfaces import Artifact, Communicator, Hook, Progress, Ui


T = TypeVar("T")


class Screen:
    """A Ui that remembers, shared by all targets of a test."""

    def __init__(self, target: str = "", lines: list[tuple[str, str, str]] | None = None) -> None:
        self.target = target
        self.lines = lines if lines is not None else []

    def for_job(self, job: str, kind: str | None = None) -> Screen:
        return Screen(f"{job} ({kind})" if kind else job, self.lines)

    def say(self, message: str) -> None:
        self.lines.append((self.target, "say", message))

    def error(self, message: str) -> None:
        self.lines.append((self.target, "error", message))

    def ask(self, query: str) -> str:
        self.lines.append((self.target, "ask", query))
        return ""

    def machine(self, category: str, *values: str) -> None:
        self.lines.append((self.target, "machine", ",".join((category, *values))))

    def progress(
        self, label: str, *, total: int, current: int = 0
    ) -> contextlib.AbstractContextManager[Progress]:
        raise NotImplementedError

    def said(self, target: str | None = None) -> list[str]:
        return [text for where, how, text in self.lines if how == "say" and target in (None, where)]

    def text(self) -> str:
        return "\n".join(text for _, how, text in self.lines if how in ("say", "error"))

    def records(self) -> list[tuple[str, str]]:
        return [(where, text) for where, how, text in self.lines if how == "machine"]


@dataclass(eq=False)
class Thing:
    """An artifact that knows whether it still exists."""

    id: str
    files: tuple[str, ...] = ()
    builder_id: str = "test"
    destroyed: bool = False
    refuses: str = ""

    def state(self, name: str) -> object:
        return None

    def destroy(self) -> None:
        if self.refuses:
            raise PackerError(self.refuses)
        self.destroyed = True

    def __str__(self) -> str:
        return f"thing {self.id}"


@dataclass
class FakeBuilder:
    """Runs its hook and returns its artifact, or does what it is told to."""

    artifact: Artifact | None = None
    generated: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    refuses: PackerError | None = None
    fails: PackerError | None = None
    rewords: Callable[[PackerError], PackerError] | None = None
    communicator: object = "machine"
    work: Callable[[CancelToken], None] | None = None
    configs: Sequence[object] = ()

    def config_spec(self) -> bytes:
        return b""

    def prepare(self, configs: Sequence[object]) -> Prepared:
        self.configs = configs
        if self.refuses:
            raise self.refuses
        return Prepared(self.generated, self.warnings)

    def run(self, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact | None:
        if self.work:
            self.work(cancel)
        try:
            hook.run(PROVISION_HOOK, ui, self.communicator, {"ID": "i-1"}, cancel)  # type: ignore[arg-type]
        except PackerError as error:
            raise (self.rewords(error) if self.rewords else error) from error
        if self.fails:
            raise self.fails
        return self.artifact


@dataclass
class FakeProvisioner:
    """Notes each call; fails as often as it is told to."""

    failures: list[PackerError] = field(default_factory=list)
    calls: list[Mapping[str, object]] = field(default_factory=list)
    work: Callable[[CancelToken], None] | None = None
    configs: Sequence[object] = ()
    refuses: PackerError | None = None

    def config_spec(self) -> bytes:
        return b""

    def prepare(self, configs: Sequence[object]) -> None:
        self.configs = configs
        if self.refuses:
            raise self.refuses

    def provision(
        self,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        self.calls.append(data)
        if self.work:
            self.work(cancel)
        if self.failures:
            raise self.failures.pop(0)


@dataclass
class FakePostProcessor:
    """Makes an artifact of its own, or does what it is told to."""

    makes: Callable[[Artifact], Processed | None] = Processed
    configs: Sequence[object] = ()
    given: list[Artifact] = field(default_factory=list)

    def config_spec(self) -> bytes:
        return b""

    def configure(self, configs: Sequence[object]) -> None:
        self.configs = configs

    def post_process(self, ui: Ui, artifact: Artifact, cancel: CancelToken) -> Processed | None:
        self.given.append(artifact)
        return self.makes(artifact)


def named(kind: str, name: str) -> Component:
    """A component of the catalog."""
    return Component(kind=kind, name=name, argv=("false",), source="bundled", path=Path("list"))


class FakeCatalog:
    """Knows the names it is given."""

    def __init__(self, *names: str) -> None:
        self._known = {tuple(name.split(":", 1)) for name in names}

    def find(self, kind: str, name: str) -> Component:
        if (kind, name) not in self._known:
            raise PluginNotFound(f"no {kind} named {name}", hint="install it")
        return named(kind, name)


class FakeFleet:
    """Hands out the faces it is given, by name, and notes the order."""

    def __init__(self, **faces: object) -> None:
        self.faces = faces
        self.started: list[tuple[str, str]] = []
        self._lock = threading.Lock()

    def builder(self, component: Component, job: str) -> FakeBuilder:
        return self._face(component, job, FakeBuilder)

    def provisioner(self, component: Component, job: str) -> FakeProvisioner:
        return self._face(component, job, FakeProvisioner)

    def post_processor(self, component: Component, job: str) -> FakePostProcessor:
        return self._face(component, job, FakePostProcessor)

    def _face(self, component: Component, job: str, kind: type[T]) -> T:
        with self._lock:
            self.started.append((component.name, job))
        face = self.faces[component.name]
        if isinstance(face, PackerError):
            raise face
        assert isinstance(face, kind)
        return face


def place(line: int = 1) -> Place:
    return Place("t.json", line, 1)


def source(
    name: str = "a",
    kind: str = "maker",
    *,
    written: Written | None = None,
    local_name: str = "",
    **options: object,
) -> Source:
    return Source(
        name=name,
        type=kind,
        options=options,
        place=place(),
        written=written,
        local_name=local_name,
    )


def provision(kind: str = "install", **arguments: object) -> Provision:
    return Provision(type=kind, place=place(2), **{"options": {}, **arguments})  # type: ignore[arg-type]


def link(kind: str = "pack", **arguments: object) -> PostProcess:
    return PostProcess(
        type=kind,
        place=place(3),
        **{"options": {}, "name": kind, **arguments},  # type: ignore[arg-type]
    )


BLOCK_PARTS = ("provisions", "chains", "error_cleanup")


def template(*sources: Source, **arguments: object) -> Template:
    """A template of one block, as in JSON."""
    parts = {name: arguments.pop(name) for name in BLOCK_PARTS if name in arguments}
    block = BuildBlock(sources=sources or (source(),), **parts)  # type: ignore[arg-type]
    return Template(path=Path("t.json"), blocks=(block,), **arguments)  # type: ignore[arg-type]

"""Our core, and the judges' plugins where HashiCorp's packer would look for them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from packer_core.paths import Paths
from packer_core.plugins.binary_store import place
from packer_core.plugins.discovery import discover
from packer_core.plugins.fleet import Fleet
from packer_core.plugins.specs import Specs
from packer_sdk.cancel import CancelToken
from packer_sdk.cty.values import Value, value_of
from packer_sdk.testing import RecordingHook, RecordingUi
from packer_sdk.threads import spawn
from packer_sdk.wire.specs import Attr, Block, BlockList, ObjectSpec, implied_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from packer_core.plugins.catalog import Catalog, Component
    from packer_core.plugins.fleet import (
        GuardedBuilder,
        GuardedPostProcessor,
        GuardedProvisioner,
    )
    from packer_sdk.components import Processed
    from packer_sdk.interfaces import Artifact, Communicator, Ui

KINDS = ("builder", "provisioner", "post-processor", "datasource")
PEERS = ("go-protobuf", "go-gob", "old-gob", "python-protobuf", "python-gob")
"""A plugin, and what core and it speak; ``old`` knows only gob."""


@dataclass
class Judges:
    """A home folder with plugins in it.

    Attributes:
        home: The folder.
        environ: For everything that is run.
    """

    home: Path
    environ: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.environ = {
            **{name: value for name, value in os.environ.items() if "PACKER" not in name},
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "PACKER_DATA_DIR": str(self.home / "data"),
            "PACKER_CACHE_DIR": str(self.home / "cache"),
        }

    @property
    def paths(self) -> Paths:
        """Of our core."""
        return Paths.from_environ(self.environ)

    def install(self, name: str, file: Path) -> Path:
        """Put a plugin where it is found."""
        folder = self.paths.plugin_folders[0]
        return place(file, f"example.org/judge/{name}", folder, environ=self.environ)

    def catalog(self, *, gob: bool = False) -> Catalog:
        """What our core finds."""
        environ = {**self.environ, "PACKER_FORCE_GOB": "1" if gob else ""}
        return discover(self.paths, cwd=self.home, environ=environ)


class Core:
    """Our core, about to meet a plugin.

    Attributes:
        name: Of the plugin; ``go``, ``old`` or ``python``.
        protobuf: Whether it is spoken to in protobuf.
        ui: Keeps what plugins say.
    """

    def __init__(self, judges: Judges, fleet: Fleet, name: str, *, gob: bool) -> None:
        self.name = name
        self.judges = judges
        self._gob = gob
        self.catalog = judges.catalog(gob=gob)
        self.protobuf = self.component("builder").protobuf
        self.ui = RecordingUi("the answer")
        self._fleet = fleet
        self.specs = Specs(self.catalog, judges.paths, lambda: Fleet(judges.environ))

    def component(self, kind: str, further: str = "", *, of: str = "") -> Component:
        """One of the plugin's components; ``of`` another plugin, if that is named."""
        name = of or self.name
        return self.catalog.find(kind, f"{name}-{further}" if further else name)

    @contextlib.contextmanager
    def another(self, **environ: str) -> Iterator[Core]:
        """The same, with plugins that have further variables in their environment."""
        with Fleet({**self.judges.environ, **environ}) as fleet:
            yield Core(self.judges, fleet, self.name, gob=self._gob)

    def typed(self, kind: str, options: Mapping[str, Any], *, of: str = "") -> Value:
        """Options as a template in HCL has them: every attribute of the schema, most null."""
        spec = self.specs.config_spec(kind, of or self.name)
        return value_of(implied_type(spec), complete(spec, options))

    def face(self, kind: str, *, of: str = "") -> Any:
        """A component that has only been started."""
        start = getattr(self._fleet, kind.replace("-", "_"))
        return start(self.component(kind, of=of), "box")

    def builder(self, *configs: object, of: str = "") -> GuardedBuilder:
        """A builder that is ready."""
        face: GuardedBuilder = self.face("builder", of=of)
        face.prepare(configs)
        return face

    def provisioner(self, *configs: object, of: str = "") -> GuardedProvisioner:
        """A provisioner that is ready."""
        face: GuardedProvisioner = self.face("provisioner", of=of)
        face.prepare(configs)
        return face

    def post_processor(self, *configs: object, of: str = "") -> GuardedPostProcessor:
        """A post-processor that is ready."""
        face: GuardedPostProcessor = self.face("post-processor", of=of)
        face.configure(configs)
        return face

    def built(self, options: Mapping[str, Any], *, cancel: CancelToken | None = None) -> Artifact:
        """What a builder makes."""
        artifact = self.builder(options).run(self.ui, RecordingHook(), cancel or CancelToken())
        assert artifact is not None
        return artifact

    def provisioned(
        self,
        options: Mapping[str, Any],
        *,
        builder: str = "",
        provisioner: str = "",
        cancel: CancelToken | None = None,
        **further: object,
    ) -> None:
        """Run a builder whose machine a provisioner works in."""
        face = self.provisioner(options, of=provisioner)

        def work(
            name: str,
            ui: Ui,
            communicator: Communicator | None,
            data: Mapping[str, object],
            token: CancelToken,
        ) -> None:
            face.provision(ui, communicator, data, token)

        machine = self.builder({"steps": ["provision"], **further}, of=builder)
        machine.run(self.ui, RecordingHook(work), cancel or CancelToken())

    def processed(self, options: Mapping[str, Any], artifact: Artifact) -> Processed | None:
        """What a post-processor makes of an artifact."""
        face = self.post_processor(options)
        return face.post_process(self.ui, artifact, CancelToken())

    def looked_up(self, *configs: object, further: str = "") -> Value:
        """What a data source gives."""
        component = self.component("datasource", further)
        return self._fleet.execute_datasource(component, configs, CancelToken(), "box")

    def do(self, kind: str, options: Mapping[str, Any], cancel: CancelToken | None = None) -> None:
        """Have a component of any kind do its work."""
        token = cancel or CancelToken()
        match kind:
            case "builder":
                self.builder(options).run(self.ui, RecordingHook(), token)
            case "provisioner":
                self.provisioner(options).provision(self.ui, None, {}, token)
            case "post-processor":
                given = self.built({"artifact": "given"})
                self.post_processor(options).post_process(self.ui, given, token)
            case _:
                component = self.component("datasource")
                self._fleet.execute_datasource(component, [options], token, "box")

    def records(self, category: str) -> list[tuple[str, ...]]:
        """The records for programs of one category."""
        return [record[1:] for record in self.ui.records if record[0] == category]

    def record(self, category: str) -> Any:
        """The only record of a category, which is JSON."""
        ((text,),) = self.records(category)
        return json.loads(text)


class Machine:
    """Runs packer on templates."""

    def __init__(self, judges: Judges, folder: Path) -> None:
        self.judges = judges
        self.folder = folder

    def packer(self, *words: str, status: int = 0, **environ: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "packer_core", *words],
            cwd=self.folder,
            env=self.judges.environ | environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def build(self, template: dict[str, Any], *words: str, status: int = 0, **environ: str) -> str:
        path = self.folder / "t.json"
        path.write_text(json.dumps(template))
        return self.packer("build", "-color=false", *words, str(path), status=status, **environ)


class IdlingCore:
    """Builders of all plugins that nobody uses for a while, beside everything else."""

    def __init__(self, judges: Judges, fleet: Fleet, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._cores = {
            name: Core(judges, fleet, name, gob=False) for name in ("go", "old", "python")
        }
        options = {"steps": ["provision", "say still here"]}
        self._builders = {name: core.builder(options) for name, core in self._cores.items()}

    def said(self) -> dict[str, list[str]]:
        """Wait until the time is over, and let them work."""
        time.sleep(max(0.0, self._until - time.monotonic()))
        for name, builder in self._builders.items():
            builder.run(self._cores[name].ui, RecordingHook(), CancelToken())
        return {name: core.ui.said for name, core in self._cores.items()}


def complete(spec: ObjectSpec, options: Mapping[str, Any]) -> dict[str, Any]:
    """Options with everything that a schema has: null, and no blocks where there are none."""
    made: dict[str, Any] = {}
    for name, inner in spec.attributes.items():
        value = options.get(name)
        if isinstance(inner, BlockList):
            made[name] = [_inside(inner.nested, one) for one in value or ()]
        elif isinstance(inner, Block):
            made[name] = None if value is None else _inside(inner.nested, value)
        else:
            assert isinstance(inner, Attr)
            made[name] = value
    assert options.keys() <= made.keys(), options.keys() - made.keys()
    return made


def _inside(spec: object, options: Mapping[str, Any]) -> dict[str, Any]:
    assert isinstance(spec, ObjectSpec)
    return complete(spec, options)


@contextlib.contextmanager
def cancelled_once_there(path: Path) -> Iterator[CancelToken]:
    """A token that goes up when a plugin has made a file."""
    cancel = CancelToken()
    with _once_there(path, cancel.cancel):
        yield cancel


@contextlib.contextmanager
def killed_once_there(path: Path, pid: int, *, wait_s: float = 0) -> Iterator[None]:
    """A process is killed when a plugin has made a file, and some time has passed."""

    def kill() -> None:
        time.sleep(wait_s)
        os.kill(pid, signal.SIGKILL)

    with _once_there(path, kill):
        yield


@contextlib.contextmanager
def _once_there(path: Path, act: Callable[[], None]) -> Iterator[None]:
    def watch() -> None:
        until = time.monotonic() + 60
        while not path.exists() and time.monotonic() < until:
            time.sleep(0.01)
        act()

    thread = spawn("test", watch)
    try:
        yield
    finally:
        thread.join()

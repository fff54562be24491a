"""Components for tests of calls and processes: one of each kind, obedient to their options.

`serve_wonder.py` beside it serves them; tests also use them in their own process.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from packer_sdk import (
    PROVISION_HOOK,
    Builder,
    ComponentError,
    Datasource,
    PostProcessor,
    Problem,
    Processed,
    Provisioner,
    RemoteCommand,
    config,
    field,
)
from packer_sdk.testing import MemoryArtifact, RecordingUi, Reply, ScriptedCommunicator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packer_sdk import Artifact, CancelToken, Communicator, Hook, Ui

# What a stray print of a plugin looks like, in the three ways there are.
if os.environ.get("WONDER_NOISE"):
    print("noise of Python at import")  # noqa: T201 - what is tested
    os.write(1, b"noise of C at import\n")
    subprocess.run([sys.executable, "-c", "print('noise of a child at import')"], check=True)

if os.environ.get("WONDER_SLOW"):
    time.sleep(60)


@config
class WonderConfig:
    do: str = field(doc="What to do.", default="nothing")
    text: str = field(doc="Said first.", default="")


@config
class WonderDisk:
    size: int = field(doc="Size.")


@config
class WonderOutput:
    text: str = field(doc="Text.")
    number: float = field(doc="A number.", default=0.1)
    maybe: str | None = field(doc="Never set.", default=None)
    names: list[str] = field(doc="Names.", default=[])
    disks: list[WonderDisk] = field(doc="Disks.", default=[])


class Wonder:
    """What all do before they do what is theirs."""

    def check(self, config: WonderConfig) -> Iterable[Problem]:
        if config.do == "refuse":
            yield Problem("cannot be done", path="do", hint="do nothing")
            yield Problem("cannot be said either", path="text")
        if config.do == "warn":
            yield Problem("is odd", path="do", severity="warning")
        if config.do == "crash at check":
            raise TypeError("no check today")

    def act(self, config: WonderConfig, ui: Ui, cancel: CancelToken) -> None:
        if config.text:
            ui.say(config.text)
        if config.do == "fail":
            raise ComponentError("it went wrong: 7", hint="try 8")
        if config.do == "crash":
            raise KeyError("lost")
        if config.do == "exit":
            sys.exit("bye")
        if config.do == "fail without a word":
            raise ComponentError("")
        if config.do == "wait":
            ui.say("waiting")
            cancel.wait()
            ui.say("cleaned up")
            cancel.check()
        if config.do == "hang":
            ui.say(f"hanging {os.getpid()}")
            while True:
                time.sleep(60)
        if config.do == "noise":
            print("noise of Python in a call")  # noqa: T201 - what is tested
            os.write(1, b"noise of C in a call\n")
            subprocess.run(
                [sys.executable, "-c", "print('noise of a child in a call')"], check=True
            )


class WonderBuilder(Wonder, Builder[WonderConfig]):
    generated = ("WonderSize",)

    def run(self, config: WonderConfig, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact | None:
        self.act(config, ui, cancel)
        if config.do == "make nothing":
            return None
        machine = ScriptedCommunicator(
            {
                "cat": Reply(echo=True),
                "fail": Reply(3, b"some output", b"some complaint"),
                "never": Reply(error=ComponentError("cannot start: never")),
            },
            {"/etc/name": b"wonder"},
        )
        data: dict[str, object] = {"ID": "i-1", "Port": 22, "WonderSize": 4.5, "SSHAgentAuth": True}
        if config.do == "publish a list":
            data["Disks"] = ["a", "b"]
        if config.do == "provision":
            hook.run(PROVISION_HOOK, ui, machine, data, cancel)
        if config.do == "publish a list":
            hook.run(PROVISION_HOOK, ui, machine, data, cancel)
        if config.do == "provision without a machine":
            hook.run(PROVISION_HOOK, ui, None, data, cancel)
        files = sorted(machine.files)
        return MemoryArtifact(
            "wonder",
            "w-1",
            files,
            "a wonder",
            {"generated_data": {"ID": "i-1"}, "odd": {1: [b"\x00", None]}, "path": object()},
            destroy_error=ComponentError("it is stuck") if config.do == "be stuck" else None,
        )


class WonderProvisioner(Wonder, Provisioner[WonderConfig]):
    def provision(
        self,
        config: WonderConfig,
        ui: Ui,
        communicator: Communicator,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        self.act(config, ui, cancel)
        if config.do == "use the machine":
            output, complaints = io.BytesIO(), io.BytesIO()
            command = RemoteCommand("fail", stdout=output, stderr=complaints)
            status = communicator.start(command).wait()
            ui.say(f"{status} {output.getvalue()!r} {complaints.getvalue()!r}")
            communicator.upload("/tmp/wonder", io.BytesIO(b"w" * 1_000_000))
            content = io.BytesIO()
            communicator.download("/tmp/wonder", content)
            ui.say(f"{len(content.getvalue())} bytes")
        if config.do == "show the data":
            for name in sorted(data):
                ui.say(f"{name}={data[name]!r}")


class WonderPostProcessor(Wonder, PostProcessor[WonderConfig]):
    def post_process(
        self, config: WonderConfig, ui: Ui, artifact: Artifact, cancel: CancelToken
    ) -> Processed | None:
        self.act(config, ui, cancel)
        if config.do == "make nothing":
            return None
        if config.do == "give back":
            return Processed(artifact, keep_input=True, force_keep=True)
        return Processed(MemoryArtifact("packed", f"packed {artifact.id}"), keep_input=True)


class WonderDatasource(Wonder, Datasource[WonderConfig, WonderOutput]):
    def execute(self, config: WonderConfig, cancel: CancelToken) -> WonderOutput:
        if config.do == "fill":
            return WonderOutput(
                text=config.text, names=["a", "b"], disks=[WonderDisk(size=1), WonderDisk(size=2)]
            )
        if config.do == "wait":
            cancel.wait()
            cancel.check()
        self.act(config, RecordingUi(), cancel)
        return WonderOutput(text=config.text)

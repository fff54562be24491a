"""The steps of plugin/main.go, verb for verb."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from packer_sdk import (
    CLEANUP_HOOK,
    PROVISION_HOOK,
    CancelToken,
    ComponentError,
    FileInfo,
    RemoteCommand,
    adapters,
    run_remote,
)
from packer_sdk.threads import spawn

from .machine import Machine
from .options import published, view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import BinaryIO

    from packer_sdk import Artifact, Communicator, Hook, Ui

    from .options import Options

logger = logging.getLogger(__name__)

MACHINE_VERBS = ("run", "feed", "stream", "upload", "put", "get", "upload-dir", "download-dir")


def hold_specs() -> None:
    """Let ConfigSpec or OutputSpec make the file that the environment names, and never answer."""
    if path := os.environ.get("PEER_HOLD_SPEC"):
        adapters.Adapter.config_spec = _hold(path)  # type: ignore[assignment]
    if path := os.environ.get("PEER_HOLD_OUTPUT"):
        adapters.DatasourceAdapter.output_spec = _hold(path)  # type: ignore[assignment]


def _hold(path: str) -> Callable[[object], bytes]:
    def hold(_: object) -> bytes:
        Path(path).touch()
        while True:
            time.sleep(60)

    return hold


class Stage:
    """What a step may use; what a kind of component does not have is missing."""

    ui: Ui
    hook: Hook
    communicator: Communicator
    data: Mapping[str, object]
    artifact: Artifact

    def __init__(
        self, options: Options, *, cancel: CancelToken | None = None, **given: object
    ) -> None:
        self.options = options
        self.cancel = cancel or CancelToken()
        vars(self).update(given)

    def take(self, steps: Sequence[str]) -> None:
        for step in steps:
            verb, _, rest = step.partition(" ")
            if verb in MACHINE_VERBS:
                self.remote(verb, rest)
            elif not self.act(verb, rest) and not self.tell(verb, rest):
                raise ComponentError(f"no such step: {verb} {rest}")

    def act(self, verb: str, rest: str) -> bool:
        match verb:
            case "fail":
                raise ComponentError(rest)
            case "exit":
                os._exit(int(rest))
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hold":
                Path(rest).touch()
                self.cancel.wait()
                raise ComponentError("cancelled")
            case "mark":
                Path(rest).touch()
            case "wait":
                time.sleep(int(rest) / 1000)
            case "log":
                logger.warning("%s", rest)
            case "destroy":
                self.artifact.destroy()
            case "bare" | "provision" | "cleanup" | "hook":
                self.run_hook(verb, rest)
            case _:
                return False
        return True

    def run_hook(self, verb: str, rest: str) -> None:
        data = published(self.options)
        if verb == "bare":
            self.hook.run(PROVISION_HOOK, self.ui, None, data, self.cancel)
            return
        names = {"provision": PROVISION_HOOK, "cleanup": CLEANUP_HOOK}
        with Machine() as machine:
            self.hook.run(names.get(verb, rest), self.ui, machine, data, self.cancel)

    def tell(self, verb: str, rest: str) -> bool:
        match verb:
            case "say" | "message":
                self.ui.say(rest)
            case "error":
                self.ui.error(rest)
            case "machine":
                category, *words = rest.split()
                self.ui.machine(category, *words)
            case "ask":
                self.ui.say(f"answer: {self.ui.ask(rest)}")
            case "progress":
                self.progress(rest)
            case "flood":
                self.flood(int(rest))
            case _:
                return self.show(verb, rest)
        return True

    def show(self, verb: str, rest: str) -> bool:
        match verb:
            case "options":
                self.record("options", view(self.options))
            case "data":
                self.record("data", dict(self.data))
            case "artifact":
                self.record("artifact", told(self.artifact))
            case "state":
                self.ui.machine("state", rest, as_json(self.artifact.state(rest)))
            case _:
                return False
        return True

    def progress(self, rest: str) -> None:
        word, _, label = rest.partition(" ")
        part = (int(word) + 3) // 4
        with self.ui.progress(label, total=int(word)) as bar:
            for _ in range(4):
                bar.add(part)

    def flood(self, count: int) -> None:
        threads = [
            spawn(f"flood-{number}", self.ui.say, f"flood {number}") for number in range(count)
        ]
        for thread in threads:
            thread.join()

    def remote(self, verb: str, rest: str) -> None:
        words = rest.split()
        match verb:
            case "run":
                self.run(rest, None)
            case "feed":
                text, _, command = rest.partition("|")
                self.run(command, io.BytesIO(text.encode()))
            case "stream":
                run_remote(self.ui, self.communicator, rest, cancel=self.cancel)
            case "upload":
                self.upload(words[0], Path(words[1]))
            case "put":
                source = Pattern(int(words[1]))
                self.communicator.upload(words[0], cast("BinaryIO", source))
                self.ui.machine("put", words[1], source.digest.hexdigest())
            case "get":
                sink = Counted()
                self.communicator.download(words[0], cast("BinaryIO", sink))
                self.ui.machine("got", str(sink.count), sink.digest.hexdigest())
            case "upload-dir":
                self.communicator.upload_dir(words[0], words[1], exclude=words[2:])
            case "download-dir":
                self.communicator.download_dir(words[0], words[1], exclude=words[2:])

    def run(self, command: str, stdin: BinaryIO | None) -> None:
        stdout, stderr = io.BytesIO(), io.BytesIO()
        running = self.communicator.start(RemoteCommand(command, stdin, stdout, stderr))
        status = running.wait()
        printed = (stream.getvalue().decode() for stream in (stdout, stderr))
        self.ui.machine("ran", str(status), *printed)

    def upload(self, destination: str, source: Path) -> None:
        facts = source.stat()
        info = FileInfo(
            source.name,
            facts.st_size,
            facts.st_mode & 0o777,
            datetime.fromtimestamp(facts.st_mtime, UTC),
        )
        with source.open("rb") as file:
            self.communicator.upload(destination, file, info=info)

    def record(self, category: str, value: object) -> None:
        self.ui.machine(category, as_json(value))


def told(artifact: Artifact) -> dict[str, object]:
    """What there is to know about an artifact."""
    return {
        "builder_id": artifact.builder_id,
        "id": artifact.id,
        "files": list(artifact.files) or None,
        "string": str(artifact),
    }


def as_json(value: object) -> str:
    """A value as JSON; bytes as a list that says so."""
    return json.dumps(value, default=lambda data: ["bytes", *data])


class Pattern(io.RawIOBase):
    """The numbers 0 to 250 over and over, which no power of two divides."""

    _numbers = bytes(range(251)) * 1024

    def __init__(self, size: int) -> None:
        self.digest = hashlib.sha256()
        self._left = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        made = self._numbers[self._at : self._at + wanted]
        self._at = (self._at + len(made)) % 251
        self._left -= len(made)
        self.digest.update(made)
        return made


class Counted(io.RawIOBase):
    """Keeps the digest of what is written."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.count = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.digest.update(data)
        self.count += len(data)
        return len(data)

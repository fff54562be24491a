"""Provisioner `file`: copy files to the machine, or from it (PVS-004)."""

from __future__ import annotations

import glob
import io
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from packer_sdk import FileInfo, PackerKeys, Problem, Provisioner, config, field

from .files import in_words, replacing
from .scripts import is_settled
from .transfer import watched
from .waiting import stoppable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import BinaryIO

    from packer_sdk import CancelToken, Communicator, Ui


@config
class FileConfig(PackerKeys):
    """Options of the provisioner."""

    source: str = field(
        doc="File or folder to copy; `folder/` means what is in it. Exactly one of source with "
        "sources, and content, is set.",
        default="",
    )
    sources: list[str] = field(doc="Several of them.", default_factory=list)
    content: str | None = field(
        doc="Text to write into the destination, a file with mode 0600.", default=None
    )
    destination: str = field(doc="Where to copy to; `folder/` keeps the name of the source.")
    direction: Literal["upload", "download"] = field(
        doc="upload: from here to the machine; download: from the machine to here.",
        default="upload",
    )
    generated: bool = field(
        doc="The source will be made during the build, so it need not be there before.",
        default=False,
    )


class FileProvisioner(Provisioner[FileConfig]):
    """Copy every source, one after the other."""

    def check(self, config: FileConfig) -> Iterator[Problem]:
        """Find wrong combinations, and sources that are missing on this machine."""
        yield from _check_kinds(config)
        if config.direction == "upload" and not config.generated:
            yield from _missing(config)
        yield from _check_destination(config)

    def provision(
        self,
        config: FileConfig,
        ui: Ui,
        communicator: Communicator,
        data: Mapping[str, object],  # noqa: ARG002 - it is in the options already
        cancel: CancelToken,
    ) -> None:
        """Copy in the chosen direction; the first copy that fails ends it."""
        copy = _Copy(ui, communicator, cancel)
        if _has_content(config):
            copy.write(config.content or "", config.destination)
        elif config.direction == "upload":
            for source in _sources(config):
                copy.upload(source, config.destination)
        else:
            for source in _sources(config):
                copy.download(source, config.destination)


def _sources(config: FileConfig) -> list[str]:
    return [*config.sources, *([config.source] if config.source else [])]


def _has_content(config: FileConfig) -> bool:
    """Empty content beside a source is a variable that was left empty, not a wish."""
    return config.content is not None and (config.content != "" or not _sources(config))


def _check_kinds(config: FileConfig) -> Iterator[Problem]:
    if not _sources(config) and config.content is None:
        yield Problem("nothing to copy: set source, sources or content")
    if _sources(config) and _has_content(config):
        yield Problem("set either content or a source, not both", path="content")
    if config.direction == "download" and config.content:
        yield Problem("only uploads have content", path="content")


def _missing(config: FileConfig) -> Iterator[Problem]:
    named = [(f"sources[{index}]", path) for index, path in enumerate(config.sources)]
    for option, path in [*named, ("source", config.source)]:
        if path and is_settled(path) and not Path(path).exists():
            yield Problem(
                f"no such file or folder: {path}",
                path=option,
                hint="if the build makes it, set generated = true",
            )


def _check_destination(config: FileConfig) -> Iterator[Problem]:
    if not config.destination:
        yield Problem("is empty", path="destination")
        return
    is_folder = config.destination.endswith("/")
    if _has_content(config) and is_folder:
        yield Problem(
            "content goes to a folder under a made-up name",
            path="destination",
            hint=f"add a name: {config.destination}NAME",
            severity="warning",
        )
    files = [source for source in _sources(config) if not _is_folder(source)]
    if len(files) > 1 and not is_folder:
        yield Problem(
            "each source overwrites the one before",
            path="destination",
            hint=f"a folder ends with a slash: {config.destination}/",
            severity="warning",
        )


def _is_folder(source: str) -> bool:
    return source.endswith("/") or Path(source).is_dir()


class _Copy:
    """The two directions, for one call."""

    def __init__(self, ui: Ui, communicator: Communicator, cancel: CancelToken) -> None:
        self._ui = ui
        self._communicator = communicator
        self._cancel = cancel

    def write(self, content: str, destination: str) -> None:
        data = content.encode()
        if destination.endswith("/"):
            import hashlib  # noqa: PLC0415 - only here

            # Packer uses the random name of its temporary file; ours can be found again.
            destination += f"content-{hashlib.sha256(data).hexdigest()[:8]}"
        self._ui.say(f"Uploading content => {destination}")
        # The text may hold a secret, so nobody else may read it (as in Packer).
        info = FileInfo(_base_name(destination), len(data), 0o600)
        self._send(io.BytesIO(data), destination, info)

    def upload(self, source: str, destination: str) -> None:
        self._ui.say(f"Uploading {source} => {destination}")
        path = Path(source)
        if path.is_dir():
            # The builder reads the folder, maybe in another process: no relative path. The
            # slash that asks for the contents only would get lost in a Path.
            absolute = f"{path.absolute()}{'/' if source.endswith('/') else ''}"
            self._wait("upload-dir", lambda: self._upload_dir(destination, absolute))
            return
        if destination.endswith("/"):
            destination += path.name
        with in_words("upload", source):
            file = path.open("rb")
        with file:
            self._send(file, destination, _info(path))

    def _upload_dir(self, destination: str, source: str) -> None:
        self._communicator.upload_dir(destination, source)

    def _send(self, source: BinaryIO, destination: str, info: FileInfo) -> None:
        with watched(source, info.size_bytes, info.name, self._ui, self._cancel) as reader:
            self._wait("upload", lambda: self._communicator.upload(destination, reader, info=info))

    def download(self, source: str, destination: str) -> None:
        self._ui.say(f"Downloading {source} => {destination}")
        target = Path(destination)
        if source.endswith("/") or glob.has_magic(source):
            with in_words("make folder", destination):
                target.mkdir(parents=True, exist_ok=True)
            self._wait("download-dir", lambda: self._download_dir(source, target))
            return
        if destination.endswith("/") or target.is_dir():
            target /= _base_name(source)
        # The whole file or none: a broken download must not look like a file.
        with replacing(target) as file:
            self._wait("download", lambda: self._communicator.download(source, file))

    def _download_dir(self, source: str, target: Path) -> None:
        # As above: the builder writes the folder.
        self._communicator.download_dir(source, str(target.absolute()))

    def _wait(self, role: str, call: Callable[[], None]) -> None:
        stoppable(self._cancel, role, call)


def _info(path: Path) -> FileInfo:
    status = path.stat()
    return FileInfo(path.name, status.st_size, status.st_mode & 0o777)


def _base_name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]

"""Builder `file`: the image is a file (BUI-002). For trying out chains of post-processors.

Packer gives remote provisioners a communicator that says yes to everything, so a template seems
to install what it never installs. Here they fail at once and say that there is no machine;
provisioners that run on this machine (shell-local, sleep, breakpoint) work as they do there.
"""

from __future__ import annotations

from pathlib import Path

from packer_sdk import Builder, FileArtifact, PackerKeys, Problem, config, field
from packer_sdk.communicators.none import NoneCommunicator

from .files import in_words, replacing
from .hooks import Build, build_data, run_build
from .transfer import chunks, watched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_sdk import Artifact, CancelToken, Hook, Ui

BUILDER_ID = "packer.file"
"""The id other plugins know these artifacts by."""


@config
class FileBuilderConfig(PackerKeys):
    """Options of the builder."""

    target: Path = field(doc="File to write; folders on the way are made, a file is overwritten.")
    source: str = field(doc="File to copy. At most one of source and content is set.", default="")
    content: str = field(
        doc="Text to write; the file then has mode 0600. Without both it is empty.", default=""
    )


class FileBuilder(Builder[FileBuilderConfig]):
    """Write a file and call it an image."""

    def check(self, config: FileBuilderConfig) -> Iterator[Problem]:
        """Judge the combination of source and content, and whether there is a source."""
        if config.source and config.content:
            yield Problem("set either source or content, not both", path="content")
        if not config.source and not config.content:
            yield Problem(
                "neither source nor content is set: the file will be empty", severity="warning"
            )
        if config.target.is_dir():
            yield Problem(f"is a folder: {config.target}", path="target")
        if config.source:
            yield from _check_source(Path(config.source), config.target)

    def run(self, config: FileBuilderConfig, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact:
        """Write the file, then call the provisioners; after a failure the file is removed."""
        build = Build(hook, ui, NoneCommunicator(), build_data("File"), cancel)
        run_build(build, config, WriteFile(config))
        return FileArtifact(
            BUILDER_ID,
            [config.target],
            id="File",
            description=f"Stored file: {config.target}",
            state={"generated_data": {"ID": "File"}},
        )


class WriteFile:
    """The step that makes the file."""

    def __init__(self, config: FileBuilderConfig) -> None:
        self._config = config
        self._is_written = False

    def run(self, build: Build) -> None:
        """Write it."""
        _write(self._config, build.ui, build.cancel)
        self._is_written = True

    def cleanup(self, build: Build) -> None:
        """Remove it if the build has failed; what was there before a failed write stays."""
        if self._is_written and not build.is_done:
            self._config.target.unlink(missing_ok=True)


def _check_source(source: Path, target: Path) -> Iterator[Problem]:
    if not source.is_file():
        yield Problem(f"no such file: {source}", path="source")
    elif target.exists() and source.samefile(target):
        yield Problem(f"is the target itself: {source}", path="source")


def _write(config: FileBuilderConfig, ui: Ui, cancel: CancelToken) -> None:
    ui.say(f"Writing {config.target}")
    if not config.source:
        with replacing(config.target, mode=0o600) as target:
            target.write(config.content.encode())
        return
    source = Path(config.source)
    with in_words("read source", source):
        file = source.open("rb")
    with (
        file,
        watched(file, source.stat().st_size, source.name, ui, cancel) as reader,
        replacing(config.target) as target,
    ):
        for piece in chunks(reader):
            target.write(piece)

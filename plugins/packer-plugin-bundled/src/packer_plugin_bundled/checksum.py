"""Post-processor `checksum`: write down checksums of the artifact's files (PPM-003).

Packer appends to a checksum file that is there, so every further run adds the same lines again.
Builds do share such files, so here too the lines of others stay; a line about the same file with
the same kind of checksum is replaced where it stands.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from packer_sdk import (
    ComponentError,
    PackerKeys,
    PostProcessor,
    Problem,
    Processed,
    Template,
    config,
    field,
)

from .files import in_words, locked, replacing
from .outcome import MadeArtifact
from .transfer import chunks, watched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packer_sdk import Artifact, CancelToken, Ui

BUILDER_ID = "packer.post-processor.checksum"
"""The id other plugins know these artifacts by."""

TYPES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
"""Kinds of checksums; their lengths differ, so a line tells its kind."""


@config
class ChecksumConfig(PackerKeys):
    """Options of the post-processor."""

    checksum_types: list[str] = field(
        doc=f"Kinds of checksums: {', '.join(TYPES)}.", default_factory=lambda: ["md5"]
    )
    output: Template = field(
        doc="The file; knows {{.BuildName}}, {{.BuilderType}} and {{.ChecksumType}}.",
        default=Template("packer_{{.BuildName}}_{{.BuilderType}}_{{.ChecksumType}}.checksum"),
    )


class ChecksumPostProcessor(PostProcessor[ChecksumConfig]):
    """Read every file once, and write a line per file and kind."""

    def check(self, config: ChecksumConfig) -> Iterator[Problem]:
        """Refuse unknown kinds."""
        for index, kind in enumerate(config.checksum_types):
            if kind not in TYPES:
                yield Problem(
                    f"is no kind of checksum: {kind}",
                    path=f"checksum_types[{index}]",
                    hint=f"one of {', '.join(TYPES)}",
                )

    def post_process(
        self, config: ChecksumConfig, ui: Ui, artifact: Artifact, cancel: CancelToken
    ) -> Processed:
        """Write the checksum files; they join the artifact."""
        kinds = list(dict.fromkeys(config.checksum_types))
        files = list(artifact.files)
        if not files:
            ui.say("The artifact has no files to take checksums of")
            return Processed(artifact, keep_input=True, force_keep=True)
        sums = [_sums(Path(path), kinds, ui, cancel) for path in files]
        outputs: dict[str, None] = {}
        for kind in kinds:
            output = _output(config, kind)
            lines = [(one[kind], Path(path).name) for path, one in zip(files, sums, strict=True)]
            with locked(Path(output), ui, cancel):
                _merge(Path(output), lines)
            ui.say(f"Wrote {kind} checksums: {output}")
            outputs[output] = None
        # Packer drops the id here, so that a manifest behind it no longer knows the image.
        made = MadeArtifact(
            BUILDER_ID, [*files, *outputs], "Files and their checksums", artifact, id=artifact.id
        )
        return Processed(made, keep_input=True, force_keep=True)


def _output(config: ChecksumConfig, kind: str) -> str:
    return config.output.render(
        {
            "BuildName": config.packer_build_name,
            "BuilderType": config.packer_builder_type,
            "ChecksumType": kind,
        }
    )


def _sums(path: Path, kinds: Sequence[str], ui: Ui, cancel: CancelToken) -> dict[str, str]:
    if path.is_dir():
        raise ComponentError(
            f"cannot take the checksum of a folder: {path}",
            hint="put a compress post-processor before this one",
        )
    digests = [hashlib.new(kind, usedforsecurity=False) for kind in kinds]
    with in_words("take the checksum of", path), path.open("rb") as file:
        size_bytes = path.stat().st_size
        with watched(file, size_bytes, path.name, ui, cancel) as reader:
            for piece in chunks(reader):
                for digest in digests:
                    digest.update(piece)
    return {digest.name: digest.hexdigest() for digest in digests}


def _merge(output: Path, lines: Sequence[tuple[str, str]]) -> None:
    """Write lines of digest, tab and name over those that are there."""
    with in_words("read", output):
        # Names of files are bytes, and nothing says which text they are.
        old = output.read_bytes().splitlines() if output.exists() else []
    new = [f"{digest}\t{name}".encode(errors="surrogateescape") for digest, name in lines]
    with replacing(output) as file:
        file.writelines(line + b"\n" for line in merged(old, new))


def merged(old: Sequence[bytes], new: Sequence[bytes]) -> list[bytes]:
    """Put new lines where the first old one of the same file and kind was, or at the end."""
    waiting: dict[tuple[bytes, int], list[bytes]] = {}
    for line in new:
        waiting.setdefault(_subject(line), []).append(line)
    known = set(waiting)
    kept: list[bytes] = []
    for line in old:
        subject = _subject(line)
        kept.extend(waiting.pop(subject, []) if subject in known else [line])
    return kept + [line for lines in waiting.values() for line in lines]


def _subject(line: bytes) -> tuple[bytes, int]:
    """Name of the file, and length of the digest, which tells its kind."""
    digest, _, name = line.partition(b"\t")
    return name, len(digest)

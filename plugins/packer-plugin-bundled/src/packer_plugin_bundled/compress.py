"""Post-processor `compress`: pack the artifact's files into one (PPM-004)."""

from __future__ import annotations

import os
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

from .archive import Packing, size_of
from .files import in_words, replacing
from .formats import DEFAULT_LEVEL, format_of
from .outcome import MadeArtifact
from .transfer import bar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packer_sdk import Artifact, CancelToken, Ui

    from .formats import Format

BUILDER_ID = "packer.post-processor.compress"
"""The id other plugins know these artifacts by."""


@config
class CompressConfig(PackerKeys):
    """Options of the post-processor."""

    output: Template = field(
        doc="The file; knows {{.BuildName}} and {{.BuilderType}}. Its last two extensions choose "
        "the format: .tar, .zip, .gz, .bz2, .xz or .bgzf, each of the last four alone or after "
        ".tar; anything else is a tar.gz.",
        default=Template("packer_{{.BuildName}}_{{.BuilderType}}"),
    )
    format: str = field(
        doc="Continues the extensions of output when the format is chosen, for example tar.gz; "
        "the name of the file stays as it is.",
        default="",
    )
    compression_level: int = field(
        doc="1 (quick) to 9 (small); 0 and -1 leave the choice to the format.", default=-1
    )


class CompressPostProcessor(PostProcessor[CompressConfig]):
    """Write an archive, or one compressed file; the input is not kept unless asked for."""

    def check(self, config: CompressConfig) -> Iterator[Problem]:
        """Refuse levels and formats there are none of."""
        if not DEFAULT_LEVEL <= config.compression_level <= 9:
            yield Problem(
                f"is not between -1 and 9: {config.compression_level}", path="compression_level"
            )
        found = format_of(config.output.text, config.format)
        if found.algorithm == "lz4":
            yield Problem(
                f"is not supported: {found}",
                path="format" if config.format else "output",
                hint="use gz, bz2 or xz",
            )

    def post_process(
        self, config: CompressConfig, ui: Ui, artifact: Artifact, cancel: CancelToken
    ) -> Processed:
        """Pack; on failure or cancel nothing is left of the output."""
        output = _output(config)
        files = list(artifact.files)
        found = format_of(output, config.format)
        _check_files(files, output, found)
        with in_words("read", output):
            size_bytes = size_of(files)
        ui.say(f"Packing into {output} ({found})")
        with bar(ui, Path(output).name, size_bytes) as report:
            packing = Packing(
                format=found,
                level=config.compression_level or DEFAULT_LEVEL,
                epoch_s=_source_date_epoch(),
                cancel=cancel,
                report=report,
            )
            with replacing(Path(output)) as target:
                packing.write(files, target)
        made = MadeArtifact(BUILDER_ID, [output], "Compressed artifact", artifact)
        return Processed(made)


def _output(config: CompressConfig) -> str:
    return config.output.render(
        {"BuildName": config.packer_build_name, "BuilderType": config.packer_builder_type}
    )


def _check_files(files: Sequence[str], output: str, found: Format) -> None:
    """Stop before anything is written.

    Raises:
        ComponentError: these files cannot go into this output.
    """
    if not files:
        raise ComponentError(
            f"the artifact has no files to pack into {output}",
            hint="an artifice post-processor before this one names files",
        )
    if any(Path(path).resolve() == Path(output).resolve() for path in files):
        raise ComponentError(f"cannot pack a file into itself: {output}")
    if not found.archive and (len(files) > 1 or Path(files[0]).is_dir()):
        raise ComponentError(
            f"{found} holds one file, the artifact has {len(files)}: {', '.join(files)}",
            hint=f"choose an archive: output = {output.partition('.')[0]}.tar.gz",
        )


def _source_date_epoch() -> int | None:
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return None
    if not text.isdecimal():
        raise ComponentError(f"SOURCE_DATE_EPOCH is no number of seconds: {text}")
    return int(text)

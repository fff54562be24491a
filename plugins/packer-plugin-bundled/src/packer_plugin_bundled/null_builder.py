"""Builder `null`: no machine of its own, only provisioners (BUI-001)."""

from __future__ import annotations

from packer_sdk import Builder, PackerKeys, Problem, RecordArtifact, config, field
from packer_sdk.communicators.none import NoneCommunicator

from .hooks import Build, build_data, run_build

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_sdk import Artifact, CancelToken, Hook, Ui

BUILDER_ID = "fnoeding.null"
"""The id other plugins know these artifacts by."""


@config
class NullConfig(PackerKeys):
    """Options of the builder."""

    communicator: str = field(
        doc="The way into a machine that exists already. Only `none` is available yet, so it "
        "must be set.",
        default="ssh",
    )


class NullBuilder(Builder[NullConfig]):
    """Run provisioners and export nothing."""

    def check(self, config: NullConfig) -> Iterator[Problem]:
        """Ssh is the default, as in Packer, but cannot be had yet."""
        if config.communicator != "none":
            yield Problem(
                f"is not available yet: {config.communicator}",
                path="communicator",
                hint='only communicator = "none" is, with provisioners that run here',
            )

    def run(self, config: NullConfig, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact:
        """Call the provisioners."""
        run_build(Build(hook, ui, NoneCommunicator(), build_data("Null"), cancel), config)
        return RecordArtifact(
            BUILDER_ID,
            "Null",
            "nothing was built: the builder null only runs provisioners",
            state={"generated_data": {"ID": "Null"}},
        )

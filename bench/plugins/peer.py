"""A builder that holds still in its hook: the other side of bench/wire.py."""

from __future__ import annotations

from packer_sdk import (
    Artifact,
    Builder,
    CancelToken,
    Hook,
    RecordArtifact,
    Ui,
    config,
    field,
    plugin,
)
from packer_sdk.communicators.local import LocalCommunicator


@config
class PeerConfig:
    steps: list[str] = field(doc="As the judges have it.", default_factory=list)
    artifact: str = field(doc="Id of the artifact.", default="")


class PeerBuilder(Builder[PeerConfig]):
    def run(self, config: PeerConfig, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact:
        with LocalCommunicator() as communicator:
            hook.run("packer_provision", ui, communicator, {}, cancel)
        return RecordArtifact("peer", config.artifact, "nothing")


if __name__ == "__main__":
    plugin.register_builder(PeerBuilder)

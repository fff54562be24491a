"""Provisioner `sleep`: wait (PVS-010)."""

from __future__ import annotations

from packer_sdk import Duration, PackerKeys, Problem, Provisioner, config, field

from .waiting import pause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packer_sdk import CancelToken, Communicator, Ui


@config
class SleepConfig(PackerKeys):
    """Options of the provisioner."""

    duration: Duration = field(doc="How long to wait.")


class SleepProvisioner(Provisioner[SleepConfig]):
    """Wait, say nothing, and stop waiting on cancel."""

    def check(self, config: SleepConfig) -> Iterator[Problem]:
        """Nobody can wait until yesterday."""
        if config.duration.seconds < 0:
            yield Problem(f"is negative: {config.duration}", path="duration")

    def provision(
        self,
        config: SleepConfig,
        ui: Ui,  # noqa: ARG002 - it is silent
        communicator: Communicator,  # noqa: ARG002 - any machine will do, also none
        data: Mapping[str, object],  # noqa: ARG002
        cancel: CancelToken,
    ) -> None:
        """Wait."""
        pause(cancel, config.duration.seconds)

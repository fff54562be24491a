"""Another builder that is called `note`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk import Builder, config

if TYPE_CHECKING:
    from packer_sdk import CancelToken, Hook, Ui


@config
class NotableConfig:
    """It has no options."""


class NotableBuilder(Builder[NotableConfig]):
    """Makes nothing."""

    def run(self, config: NotableConfig, ui: Ui, hook: Hook, cancel: CancelToken) -> None:
        """Make nothing."""
        ui.say("This is the other builder of that name")

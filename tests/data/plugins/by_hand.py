"""A plugin in one file, as the seed document shows it: implement, then serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk import Builder, config, field, plugin

if TYPE_CHECKING:
    from packer_sdk import Artifact, CancelToken, Hook, Ui


@config
class HandConfig:
    text: str = field(doc="What to say.", default="hello")


class HandBuilder(Builder[HandConfig]):
    def run(self, config: HandConfig, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact | None:
        ui.say(config.text)
        return None


if __name__ == "__main__":
    print("printed before anything was served")  # noqa: T201 - what is tested
    plugin.register_builder(HandBuilder)

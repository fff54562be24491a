"""The builder `oci`: what core and the SDK see of it."""

from __future__ import annotations

from packer_sdk import Builder

from .config import OciConfig

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from packer_sdk import Artifact, CancelToken, Hook, Problem, Ui


class OciBuilder(Builder[OciConfig]):
    """Make a container image: no daemon, no hypervisor, no network, no root needed."""

    generated = ("RootPath",)

    def check(self, config: OciConfig) -> Iterable[Problem]:
        """Look at everything that can be judged before the build."""
        from .check import problems  # noqa: PLC0415 - a process that only describes needs none

        return problems(config)

    def run(self, config: OciConfig, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact:
        """Build the image and return it as an artifact."""
        from .build import build_image  # noqa: PLC0415 - a process that only prepares needs none

        return build_image(config, ui, hook, cancel)

"""The wire face of each kind of component: the untyped calls that cross the process line.

Two things have this face. In a plugin, an adapter around the author's typed class has it
(`packer_sdk.adapters`); in core, an RPC client has it (`packer_sdk.rpc`). The engine cannot tell
them apart, which is what makes it testable without a process.

``configs`` is the list of protocol section 6.1: raw maps (JSON templates), cty values in JSON as
bytes (HCL2), or None. Every ``prepare`` starts from nothing (PRV-009).
"""

from __future__ import annotations

from .records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from .cancel import CancelToken
    from .components import Processed
    from .interfaces import Artifact, Communicator, Hook, Ui
else:
    Protocol = object  # as in interfaces


@record
class Prepared:
    """A builder's answer to prepare.

    Attributes:
        generated: Names of the values the build will publish to provisioners.
        warnings: What the user should know though it stops nothing.
    """

    generated: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class BuilderFace(Protocol):
    """Protocol section 5.1."""

    def config_spec(self) -> bytes:
        """Schema of the options, encoded as the process was told to."""

    def prepare(self, configs: Sequence[object]) -> Prepared:
        """Take the configuration; no side effects.

        Raises:
            PackerError: it is refused; the text lists every problem.
        """

    def run(self, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact | None:
        """Build. None means: done, and there is no artifact."""


class ProvisionerFace(Protocol):
    """Protocol section 5.2."""

    def config_spec(self) -> bytes:
        """Schema of the options, encoded as the process was told to."""

    def prepare(self, configs: Sequence[object]) -> None:
        """Take the configuration; no side effects."""

    def provision(
        self,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """Do the work in the machine behind ``communicator``."""


class PostProcessorFace(Protocol):
    """Protocol section 5.3."""

    def config_spec(self) -> bytes:
        """Schema of the options, encoded as the process was told to."""

    def configure(self, configs: Sequence[object]) -> None:
        """Take the configuration; no side effects."""

    def post_process(self, ui: Ui, artifact: Artifact, cancel: CancelToken) -> Processed | None:
        """Turn an artifact into another. None means: nothing came out, and the chain ends."""


class DatasourceFace(Protocol):
    """Protocol section 5.4."""

    def config_spec(self) -> bytes:
        """Schema of the options, encoded as the process was told to."""

    def configure(self, configs: Sequence[object]) -> None:
        """Take the configuration; no side effects."""

    def output_spec(self) -> bytes:
        """Schema of the result, encoded as the process was told to. Never depends on options."""

    def execute(self, cancel: CancelToken) -> bytes:
        """Look it up. Returns a cty value of the schema's type, encoded as the process was told."""

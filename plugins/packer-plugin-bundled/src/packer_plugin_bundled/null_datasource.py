"""Data source `null`: what comes in comes out (DSC-002)."""

from __future__ import annotations

from packer_sdk import Datasource, Problem, config, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_sdk import CancelToken


@config
class NullConfig:
    """Options of the data source."""

    input: str = field(doc="Text to give back; not empty.")


@config
class NullOutput:
    """What it gives."""

    output: str = field(doc="The input.")


class NullDatasource(Datasource[NullConfig, NullOutput]):
    """Give back what it was given: for trying out data sources."""

    def check(self, config: NullConfig) -> Iterator[Problem]:
        """Refuse nothing: in HCL it looks like a value that was forgotten."""
        if not config.input:
            yield Problem("is empty", path="input")

    def execute(self, config: NullConfig, cancel: CancelToken) -> NullOutput:  # noqa: ARG002 - at once
        """Give it back."""
        return NullOutput(output=config.input)

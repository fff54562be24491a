"""Data sources in their processes: what a template looks up before anything is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.cty.values import value_of
from packer_sdk.errors import RemoteProtocolError
from packer_sdk.rpc.datasource import DatasourceClient
from packer_sdk.wire.forms import decode_spec, decode_value
from packer_sdk.wire.specs import implied_type

from .fleet import Guarded, on_wire
from .violations import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packer_sdk.cancel import CancelToken
    from packer_sdk.cty.values import Value
    from packer_sdk.faces import DatasourceFace

    from .catalog import Component


class GuardedDatasource(Guarded[DatasourceClient]):
    """A data source in a process."""

    make_client = DatasourceClient

    def configure(self, configs: Sequence[object]) -> None:
        """See `packer_sdk.faces.DatasourceFace`."""
        with self.process.explaining("Configure"):
            self._client.configure(on_wire(configs))

    def output_spec(self) -> bytes:
        """See `packer_sdk.faces.DatasourceFace`."""
        with self.process.explaining("OutputSpec"):
            return self._client.output_spec()

    def execute(self, cancel: CancelToken) -> bytes:
        """See `packer_sdk.faces.DatasourceFace`."""
        with self.process.explaining("Execute"):
            return self._client.execute(cancel)


def looked_up(
    face: DatasourceFace, component: Component, configs: Sequence[object], cancel: CancelToken
) -> Value:
    """Configure a data source and have it look things up (protocol section 7).

    Raises:
        RemoteError: it refuses its configuration, or failed.
        RemoteProtocolError: its result is not of the type it has announced.
    """
    face.configure(configs)
    label = component.key.executable
    announced = face.output_spec()
    with reading(label, "OutputSpec"):
        type_ = implied_type(decode_spec(announced, protobuf=component.protobuf))
    answer = face.execute(cancel)
    with reading(label, "Execute"):
        value = decode_value(answer, protobuf=component.protobuf)
    try:
        # Templates count on that type: of a list of results, every one must have it.
        return value if value.type == type_ else value_of(type_, value.content)
    except ValueError as error:
        raise RemoteProtocolError(
            f"the {component} gave what it has not announced: {error}",
            hint="this is a bug of the plugin; tell its authors",
        ) from error

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_plugin_bundled.null_datasource import NullConfig, NullDatasource
from packer_sdk.errors import RemoteError
from packer_sdk.testing import Loopback
from packer_sdk.wire.forms import decode_value

if TYPE_CHECKING:
    from packer_sdk import CancelToken


def test_what_comes_in_comes_out(cancel: CancelToken) -> None:
    with Loopback(NullDatasource) as datasource:
        datasource.configure([b'{"value":{"input":"x"},"type":["object",{"input":"string"}]}'])
        value = decode_value(datasource.execute(cancel), protobuf=True)
    assert value.content == {"output": "x"}


@pytest.mark.parametrize("config", [{}, {"input": ""}])
def test_nothing_is_refused(config: dict[str, object]) -> None:
    with Loopback(NullDatasource) as datasource, pytest.raises(RemoteError, match="input: is "):
        datasource.configure([config])


def test_check_names_the_option() -> None:
    (problem,) = NullDatasource().check(NullConfig(input=""))
    assert str(problem) == "input: is empty"

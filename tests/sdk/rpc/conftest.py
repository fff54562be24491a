from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_sdk.testing import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from packer_sdk.rpc.client import RpcClient
    from packer_sdk.rpc.server import Service
    from packer_sdk.testing import Connected


@pytest.fixture
def sessions() -> Iterator[Connected]:
    pair = connect()
    yield pair
    for session in pair:
        session.close()


@pytest.fixture
def reach(sessions: Connected) -> Callable[..., RpcClient]:
    """Serve something in core, and be a plugin that calls it."""

    def serve(*services: Service) -> RpcClient:
        return sessions.plugin.call_client(sessions.core.offer(*services).number)

    return serve

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from helpers.waiting import once
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled, ComponentError, RemoteError, RemoteProtocolError
from packer_sdk.rpc.datasource import DatasourceExecuteResponse
from packer_sdk.rpc.server import Service
from packer_sdk.testing import Loopback, client_of
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packer_sdk.testing import Connected


class Face:
    """A data source without an adapter."""

    def __init__(self, execute: Callable[[], bytes] | None = None) -> None:
        self.configured: list[tuple[object, ...]] = []
        self.started = threading.Event()
        self._execute = execute

    def config_spec(self) -> bytes:
        return b"spec"

    def configure(self, configs: Sequence[object]) -> None:
        if not configs:
            raise ComponentError("nothing to look up")
        self.configured.append(tuple(configs))

    def output_spec(self) -> bytes:
        return b"output"

    def execute(self, cancel: CancelToken) -> bytes:
        self.started.set()
        if self._execute:
            return self._execute()
        cancel.wait(30)
        raise Cancelled


def test_everything_is_handed_through() -> None:
    face = Face(lambda: b"\x00value")
    with Loopback(face, "datasource") as datasource:
        assert datasource.config_spec() == b"spec"
        datasource.configure([b"cty", None])
        assert datasource.output_spec() == b"output"
        assert datasource.execute(CancelToken()) == b"\x00value"
    assert face.configured == [(b"cty", None)]


def test_a_refused_configuration_raises() -> None:
    with (
        Loopback(Face(), "datasource") as datasource,
        pytest.raises(RemoteError, match=r"^nothing to look up$"),
    ):
        datasource.configure([])


def test_a_failed_execute_raises() -> None:
    def fail() -> bytes:
        raise ComponentError("not found: x")

    with (
        Loopback(Face(fail), "datasource") as datasource,
        pytest.raises(RemoteError, match=r"^not found: x$"),
    ):
        datasource.execute(CancelToken())


def test_execute_when_cancelled_stops() -> None:
    face, token = Face(), CancelToken()
    once(face.started, token.cancel)
    with Loopback(face, "datasource") as datasource, pytest.raises(Cancelled):
        datasource.execute(token)


@pytest.mark.parametrize("call", ["configure", "execute"])
def test_an_error_in_gos_form_is_raised(sessions: Connected, call: str) -> None:
    reply = {"Value": None, "Error": {"Message": "it failed"}}
    service = Service("Datasource", {"Configure": lambda _: reply, "Execute": lambda _: reply})
    thread = spawn("serve", sessions.plugin.serve, service)
    client = client_of("datasource", sessions.core)
    with pytest.raises(RemoteError, match=r"^it failed$"):
        getattr(client, call)(CancelToken() if call == "execute" else [])
    client.close()
    thread.join()


def test_a_value_of_the_wrong_shape_is_named() -> None:
    with pytest.raises(RemoteProtocolError, match=r"DatasourceExecuteResponse\.Value: expected"):
        DatasourceExecuteResponse.from_wire({"Value": 5})

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import psutil
import pytest

from helpers.programs import plugin
from packer_core.errors import PluginCrashed
from packer_core.events.monitor import Monitor
from packer_core.plugins.fleet import Fleet
from packer_core.plugins.watched import WatchedFleet, watched
from packer_sdk.cancel import CancelToken
from packer_sdk.cty.types import ObjectType
from packer_sdk.cty.values import UNKNOWN, Value
from packer_sdk.errors import Cancelled, RemoteError, RemoteProtocolError
from packer_sdk.records import replaced
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from pathlib import Path

    from packer_core.events.model import Event

ECHO = "return Output(text=config.option, number=7)"


class Told:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def notice(self, event: Event) -> None:
        self.events.append(event)


OPTIONS = ObjectType({"option": "string"})


@pytest.mark.parametrize("protobuf", [True, False])
def test_a_value_goes_in_and_a_value_comes_out(tmp_path: Path, protobuf: bool) -> None:
    component = replaced(plugin(tmp_path, ECHO, "datasource"), protobuf=protobuf)
    before = psutil.Process().children()
    with Fleet(os.environ) as fleet:
        value = fleet.execute_datasource(
            component, [Value(OPTIONS, {"option": "ü"})], CancelToken()
        )
        assert psutil.Process().children() == before
    assert value.content == {"text": "ü", "number": 7}
    assert value.type == ObjectType({"text": "string", "number": "number"})


def test_what_is_unknown_goes_in_as_a_placeholder(tmp_path: Path) -> None:
    with Fleet(os.environ) as fleet:
        value = fleet.execute_datasource(
            plugin(tmp_path, ECHO, "datasource"),
            [Value(OPTIONS, {"option": UNKNOWN})],
            CancelToken(),
        )
    assert value.content == {"text": "<unknown>", "number": 7}


def test_a_failure_is_told_in_the_words_of_the_data_source(tmp_path: Path) -> None:
    component = plugin(tmp_path, "raise ComponentError('no such thing')", "datasource")
    with Fleet(os.environ) as fleet, pytest.raises(RemoteError, match="no such thing"):
        fleet.execute_datasource(component, [{}], CancelToken())


def test_a_data_source_that_dies_is_explained(tmp_path: Path) -> None:
    component = plugin(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)", "datasource")
    with (
        Fleet(os.environ) as fleet,
        pytest.raises(PluginCrashed, match="killed by SIGKILL during Execute"),
    ):
        fleet.execute_datasource(component, [{}], CancelToken())


def test_a_cancelled_data_source_stops(tmp_path: Path) -> None:
    body = "cancel.wait(60)\ncancel.check()"
    cancel = CancelToken()
    with Fleet(os.environ) as fleet:
        spawn("cancel", cancel.cancel)
        with pytest.raises(Cancelled):
            fleet.execute_datasource(plugin(tmp_path, body, "datasource"), [{}], cancel)


def test_a_result_that_was_not_announced_is_refused(tmp_path: Path) -> None:
    component = plugin(tmp_path, ECHO, "datasource")
    text = component.path.read_text().replace(
        "if __name__",
        "from packer_sdk import adapters\n"
        "from packer_sdk.cty.values import implied\n"
        "from packer_sdk.wire.forms import encode_value\n"
        "adapters.DatasourceAdapter.execute = "
        "lambda self, cancel: encode_value(implied({'text': ['a']}), protobuf=False)\n"
        "if __name__",
    )
    component.path.write_text(text)
    with (
        Fleet(os.environ) as fleet,
        pytest.raises(RemoteProtocolError, match="datasource test gave what it has not announced"),
    ):
        fleet.execute_datasource(component, [{}], CancelToken())


def test_a_watched_fleet_tells_of_each_call(tmp_path: Path) -> None:
    told = Told()
    fleet = watched(Fleet(os.environ), Monitor(told))
    assert isinstance(fleet, WatchedFleet)
    with fleet:
        fleet.execute_datasource(plugin(tmp_path, ECHO, "datasource"), [{}], CancelToken())
    calls = [str(getattr(one, "method", "")) for one in told.events]
    assert [one for one in dict.fromkeys(calls) if one] == ["Configure", "OutputSpec", "Execute"]

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_sdk.errors import RemoteError
from packer_sdk.rpc.ui import UiClient, UiServer
from packer_sdk.testing import RecordingUi
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_sdk.rpc.client import RpcClient

    Reach = Callable[..., RpcClient]


def test_every_method_arrives(reach: Reach) -> None:
    real = RecordingUi("42")
    ui = UiClient(reach(UiServer(real)))
    ui.say("one\ntwo")
    ui.error("bad")
    ui.machine("artifact", "0", "id")
    ui.machine("end")
    assert ui.ask("how much?") == "42"
    assert (real.said, real.errors, real.asked) == (["one", "two"], ["bad"], ["how much?"])
    assert real.records == [("artifact", "0", "id"), ("end",)]


def test_text_that_is_no_utf_8_arrives_unharmed(reach: Reach) -> None:
    real = RecordingUi()
    UiClient(reach(UiServer(real))).say("caf\udcff")
    assert real.said == ["caf\udcff"]


def test_ask_when_nobody_can_answer_fails(reach: Reach) -> None:
    with pytest.raises(RemoteError, match="nobody can answer: sure"):
        UiClient(reach(UiServer(RecordingUi()))).ask("sure?")


def test_message_of_old_plugins_is_said(reach: Reach) -> None:
    real = RecordingUi()
    reach(UiServer(real)).call("Ui.Message", b"hello")
    assert real.said == ["hello"]


def test_three_hundred_at_once_all_arrive(reach: Reach) -> None:
    real = RecordingUi()
    ui = UiClient(reach(UiServer(real)))
    threads = [spawn("say", ui.say, str(number)) for number in range(300)]
    for thread in threads:
        thread.join()
    assert sorted(real.said, key=int) == [str(number) for number in range(300)]


@pytest.mark.parametrize("label", ["file.iso", "/tmp/a.b/c:d", "", "Ui."])
def test_progress_moves_a_bar_whatever_its_label(reach: Reach, label: str) -> None:
    real = RecordingUi()
    with UiClient(reach(UiServer(real))).progress(label, total=100, current=10) as bar:
        for _ in range(30):
            bar.add(1)
        assert real.bars[0].open
    (recorded,) = real.bars
    assert (recorded.label, recorded.total, recorded.current) == (label, 100, 40)
    assert not recorded.open


def test_progress_when_the_work_fails_closes_the_bar(reach: Reach) -> None:
    real = RecordingUi()
    ui = UiClient(reach(UiServer(real)))
    with pytest.raises(ZeroDivisionError), ui.progress("x", total=1):
        raise ZeroDivisionError
    assert not real.bars[0].open


def test_two_bars_of_one_label_are_two(reach: Reach) -> None:
    real = RecordingUi()
    ui = UiClient(reach(UiServer(real)))
    with ui.progress("x", total=1) as one, ui.progress("x", total=1) as two:
        one.add(1)
        two.add(5)
    assert [bar.current for bar in real.bars] == [1, 5]


def test_a_bar_of_a_caller_that_is_gone_is_closed(reach: Reach) -> None:
    real = RecordingUi()
    client = reach(server := UiServer(real))
    client.call("Ui.NewTrackProgress", {"Src": "x", "TotalSize": 9, "CurrentSize": 0})
    assert real.bars[0].open
    client.close()
    assert server.server.ended.wait(10)
    assert not real.bars[0].open


def test_a_bar_closed_twice_is_closed_once(reach: Reach) -> None:
    client = reach(UiServer(RecordingUi()))
    name = client.call("Ui.NewTrackProgress", {"Src": "x", "TotalSize": 9, "CurrentSize": 0})
    client.call(f"Ui{name}.Close")
    client.call(f"Ui{name}.Close")


def test_an_argument_of_another_shape_names_the_method(reach: Reach) -> None:
    with pytest.raises(RemoteError, match=r"Ui.Say: expected text, got dict"):
        reach(UiServer(RecordingUi())).call("Ui.Say", {})

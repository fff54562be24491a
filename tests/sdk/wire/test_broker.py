from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from packer_sdk.errors import ConnectionLost, RemoteProtocolError
from packer_sdk.wire.broker import Broker
from packer_sdk.wire.frames import Flags, FrameType
from packer_sdk.wire.stream import StreamTimeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from packer_sdk.wire.stream import Stream
    from sdk.wire.conftest import Background, Connect, MeetRaw

    Brokers = Callable[..., tuple[Broker, Broker]]

GUARD_S = 30.0


@pytest.fixture
def brokers(connect: Connect) -> Iterator[Callable[..., tuple[Broker, Broker]]]:
    made: list[Broker] = []

    def pair(**options: float) -> tuple[Broker, Broker]:
        core, plugin = connect()
        made.extend((Broker(core, **options), Broker(plugin, **options)))
        return made[-2], made[-1]

    yield pair
    for broker in made:
        broker.close()


def test_ids_count_from_one_on_each_side(brokers: Brokers) -> None:
    core, plugin = brokers()
    assert [core.next_id() for _ in range(3)] == [1, 2, 3]
    assert [plugin.next_id() for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("first", ["dial", "accept"])
def test_dialler_and_accepter_meet_whoever_comes_first(
    brokers: Brokers, background: Background, first: str
) -> None:
    core, plugin = brokers()
    steps: dict[str, Callable[[], Stream]] = {
        "dial": lambda: core.dial(7),
        "accept": lambda: plugin.accept(7),
    }
    earlier = background(steps.pop(first))
    time.sleep(0.05)
    [later] = steps.values()
    one, other = later(), earlier.result(GUARD_S)
    one.write(b"hello")
    one.close()
    assert other.read() == b"hello"
    assert other.read() == b""


def test_same_number_in_both_directions_means_two_streams(
    brokers: Brokers, background: Background
) -> None:
    core, plugin = brokers()
    accepted = [background(core.accept, 1), background(plugin.accept, 1)]
    dialled = [plugin.dial(1), core.dial(1)]
    for stream, text in zip(dialled, (b"to core", b"to plugin"), strict=True):
        stream.write(text)
    assert [future.result(GUARD_S).read() for future in accepted] == [b"to core", b"to plugin"]


def test_many_streams_find_their_numbers(brokers: Brokers, background: Background) -> None:
    core, plugin = brokers()
    numbers = [plugin.next_id() for _ in range(100)]
    dialled = {number: background(core.dial, number) for number in numbers}
    for number in reversed(numbers):
        plugin.accept(number).write(str(number).encode())
    for number, future in dialled.items():
        assert future.result(GUARD_S).read() == str(number).encode()


def test_number_is_little_endian_and_echoed(meet_raw: MeetRaw) -> None:
    connection, peer = meet_raw(client=False)
    broker = Broker(connection)
    peer.send(FrameType.WINDOW_UPDATE, Flags.SYN, 1)
    peer.send_data(1, b"\x02\x01\x00\x00rest")
    assert broker.accept(0x102).read() == b"rest"
    answers = [peer.receive(), peer.receive()]
    assert [str(frame) for frame in answers] == [
        "stream 1 WINDOW_UPDATE ACK +0",
        "stream 1 DATA 4 bytes",
    ]
    assert answers[1]
    assert answers[1].payload == b"\x02\x01\x00\x00"
    broker.close()


def test_accept_says_who_did_not_dial(brokers: Brokers) -> None:
    core, _ = brokers(accept_timeout_s=0.01)
    with pytest.raises(StreamTimeout, match=r"plugin did not dial stream 9 within 0\.01 s"):
        core.accept(9)
    with pytest.raises(TimeoutError, match=r"within 0\.02 s"):
        core.accept(9, timeout_s=0.02)


def test_parked_stream_is_closed_after_its_time(brokers: Brokers) -> None:
    core, plugin = brokers(accept_timeout_s=0.05)
    with pytest.raises(ConnectionLost, match="plugin does not accept stream 3"):
        core.dial(3)
    with pytest.raises(StreamTimeout):
        plugin.accept(3)


def test_second_stream_of_a_parked_number_is_closed(
    brokers: Brokers, background: Background
) -> None:
    core, plugin = brokers()
    both = [background(core.dial, 3), background(core.dial, 3)]
    while not any(future.done() for future in both):
        time.sleep(0.01)
    accepted = plugin.accept(3)
    accepted.write(b"first")
    refused, served = sorted(both, key=lambda future: future.exception(GUARD_S) is None)
    assert isinstance(refused.exception(), ConnectionLost)
    assert served.result().read() == b"first"


def test_dial_gives_up_when_the_peer_says_nothing(meet_raw: MeetRaw) -> None:
    connection, peer = meet_raw()
    broker = Broker(connection, ack_timeout_s=0.05)
    with pytest.raises(StreamTimeout):
        broker.dial(1)
    frames = [peer.receive() for _ in range(3)]
    assert str(frames[-1]) == "stream 1 WINDOW_UPDATE FIN +0"
    broker.close()


def test_dial_refuses_another_number(meet_raw: MeetRaw, background: Background) -> None:
    connection, peer = meet_raw()
    broker = Broker(connection)
    dialling = background(broker.dial, 7)
    assert str(peer.receive()) == "stream 1 WINDOW_UPDATE SYN +0"
    peer.send_data(1, b"\x08\x00\x00\x00")
    with pytest.raises(RemoteProtocolError, match="stream 7 was accepted as stream 8"):
        dialling.result(GUARD_S)
    broker.close()


def test_stream_slow_with_its_number_keeps_no_other_waiting(meet_raw: MeetRaw) -> None:
    connection, peer = meet_raw(client=False)
    broker = Broker(connection)
    peer.send(FrameType.WINDOW_UPDATE, Flags.SYN, 1)
    peer.send_data(1, b"\x01\x00")
    peer.send(FrameType.WINDOW_UPDATE, Flags.SYN, 3)
    peer.send_data(3, b"\x02\x00\x00\x00")
    assert broker.accept(2).stream_id == 3
    peer.send_data(1, b"\x00\x00")
    assert broker.accept(1).stream_id == 1
    broker.close()


@pytest.mark.parametrize("ending", [0, int(Flags.FIN), int(Flags.RST)])
def test_stream_without_a_number_is_closed(meet_raw: MeetRaw, ending: int) -> None:
    connection, peer = meet_raw(client=False)
    broker = Broker(connection, accept_timeout_s=0.1)
    peer.send(FrameType.WINDOW_UPDATE, Flags.SYN, 1)
    peer.send_data(1, b"\x01\x00", ending)
    assert str(peer.receive()) == "stream 1 WINDOW_UPDATE ACK +0"
    if ending != Flags.RST:
        assert str(peer.receive()) == "stream 1 WINDOW_UPDATE FIN +0"
    broker.close()


def test_lost_connection_ends_every_wait(brokers: Brokers, background: Background) -> None:
    core, plugin = brokers()
    waiting = [background(core.accept, 5), background(core.dial, 6), background(plugin.accept, 7)]
    time.sleep(0.05)
    plugin.connection.close()
    for future in waiting:
        with pytest.raises(ConnectionLost):
            future.result(GUARD_S)
    with pytest.raises(ConnectionLost, match="connection to plugin ended"):
        core.accept(8)
    with pytest.raises(ConnectionLost):
        core.dial(8)


def test_close_is_harmless_the_second_time(brokers: Brokers) -> None:
    core, plugin = brokers()
    core.close()
    core.close()
    assert core.connection.closed
    assert plugin.connection.wait_closed(GUARD_S)


def test_a_number_given_up_is_accepted_by_nobody_and_refused_to_who_dials_it(
    brokers: Brokers, background: Background
) -> None:
    core, plugin = brokers()
    number = core.next_id()
    accepting = background(core.accept, number)
    core.give_up(number)
    with pytest.raises(ConnectionLost, match=f"nobody waits for stream {number} any more"):
        accepting.result(GUARD_S)
    with pytest.raises(ConnectionLost, match="does not accept stream"):
        plugin.dial(number)


def test_streams_beyond_the_most_wait_until_there_is_room(
    meet_raw: MeetRaw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("packer_sdk.wire.broker.MOST_ARRIVALS", 1)
    connection, peer = meet_raw(client=False)
    broker = Broker(connection)
    peer.send(FrameType.WINDOW_UPDATE, Flags.SYN, 1)
    peer.send(FrameType.WINDOW_UPDATE, Flags.SYN, 3)
    peer.send_data(3, b"\x02\x00\x00\x00")
    with pytest.raises(StreamTimeout):
        broker.accept(2, timeout_s=0.1)
    peer.send_data(1, b"\x01\x00\x00\x00")
    assert broker.accept(1).stream_id == 1
    assert broker.accept(2).stream_id == 3
    broker.close()


def test_a_parked_stream_is_closed_when_its_number_is_given_up(
    brokers: Brokers, background: Background
) -> None:
    core, plugin = brokers()
    dialling = background(plugin.dial, 1)
    time.sleep(0.05)
    core.give_up(1)
    with pytest.raises(ConnectionLost, match="does not accept stream 1"):
        dialling.result(GUARD_S)

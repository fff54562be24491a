from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.errors import RemoteProtocolError
from packer_sdk.wire import frames
from packer_sdk.wire.frames import Flags, Frame, FrameType

uint16, uint32 = st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1)


@given(st.sampled_from(FrameType), uint16, uint32, uint32)
def test_header_survives_the_way_there_and_back(
    kind: FrameType, flags: int, stream_id: int, length: int
) -> None:
    frame = Frame(kind, flags, stream_id, length)
    header = frame.encode()
    assert len(header) == frames.HEADER_SIZE
    assert frames.decode_header(header) == frame


@given(uint16, uint32, st.binary(max_size=100))
def test_frame_with_payload_survives_the_way_there_and_back(
    flags: int, stream_id: int, payload: bytes
) -> None:
    frame = Frame(FrameType.DATA, flags, stream_id, len(payload), payload)
    assert frames.decode(frame.encode()) == frame


@given(st.binary(max_size=20))
def test_any_bytes_are_a_frame_or_a_protocol_error(data: bytes) -> None:
    try:
        frame = frames.decode(data)
    except RemoteProtocolError:
        return
    assert frame.encode() == data


def test_header_with_another_version_is_refused_with_its_bytes() -> None:
    with pytest.raises(RemoteProtocolError, match=r"01000000 00000000 00000000 .version 1"):
        frames.decode_header(bytes([1, *bytes(11)]))


def test_header_with_unknown_type_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="type 4"):
        frames.decode_header(bytes([0, 4, *bytes(10)]))


def test_decode_of_a_cut_header_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="only 11 of 12 bytes"):
        frames.decode(bytes(11))


@pytest.mark.parametrize(
    "frame",
    [Frame(FrameType.DATA, 0, 1, 2, b"abc"), Frame(FrameType.WINDOW_UPDATE, 0, 1, 1, b"a")],
)
def test_decode_of_more_than_one_frame_is_refused(frame: Frame) -> None:
    with pytest.raises(RemoteProtocolError, match=f"followed by {len(frame.payload)} bytes"):
        frames.decode(frame.encode())


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (Frame(FrameType.DATA, 0, 3, 120), "stream 3 DATA 120 bytes"),
        (Frame(FrameType.DATA, Flags.SYN | Flags.FIN, 3, 0), "stream 3 DATA SYN FIN 0 bytes"),
        (
            Frame(FrameType.WINDOW_UPDATE, Flags.ACK, 4, 131072),
            "stream 4 WINDOW_UPDATE ACK +131072",
        ),
        (Frame(FrameType.WINDOW_UPDATE, Flags.RST, 4, 0), "stream 4 WINDOW_UPDATE RST +0"),
        (Frame(FrameType.PING, Flags.SYN, 0, 77), "session PING SYN #77"),
        (Frame(FrameType.GO_AWAY, 0, 0, 1), "session GO_AWAY code 1"),
    ],
)
def test_frame_reads_well_in_a_log(frame: Frame, text: str) -> None:
    assert str(frame) == text

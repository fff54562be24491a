from __future__ import annotations

import itertools
import math

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.errors import LocalProtocolError, RemoteProtocolError
from packer_sdk.wire import codec
from packer_sdk.wire.codec import Request, RequestDecoder, Response, ResponseDecoder

uint64 = st.integers(0, 2**64 - 1)
texts = st.text(st.characters(codec="utf-8"), max_size=40)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | texts
    | st.binary(max_size=40)
    | st.builds(msgpack.Timestamp, st.integers(-(2**40), 2**40), st.integers(0, 999_999_999))
)
bodies = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts | uint64, inner, max_size=5),
    max_leaves=15,
)
requests = st.builds(Request, texts, uint64, bodies)
responses = st.builds(
    lambda method, seq, error, body: Response(method, seq, error, {} if error else body),
    texts,
    uint64,
    texts,
    bodies,
)


def cut(data: bytes, places: list[float]) -> list[bytes]:
    edges = sorted({0, len(data), *(int(place * len(data)) for place in places)})
    return [data[start:end] for start, end in itertools.pairwise(edges)]


cuts = st.lists(st.floats(0, 1), max_size=8)


@given(st.lists(requests, max_size=4), cuts)
def test_requests_survive_however_they_are_cut(sent: list[Request], places: list[float]) -> None:
    data = b"".join(codec.encode_request(item.method, item.seq, item.body) for item in sent)
    decoder = RequestDecoder()
    assert [item for piece in cut(data, places) for item in decoder.receive_data(piece)] == sent


@given(st.lists(responses, max_size=4), cuts)
def test_responses_survive_however_they_are_cut(sent: list[Response], places: list[float]) -> None:
    data = b"".join(
        codec.encode_response(item.method, item.seq, item.error, item.body) for item in sent
    )
    decoder = ResponseDecoder()
    assert [item for piece in cut(data, places) for item in decoder.receive_data(piece)] == sent


@given(requests)
def test_request_survives_byte_by_byte(sent: Request) -> None:
    data = codec.encode_request(sent.method, sent.seq, sent.body)
    decoder = RequestDecoder()
    for byte in data[:-1]:
        assert decoder.receive_data(bytes([byte])) == []
    assert decoder.receive_data(data[-1:]) == [sent]


@given(st.binary(max_size=80), cuts)
def test_any_bytes_are_messages_or_a_protocol_error(data: bytes, places: list[float]) -> None:
    decoder = ResponseDecoder(limit=64)
    failure: RemoteProtocolError | None = None
    for piece in [*cut(data, places), b"\xc0"]:
        try:
            answers = decoder.receive_data(piece)
        except RemoteProtocolError as error:
            failure = failure or error
            same = error is failure
        else:
            same = failure is None and all(isinstance(answer, Response) for answer in answers)
        assert same, "once broken, broken for the same reason"


def test_text_and_bytes_stay_apart() -> None:
    [request] = RequestDecoder().receive_data(codec.encode_request("A.B", 0, ["x", b"x"]))
    assert request.body == ["x", b"x"]


def test_text_that_is_no_utf8_passes_unharmed() -> None:
    text = b"caf\xe9".decode("utf-8", "surrogateescape")
    [request] = RequestDecoder().receive_data(codec.encode_request(text, 0, {text: text}))
    assert request == Request(text, 0, {text: text})


def test_times_are_timestamps() -> None:
    time = msgpack.Timestamp(1_700_000_000, 5)
    [answer] = ResponseDecoder().receive_data(codec.encode_response("A.B", 0, "", time))
    assert answer.body == time
    assert isinstance(answer.body, msgpack.Timestamp)


def test_float_stays_a_float() -> None:
    [request] = RequestDecoder().receive_data(codec.encode_request("A.B", 0, math.inf))
    assert request.body == math.inf


def test_error_takes_the_place_of_the_body() -> None:
    [answer] = ResponseDecoder().receive_data(codec.encode_response("A.B", 4, "boom", [1, 2]))
    assert answer == Response("A.B", 4, "boom", {})


@pytest.mark.parametrize("body", [object(), 2**64, ["x" * 10, {1: -(2**63) - 1}]])
def test_body_that_cannot_travel_is_our_mistake(body: object) -> None:
    with pytest.raises(LocalProtocolError, match=r"Ui\.Say: its argument or result cannot travel"):
        codec.encode_request("Ui.Say", 0, body)


def test_body_nested_too_deep_is_our_mistake() -> None:
    body: list[object] = []
    for _ in range(2000):
        body = [body]
    with pytest.raises(LocalProtocolError, match="cannot travel"):
        codec.encode_response("A.B", 0, "", body)


def packed(*objects: object) -> bytes:
    return b"".join(msgpack.packb(item) for item in objects)


@pytest.mark.parametrize(
    ("header", "method", "seq", "error"),
    [
        ({"Error": "e", "Seq": 7, "ServiceMethod": "A.B"}, "A.B", 7, "e"),
        ({"Seq": 7}, "", 7, ""),
        ({"ServiceMethod": "A.B", "Seq": 7, "Error": "", "Extra": [1]}, "A.B", 7, ""),
        ({"ServiceMethod": None, "Seq": None, "Error": None}, "", 0, ""),
        (None, "", 0, ""),
        ({}, "", 0, ""),
        ({"ServiceMethod": b"A.B", "Seq": 7.0, "Error": b"\xff"}, "A.B", 7, "\udcff"),
        (["A.B", 7, "e"], "A.B", 7, "e"),
        (["A.B", 7], "A.B", 7, ""),
        (["A.B", 7, "e", "more"], "A.B", 7, "e"),
        ({b"ServiceMethod": "A.B", b"Seq": 7, b"Error": "e"}, "", 0, ""),
        ({"servicemethod": "A.B", "seq": 7, "error": "e"}, "", 0, ""),
    ],
)
def test_header_is_read_as_tolerantly_as_go_does(
    header: object, method: str, seq: int, error: str
) -> None:
    assert ResponseDecoder().receive_data(packed(header, 1)) == [Response(method, seq, error, 1)]


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("A.B", "header of a response: str is no map"),
        (7, "header of a response: 7 is no map"),
        ({"ServiceMethod": 7}, "ServiceMethod of a response: 7 is no text"),
        ({"Error": ["x"]}, "Error of a response: list is no text"),
        ({"Seq": "7"}, "Seq of a response: str is no number"),
        ({"Seq": -1}, "Seq of a response: -1 is no number"),
        ({"Seq": 1.5}, "Seq of a response: 1.5 is no number"),
        ({"Seq": 1e300}, "Seq of a response: .* is no number"),
        ({"Seq": math.inf}, "Seq of a response: inf is no number"),
        ({"Seq": True}, "Seq of a response: True is no number"),
    ],
)
def test_header_of_another_shape_is_refused_by_name(header: object, text: str) -> None:
    with pytest.raises(RemoteProtocolError, match=text):
        ResponseDecoder().receive_data(packed(header))


HEADER = packed({"ServiceMethod": "Ui.Say", "Seq": 3})


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xc1", "header of a request: FormatError"),
        (b"\x81\x90\x01", "header of a request: unhashable"),
        (HEADER + b"\xdd\xff\xff\xff\xff", r"body of request 3 \(Ui.Say\): .*max_array_len"),
        (HEADER + b"\xdf\xff\xff\xff\xff", r"body of request 3 \(Ui.Say\): .*max_map_len"),
        (HEADER + b"\xc9\xff\xff\xff\xff\x01", r"body of request 3 \(Ui.Say\): .*max_ext_len"),
        (HEADER + b"\xc7\x05\xff12345", r"body of request 3 \(Ui.Say\): .*timestamp"),
        (HEADER + b"\x91" * 3000, r"body of request 3 \(Ui.Say\): StackError"),
    ],
)
def test_malformed_message_is_refused_where_it_breaks(data: bytes, text: str) -> None:
    with pytest.raises(RemoteProtocolError, match=text):
        RequestDecoder().receive_data(data)


@pytest.mark.parametrize("start", [b"\xdb\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff"])
def test_text_or_bytes_announced_too_long_are_kept_up_to_the_limit_only(start: bytes) -> None:
    decoder = RequestDecoder(limit=1000)
    assert decoder.receive_data(HEADER + start + bytes(995)) == []
    with pytest.raises(RemoteProtocolError, match=r"body of request 3 .*longer than 1000 bytes"):
        decoder.receive_data(b"x")


def test_text_that_ends_just_behind_the_limit_is_refused() -> None:
    decoder = RequestDecoder(limit=1000)
    with pytest.raises(RemoteProtocolError, match=r"body of request 3 .*max_str_len"):
        decoder.receive_data(HEADER + packed("x" * 1001))


def test_message_of_many_small_things_is_limited_too() -> None:
    decoder = RequestDecoder(limit=1000)
    body = packed(["x" * 100] * 100)
    with pytest.raises(RemoteProtocolError, match=r"body of request 3 .*longer than 1000 bytes"):
        decoder.receive_data(HEADER + body)


def test_messages_up_to_the_limit_pass_in_one_piece() -> None:
    decoder = RequestDecoder(limit=1000)
    body = "x" * 997
    sent = HEADER + packed(body)
    assert decoder.receive_data(sent * 20) == [Request("Ui.Say", 3, body)] * 20


def test_empty_data_changes_nothing() -> None:
    assert RequestDecoder().receive_data(b"") == []

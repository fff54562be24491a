"""Golden bytes of the protocol: what real Go peers wrote, and what they accept.

Names in the tables are those of the specification (sections 2.4, 4.3, 5.8, 8.2, 8.6 and 9.2). The
id of every test begins with the section that its bytes stand in; V1 to V27 are those of 9.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgpack
import pytest

from packer_sdk.wire import codec, frames, gob, handshake
from packer_sdk.wire.codec import Request, RequestDecoder, Response, ResponseDecoder
from packer_sdk.wire.frames import Flags, Frame, FrameType
from packer_sdk.wire.handshake import Handshake
from packer_sdk.wire.session import DataReceived, Session

if TYPE_CHECKING:
    from collections.abc import Iterable

# Frames (2.4): the core opens its main stream and both sides agree that it is number 0.

FRAMES = [
    ("000100010000000100000000", Frame(FrameType.WINDOW_UPDATE, Flags.SYN, 1, 0)),
    ("00000000000000010000000400000000", Frame(FrameType.DATA, 0, 1, 4, bytes(4))),
    ("000100020000000100000000", Frame(FrameType.WINDOW_UPDATE, Flags.ACK, 1, 0)),
    ("00020001000000000000004d", Frame(FrameType.PING, Flags.SYN, 0, 77)),
    ("00020002000000000000004d", Frame(FrameType.PING, Flags.ACK, 0, 77)),
    ("000100040000000100000000", Frame(FrameType.WINDOW_UPDATE, Flags.FIN, 1, 0)),
]


@pytest.mark.parametrize(("text", "frame"), FRAMES, ids=[f"2.4 {frame}" for _, frame in FRAMES])
def test_frame_has_the_bytes_of_go(text: str, frame: Frame) -> None:
    assert frame.encode().hex() == text
    assert frames.decode(bytes.fromhex(text)) == frame


def test_both_sessions_write_the_bytes_of_go() -> None:
    core, plugin = Session(client=True), Session(client=False)
    stream_id = core.open_stream()
    core.send_data(stream_id, memoryview(bytes(4)))
    opening = b"".join(core.data_to_send())
    assert opening.hex() == FRAMES[0][0] + FRAMES[1][0]
    plugin.receive_data(opening)
    plugin.send_data(1, memoryview(bytes(4)))
    plugin.receive_data(bytes.fromhex(FRAMES[3][0]))
    answer = b"".join(plugin.data_to_send())
    assert answer.hex() == FRAMES[2][0] + FRAMES[1][0] + FRAMES[4][0]
    assert DataReceived(1, bytes(4)) in core.receive_data(answer)
    core.send_fin(1)
    assert b"".join(core.data_to_send()).hex() == FRAMES[5][0]


# Messages (4.3 and 9.2). What the two sections share is listed once.

REQUESTS = {
    "V1": (
        "82ad536572766963654d6574686f64b24275696c6465722e436f6e66696753706563a353657100c0",
        Request("Builder.ConfigSpec", 0, None),
    ),
    "V2": (
        "82ad536572766963654d6574686f64ab4275696c6465722e52756ea35365710201",
        Request("Builder.Run", 2, 1),
    ),
    "V5": (
        (
            "82ad536572766963654d6574686f64a8486f6f6b2e52756ea35365710383a44e616d65b07061636b65725f"
            "70726f766973696f6ea44461746181a24944a3692d31a853747265616d496402"
        ),
        Request("Hook.Run", 3, {"Name": "packer_provision", "Data": {"ID": "i-1"}, "StreamId": 2}),
    ),
    "V7": (
        "82ad536572766963654d6574686f64a655692e536179a353657100a26869",
        Request("Ui.Say", 0, "hi"),
    ),
    "V10": (
        (
            "82ad536572766963654d6574686f64ae41727469666163742e5374617465a353657104ae67656e65726174"
            "65645f64617461"
        ),
        Request("Artifact.State", 4, "generated_data"),
    ),
    "V12": (
        "82ad536572766963654d6574686f64ae4275696c6465722e43616e63656ca353657104c0",
        Request("Builder.Cancel", 4, None),
    ),
    "V14": (
        (
            "82ad536572766963654d6574686f64b444617461736f757263652e436f6e666967757265a35365710081a7"
            "436f6e6669677391c41d7b2276616c7565223a2261222c2274797065223a22737472696e67227d"
        ),
        Request("Datasource.Configure", 0, {"Configs": [b'{"value":"a","type":"string"}']}),
    ),
}

RESPONSES = {
    "4.3 success": (
        "83ad536572766963654d6574686f64ab4275696c6465722e52756ea353657102a54572726f72a003",
        Response("Builder.Run", 2, "", 3),
    ),
    "4.3 nothing": (
        "83ad536572766963654d6574686f64a655692e536179a3536571cd012ca54572726f72a0c0",
        Response("Ui.Say", 300, "", None),
    ),
    "V3": (
        "83ad536572766963654d6574686f64ab4275696c6465722e52756ea353657102a54572726f72a4626f6f6d80",
        Response("Builder.Run", 2, "boom", {}),
    ),
    "V4": (
        "83ad536572766963654d6574686f64ab4275696c6465722e52756ea353657102a54572726f72a0ccc8",
        Response("Builder.Run", 2, "", 200),
    ),
    "V6": (
        "83ad536572766963654d6574686f64a8486f6f6b2e52756ea353657103a54572726f72a0c0",
        Response("Hook.Run", 3, "", None),
    ),
    "V8": (
        (
            "83ad536572766963654d6574686f64af4275696c6465722e50726570617265a353657101a54572726f72a0"
            "83ad47656e6572617465645661727391a24944a85761726e696e6773c0a54572726f72c0"
        ),
        Response(
            "Builder.Prepare", 1, "", {"GeneratedVars": ["ID"], "Warnings": None, "Error": None}
        ),
    ),
    "V9": (
        (
            "83ad536572766963654d6574686f64ae41727469666163742e46696c6573a353657101a54572726f72a092"
            "a161a162"
        ),
        Response("Artifact.Files", 1, "", ["a", "b"]),
    ),
    "V11": (
        (
            "83ad536572766963654d6574686f64b350726f766973696f6e65722e50726570617265a353657107a54572"
            "726f72a362616480"
        ),
        Response("Provisioner.Prepare", 7, "bad", {}),
    ),
    "V13": (
        (
            "83ad536572766963654d6574686f64b041727469666163742e44657374726f79a353657102a54572726f72"
            "a081a74d657373616765a178"
        ),
        Response("Artifact.Destroy", 2, "", {"Message": "x"}),
    ),
    "V15": (
        (
            "83ad536572766963654d6574686f64b444617461736f757263652e436f6e666967757265a353657100a545"
            "72726f72a081a54572726f72c0"
        ),
        Response("Datasource.Configure", 0, "", {"Error": None}),
    ),
}

BODIES = {
    "V16": (
        "81a7436f6e666967739382a16101a162a173c4027879c0",
        {"Configs": [{"a": 1, "b": "s"}, b"xy", None]},
    ),
    "V17": (
        "84a3457272c0a44b656570c3ad466f7263654f76657272696465c2a853747265616d496405",
        {"Err": None, "Keep": True, "ForceOverride": False, "StreamId": 5},
    ),
    "V18": (
        "82ad47656e6572617465644461746181a24944a3692d31a853747265616d494402",
        {"GeneratedData": {"ID": "i-1"}, "StreamID": 2},
    ),
    "V19": (
        (
            "85a7436f6d6d616e64a26c73ad537464696e53747265616d496400ae5374646f757453747265616d496401"
            "ae53746465727253747265616d496402b0526573706f6e736553747265616d496403"
        ),
        {
            "Command": "ls",
            "StdinStreamId": 0,
            "StdoutStreamId": 1,
            "StderrStreamId": 2,
            "ResponseStreamId": 3,
        },
    ),
    "V20": (
        "83a450617468a22f78ae52656164657253747265616d496404a846696c65496e666fc0",
        {"Path": "/x", "ReaderStreamId": 4, "FileInfo": None},
    ),
    "V21": (
        "84a14ea166a1530aa14dcd01a4a154d6ff6553f100",
        {"N": "f", "S": 10, "M": 0o644, "T": msgpack.Timestamp(1_700_000_000)},
    ),
    "V22": (
        "84a14ea166a1530aa14dce800001a4a154d7ff000000146553f100",
        {"N": "f", "S": 10, "M": 0x80000000 | 0o644, "T": msgpack.Timestamp(1_700_000_000, 5)},
    ),
    "V24": (
        "83a3447374a22f64a3537263a22f73a74578636c756465c0",
        {"Dst": "/d", "Src": "/s", "Exclude": None},
    ),
    "V25": (
        "82a843617465676f7279a163a44172677392a161a162",
        {"Category": "c", "Args": ["a", "b"]},
    ),
    "V26": (
        "83a3537263a173a9546f74616c53697a6564ab43757272656e7453697a6500",
        {"Src": "s", "TotalSize": 100, "CurrentSize": 0},
    ),
    "V27": (
        "82a450617468a22f78ae57726974657253747265616d496404",
        {"Path": "/x", "WriterStreamId": 4},
    ),
}

# Go writes integers from 128 up with signed codes; reading is all we need.
ONLY_READ = {
    "V23": ("84a14ea166a153d103e8a14d00a154c0", {"N": "f", "S": 1000, "M": 0, "T": None}),
    "int 127": ("7f", 127),
    "int 128": ("d10080", 128),
    "int 200": ("d100c8", 200),
    "int 40000": ("d200009c40", 40_000),
    "int 3e9": ("d300000000b2d05e00", 3_000_000_000),
    "int -1": ("ff", -1),
    "int -33": ("d0df", -33),
    "uint 128": ("cc80", 128),
    "uint 65536": ("ce00010000", 65_536),
    "float64": ("cb3ff8000000000000", 1.5),
    "float32": ("ca3fc00000", 1.5),
    "empty bytes": ("c400", b""),
    "time with 12 bytes": (
        "c70cff00000005ffffffffffffffff",
        msgpack.Timestamp(-1, 5),
    ),
}

PREFIX = REQUESTS["V1"][0][:-2]  # the header of V1, ready for another body


def sectioned(names: Iterable[str]) -> list[str]:
    return [name if name[0].isdigit() else f"9.2 {name}" for name in names]


@pytest.mark.parametrize(("text", "request_"), REQUESTS.values(), ids=sectioned(REQUESTS))
def test_request_has_the_bytes_of_go(text: str, request_: Request) -> None:
    assert codec.encode_request(request_.method, request_.seq, request_.body).hex() == text
    assert RequestDecoder().receive_data(bytes.fromhex(text)) == [request_]


@pytest.mark.parametrize(("text", "response"), RESPONSES.values(), ids=sectioned(RESPONSES))
def test_response_has_the_bytes_of_go(text: str, response: Response) -> None:
    encoded = codec.encode_response(response.method, response.seq, response.error, response.body)
    assert encoded.hex() == text
    assert ResponseDecoder().receive_data(bytes.fromhex(text)) == [response]


@pytest.mark.parametrize(("text", "body"), BODIES.values(), ids=sectioned(BODIES))
def test_body_has_the_bytes_of_go(text: str, body: object) -> None:
    assert codec.encode_request("Builder.ConfigSpec", 0, body).hex() == PREFIX + text
    assert_read(text, body)


@pytest.mark.parametrize(("text", "body"), ONLY_READ.values(), ids=sectioned(ONLY_READ))
def test_body_as_go_writes_it_is_read(text: str, body: object) -> None:
    assert_read(text, body)


def assert_read(text: str, body: object) -> None:
    [request] = RequestDecoder().receive_data(bytes.fromhex(PREFIX + text))
    assert request.body == body
    assert type(request.body) is type(body)


def test_every_message_may_come_byte_by_byte_and_all_in_a_row() -> None:
    stream = bytes.fromhex("".join(text for text, _ in RESPONSES.values()))
    expected = [response for _, response in RESPONSES.values()]
    decoder = ResponseDecoder()
    bytewise = [answer for byte in stream for answer in decoder.receive_data(bytes([byte]))]
    assert bytewise == ResponseDecoder().receive_data(stream) == expected


@pytest.mark.parametrize(("length", "start"), [(31, "bf"), (32, "d920")], ids="9.2 {}".format)
def test_strings_grow_a_length_byte_at_32(length: int, start: str) -> None:
    encoded = codec.encode_request("Builder.ConfigSpec", 0, "x" * length)
    assert encoded.hex() == PREFIX + start + "78" * length


# What Go accepts beyond what it writes (4.2, 9.2), and what it does not see.

METHOD, SEQ, ERROR = "ad536572766963654d6574686f64", "a3536571", "a54572726f72"

TOLERATED = {
    "keys reordered": (f"83{ERROR}a165{SEQ}07{METHOD}a3412e42", Response("A.B", 7, "e", True)),
    "missing key": (f"81{METHOD}a3412e42", Response("A.B", 0, "", True)),
    "extra key": (f"83a178c3{SEQ}07{METHOD}a3412e42", Response("A.B", 7, "", True)),
    "nil for a struct": ("c0", Response("", 0, "", True)),
    "uint sent as signed": (f"82{METHOD}a3412e42{SEQ}d10080", Response("A.B", 128, "", True)),
    "uint sent as float": (
        f"82{METHOD}a3412e42{SEQ}cb4060000000000000",
        Response("A.B", 128, "", True),
    ),
    "string sent as bin": (f"82{METHOD}c403412e42{SEQ}07", Response("A.B", 7, "", True)),
    "struct as array": ("93a3412e4207a165", Response("A.B", 7, "e", True)),
    "bin keys are not seen": (
        "82c40d536572766963654d6574686f64a3412e42c40353657107",
        Response("", 0, "", True),
    ),
    "lower-case keys are not seen": ("81a373657107", Response("", 0, "", True)),
}


@pytest.mark.parametrize(("header", "response"), TOLERATED.values(), ids=sectioned(TOLERATED))
def test_header_is_read_as_go_reads_it(header: str, response: Response) -> None:
    assert ResponseDecoder().receive_data(bytes.fromhex(header + "c3")) == [response]


# The finished message (5.8) and the numbers in it (8.2).

DEFINITION = (
    "2b7f0301010f436f6d6d616e6446696e697368656401ff80000101010a457869745374617475730104000000"
)
FINISHED = {
    0: "03ff8000",
    1: "05ff80010200",
    123: "06ff8001fff600",
    128: "07ff8001fe010000",
    -1: "05ff80010100",
    2_300_218: "08ff8001fd46327400",
}


@pytest.mark.parametrize(
    ("status", "value"), FINISHED.items(), ids=[f"5.8 status {status}" for status in FINISHED]
)
def test_finished_has_the_bytes_of_go(status: int, value: str) -> None:
    assert gob.encode_finished(status).hex() == DEFINITION + value
    assert gob.decode_finished(bytes.fromhex(DEFINITION + value)) == status


FROM_65 = (
    "2cff810301010f436f6d6d616e6446696e697368656401ff82000101010a457869745374617475730104000000"
)
A_SLICE = "0cff83020102ff8400010c0000"


@pytest.mark.parametrize("definitions", [FROM_65, A_SLICE + FROM_65, FROM_65 + A_SLICE])
def test_finished_of_other_processes_is_read(definitions: str) -> None:
    # Old toolchains number their types from 65; the definition is longer by a byte then.
    assert gob.decode_finished(bytes.fromhex(definitions + "06ff8201fff600")) == 123


@pytest.mark.parametrize(
    ("value", "text"),
    [(127, "7f"), (128, "ff80"), (256, "fe0100"), (65535, "feffff")],
    ids="8.2 {}".format,
)
def test_gob_uint_has_the_bytes_of_go(value: int, text: str) -> None:
    assert gob.encode_uint(value).hex() == text
    assert gob.Reader(bytes.fromhex(text)).read_uint() == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(64, "ff80"), (-64, "7f"), (-1, "01"), (123, "fff6")],
    ids="8.2 {}".format,
)
def test_gob_int_has_the_bytes_of_go(value: int, text: str) -> None:
    assert gob.encode_int(value).hex() == text
    assert gob.Reader(bytes.fromhex(text)).read_int() == value


def test_gob_primitives_walk_a_specification_written_by_go() -> None:
    # 8.6, an empty ObjectSpec: definition of type 64 as a map, then a value of no entries.
    reader = gob.Reader(
        bytes.fromhex("197f0401010a4f626a6563745370656301ff8000010c0110000004ff800000")
    )
    definition, value = gob.Reader(reader.read_bytes()), gob.Reader(reader.read_bytes())
    assert reader.left == 0
    assert definition.read_int() == -64
    assert [definition.read_uint(), definition.read_uint(), definition.read_uint()] == [4, 1, 1]
    assert definition.read_string() == "ObjectSpec"
    assert [value.read_int(), value.read_uint(), value.read_uint()] == [64, 0, 0]


# The first line of a plugin (1.3).


@pytest.mark.parametrize(
    ("line", "greeting"),
    [
        (
            "5|0|unix|/tmp/packer-plugin2655555701",
            Handshake(5, 0, "unix", "/tmp/packer-plugin2655555701"),
        ),
        ("5|0|tcp|127.0.0.1:10000", Handshake(5, 0, "tcp", "127.0.0.1:10000")),
        (
            "5|unix|/tmp/packer-plugin2655555701",
            Handshake(5, None, "unix", "/tmp/packer-plugin2655555701"),
        ),
    ],
    ids="1.3 {}".format,
)
def test_handshake_line_is_that_of_go(line: str, greeting: Handshake) -> None:
    assert handshake.parse_line(line + "\n") == greeting
    assert handshake.format_line(greeting) == line
    handshake.judge(greeting)


def test_every_vector_of_section_9_2_is_here() -> None:
    named = {*REQUESTS, *RESPONSES, *BODIES, *ONLY_READ}
    assert {f"V{number}" for number in range(1, 28)} <= named

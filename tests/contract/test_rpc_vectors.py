"""Calls as real Go peers write and read them: the vectors of protocol section 9.2."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgpack
import pytest

from packer_sdk.errors import RemoteError
from packer_sdk.faces import Prepared
from packer_sdk.interfaces import FileInfo
from packer_sdk.rpc.artifact import ArtifactClient
from packer_sdk.rpc.builder import BuilderPrepareResponse
from packer_sdk.rpc.client import RpcClient
from packer_sdk.rpc.communicator import (
    CommunicatorDirArgs,
    CommunicatorDownloadArgs,
    CommunicatorStartArgs,
    CommunicatorUploadArgs,
    read_file_info,
    write_file_info,
)
from packer_sdk.rpc.component import PrepareArgs
from packer_sdk.rpc.datasource import DatasourceConfigureResponse
from packer_sdk.rpc.hook import HookRunArgs
from packer_sdk.rpc.post_processor import PostProcessorProcessResponse
from packer_sdk.rpc.provisioner import ProvisionerProvisionArgs
from packer_sdk.rpc.server import RpcServer, Service
from packer_sdk.rpc.ui import TrackProgressArgs, UiMachineArgs
from packer_sdk.testing import connect
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_sdk.rpc.messages import Message
    from packer_sdk.wire.stream import Stream

BODIES: dict[str, tuple[Message, str]] = {
    "V8 Builder.Prepare reply": (
        BuilderPrepareResponse(GeneratedVars=("ID",)),
        "83ad47656e6572617465645661727391a24944a85761726e696e6773c0a54572726f72c0",
    ),
    "V16 Builder.Prepare": (
        PrepareArgs(Configs=({"a": 1, "b": "s"}, b"xy", None)),
        "81a7436f6e666967739382a16101a162a173c4027879c0",
    ),
    "V17 PostProcess reply": (
        PostProcessorProcessResponse(Keep=True, StreamId=5),
        "84a3457272c0a44b656570c3ad466f7263654f76657272696465c2a853747265616d496405",
    ),
    "V18 Provision": (
        ProvisionerProvisionArgs(GeneratedData={"ID": "i-1"}, StreamID=2),
        "82ad47656e6572617465644461746181a24944a3692d31a853747265616d494402",
    ),
    "V19 Start": (
        CommunicatorStartArgs(Command="ls", StdoutStreamId=1, StderrStreamId=2, ResponseStreamId=3),
        (
            "85a7436f6d6d616e64a26c73ad537464696e53747265616d496400ae5374646f757453747265616d496401"
            "ae53746465727253747265616d496402b0526573706f6e736553747265616d496403"
        ),
    ),
    "V20 Upload": (
        CommunicatorUploadArgs(Path="/x", ReaderStreamId=4),
        "83a450617468a22f78ae52656164657253747265616d496404a846696c65496e666fc0",
    ),
    "V24 UploadDir": (
        CommunicatorDirArgs(Dst="/d", Src="/s"),
        "83a3447374a22f64a3537263a22f73a74578636c756465c0",
    ),
    "V25 Ui.Machine": (
        UiMachineArgs(Category="c", Args=("a", "b")),
        "82a843617465676f7279a163a44172677392a161a162",
    ),
    "V26 NewTrackProgress": (
        TrackProgressArgs(Src="s", TotalSize=100),
        "83a3537263a173a9546f74616c53697a6564ab43757272656e7453697a6500",
    ),
    "V27 Download": (
        CommunicatorDownloadArgs(Path="/x", WriterStreamId=4),
        "82a450617468a22f78ae57726974657253747265616d496404",
    ),
    "V14 Datasource.Configure": (
        PrepareArgs(Configs=(b'{"value":"a","type":"string"}',)),
        "81a7436f6e6669677391c41d7b2276616c7565223a2261222c2274797065223a22737472696e67227d",
    ),
    "V15 Datasource.Configure reply": (DatasourceConfigureResponse(), "81a54572726f72c0"),
    "V5 Hook.Run": (
        HookRunArgs(Name="packer_provision", Data={"ID": "i-1"}, StreamId=2),
        (
            "83a44e616d65b07061636b65725f70726f766973696f6ea44461746181a24944a3692d31a853747265616d"
            "496402"
        ),
    ),
}


@pytest.mark.parametrize("name", BODIES, ids="9.2 {}".format)
def test_a_message_is_written_as_go_writes_it(name: str) -> None:
    message, vector = BODIES[name]
    assert msgpack.packb(message.to_wire()).hex() == vector


@pytest.mark.parametrize("name", BODIES, ids="9.2 {}".format)
def test_a_message_of_go_is_read(name: str) -> None:
    message, vector = BODIES[name]
    sent = msgpack.unpackb(bytes.fromhex(vector))
    assert type(message).from_wire(sent) == message


READ = ProvisionerProvisionArgs(GeneratedData={"a": 1}, StreamID=2)
FORGIVEN: dict[str, tuple[object, Message]] = {
    "keys in another order": ({"StreamID": 2, "GeneratedData": {"a": 1}}, READ),
    "a key too many": ({"GeneratedData": {"a": 1}, "StreamID": 2, "StreamId": 9}, READ),
    "a key too few": ({"StreamID": 2}, ProvisionerProvisionArgs(StreamID=2)),
    "nil for a struct": (None, ProvisionerProvisionArgs()),
    "nil for a number": ({"StreamID": None}, ProvisionerProvisionArgs()),
    "a struct as an array": ([{"a": 1}, 2], READ),
    "a number with a fraction of nothing": ({"GeneratedData": {"a": 1}, "StreamID": 2.0}, READ),
    "a text in bytes": (
        {"Category": b"c", "Args": [b"a"]},
        UiMachineArgs(Category="c", Args=("a",)),
    ),
    "nil for a list": ({"Configs": None}, PrepareArgs()),
    "keys in bytes are not seen": ({b"StreamID": 2}, ProvisionerProvisionArgs()),
    "keys in small letters are not seen": ({"streamid": 2}, ProvisionerProvisionArgs()),
}


@pytest.mark.parametrize("name", FORGIVEN, ids="9.2 {}".format)
def test_a_message_is_read_as_go_reads_it(name: str) -> None:
    sent, read = FORGIVEN[name]
    again = msgpack.unpackb(msgpack.packb(sent), strict_map_key=False)
    assert type(read).from_wire(again) == read


FILE_INFOS = {
    "V21": (
        FileInfo("f", 10, 0o644, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        "84a14ea166a1530aa14dcd01a4a154d6ff6553f100",
    ),
    "V22, less the nanoseconds and the bit for a folder": (
        FileInfo("f", 10, 0o644, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        "84a14ea166a1530aa14dce800001a4a154d7ff000000146553f100",
    ),
    "V23, less a mode": (FileInfo("f", 1000, 0), "84a14ea166a153d103e8a14d00a154c0"),
}


@pytest.mark.parametrize("name", FILE_INFOS, ids="9.2 {}".format)
def test_file_info_of_go_is_read(name: str) -> None:
    info, vector = FILE_INFOS[name]
    assert read_file_info(msgpack.unpackb(bytes.fromhex(vector))) == info


def test_file_info_is_written_as_go_writes_it() -> None:
    info, vector = FILE_INFOS["V21"]
    assert msgpack.packb(write_file_info(info)).hex() == vector


CALLS = {
    "V1": (
        "Builder.ConfigSpec",
        None,
        "82ad536572766963654d6574686f64b24275696c6465722e436f6e66696753706563a353657100c0",
    ),
    "V14": (
        "Datasource.Configure",
        {"Configs": [b'{"value":"a","type":"string"}']},
        (
            "82ad536572766963654d6574686f64b444617461736f757263652e436f6e666967757265a353657100"
            "81a7436f6e6669677391c41d7b2276616c7565223a2261222c2274797065223a22737472696e67227d"
        ),
    ),
    "V7": ("Ui.Say", "hi", "82ad536572766963654d6574686f64a655692e536179a353657100a26869"),
}


@pytest.fixture
def raw() -> Iterator[tuple[Stream, Stream]]:
    """A brokered stream, both ends: the caller's and the answerer's."""
    sessions = connect()
    number = sessions.plugin.next_id()
    ends: list[Stream] = []
    dialling = spawn("dial", lambda: ends.append(sessions.core.dial(number)))
    accepted = sessions.plugin.accept(number)
    dialling.join()
    yield ends[0], accepted
    sessions.core.close()
    sessions.plugin.close()


@pytest.mark.parametrize("name", CALLS, ids="9.2 {}".format)
def test_a_call_is_written_as_go_writes_it(raw: tuple[Stream, Stream], name: str) -> None:
    method, argument, vector = CALLS[name]
    RpcClient(raw[0]).begin(method, argument)
    assert raw[1].read_exactly(len(vector) // 2).hex() == vector


ANSWERS: dict[str, tuple[dict[str, object], str, str]] = {
    "V6": (
        {"Run": None},
        "82ad536572766963654d6574686f64a8486f6f6b2e52756ea353657103c0",
        "83ad536572766963654d6574686f64a8486f6f6b2e52756ea353657103a54572726f72a0c0",
    ),
    "success of Ui.Say": (
        {"Say": None},
        "82ad536572766963654d6574686f64a655692e536179a3536571cd012ca26869",
        "83ad536572766963654d6574686f64a655692e536179a3536571cd012ca54572726f72a0c0",
    ),
    "V9": (
        {"Files": ["a", "b"]},
        "82ad536572766963654d6574686f64ae41727469666163742e46696c6573a353657101c0",
        (
            "83ad536572766963654d6574686f64ae41727469666163742e46696c6573a353657101a54572726f72a0"
            "92a161a162"
        ),
    ),
    "Builder.Run": (
        {"Run": 3},
        "82ad536572766963654d6574686f64ab4275696c6465722e52756ea35365710201",
        "83ad536572766963654d6574686f64ab4275696c6465722e52756ea353657102a54572726f72a003",
    ),
    "V3": (
        {"Run": RemoteError("boom")},
        "82ad536572766963654d6574686f64ab4275696c6465722e52756ea35365710201",
        "83ad536572766963654d6574686f64ab4275696c6465722e52756ea353657102a54572726f72a4626f6f6d80",
    ),
    "V15": (
        {"Configure": {"Error": None}},
        (
            "82ad536572766963654d6574686f64b444617461736f757263652e436f6e666967757265a353657100"
            "81a7436f6e6669677391c41d7b2276616c7565223a2261222c2274797065223a22737472696e67227d"
        ),
        (
            "83ad536572766963654d6574686f64b444617461736f757263652e436f6e666967757265a353657100"
            "a54572726f72a081a54572726f72c0"
        ),
    ),
    "V11": (
        {"Prepare": RemoteError("bad")},
        "82ad536572766963654d6574686f64b350726f766973696f6e65722e50726570617265a353657107c0",
        (
            "83ad536572766963654d6574686f64b350726f766973696f6e65722e50726570617265a353657107"
            "a54572726f72a362616480"
        ),
    ),
}


@pytest.mark.parametrize("name", ANSWERS, ids="9.2 {}".format)
def test_an_answer_is_written_as_go_writes_it(raw: tuple[Stream, Stream], name: str) -> None:
    replies, request, vector = ANSWERS[name]
    service = msgpack.Unpacker()
    service.feed(bytes.fromhex(request))
    header: Any = service.unpack()

    def answer(reply: object) -> object:
        if isinstance(reply, Exception):
            raise reply
        return reply

    methods = {key: lambda _, value=value: answer(value) for key, value in replies.items()}
    server = RpcServer(raw[1], Service(header["ServiceMethod"].rpartition(".")[0], methods))
    serving = spawn("serve", server.serve)
    raw[0].write(bytes.fromhex(request))
    assert raw[0].read_exactly(len(vector) // 2).hex() == vector
    raw[0].close()
    serving.join()


def test_a_failed_destroy_of_a_server_in_go_is_an_error(raw: tuple[Stream, Stream]) -> None:
    """V13: success in the header, the error as the body."""
    artifact = ArtifactClient(RpcClient(raw[0]))
    failures: list[str] = []

    def destroy() -> None:
        try:
            artifact.destroy()
        except RemoteError as error:
            failures.append(error.message)

    destroying = spawn("destroy", destroy)
    raw[1].read()
    raw[1].write(
        bytes.fromhex(
            "83ad536572766963654d6574686f64b041727469666163742e44657374726f79a353657100"
            "a54572726f72a081a74d657373616765a178"
        )
    )
    destroying.join()
    assert failures == ["x"]


def test_a_prepare_reply_is_the_face_of_it() -> None:
    reply = BuilderPrepareResponse(GeneratedVars=("ID",), Warnings=("old",))
    again = BuilderPrepareResponse.from_wire(reply.to_wire())
    assert Prepared(again.GeneratedVars, again.Warnings) == Prepared(("ID",), ("old",))

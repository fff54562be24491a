"""A plugin that speaks the protocol by hand, and breaks it in one place: ``CHAOS=LIE:METHOD``.

Only processes called ``packer-KIND-chaos`` lie, and only when that method is called.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import msgpack

from packer_sdk.errors import RpcError
from packer_sdk.rpc.session import Session
from packer_sdk.threads import spawn
from packer_sdk.wire.codec import RequestDecoder, ResponseDecoder, encode_request, encode_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_sdk.wire.codec import Request, Response
    from packer_sdk.wire.stream import Stream

NAME = Path(sys.argv[0]).name
KIND, _, ROLE = NAME.removeprefix("packer-").rpartition("-")
LIE, _, METHOD = os.environ.get("CHAOS", "").partition(":")
REPLY = json.loads(os.environ.get("CHAOS_REPLY", "null"))

DATA, WINDOW, PING = 0, 1, 2
SYN, FIN = 1, 4
MUCH = 1_000_000_000


class Liar:
    """One connection to core."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.session = Session(sock, client=False, name="core", keep_alive_s=None)
        self.dialled: dict[int, Stream] = {}

    def frame(self, kind: int, flags: int, stream: int, length: int, payload: bytes = b"") -> None:
        """Write a frame past everything that knows how."""
        with self.session.connection._link.lock:
            self.sock.sendall(struct.pack(">BBHII", 0, kind, flags, stream, length) + payload)

    def serve(self, number: int) -> None:
        """Answer what comes on a number, truthfully until it is time to lie."""
        stream = self.session.accept(number)
        decoder = RequestDecoder()
        while data := stream.read():
            for request in decoder.receive_data(data):
                spawn("liar", self.answer_or_die, stream, request)

    def answer_or_die(self, stream: Stream, request: Request) -> None:
        """Never leave core without an answer for want of a better lie."""
        try:
            self.answer(stream, request)
        except BaseException:  # noqa: BLE001 - it is printed, and the process ends
            traceback.print_exc()
            os._exit(3)

    def answer(self, stream: Stream, request: Request) -> None:
        lies = request.method == METHOD and ROLE == "chaos"
        if lies and LIE in LIES:
            LIES[LIE](self, stream, request)
        error, reply = ("", REPLY) if lies and LIE == "reply" else self.truth(request)
        stream.write(encode_response(request.method, request.seq, error, reply))

    def truth(self, request: Request) -> tuple[str, object]:
        if request.method != "Builder.Run":
            return "", TRUTHS.get(request.method)
        assert isinstance(request.body, int)
        arguments = {"Name": "packer_provision", "Data": {"ID": "x"}, "StreamId": self.offered()}
        [answer] = self.ask(request.body, ("Hook.Run", arguments))
        return answer.error, self.offered()

    def offered(self) -> int:
        """A number that is served from now on."""
        number = self.session.next_id()
        spawn("offer", self.serve, number)
        return number

    def ask(self, number: int, *requests: tuple[str, object]) -> list[Response]:
        """Send calls to core, all at once, and return the answers."""
        if number not in self.dialled:  # core accepts each number once
            self.dialled[number] = self.session.dial(number)
        stream = self.dialled[number]
        spawn("asking", self._send_all, stream, requests)
        decoder = ResponseDecoder()
        answers: list[Response] = []
        while len(answers) < len(requests) and (data := stream.read()):
            answers += decoder.receive_data(data)
        return answers

    def _send_all(self, stream: Stream, requests: tuple[tuple[str, object], ...]) -> None:
        for seq, (method, argument) in enumerate(requests):
            stream.write(encode_request(method, seq, argument))


TRUTHS: dict[str, object] = {
    "Builder.ConfigSpec": {"ConfigSpec": b""},
    "Builder.Prepare": {"GeneratedVars": None, "Warnings": None, "Error": None},
    "PostProcessor.PostProcess": {"Err": None, "Keep": True, "StreamId": 0},
    "Artifact.BuilderId": "liar",
    "Artifact.Id": "an id",
    "Artifact.String": "a thing",
    "Artifact.Files": ["a-file"],
}


def second_end(liar: Liar, stream: Stream, request: Request) -> None:
    # In one piece: after an answer to the first, the second would be for a stream that is gone.
    end = struct.pack(">BBHII", 0, WINDOW, FIN, stream.stream_id, 0)
    with liar.session.connection._link.lock:
        liar.sock.sendall(2 * end)


def overrun(liar: Liar, stream: Stream, request: Request) -> None:
    liar.frame(DATA, 0, stream.stream_id, 300_000, bytes(300_000))


def huge_frame(liar: Liar, stream: Stream, request: Request) -> None:
    liar.frame(DATA, 0, stream.stream_id, 0xFFFFFFFF)


def opened_again(liar: Liar, stream: Stream, request: Request) -> None:
    liar.frame(WINDOW, SYN, stream.stream_id, 0)


def cut_reply(liar: Liar, stream: Stream, request: Request) -> None:
    message = encode_response(request.method, request.seq, "", ["x" * 100])
    stream.write(message[: len(message) // 2])
    stream.close()


def no_msgpack(liar: Liar, stream: Stream, request: Request) -> None:
    stream.write(b"\xc1")


def huge_text(liar: Liar, stream: Stream, request: Request) -> None:
    stream.write(
        encode_response(request.method, request.seq, "", None)[:-1] + b"\xdb\xff\xff\xff\xff"
    )
    send_much(stream)


def endless_body(liar: Liar, stream: Stream, request: Request) -> None:
    header = encode_response(request.method, request.seq, "", None)[:-1]
    stream.write(header + b"\xdc\xff\xff" + b"\xda\xff\xff" + bytes(60_000))
    send_much(stream)


def deep_body(liar: Liar, stream: Stream, request: Request) -> None:
    header = encode_response(request.method, request.seq, "", None)[:-1]
    stream.write(header + b"\xdd\x00\x0f\xff\xff" * 100_000)


def send_much(stream: Stream) -> None:
    block = b"\xda\xff\xff" + bytes(65535)
    for _ in range(MUCH // len(block)):
        stream.write(block)


def wrong_number(liar: Liar, stream: Stream, request: Request) -> None:
    stream.write(encode_response(request.method, request.seq + 7, "", None))


def answered_twice(liar: Liar, stream: Stream, request: Request) -> None:
    stream.write(encode_response("X.Y", request.seq - 1, "", None))


def header_no_map(liar: Liar, stream: Stream, request: Request) -> None:
    stream.write(msgpack.packb("header") + msgpack.packb(None))


def number_no_number(liar: Liar, stream: Stream, request: Request) -> None:
    stream.write(msgpack.packb({"ServiceMethod": "x", "Seq": "y", "Error": ""}))


def ping_flood(liar: Liar, stream: Stream, request: Request) -> None:
    # Nothing is read meanwhile, so that the answers stay with core.
    os.kill(os.getpid(), 0)
    frame = struct.pack(">BBHII", 0, PING, SYN, 0, 7)
    with liar.session.connection._link.lock:
        for _ in range(2_000):
            liar.sock.sendall(frame * 1_000)


def stream_flood(liar: Liar, stream: Stream, request: Request) -> None:
    # Again and again, so that core has taken all it takes when the answer needs one more.
    for batch in range(5):
        for number in range(batch * 2_000, (batch + 1) * 2_000):
            liar.frame(WINDOW, SYN, 1_000_000 + 2 * number, 0)
        time.sleep(0.5)


def odd_requests(liar: Liar, stream: Stream, request: Request) -> None:
    values: tuple[object, ...] = (
        None, 5, -1, 2**63, 3.5, True, "x", b"x", [1], [[]], {"a": 1}, {5: 6},
        {"StreamId": "x"}, {"StreamId": -1}, {"StreamId": 2**40}, {"StreamId": [1]},
        {"Name": 5}, {"Category": 5}, {"Args": "x"}, {"Args": [5]}, {"TotalSize": "x"},
        {"TotalSize": -5, "CurrentSize": 2**63, "Src": "x"}, "\udc80" * 10, "x" * 1_000_000,
    )  # fmt: skip
    methods = (
        "Ui.Say", "Ui.Error", "Ui.Ask", "Ui.Machine", "Ui.NewTrackProgress",
        "Ui.Nothing", "No.Service", "nodot", "", ".", "Ui.", "Artifact.Id",
    )  # fmt: skip
    number = request.body
    assert isinstance(number, int)
    requests = [(method, value) for method in methods for value in values]
    bad: tuple[object, ...] = ("x", -1, 2**40, [1], {}, 3.5)
    requests += [("Hook.Run", {"Name": "packer_provision", "StreamId": value}) for value in bad]
    requests += [("Hook.Run", value) for value in (5, "x", b"x", True, 3.5)]
    assert len(liar.ask(number, *requests)) == len(requests)


def request_flood(liar: Liar, stream: Stream, request: Request) -> None:
    number = request.body
    assert isinstance(number, int)
    requests = [("Ui.Say", f"line {index}") for index in range(20_000)]
    assert len(liar.ask(number, *requests)) == len(requests)


def hang_up(liar: Liar, stream: Stream, request: Request) -> None:
    liar.sock.shutdown(socket.SHUT_RDWR)
    time.sleep(60)


def go_away(liar: Liar, stream: Stream, request: Request) -> None:
    liar.frame(3, 0, 0, 2)


LIES: dict[str, Callable[[Liar, Stream, Request], None]] = {
    "second-end": second_end,
    "overrun": overrun,
    "huge-frame": huge_frame,
    "opened-again": opened_again,
    "cut-reply": cut_reply,
    "no-msgpack": no_msgpack,
    "huge-text": huge_text,
    "endless-body": endless_body,
    "deep-body": deep_body,
    "wrong-number": wrong_number,
    "answered-twice": answered_twice,
    "header-no-map": header_no_map,
    "number-no-number": number_no_number,
    "ping-flood": ping_flood,
    "stream-flood": stream_flood,
    "odd-requests": odd_requests,
    "request-flood": request_flood,
    "hang-up": hang_up,
    "go-away": go_away,
}


def wrong_acknowledgement(liar: Liar) -> None:
    stream = liar.session.connection.accept_stream()
    stream.read_exactly(4)
    stream.write(struct.pack("<I", 77))
    time.sleep(60)


def main() -> None:
    folder = tempfile.mkdtemp(prefix="packer-plugin")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/plugin")
        listener.listen(1)
        os.write(1, f"5|0|unix|{folder}/plugin\n".encode())
        sock, _ = listener.accept()
    Path(folder, "plugin").unlink()
    Path(folder).rmdir()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if LIE == "acknowledgement" and ROLE == "chaos" and KIND == METHOD:
        from packer_sdk.wire.connection import Connection

        liar = Liar.__new__(Liar)
        liar.session = type("Raw", (), {"connection": Connection(sock, client=False)})()
        wrong_acknowledgement(liar)
    with contextlib.suppress(RpcError):
        Liar(sock).serve(0)
    os._exit(0)


main()

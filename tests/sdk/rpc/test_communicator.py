from __future__ import annotations

import io
import threading
import tracemalloc
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgpack import Timestamp

from packer_sdk.errors import ComponentError, ConnectionLost, RemoteError, RemoteProtocolError
from packer_sdk.interfaces import FileInfo, RemoteCommand
from packer_sdk.rpc.communicator import (
    CommunicatorClient,
    CommunicatorServer,
    NoCommunicator,
    read_file_info,
    write_file_info,
)
from packer_sdk.testing import Reply, ScriptedCommunicator, connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from packer_sdk.interfaces import Communicator
    from packer_sdk.testing import Connected


def through(sessions: Connected, communicator: Communicator) -> CommunicatorClient:
    offer = sessions.core.offer(CommunicatorServer(sessions.core, communicator))
    return CommunicatorClient(sessions.plugin, sessions.plugin.call_client(offer.number))


@pytest.fixture
def machine() -> ScriptedCommunicator:
    return ScriptedCommunicator(
        {
            "cat": Reply(echo=True),
            "fail": Reply(3, b"some output", b"some complaint"),
            "never": Reply(error=ComponentError("cannot start: never")),
            "much": Reply(stdout=b"x" * 3_000_000, stderr=b"y" * 2_000_000),
        },
        {"/etc/name": b"wonder", "/big": b"z" * 3_000_000},
    )


@pytest.fixture(params=["direct", "relayed"])
def communicator(
    request: pytest.FixtureRequest, sessions: Connected, machine: ScriptedCommunicator
) -> Iterator[Communicator]:
    """Once over one connection; once relayed over two, as core does between two plugins."""
    if request.param == "direct":
        yield through(sessions, machine)
        return
    further = connect()
    yield through(further, through(sessions, machine))
    further.core.close()
    further.plugin.close()


def run(
    communicator: Communicator, text: str, stdin: bytes | None = None
) -> tuple[int, bytes, bytes]:
    output, complaints = io.BytesIO(), io.BytesIO()
    source = None if stdin is None else io.BytesIO(stdin)
    command = RemoteCommand(text, stdin=source, stdout=output, stderr=complaints)
    status = communicator.start(command).wait(30)
    return status, output.getvalue(), complaints.getvalue()


def test_start_gives_status_and_both_outputs(communicator: Communicator) -> None:
    assert run(communicator, "fail") == (3, b"some output", b"some complaint")
    assert run(communicator, "quiet") == (0, b"", b"")


@pytest.mark.parametrize("status", [0, 1, 123, 128, -1, 2300218])
def test_every_exit_status_arrives(
    communicator: Communicator, machine: ScriptedCommunicator, status: int
) -> None:
    machine.script("exit", Reply(status))
    assert run(communicator, "exit")[0] == status


@pytest.mark.parametrize("size", [0, 1, 600_000])
def test_start_feeds_stdin_to_its_end(communicator: Communicator, size: int) -> None:
    assert run(communicator, "cat", b"i" * size) == (0, b"i" * size, b"")


def test_start_moves_more_than_a_window_of_both_outputs(communicator: Communicator) -> None:
    assert run(communicator, "much") == (0, b"x" * 3_000_000, b"y" * 2_000_000)


def test_start_when_no_output_is_wanted_gives_the_status(communicator: Communicator) -> None:
    assert communicator.start(RemoteCommand("fail")).wait(30) == 3


def test_start_when_refused_raises_and_leaves_nothing_open(communicator: Communicator) -> None:
    output = io.BytesIO()
    with pytest.raises(RemoteError, match=r"^cannot start: never$"):
        communicator.start(RemoteCommand("never", stdin=io.BytesIO(b"x"), stdout=output))
    assert run(communicator, "fail")[0] == 3


def test_wait_when_it_still_runs_says_so(
    communicator: Communicator, machine: ScriptedCommunicator
) -> None:
    hold = threading.Event()
    machine.script("slow", Reply(5, hold=hold))
    running = communicator.start(RemoteCommand("slow"))
    with pytest.raises(TimeoutError, match=r"still running after 0.01 s: slow"):
        running.wait(0.01)
    hold.set()
    assert running.wait(30) == 5
    assert running.wait(0) == 5


def test_fifty_commands_at_once(communicator: Communicator) -> None:
    running = []
    for number in range(50):
        output = io.BytesIO()
        command = RemoteCommand("cat", stdin=io.BytesIO(b"%d" % number), stdout=output)
        running.append((communicator.start(command), output, number))
    for started, output, number in running:
        assert started.wait(60) == 0
        assert output.getvalue() == b"%d" % number


class FullDisk(io.BytesIO):
    def write(self, data: object) -> int:
        raise OSError(28, "no space")


def test_an_output_that_cannot_be_written_fails_the_wait_but_not_the_command(
    communicator: Communicator,
) -> None:
    complaints = io.BytesIO()
    running = communicator.start(RemoteCommand("much", stdout=FullDisk(), stderr=complaints))
    with pytest.raises(OSError, match="no space"):
        running.wait(30)
    assert len(complaints.getvalue()) == 2_000_000


@pytest.mark.parametrize("size", [0, 1, 600_000])
def test_upload_moves_all(
    communicator: Communicator, machine: ScriptedCommunicator, size: int
) -> None:
    communicator.upload("/x", io.BytesIO(b"u" * size))
    assert machine.files["/x"] == b"u" * size
    assert machine.infos["/x"] is None


def test_upload_takes_file_info_along(
    communicator: Communicator, machine: ScriptedCommunicator
) -> None:
    info = FileInfo("x", 3, 0o755, datetime(2023, 11, 14, 22, 13, 20, 5, tzinfo=UTC))
    communicator.upload("/x", io.BytesIO(b"abc"), info=info)
    assert machine.infos["/x"] == info


class Broken(io.BytesIO):
    """Gives some bytes and then fails."""

    def __init__(self) -> None:
        super().__init__(b"some")

    def read1(self, size: int | None = -1) -> bytes:
        data = super().read1(size or -1)
        if not data:
            raise OSError(5, "the disk is broken")
        return data


def test_upload_when_the_source_breaks_leaves_no_part_as_the_whole(
    communicator: Communicator, machine: ScriptedCommunicator
) -> None:
    with pytest.raises(OSError, match="the disk is broken"):
        communicator.upload("/x", Broken())
    assert "/x" not in machine.files


def test_upload_when_refused_does_not_wait_for_room(sessions: Connected) -> None:
    class Refusing(ScriptedCommunicator):
        def upload(
            self, destination: str, source: BinaryIO, *, info: FileInfo | None = None
        ) -> None:
            source.read(10)
            raise ComponentError("the machine is full")

    communicator = through(sessions, Refusing())
    with pytest.raises(RemoteError, match=r"^the machine is full$"):
        communicator.upload("/x", io.BytesIO(b"u" * 5_000_000))


def test_upload_when_the_machine_wants_no_more_succeeds(sessions: Connected) -> None:
    class Content(ScriptedCommunicator):
        def upload(
            self, destination: str, source: BinaryIO, *, info: FileInfo | None = None
        ) -> None:
            self.files[destination] = source.read(10)

    content = Content()
    through(sessions, content).upload("/x", io.BytesIO(b"u" * 100))
    assert content.files["/x"] == b"u" * 10


def test_download_moves_all(communicator: Communicator) -> None:
    destination = io.BytesIO()
    communicator.download("/big", destination)
    assert destination.getvalue() == b"z" * 3_000_000


def test_download_when_there_is_nothing_says_so(communicator: Communicator) -> None:
    with pytest.raises(RemoteError, match="no such file in the machine: /nope"):
        communicator.download("/nope", io.BytesIO())


def test_download_when_the_destination_breaks_raises_that(communicator: Communicator) -> None:
    with pytest.raises(OSError, match="no space"):
        communicator.download("/big", FullDisk())
    destination = io.BytesIO()
    communicator.download("/etc/name", destination)
    assert destination.getvalue() == b"wonder"


def test_folders_travel_as_paths(communicator: Communicator, machine: ScriptedCommunicator) -> None:
    communicator.upload_dir("/d", "/s/", exclude=["x"])
    communicator.download_dir("/s", "/d")
    assert machine.folders == [
        ("upload_dir", "/d", "/s/", ("x",)),
        ("download_dir", "/d", "/s", ()),
    ]


class Zeros(io.RawIOBase):
    """So many zeros, made as they are read."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        piece = bytes(min(size, self.left))
        self.left -= len(piece)
        return piece


class Counting(ScriptedCommunicator):
    """Throws uploads away, in pieces."""

    size = 0

    def upload(self, destination: str, source: BinaryIO, *, info: FileInfo | None = None) -> None:
        while piece := source.read(65536):
            self.size += len(piece)


def test_a_relayed_upload_of_100_mib_needs_no_memory(sessions: Connected) -> None:
    machine, further = Counting(), connect()
    relayed = through(further, through(sessions, machine))
    tracemalloc.start()
    relayed.upload("/x", cast("BinaryIO", Zeros(100 * 1024 * 1024)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    further.core.close()
    further.plugin.close()
    assert machine.size == 100 * 1024 * 1024
    assert peak < 8 * 1024 * 1024


def test_losing_the_machine_in_the_middle_of_a_command(
    sessions: Connected, machine: ScriptedCommunicator
) -> None:
    hold = threading.Event()
    machine.script("slow", Reply(hold=hold))
    running = through(sessions, machine).start(RemoteCommand("slow", stdout=io.BytesIO()))
    sessions.core.close()
    with pytest.raises(ConnectionLost):
        running.wait(30)
    hold.set()


def test_losing_the_machine_in_the_middle_of_an_upload(sessions: Connected) -> None:
    class Slow(ScriptedCommunicator):
        def upload(
            self, destination: str, source: BinaryIO, *, info: FileInfo | None = None
        ) -> None:
            source.read(10)
            sessions.core.connection.close()

    with pytest.raises(ConnectionLost):
        through(sessions, Slow()).upload("/x", io.BytesIO(b"u" * 5_000_000))


def test_a_relayed_command_whose_machine_is_lost_ends_as_disconnected(
    sessions: Connected, machine: ScriptedCommunicator
) -> None:
    hold, further = threading.Event(), connect()
    machine.script("slow", Reply(hold=hold))
    running = through(further, through(sessions, machine)).start(RemoteCommand("slow"))
    sessions.core.close()
    assert running.wait(30) == 2300218
    hold.set()
    further.core.close()
    further.plugin.close()


def test_without_a_communicator_every_use_says_so(sessions: Connected) -> None:
    communicator = through(sessions, NoCommunicator())
    with pytest.raises(RemoteError, match="cannot run a command: this build has no communicator"):
        communicator.start(RemoteCommand("ls", stdout=io.BytesIO()))
    with pytest.raises(RemoteError, match="cannot upload to /x: this build has no") as caught:
        communicator.upload("/x", io.BytesIO(b"abc"))
    assert caught.value.hint
    for use in (communicator.upload_dir, communicator.download_dir):
        with pytest.raises(RemoteError, match="no communicator"):
            use("/a", "/b")
    with pytest.raises(RemoteError, match="cannot download /x"):
        communicator.download("/x", io.BytesIO())


@given(
    name=st.text(max_size=5),
    size=st.integers(0, 2**40),
    mode=st.integers(0, 0o777),
    modified=st.none() | st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1)),  # noqa: DTZ001 - hypothesis adds the zone
)
def test_file_info_survives_the_wire(
    name: str, size: int, mode: int, modified: datetime | None
) -> None:
    info = FileInfo(name, size, mode, modified)
    assert read_file_info(write_file_info(info)) == info


def test_file_info_drops_the_bits_go_adds() -> None:
    wire = {"N": "f", "S": 10, "M": 0x80000000 | 0o644, "T": Timestamp(1700000000, 5)}
    info = read_file_info(wire)
    assert info is not None
    assert (info.mode, info.modified) == (0o644, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC))


def test_file_info_of_another_shape_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match=r"WireFileInfo.S: expected an integer"):
        read_file_info({"S": "big"})

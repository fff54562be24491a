from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from packer_sdk.communicators.none import NoneCommunicator, says_no_machine
from packer_sdk.errors import ComponentError, RemoteError
from packer_sdk.interfaces import RemoteCommand
from packer_sdk.rpc.communicator import NoCommunicator

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_sdk.interfaces import Communicator

CALLS: dict[str, Callable[[Communicator], object]] = {
    "start": lambda communicator: communicator.start(RemoteCommand("export TOKEN=abc; true")),
    "upload": lambda communicator: communicator.upload("/etc/motd", io.BytesIO(b"hi")),
    "upload_dir": lambda communicator: communicator.upload_dir("/etc", "conf"),
    "download": lambda communicator: communicator.download("/etc/motd", io.BytesIO()),
    "download_dir": lambda communicator: communicator.download_dir("/etc", "conf"),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_call_refuses_at_once_and_says_what_to_do(name: str) -> None:
    with pytest.raises(ComponentError, match="the communicator is none") as caught:
        CALLS[name](NoneCommunicator())
    assert caught.value.reference == "no-machine"
    assert "shell-local" in (caught.value.hint or "")


def test_start_does_not_quote_the_command() -> None:
    with pytest.raises(ComponentError) as caught:
        CALLS["start"](NoneCommunicator())
    assert "TOKEN" not in str(caught.value)


def test_upload_names_the_path() -> None:
    with pytest.raises(ComponentError, match="/etc/motd"):
        CALLS["upload"](NoneCommunicator())


def test_says_no_machine_knows_the_error_after_it_crossed_the_process_line() -> None:
    with pytest.raises(ComponentError) as caught:
        CALLS["upload"](NoneCommunicator())
    assert says_no_machine(caught.value)
    assert says_no_machine(RemoteError(str(caught.value)))


def test_says_no_machine_knows_a_go_builder() -> None:
    text = "Upload is not implemented when communicator = 'none'"
    assert says_no_machine(RemoteError(text))


def test_says_no_machine_knows_what_stands_in_for_a_missing_communicator() -> None:
    with pytest.raises(ComponentError) as caught:
        NoCommunicator().upload("/tmp/x", io.BytesIO())
    assert says_no_machine(caught.value)


@pytest.mark.parametrize("text", ["connection refused", "no route to host", "", "none"])
def test_says_no_machine_is_false_for_what_may_pass(text: str) -> None:
    assert not says_no_machine(RemoteError(text))

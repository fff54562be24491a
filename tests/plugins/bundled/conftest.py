from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpers.bundled import ActingHook
from packer_sdk import CancelToken
from packer_sdk.communicators.local import LocalCommunicator
from packer_sdk.testing import RecordingUi

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ui() -> RecordingUi:
    return RecordingUi()


@pytest.fixture
def cancel() -> CancelToken:
    return CancelToken()


@pytest.fixture
def cancelled() -> CancelToken:
    token = CancelToken()
    token.cancel()
    return token


@pytest.fixture
def hook() -> ActingHook:
    return ActingHook()


@pytest.fixture
def local() -> Iterator[LocalCommunicator]:
    with LocalCommunicator() as communicator:
        yield communicator


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and the one the test runs in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path

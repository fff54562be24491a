from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_plugin_bundled.null_builder import NullBuilder, NullConfig
from packer_sdk import PROVISION_HOOK
from packer_sdk.communicators.none import NoneCommunicator
from packer_sdk.config import decode_config

if TYPE_CHECKING:
    from helpers.bundled import ActingHook
    from packer_sdk import CancelToken
    from packer_sdk.testing import RecordingUi


def test_check_accepts_none() -> None:
    assert not list(NullBuilder().check(NullConfig(communicator="none")))


@pytest.mark.parametrize("raw", [{}, {"communicator": "ssh"}, {"communicator": "winrm"}])
def test_check_says_that_others_are_not_available_yet(raw: dict[str, str]) -> None:
    (problem,) = NullBuilder().check(decode_config(NullConfig, [raw]))
    assert problem.path == "communicator"
    assert f"not available yet: {raw.get('communicator', 'ssh')}" in problem.message
    assert 'communicator = "none"' in (problem.hint or "")


def test_run_provisions_and_exports_nothing(
    hook: ActingHook, ui: RecordingUi, cancel: CancelToken
) -> None:
    artifact = NullBuilder().run(NullConfig(communicator="none"), ui, hook, cancel)
    (call,) = hook.calls
    assert call.name == PROVISION_HOOK
    assert isinstance(call.communicator, NoneCommunicator)
    assert call.data["ID"] == "Null"
    assert (artifact.builder_id, artifact.id, list(artifact.files)) == (
        "fnoeding.null",
        "Null",
        [],
    )
    assert artifact.state("generated_data") == {"ID": "Null"}
    assert str(artifact) == "nothing was built: the builder null only runs provisioners"
    artifact.destroy()

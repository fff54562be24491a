from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from helpers.programs import plugin
from packer_core.errors import PluginCrashed
from packer_core.plugins.fleet import Fleet
from packer_sdk.cancel import CancelToken
from packer_sdk.testing import RecordingHook, RecordingUi

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from packer_sdk.interfaces import Artifact

BODY = """
from packer_sdk.testing import MemoryArtifact
return MemoryArtifact("maker", "x", ["a-file"], "a thing", {"colour": "red"})
"""


def test_every_answer_comes_from_the_process(tmp_path: Path) -> None:
    with Fleet(os.environ) as fleet:
        builder = fleet.builder(plugin(tmp_path, BODY), "a")
        builder.prepare([{}])
        artifact = builder.run(RecordingUi(), RecordingHook(), CancelToken())
        assert artifact is not None
        assert (artifact.builder_id, artifact.id, str(artifact)) == ("maker", "x", "a thing")
        assert list(artifact.files) == ["a-file"]
        assert artifact.state("colour") == "red"
        artifact.destroy()


@pytest.mark.parametrize(
    "ask",
    [
        lambda artifact: artifact.builder_id,
        lambda artifact: artifact.id,
        lambda artifact: artifact.files,
        lambda artifact: artifact.state("x"),
        str,
        lambda artifact: artifact.destroy(),
    ],
)
def test_a_process_that_is_gone_is_named_whatever_is_asked(
    tmp_path: Path, ask: Callable[[Artifact], object]
) -> None:
    fleet = Fleet(os.environ)
    builder = fleet.builder(plugin(tmp_path, BODY), "a")
    builder.prepare([{}])
    artifact = builder.run(RecordingUi(), RecordingHook(), CancelToken())
    assert artifact is not None
    os.kill(builder.process.pid, 9)
    with pytest.raises(PluginCrashed, match="packer-builder-test was killed by SIGKILL"):
        ask(artifact)
    fleet.stop()

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpers.bundled import an_artifact
from packer_plugin_bundled.artifice import ArtificeConfig, ArtificePostProcessor
from packer_sdk import ComponentError

if TYPE_CHECKING:
    from pathlib import Path

    from packer_sdk import CancelToken
    from packer_sdk.testing import RecordingUi


def test_artifice_lists_every_match_once_in_order(
    here: Path, ui: RecordingUi, cancel: CancelToken
) -> None:
    for name in ("b.img", "a.img", "z.txt", ".hidden.img"):
        (here / name).touch()
    config = ArtificeConfig(files=["z.txt", "*.img", "a.*"])
    given = an_artifact(files=["old"], data={"ID": "x"})
    processed = ArtificePostProcessor().post_process(config, ui, given, cancel)
    made = processed.artifact
    assert list(made.files) == ["z.txt", "a.img", "b.img"]
    assert (processed.keep_input, processed.force_keep) == (True, False)
    assert (made.builder_id, made.id) == ("packer.post-processor.artifice", "")
    assert made.state("generated_data") == {"ID": "x"}


def test_artifice_tells_of_a_pattern_without_match(
    here: Path, ui: RecordingUi, cancel: CancelToken
) -> None:
    (here / "a").touch()
    config = ArtificeConfig(files=["a", "*.qcow2"])
    processed = ArtificePostProcessor().post_process(config, ui, an_artifact(), cancel)
    assert list(processed.artifact.files) == ["a"]
    assert ui.errors == ["No file matches: *.qcow2"]


def test_artifice_fails_without_any_match(here: Path, ui: RecordingUi, cancel: CancelToken) -> None:
    config = ArtificeConfig(files=["*.qcow2", "disk"])
    with pytest.raises(ComponentError, match=r"no file matches: \*\.qcow2, disk"):
        ArtificePostProcessor().post_process(config, ui, an_artifact(), cancel)


def test_check_refuses_an_empty_list() -> None:
    (problem,) = ArtificePostProcessor().check(ArtificeConfig(files=[]))
    assert problem.path == "files"

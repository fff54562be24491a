from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from helpers.bundled import an_artifact
from packer_plugin_bundled.manifest import ManifestConfig, ManifestPostProcessor
from packer_sdk import Cancelled, ComponentError
from packer_sdk.config import decode_config

if TYPE_CHECKING:
    from pathlib import Path

    from packer_sdk import CancelToken, Processed
    from packer_sdk.testing import MemoryArtifact, RecordingUi


class Writer:
    """A manifest post-processor, its ui and its token."""

    def __init__(self, ui: RecordingUi, cancel: CancelToken) -> None:
        self.ui = ui
        self.cancel = cancel

    def __call__(self, artifact: MemoryArtifact, **options: object) -> Processed:
        raw = {"packer_build_name": "web", "packer_builder_type": "file", **options}
        config = decode_config(ManifestConfig, [raw])
        return ManifestPostProcessor().post_process(config, self.ui, artifact, self.cancel)


@pytest.fixture
def write(ui: RecordingUi, cancel: CancelToken, monkeypatch: pytest.MonkeyPatch) -> Writer:
    monkeypatch.setenv("PACKER_RUN_UUID", "run-1")
    monkeypatch.setattr("time.time", lambda: 1507245986.9)
    return Writer(ui, cancel)


def read(path: Path) -> dict[str, Any]:
    manifest = json.loads(path.read_text("utf-8"))
    assert isinstance(manifest, dict)
    return manifest


def test_manifest_has_packers_fields_in_packers_order(here: Path, write: Writer) -> None:
    (here / "out").mkdir()
    (here / "out" / "disk.img").write_bytes(b"x" * 12)
    artifact = an_artifact(files=["out/disk.img", "gone"], id="img-1")
    processed = write(artifact, custom_data={"tag": "ä<1>"})
    assert (here / "packer-manifest.json").read_text("utf-8") == (
        """{
  "builds": [
    {
      "name": "web",
      "builder_type": "file",
      "build_time": 1507245986,
      "files": [
        {
          "name": "out/disk.img",
          "size": 12
        },
        {
          "name": "gone",
          "size": 0
        }
      ],
      "artifact_id": "img-1",
      "packer_run_uuid": "run-1",
      "custom_data": {
        "tag": "ä<1>"
      }
    }
  ],
  "last_run_uuid": "run-1"
}
"""
    )
    assert processed.artifact is artifact
    assert (processed.keep_input, processed.force_keep) == (True, True)
    assert [path.name for path in here.iterdir() if path.is_file()] == ["packer-manifest.json"]


def test_manifest_of_nothing_has_nulls(here: Path, write: Writer) -> None:
    write(an_artifact(), output="deep/m.json", strip_time=True)
    (build,) = read(here / "deep" / "m.json")["builds"]
    assert build["files"] is None
    assert build["custom_data"] is None
    assert "build_time" not in build


def test_strip_path_keeps_the_size(here: Path, write: Writer) -> None:
    (here / "out").mkdir()
    (here / "out" / "a").write_bytes(b"abc")
    write(an_artifact(files=["out/a"]), strip_path=True)
    (build,) = read(here / "packer-manifest.json")["builds"]
    assert build["files"] == [{"name": "a", "size": 3}]


def test_manifest_accumulates_and_keeps_what_it_does_not_know(here: Path, write: Writer) -> None:
    path = here / "packer-manifest.json"
    path.write_text('{"builds": [{"name": "old", "extra": 1}], "note": "mine"}')
    write(an_artifact(id="a"))
    write(an_artifact(id="b"))
    manifest = read(path)
    assert manifest["note"] == "mine"
    assert manifest["builds"][0] == {"name": "old", "extra": 1}
    assert [build.get("artifact_id") for build in manifest["builds"]] == [None, "a", "b"]


def test_force_starts_a_new_list_once_for_a_run(
    here: Path, write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(an_artifact(id="old"))
    monkeypatch.setenv("PACKER_RUN_UUID", "run-2")
    write(an_artifact(id="a"), packer_force="true")
    write(an_artifact(id="b"), packer_force="true")
    manifest = read(here / "packer-manifest.json")
    assert [build["artifact_id"] for build in manifest["builds"]] == ["a", "b"]
    assert manifest["last_run_uuid"] == "run-2"


def test_custom_data_and_output_are_templates(here: Path, write: Writer) -> None:
    write(
        an_artifact(),
        output="{{build_name}}.json",
        custom_data={"who": "{{build_type}}"},
    )
    assert read(here / "web.json")["builds"][0]["custom_data"] == {"who": "file"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"builds": [', "not JSON"),
        ("[]", "not a JSON object"),
        ('{"builds": {}}', '"builds" is not a list'),
        ("\udcff", "utf-8"),
    ],
)
def test_a_broken_manifest_is_left_as_it_is(
    here: Path, write: Writer, text: str, reason: str
) -> None:
    path = here / "packer-manifest.json"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ComponentError, match=f"packer-manifest.json: .*{reason}") as caught:
        write(an_artifact(), packer_force=True)
    assert path.read_bytes() == text.encode(errors="surrogateescape")
    assert "mv packer-manifest.json" in (caught.value.hint or "")
    assert [path.name for path in here.iterdir()] == ["packer-manifest.json"]


@pytest.mark.parametrize("text", ["", "\n", "{}", '{"builds": null}'])
def test_an_empty_manifest_is_a_new_one(here: Path, write: Writer, text: str) -> None:
    path = here / "packer-manifest.json"
    path.write_text(text)
    write(an_artifact(id="a"))
    assert [build["artifact_id"] for build in read(path)["builds"]] == ["a"]


PARALLEL = """
import sys
from helpers.bundled import an_artifact
from packer_sdk.testing import RecordingUi
from packer_plugin_bundled.manifest import ManifestConfig, ManifestPostProcessor
from packer_sdk import CancelToken

for number in range(10):
    artifact = an_artifact(id=f"{sys.argv[1]}-{number}")
    ManifestPostProcessor().post_process(ManifestConfig(), RecordingUi(), artifact, CancelToken())
"""


def test_parallel_builds_lose_nothing(here: Path, write: Writer) -> None:
    environment = {"PYTHONPATH": ":".join(sys.path)}
    processes = [
        subprocess.Popen([sys.executable, "-c", PARALLEL, name], cwd=here, env=environment)
        for name in "abc"
    ]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    ids = {build["artifact_id"] for build in read(here / "packer-manifest.json")["builds"]}
    assert ids == {f"{name}-{number}" for name in "abc" for number in range(10)}
    assert [path.name for path in here.iterdir()] == ["packer-manifest.json"]


def test_cancel_while_another_build_writes(here: Path, write: Writer, cancel: CancelToken) -> None:
    import fcntl

    with (here / "packer-manifest.json.lock").open("w") as holder:
        fcntl.flock(holder, fcntl.LOCK_EX)
        cancel.cancel()
        with pytest.raises(Cancelled):
            write(an_artifact())
    assert not (here / "packer-manifest.json").exists()

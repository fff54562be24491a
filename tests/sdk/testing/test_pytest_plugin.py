from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_sdk import (
    Builder,
    Cancelled,
    CancelToken,
    ComponentError,
    Datasource,
    FileArtifact,
    PackerKeys,
    PostProcessor,
    Processed,
    Provisioner,
    config,
    field,
    run_remote,
)
from packer_sdk.errors import PackerError, RemoteError
from packer_sdk.testing import MemoryArtifact, Reply
from packer_sdk.testing.pytest_plugin import executable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packer_sdk import Communicator, Hook, Ui
    from packer_sdk.interfaces import Artifact
    from packer_sdk.testing import RecordingHook, RecordingUi, ScriptedCommunicator
    from packer_sdk.testing.pytest_plugin import BuilderRun


@config
class Words(PackerKeys):
    word: str = field(doc="A word.")


@config
class Length:
    length: int = field(doc="Of the word.")


class Carver(Builder[Words]):
    generated = ("Word",)

    def run(self, config: Words, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact:
        cancel.check()
        hook.run("packer_provision", ui, None, {"Word": config.word}, cancel)
        return FileArtifact("carver", [Path(config.word)])


class Caller(Provisioner[Words]):
    def provision(
        self,
        config: Words,
        ui: Ui,
        communicator: Communicator,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        if run_remote(ui, communicator, f"{config.word} {data.get('ID')}", cancel=cancel):
            raise ComponentError("no answer")


class Wrapper(PostProcessor[Words]):
    def post_process(
        self, config: Words, ui: Ui, artifact: Artifact, cancel: CancelToken
    ) -> Processed:
        ui.say(f"{config.word} {artifact.id}")
        return Processed(artifact, keep_input=True)


class Counter(Datasource[Words, Length]):
    def execute(self, config: Words, cancel: CancelToken) -> Length:
        return Length(length=len(config.word))


def test_a_builder_runs_with_the_other_fixtures(
    run_builder: Callable[..., BuilderRun], hook: RecordingHook, tmp_path: Path
) -> None:
    file = tmp_path / "made"
    file.touch()
    made = run_builder(Carver, {"word": str(file)})
    assert made.artifact is not None
    assert (made.artifact.builder_id, list(made.artifact.files)) == ("carver", [str(file)])
    assert (made.generated, made.warnings) == (("Word",), ())
    assert [dict(call.data) for call in hook.calls] == [{"Word": str(file)}]
    made.artifact.destroy()
    assert not file.exists()


def test_options_are_decoded_as_in_a_real_build(run_builder: Callable[..., BuilderRun]) -> None:
    with pytest.raises(RemoteError, match='did you mean "word"'):
        run_builder(Carver, {"wrod": "x", "word": "y"})


def test_cancel_reaches_the_component(
    run_builder: Callable[..., BuilderRun], cancel: CancelToken
) -> None:
    cancel.cancel()
    with pytest.raises(Cancelled):
        run_builder(Carver, {"word": "x"})


def test_a_provisioner_speaks_to_the_machine(
    run_provisioner: Callable[..., None], communicator: ScriptedCommunicator, ui: RecordingUi
) -> None:
    communicator.script("greet i-1", Reply(stdout=b"hello\n"))
    run_provisioner(Caller, {"word": "greet"}, data={"ID": "i-1"})
    assert communicator.commands == ["greet i-1"]
    assert ui.said == ["hello"]


def test_a_provisioner_that_fails_raises_its_words(
    run_provisioner: Callable[..., None], communicator: ScriptedCommunicator
) -> None:
    communicator.script("x None", Reply(status=3))
    with pytest.raises(RemoteError, match="no answer"):
        run_provisioner(Caller, {"word": "x"})


def test_a_post_processor_gets_an_artifact(
    run_post_processor: Callable[..., Processed | None], ui: RecordingUi
) -> None:
    processed = run_post_processor(Wrapper, {"word": "wrap"}, MemoryArtifact(id="i-1"))
    assert processed is not None
    assert (processed.keep_input, processed.artifact.id) == (True, "i-1")
    assert ui.said == ["wrap i-1"]


def test_a_data_source_answers_with_values_of_python(
    run_datasource: Callable[..., object],
) -> None:
    assert run_datasource(Counter, {"word": "four"}) == {"length": 4}


def test_a_process_is_called_like_a_class(
    plugin_process: Callable[..., Builder[Words]], tmp_path: Path
) -> None:
    script = tmp_path / "packer-builder-own"
    script.write_text(
        f"#!{sys.executable}\n"
        "from packer_sdk import Builder, config, plugin\n"
        "@config\n"
        "class Nothing: pass\n"
        "class Own(Builder[Nothing]):\n"
        "    def run(self, config, ui, hook, cancel): return None\n"
        "plugin.register_builder(Own)\n"
    )
    script.chmod(0o755)
    client = plugin_process(str(script), "builder")
    assert client.prepare([{}]).warnings == ()  # type: ignore[attr-defined]


def test_an_executable_that_is_not_there_is_named() -> None:
    with pytest.raises(PackerError, match="no such executable: packer-plugin-nosuch"):
        executable("packer-plugin-nosuch")

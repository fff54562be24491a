from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from packer_plugin_oci.build import build_image
from packer_plugin_oci.config import OciConfig
from packer_sdk import (
    CLEANUP_HOOK,
    PROVISION_HOOK,
    Cancelled,
    CancelToken,
    ComponentError,
    FileInfo,
    RemoteCommand,
)
from packer_sdk.testing import RecordingHook, RecordingUi

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from packer_sdk import Artifact, Communicator, Ui

    Behaviour = Callable[[str, Ui, Communicator | None, Mapping[str, object], CancelToken], None]


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where unfinished things lie; empty after every build."""
    (tmp_path / "temporary").mkdir()
    (tmp_path / "out").mkdir()
    monkeypatch.setenv("PACKER_TMP_DIR", str(tmp_path / "temporary"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    return tmp_path / "temporary"


def options(tmp_path: Path, name: str = "image", **changes: object) -> OciConfig:
    values = {"source": "scratch", "output": tmp_path / "out" / name, **changes}
    return OciConfig(**values)  # type: ignore[arg-type]


def build(config: OciConfig, behaviour: Behaviour | None = None) -> Artifact:
    return build_image(config, RecordingUi(), RecordingHook(behaviour), CancelToken())


def uploading(**files: bytes) -> Behaviour:
    def provision(
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        assert communicator is not None
        for path, content in files.items():
            info = FileInfo(path, len(content))
            communicator.upload(f"/{path}", io.BytesIO(content), info=info)

    return provision


def blob(image: Path, digest: object) -> bytes:
    return (image / "blobs" / str(digest).replace(":", "/")).read_bytes()


def manifest_of(image: Path) -> dict[str, list[dict[str, object]]]:
    index = json.loads((image / "index.json").read_bytes())
    manifest: dict[str, list[dict[str, object]]] = json.loads(
        blob(image, index["manifests"][0]["digest"])
    )
    return manifest


def layer_names(image: Path, number: int = -1) -> list[str]:
    layer = blob(image, manifest_of(image)["layers"][number]["digest"])
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        return archive.getnames()


def test_build_from_nothing_holds_what_was_uploaded(tmp_path: Path, temporary: Path) -> None:
    artifact = build(options(tmp_path, labels={"a": "b"}, tag="v1"), uploading(hello=b"hi"))
    image = tmp_path / "out" / "image"
    index = json.loads((image / "index.json").read_bytes())
    assert artifact.id == index["manifests"][0]["digest"]
    assert artifact.files == (str(image),)
    assert layer_names(image) == [".", "hello"]
    assert os.listdir(temporary) == []
    assert os.listdir(tmp_path / "out") == ["image"]


@pytest.mark.parametrize("compression", ["gzip", "none"])
def test_equal_builds_have_equal_digests_wherever_and_whenever(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, compression: str
) -> None:
    found = []
    for name, umask in (("one.tar", 0o022), ("two.tar", 0o077)):
        other = tmp_path / f"temporary-of-{name}"
        other.mkdir()
        monkeypatch.setenv("PACKER_TMP_DIR", str(other))
        before = os.umask(umask)
        try:
            config = options(tmp_path, name, source="host", compression=compression)
            found.append(build(config, uploading(a=b"x", b=b"y")).id)
        finally:
            os.umask(before)
        time.sleep(1.1)  # the next build has other times in whole seconds
    assert found[0] == found[1]
    archives = [(tmp_path / "out" / name).read_bytes() for name in ("one.tar", "two.tar")]
    assert archives[0] == archives[1]


def test_only_what_changed_is_in_the_new_layer(tmp_path: Path) -> None:
    build(options(tmp_path, "base"), uploading(kept=b"k", changed=b"old"))
    base = tmp_path / "out" / "base"
    config = options(tmp_path, "next", source=f"oci:{base}:latest", env={"A": "1"})
    build(config, uploading(changed=b"new", kept=b"k"))
    image = tmp_path / "out" / "next"
    assert layer_names(image) == ["changed", "kept"]  # kept has a new time
    layers = manifest_of(image)["layers"]
    assert layers[0] == manifest_of(base)["layers"][0]
    assert len(layers) == 2


def test_nothing_changed_adds_no_layer(tmp_path: Path) -> None:
    build(options(tmp_path, "base.tar"), uploading(file=b"x"))
    build(options(tmp_path, "next", source=f"oci:{tmp_path}/out/base.tar", cmd=["/file"]))
    image = tmp_path / "out" / "next"
    assert len(manifest_of(image)["layers"]) == 1
    config = json.loads(blob(image, manifest_of(image)["config"]["digest"]))  # type: ignore[call-overload]
    assert config["config"]["Cmd"] == ["/file"]
    assert config["history"][-1]["empty_layer"] is True


def test_tarball_stays_a_layer_of_its_own(tmp_path: Path, tarball: Callable[..., bytes]) -> None:
    (tmp_path / "base.tar").write_bytes(
        tarball("etc/", ("etc/f", {"content": b"x", "uid": 7, "gid": 8}), "gone")
    )
    build(options(tmp_path, source=f"tar:{tmp_path}/base.tar", workdir="/srv/app"))
    image = tmp_path / "out" / "image"
    assert layer_names(image, 0) == ["etc", "etc/f", "gone"]
    assert layer_names(image) == ["srv", "srv/app"]


def test_existing_output_is_refused_unless_forced(tmp_path: Path, temporary: Path) -> None:
    config = options(tmp_path, "image.tar")
    (tmp_path / "out" / "image.tar").write_text("mine")
    with pytest.raises(ComponentError, match="is there already"):
        build(config)
    assert (tmp_path / "out" / "image.tar").read_text() == "mine"
    build(replace(config, packer_force=True))
    assert tarfile.is_tarfile(tmp_path / "out" / "image.tar")
    assert os.listdir(temporary) == []


def test_hook_gets_scalars_and_all_usual_names(tmp_path: Path) -> None:
    hook = RecordingHook()
    build_image(options(tmp_path), RecordingUi(), hook, CancelToken())
    (call,) = hook.calls
    assert call.name == PROVISION_HOOK
    assert all(isinstance(value, str) for value in call.data.values())
    assert {"ID", "Host", "Port", "User", "ConnType", "PackerHTTPAddr", "RootPath"} <= set(
        call.data
    )
    assert call.data["PackerHTTPIP"] == "ERR_HTTP_IP_NOT_IMPLEMENTED_BY_BUILDER"


def test_failed_provisioning_runs_the_clean_up_hook_and_leaves_nothing(
    tmp_path: Path, temporary: Path
) -> None:
    def fail(name: str, *rest: object) -> None:
        if name == PROVISION_HOOK:
            raise ComponentError("provisioner failed")

    hook = RecordingHook(fail)
    with pytest.raises(ComponentError, match="provisioner failed"):
        build_image(options(tmp_path), RecordingUi(), hook, CancelToken())
    assert [call.name for call in hook.calls] == [PROVISION_HOOK, CLEANUP_HOOK]
    assert hook.calls[1].communicator is not None
    assert os.listdir(temporary) == os.listdir(tmp_path / "out") == []


def test_failure_after_provisioning_runs_the_clean_up_hook_too(tmp_path: Path) -> None:
    hook = RecordingHook(uploading(**{".wh.name": b"no layer can hold it"}))
    with pytest.raises(ComponentError, match=r"/\.wh\.name"):
        build_image(options(tmp_path), RecordingUi(), hook, CancelToken())
    assert [call.name for call in hook.calls] == [PROVISION_HOOK, CLEANUP_HOOK]


def test_cancel_ends_the_build_without_clean_up_hook(tmp_path: Path, temporary: Path) -> None:
    def cancel(name: str, ui: Ui, communicator: object, data: object, token: CancelToken) -> None:
        token.cancel()

    hook = RecordingHook(cancel)
    with pytest.raises(Cancelled):
        build_image(options(tmp_path), RecordingUi(), hook, CancelToken())
    assert [call.name for call in hook.calls] == [PROVISION_HOOK]
    assert os.listdir(temporary) == os.listdir(tmp_path / "out") == []


@pytest.mark.root
@pytest.mark.usefixtures("way_in")
def test_commands_of_a_build_see_environment_and_folder(tmp_path: Path) -> None:
    seen = io.BytesIO()

    def provision(
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        assert communicator is not None
        command = "echo $HOME $A; pwd; echo made > made; (sleep 8640005 >/dev/null 2>&1 &)"
        running = communicator.start(RemoteCommand(command, stdout=seen))
        assert running.wait(60) == 0

    build(options(tmp_path, source="host", env={"A": "1"}, workdir="/srv"), provision)
    assert seen.getvalue() == b"/root 1\n/srv\n"
    names = layer_names(tmp_path / "out" / "image")
    assert "srv/made" in names
    assert not [name for name in names if name.startswith(("dev/", "proc/"))]


@pytest.mark.root
@pytest.mark.usefixtures("way_in")
def test_cancel_kills_the_command_of_a_build(tmp_path: Path, temporary: Path) -> None:
    def provision(
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        assert communicator is not None
        running = communicator.start(RemoteCommand("sleep 8640004"))
        cancel.cancel()
        assert running.wait(60) == 128 + signal.SIGKILL

    with pytest.raises(Cancelled):
        build(options(tmp_path, source="host"), provision)
    assert os.listdir(temporary) == os.listdir(tmp_path / "out") == []


_KILLED = """
import sys
from pathlib import Path
from packer_plugin_oci.build import build_image
from packer_plugin_oci.config import OciConfig
from packer_sdk import CancelToken
from packer_sdk.testing import RecordingHook, RecordingUi

def wait(*arguments):
    print("provisioning", flush=True)
    input()

config = OciConfig(source="host", output=Path(sys.argv[1]), programs=["sh"])
build_image(config, RecordingUi(), RecordingHook(wait), CancelToken())
"""


def test_killed_build_leaves_no_output_and_the_next_one_tidies_up(
    tmp_path: Path, temporary: Path
) -> None:
    config = options(tmp_path, "image.tar")
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED, config.output],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"provisioning\n"
        process.kill()
    assert not config.output.exists()
    assert os.listdir(temporary)
    build(config)
    assert os.listdir(temporary) == []
    assert os.listdir(tmp_path / "out") == ["image.tar"]


@pytest.mark.parametrize(
    ("base", "message"), [(b"no tarball", "broken layer"), (b"", "broken layer")]
)
def test_base_that_is_no_tarball_is_told(tmp_path: Path, base: bytes, message: str) -> None:
    (tmp_path / "base.tar").write_bytes(base)
    with pytest.raises(ComponentError, match=message):
        build(options(tmp_path, source=f"tar:{tmp_path}/base.tar"))


def test_base_whose_layer_is_another_than_it_says_is_refused(tmp_path: Path) -> None:
    build(options(tmp_path, "base", compression="none"), uploading(file=b"x"))
    base = tmp_path / "out" / "base"
    digest = str(manifest_of(base)["layers"][0]["digest"])
    path = base / "blobs" / digest.replace(":", "/")
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(ComponentError, match="another content"):
        build(options(tmp_path, "next", source=f"oci:{base}"))

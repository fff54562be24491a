"""The check that lets a component do its work, on this machine."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from packer_sdk.cancel import CancelToken
from packer_sdk.communicators.local import LocalCommunicator
from packer_sdk.errors import PackerError, RemoteError
from packer_sdk.testing.doubles import MemoryArtifact, RecordingHook, RecordingUi
from packer_sdk.testing.harness import PluginProcess
from packer_sdk.wire.forms import decode_spec, decode_value
from packer_sdk.wire.specs import implied_type

from .configs import of_json
from .model import Failed, Skipped

if TYPE_CHECKING:
    from typing import Any

    from .bench import Bench


def run(bench: Bench) -> str | None:
    """With the configuration that was given, it does its work."""
    if bench.config is None:
        raise Skipped("no --config was given")
    kind = bench.target.kind
    process = PluginProcess(bench.command(), kind)
    try:
        with process as client:
            return _RUNS[kind](bench, client)
    except RemoteError as error:
        raise Failed(str(error)) from error
    except (PackerError, OSError) as error:
        raise Failed(f"{error}{''.join(f'; it said: {line}' for line in process.log[-1:])}") from (
            error
        )


def _build(bench: Bench, client: Any) -> str:
    client.prepare(_configs(bench))
    hook = RecordingHook()  # provisions nothing: that it is called is all
    artifact = client.run(RecordingUi(), hook, CancelToken())
    called = ", ".join(call.name for call in hook.calls) or "no hook"
    if artifact is None:
        return f"no artifact; it called {called}"
    return f"{_shown(artifact)}; it called {called}"


def _provisioner(bench: Bench, client: Any) -> str:
    client.prepare(_configs(bench))
    ui = RecordingUi()
    with tempfile.TemporaryDirectory() as folder, LocalCommunicator(cwd=folder) as communicator:
        client.provision(ui, communicator, {"PackerRunUUID": "conformance"}, CancelToken())
    return f"it said {len(ui.said)} lines"


def _post_processor(bench: Bench, client: Any) -> str:
    client.configure(_configs(bench))
    given = MemoryArtifact(builder_id="conformance", id="conformance", files=bench.files)
    processed = client.post_process(RecordingUi(), given, CancelToken())
    return _shown(processed.artifact) if processed else "no artifact"


def _datasource(bench: Bench, client: Any) -> str:
    client.configure(_configs(bench))
    wanted = implied_type(decode_spec(client.output_spec(), protobuf=False))
    value = decode_value(client.execute(CancelToken()), protobuf=False)
    if value.type != wanted:
        raise Failed(f"OutputSpec promises {wanted}, and Execute gives {value.type}")
    return f"its value is {value.content}"


def _configs(bench: Bench) -> list[object]:
    return of_json(bench.target.kind, bench.config or {})


def _shown(artifact: Any) -> str:
    """Ask everything that core asks of an artifact."""
    files = len(artifact.files)
    return f"{artifact.builder_id}: {artifact} (id {artifact.id or 'none'}, {files} files)"


_RUNS = {
    "builder": _build,
    "provisioner": _provisioner,
    "post-processor": _post_processor,
    "datasource": _datasource,
}

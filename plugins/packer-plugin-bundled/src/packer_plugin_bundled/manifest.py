"""Post-processor `manifest`: keep a list of all artifacts in a JSON file (PPM-001)."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from packer_sdk import ComponentError, PackerKeys, PostProcessor, Processed, config, field

from .files import in_words, locked, replacing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from packer_sdk import Artifact, CancelToken, Ui


@config
class ManifestConfig(PackerKeys):
    """Options of the post-processor."""

    output: Path = field(doc="The file.", default=Path("packer-manifest.json"))
    strip_path: bool = field(doc="List files by their name, without folders.", default=False)
    strip_time: bool = field(doc="Leave out the time of the build.", default=False)
    custom_data: dict[str, str] = field(
        doc="Further values to write down, for example those of the build.", default_factory=dict
    )


class ManifestPostProcessor(PostProcessor[ManifestConfig]):
    """Add the artifact to the list and hand it on."""

    def post_process(
        self, config: ManifestConfig, ui: Ui, artifact: Artifact, cancel: CancelToken
    ) -> Processed:
        """Read the list, add to it and write it back, while no other build can.

        Raises:
            ComponentError: what is there is no manifest; it is left as it is.
        """
        run_id = os.environ.get("PACKER_RUN_UUID", "")
        with locked(config.output, ui, cancel):
            manifest = _read(config.output)
            # The first build of a forced run starts a new list, the others add to that.
            if config.packer_force and manifest.get("last_run_uuid") != run_id:
                manifest["builds"] = []
            manifest["builds"].append(_masked(_entry(config, artifact, run_id), config, ui))
            manifest["last_run_uuid"] = run_id
            _write(config.output, manifest)
        return Processed(artifact, keep_input=True, force_keep=True)


def _entry(config: ManifestConfig, artifact: Artifact, run_id: str) -> dict[str, object]:
    """One build, with Packer's fields in Packer's order."""
    entry: dict[str, object] = {
        "name": config.packer_build_name,
        "builder_type": config.packer_builder_type,
    }
    if not config.strip_time:
        entry["build_time"] = int(time.time())
    entry["files"] = [_file(path, config) for path in artifact.files] or None
    entry["artifact_id"] = artifact.id
    entry["packer_run_uuid"] = run_id
    entry["custom_data"] = config.custom_data or None
    return entry


def _masked(entry: dict[str, object], config: ManifestConfig, ui: Ui) -> dict[str, object]:
    """The entry without sensitive values: manifests are archived, mailed and published.

    Packer writes them as they are. A build that took an hour is not refused for it, either.
    """
    secrets = {config.packer_user_variables.get(name) for name in config.packer_sensitive_variables}
    if not any(secrets):
        return entry
    from packer_sdk.masking import MASK, SecretFilter  # noqa: PLC0415 - most have no secrets

    masking = SecretFilter()
    masking.register_nested(secrets)
    masked: dict[str, object] = masking.apply_nested(entry)
    if masked != entry:
        ui.say(f"The manifest says {MASK} where a sensitive variable would stand")
    return masked


def _file(path: str, config: ManifestConfig) -> dict[str, object]:
    file = Path(path)
    # What lies elsewhere, or is gone by now, is listed all the same.
    size_bytes = file.stat().st_size if file.exists() else 0
    return {"name": file.name if config.strip_path else path, "size": size_bytes}


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {"builds": []}
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, getattr(error, "strerror", None) or str(error)) from error
    if not text.strip():
        return {"builds": []}
    try:
        manifest = json.loads(text)
    except ValueError as error:
        raise _unreadable(path, f"not JSON: {error}") from error
    return _judged(path, manifest)


def _judged(path: Path, manifest: object) -> dict[str, Any]:
    if not isinstance(manifest, dict):
        raise _unreadable(path, "not a JSON object")
    if manifest.get("builds") is None:
        manifest = {"builds": [], **{k: v for k, v in manifest.items() if k != "builds"}}
    if not isinstance(manifest["builds"], list):
        raise _unreadable(path, '"builds" is not a list')
    return manifest


def _unreadable(path: Path, reason: str) -> ComponentError:
    return ComponentError(
        f"cannot add to the manifest: {path}: {reason}",
        hint=f"nothing was changed; mend it, or put it aside: mv {path} {path}.old",
    )


def _write(path: Path, manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest, indent=2, ensure_ascii=False)
    with in_words("write the manifest", path), replacing(path) as file:
        file.write(f"{text}\n".encode())

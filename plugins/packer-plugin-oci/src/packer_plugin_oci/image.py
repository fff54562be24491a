"""The documents of an image: what they hold, and how a new one follows from the base's.

Values in, values out (OCI image-spec 1.1: descriptor.md, manifest.md, config.md, annotations.md).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from packer_sdk import ComponentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .config import OciConfig

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd"
REF_NAME = "org.opencontainers.image.ref.name"
BASE_DIGEST = "org.opencontainers.image.base.digest"

_DOCKER = "application/vnd.docker."
INDEX_TYPES = (INDEX, f"{_DOCKER}distribution.manifest.list.v2+json")
MANIFEST_TYPES = (MANIFEST, f"{_DOCKER}distribution.manifest.v2+json")
LAYER_TYPES = {
    LAYER: LAYER,
    LAYER_GZIP: LAYER_GZIP,
    LAYER_ZSTD: LAYER_ZSTD,
    f"{_DOCKER}image.rootfs.diff.tar": LAYER,
    f"{_DOCKER}image.rootfs.diff.tar.gzip": LAYER_GZIP,
    f"{_DOCKER}image.rootfs.diff.tar.zstd": LAYER_ZSTD,
    "application/vnd.oci.image.layer.nondistributable.v1.tar": LAYER,
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip": LAYER_GZIP,
}
"""Types of layers that can be read, and what a new manifest calls them."""

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# image-spec, annotations.md: words joined by single separators, parts joined by slashes.
_TAG = re.compile(r"[A-Za-z0-9]+(?:(?:--|[-._:@+/])[A-Za-z0-9]+)*")
_MACHINES = {
    "x86_64": ("amd64", ""),
    "aarch64": ("arm64", ""),
    "armv6l": ("arm", "v6"),
    "armv7l": ("arm", "v7"),
    "armv8l": ("arm", "v7"),
    "i386": ("386", ""),
    "i686": ("386", ""),
    "loongarch64": ("loong64", ""),
    "ppc64le": ("ppc64le", ""),
    "riscv64": ("riscv64", ""),
    "s390x": ("s390x", ""),
}
"""What Go, and so OCI, calls the machines of uname(2)."""


@dataclass(frozen=True, slots=True)
class Descriptor:
    """Points at a blob."""

    media_type: str
    digest: str
    size: int

    def document(self) -> dict[str, object]:
        """As it stands in a manifest or index."""
        return {"digest": self.digest, "mediaType": self.media_type, "size": self.size}


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: what the manifest says of it, and the digest of the archive unpacked."""

    descriptor: Descriptor
    diff_id: str


@dataclass(frozen=True, slots=True)
class Base:
    """What a new image is put on.

    Attributes:
        layers: Lowest first.
        config: Its configuration document; only the parts that last are looked at.
        digest: Of its manifest; empty if it is no image.
    """

    layers: tuple[Layer, ...] = ()
    config: Mapping[str, object] = field(default_factory=dict)
    digest: str = ""


def encode(document: object) -> bytes:
    """The one way a document of ours is written, so that equal ones have equal digests."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def is_digest(text: object) -> bool:
    """Whether it is a digest that can be checked, and safely be part of a path."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


def is_tag(text: str) -> bool:
    """Whether an image may be called this."""
    return len(text) <= 255 and _TAG.fullmatch(text) is not None


def platform_of(machine: str) -> dict[str, str]:
    """Operating system and architecture, in OCI's words, of a machine as uname(2) names it."""
    architecture, variant = _MACHINES.get(machine, (machine, ""))
    platform = {"architecture": architecture, "os": "linux"}
    return {**platform, "variant": variant} if variant else platform


def parse_descriptor(document: object, where: str) -> Descriptor:
    """Read a descriptor of a foreign image.

    Raises:
        ComponentError: it is none, or names a digest that cannot be checked.
    """
    if not isinstance(document, dict):
        raise ComponentError(f"not a descriptor in {where}: {document!r:.80}")
    digest, size = document.get("digest"), document.get("size")
    if not is_digest(digest):
        raise ComponentError(
            f"not a SHA-256 digest in {where}: {digest!r:.80}",
            hint="images with other digests can be converted: skopeo copy SOURCE oci:FOLDER:TAG",
        )
    if not isinstance(size, int) or size < 0:
        raise ComponentError(f"not a size in {where}: {size!r:.80}")
    return Descriptor(str(document.get("mediaType", "")), str(digest), size)


def parse_document(data: bytes, where: str) -> dict[str, object]:
    """Read a document of a foreign image.

    Raises:
        ComponentError: it is no JSON object.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ComponentError(f"not a JSON document: {where}: {error}") from error
    if not isinstance(document, dict):
        raise ComponentError(f"not a JSON object: {where}")
    return document


def base_of(config: Mapping[str, object], descriptors: Sequence[Descriptor], digest: str) -> Base:
    """Put together what manifest and configuration say about the layers.

    Raises:
        ComponentError: they do not agree, or a layer is of a type that cannot be read.
    """
    rootfs = config.get("rootfs")
    diff_ids = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    if not isinstance(diff_ids, list) or len(diff_ids) != len(descriptors):
        raise ComponentError(f"an image whose layers and rootfs.diff_ids do not match: {digest}")
    layers = []
    for descriptor, diff_id in zip(descriptors, diff_ids, strict=True):
        known = LAYER_TYPES.get(descriptor.media_type)
        if known is None or not is_digest(diff_id):
            raise ComponentError(
                f"not a layer of a container image: {descriptor.media_type} {diff_id}"
            )
        renamed = Descriptor(known, descriptor.digest, descriptor.size)
        layers.append(Layer(renamed, diff_id))
    return Base(tuple(layers), config, digest)


def config_document(
    base: Base, options: OciConfig, new: Layer | None, created: str, machine: str
) -> dict[str, object]:
    """The configuration of the new image: the base's, with what the options change.

    Args:
        base: What it is put on.
        options: What the user wrote.
        new: The new layer; None if nothing has changed.
        created: Time, RFC 3339.
        machine: For a base that does not say: the machine as uname(2) names it.
    """
    layers = [*base.layers, *([new] if new else [])]
    kept = {
        name: base.config[name]
        for name in ("architecture", "os", "variant", "os.version", "os.features", "author")
        if name in base.config
    }
    return {
        **(kept if "architecture" in kept and "os" in kept else platform_of(machine)),
        "config": _run_config(_table(base.config.get("config")), options),
        "created": created,
        "history": [*_history(base), _history_entry(options, created, is_empty=new is None)],
        "rootfs": {"diff_ids": [layer.diff_id for layer in layers], "type": "layers"},
    }


def _run_config(old: Mapping[str, object], options: OciConfig) -> dict[str, object]:
    config = dict(old)
    config["Env"] = [f"{name}={value}" for name, value in environment(old, options.env).items()]
    if options.entrypoint:
        # As in a Dockerfile: arguments for another program are of no use.
        config["Entrypoint"] = options.entrypoint
        config.pop("Cmd", None)
    if options.cmd:
        config["Cmd"] = options.cmd
    elif options.source == "host" and not options.entrypoint:
        config["Cmd"] = ["/bin/sh"]
    if options.workdir:
        config["WorkingDir"] = options.workdir
    if options.user:
        config["User"] = options.user
    _merge(config, "Labels", options.labels)
    _merge(config, "ExposedPorts", {port_of(port): {} for port in options.exposed_ports})
    _merge(config, "Volumes", {volume: {} for volume in options.volumes})
    return config


def _merge(config: dict[str, object], name: str, more: Mapping[str, object]) -> None:
    if more:
        config[name] = {**_table(config.get(name)), **more}


def environment(run_config: Mapping[str, object], more: Mapping[str, str]) -> dict[str, str]:
    """Variables of a container, in order: a search path, the base's, then the user's by name."""
    found = run_config.get("Env")
    pairs = [text for text in found if isinstance(text, str)] if isinstance(found, list) else []
    merged = {"PATH": DEFAULT_PATH}
    for pair in pairs:
        name, _, value = pair.partition("=")
        merged[name] = value
    return {**merged, **dict(sorted(more.items()))}


def port_of(text: str) -> str:
    """A port as the specification writes it."""
    return text if "/" in text else f"{text}/tcp"


def _history(base: Base) -> list[object]:
    """The base's history, made up where it has none: there is one entry per layer."""
    found = base.config.get("history")
    entries = (
        [entry for entry in found if isinstance(entry, dict)] if (isinstance(found, list)) else []
    )
    with_layer = sum(1 for entry in entries if not entry.get("empty_layer"))
    missing = len(base.layers) - with_layer
    return [*({"created_by": "unknown"} for _ in range(missing)), *entries]


def _history_entry(options: OciConfig, created: str, *, is_empty: bool) -> dict[str, object]:
    kind = options.source.partition(":")[0]
    entry: dict[str, object] = {"created": created, "created_by": f"packer build (from {kind})"}
    return {**entry, "empty_layer": True} if is_empty else entry


def manifest_document(base: Base, config: Descriptor, layers: Sequence[Layer]) -> dict[str, object]:
    """The manifest of the new image."""
    manifest: dict[str, object] = {
        "config": config.document(),
        "layers": [layer.descriptor.document() for layer in layers],
        "mediaType": MANIFEST,
        "schemaVersion": 2,
    }
    if base.digest:
        manifest["annotations"] = {BASE_DIGEST: base.digest}
    return manifest


def index_document(
    manifest: Descriptor, tag: str, config: Mapping[str, object]
) -> dict[str, object]:
    """The index of a layout with one image."""
    platform = {name: config[name] for name in ("architecture", "os", "variant") if name in config}
    entry = {
        **manifest.document(),
        "annotations": {REF_NAME: tag},
        "platform": platform,
    }
    return {"manifests": [entry], "mediaType": INDEX, "schemaVersion": 2}


def _table(document: object) -> Mapping[str, object]:
    return document if isinstance(document, dict) else {}

"""A build, from the base to the file, in steps that clean up after themselves.

Two private folders hold everything that is unfinished. One, where temporary files go, has the root
file system. The other lies beside the output and has what becomes the output, so that a rename
on one file system is all that is left to do. `workspace.py` tells what becomes of them.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from packer_sdk import ComponentError, run_steps

from .apply import Applier
from .base import lay_base
from .check import parse_epoch
from .image import (
    CONFIG,
    MANIFEST,
    Base,
    config_document,
    environment,
    index_document,
    manifest_document,
)
from .inside import Root
from .layer import LayerWriter, Owners
from .layout import Layout
from .packing import pack_layer
from .provision import ID, clean_up_provisioning, provision
from .publish import Made, artifact_of, publish, refuse_existing
from .snapshot import Snapshot, difference, has_content, let_clock_pass, take_snapshot
from .source import Source, parse_source
from .workspace import Workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packer_sdk import Artifact, CancelToken, Hook, Step, Ui

    from .config import OciConfig
    from .image import Layer
    from .snapshot import Difference


@dataclass
class Build:
    """What the steps of one build share; what is below the line is made by them."""

    config: OciConfig
    ui: Ui
    hook: Hook
    cancel: CancelToken
    source: Source
    epoch: int | None
    # ---
    space: Workspace | None = None
    exit_space: Workspace | None = None
    root: Root | None = None
    layout: Layout = field(init=False)
    base: Base = field(init=False)
    applier: Applier = field(init=False)
    before: Snapshot = field(default_factory=dict)
    data: dict[str, object] = field(default_factory=dict)
    made: Made | None = None
    artifact: Artifact | None = None

    @property
    def open_root(self) -> Root:
        """The root file system, once there is one."""
        assert self.root is not None  # made by the first step
        return self.root

    @property
    def environment(self) -> dict[str, str]:
        """Variables of commands in the image."""
        config = self.base.config.get("config")
        variables = environment(config if isinstance(config, dict) else {}, self.config.env)
        return {"HOME": "/root", **variables}

    @property
    def folder(self) -> str:
        """Where commands start, a path of the image."""
        config = self.base.config.get("config")
        of_base = config.get("WorkingDir") if isinstance(config, dict) else None
        return self.config.workdir or (of_base if isinstance(of_base, str) else "") or "/"


def build_image(config: OciConfig, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact:
    """Build the image the options describe.

    Raises:
        ComponentError: it cannot be built.
        Cancelled: the token went up.
    """
    build = Build(config, ui, hook, cancel, _source(config), _epoch())
    steps: list[Step[Build]] = [MakeRoom(), LayBase(), Provision(), Pack(), Publish()]
    run_steps(steps, build, ui, cancel, on_error=config.packer_on_error, debug=config.packer_debug)
    assert build.artifact is not None  # the last step made it
    return build.artifact


def _source(config: OciConfig) -> Source:
    try:
        return parse_source(config.source)
    except ValueError as error:
        raise ComponentError(
            f"not a source of an image: {config.source}", hint=str(error)
        ) from error


def _epoch() -> int | None:
    text = os.environ.get("SOURCE_DATE_EPOCH", "")
    epoch = parse_epoch(text)
    if text and epoch is None:
        raise ComponentError(f"SOURCE_DATE_EPOCH is no time in seconds since 1970: {text}")
    return epoch


class MakeRoom:
    """The private folders."""

    def run(self, build: Build) -> None:
        """Look whether the output may be written, then make them."""
        output = os.path.abspath(build.config.output)
        refuse_existing(output, force=build.config.packer_force)
        temporary = os.environ.get("PACKER_TMP_DIR") or tempfile.gettempdir()
        try:
            build.space = Workspace(temporary, "packer-oci-")
            parent, name = os.path.split(output)
            build.exit_space = Workspace(parent, f".{name}.packer-")
            root = os.path.join(build.space.path, "rootfs")
            os.mkdir(root, 0o755)
            os.chmod(root, 0o755)  # noqa: S103 - the image's /, whatever the umask
            is_archive = output.endswith(".tar")
            home = build.space if is_archive else build.exit_space
            layout = os.path.join(home.path, "layout")
            os.mkdir(layout)
        except OSError as error:
            raise ComponentError(
                f"cannot make a folder: {error.filename}: {error.strerror}"
            ) from error
        build.root = Root(root)
        build.layout = Layout(layout)

    def cleanup(self, build: Build) -> None:
        """Delete them."""
        if build.root:
            build.root.close()
        try:
            if build.space:
                build.space.close()
        finally:
            if build.exit_space:
                build.exit_space.close()


class LayBase:
    """What the image starts from."""

    def run(self, build: Build) -> None:
        """Fill the root file system and look at it."""
        build.ui.say(f"Starting from {build.config.source}")
        build.applier = Applier(build.open_root, build.cancel.check)
        build.base = lay_base(
            build.source, build.config, build.layout, build.open_root, build.applier
        )
        if build.base.layers:
            build.before = take_snapshot(build.open_root.path)
            assert build.space is not None  # made by the first step
            let_clock_pass(os.path.join(build.space.path, "clock"), build.before)
        if build.config.workdir:
            _make_folder(build.open_root, build.config.workdir)

    def cleanup(self, build: Build) -> None:
        """Nothing of its own."""


def _make_folder(root: Root, path: str) -> None:
    try:
        root.make_folder(path)
    except OSError as error:
        raise ComponentError(
            f"cannot make a folder of the image: {path}: {error.strerror}"
        ) from error


class Provision:
    """The user's turn."""

    provisions = True

    def run(self, build: Build) -> None:
        """Let core run the provisioners."""
        assert build.space is not None  # made by the first step
        build.data = {ID: os.path.basename(build.space.path), "RootPath": build.open_root.path}
        provision(build)

    def cleanup(self, build: Build) -> None:
        """If the build has failed, wherever, let core run the error-cleanup provisioner."""
        if build.artifact is None and not build.cancel.cancelled:
            clean_up_provisioning(build)


class Pack:
    """The new layer and the documents around it."""

    def run(self, build: Build) -> None:
        """Write everything into the layout."""
        build.ui.say("Packing the image")
        now = int(time.time()) if build.epoch is None else build.epoch
        created = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        new = _pack_changes(build, now)
        layers = (*build.base.layers, *([new] if new else []))
        machine = os.uname().machine
        config = config_document(build.base, build.config, new, created, machine)
        config_blob = build.layout.add_document(config, CONFIG)
        manifest = build.layout.add_document(
            manifest_document(build.base, config_blob, layers), MANIFEST
        )
        build.layout.finish(index_document(manifest, build.config.tag, config))
        size = sum(layer.descriptor.size for layer in layers)
        build.made = Made(manifest.digest, build.config.tag, size, len(layers), now)

    def cleanup(self, build: Build) -> None:
        """Nothing of its own: the layout lies in a private folder."""


def _pack_changes(build: Build, latest: int) -> Layer | None:
    root = build.open_root.path
    after = take_snapshot(root)
    changes = difference(build.before, after, lambda path: _is_same(build, root, path, after))
    if _is_nothing(changes) and build.base.layers:
        return None
    builder = None if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    owners = Owners(build.before, build.applier.wanted, builder)
    writer = LayerWriter(root, after, owners, latest, build.cancel.check)
    return pack_layer(
        build.layout, build.config.compression, lambda target: writer.write(changes, target)
    )


def _is_same(build: Build, root: str, path: str, after: Snapshot) -> bool:
    digest = build.applier.digests.get(build.before[path].inode)
    return digest is not None and has_content(os.path.join(root, path), after[path], digest)


def _is_nothing(changes: Difference) -> bool:
    return not (changes.written or changes.removed or changes.emptied)


class Publish:
    """The output, all at once."""

    def run(self, build: Build) -> None:
        """Put the finished image in its place."""
        assert build.exit_space is not None  # made by the first step
        assert build.made is not None  # made by the step before
        build.cancel.check()
        output = os.path.abspath(build.config.output)
        publish(
            build.layout,
            output,
            build.exit_space.path,
            build.made.created,
            force=build.config.packer_force,
            check_cancel=build.cancel.check,
        )
        build.artifact = artifact_of(str(build.config.output), build.made, build.data)

    def cleanup(self, build: Build) -> None:
        """Nothing of its own: until the last moment all is in a private folder."""

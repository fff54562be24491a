"""Filling the root file system with what the image starts from."""

from __future__ import annotations

import os

from packer_sdk import ComponentError

from .config import DEFAULT_PROGRAMS
from .hostfiles import HostCopier, find_program
from .image import Base
from .layout import ImageReader, open_layout
from .packing import pack_layer, unpacked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .apply import Applier
    from .config import OciConfig
    from .image import Layer
    from .inside import Root
    from .layout import Layout, Sink
    from .source import Source

_CHUNK = 1 << 18


def lay_base(
    source: Source,
    config: OciConfig,
    layout: Layout,
    root: Root,
    applier: Applier,
) -> Base:
    """Fill ``root``, and put the layers it consists of into ``layout``.

    Raises:
        ComponentError: the base cannot be read, or is not what it says.
    """
    check_cancel = applier.check_cancel
    try:
        if source.kind == "host":
            copy_host(config, root, check_cancel)
            return Base()
        if source.kind == "scratch":
            return Base()
        if source.kind == "tar":
            base = _import_tarball(source.path, config.compression, layout, check_cancel)
        else:
            base = _copy_image(source, layout, check_cancel)
        for layer in base.layers:
            _apply(layer, layout, applier)
        applier.finish()
    except OSError as error:
        raise ComponentError(f"cannot read the base: {_words(error)}") from error
    return base


def _words(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


def copy_host(config: OciConfig, root: Root, check_cancel: Callable[[], None]) -> None:
    """Make a root file system of programs of this machine.

    Of the programs nobody asked for by name, those that are not here are left out.
    """
    search = os.environ.get("PATH", "").split(os.pathsep)
    copier = HostCopier(root, search, check_cancel)
    copier.lay_out()
    names = config.programs or [
        name for name in DEFAULT_PROGRAMS if name == "sh" or find_program(name, search)
    ]
    for name in names:
        copier.copy_program(name)


def _import_tarball(
    path: str, compression: str, layout: Layout, check_cancel: Callable[[], None]
) -> Base:
    """A tarball becomes the lowest layer as it is: two images of one tarball share it."""
    with unpacked(path) as tarball:

        def copy(target: Sink) -> None:
            while chunk := tarball.read(_CHUNK):
                check_cancel()
                target.write(chunk)

        layer = pack_layer(layout, compression, copy)
    return Base((layer,))


def _copy_image(source: Source, layout: Layout, check_cancel: Callable[[], None]) -> Base:
    with open_layout(source.path) as files:
        reader = ImageReader(files, source.path)
        base = reader.base(source.tag, os.uname().machine)
        for layer in base.layers:
            digest = layer.descriptor.digest
            if os.path.exists(layout.blob_path(digest)):
                continue  # the same layer twice
            with layout.new_blob(digest) as blob:
                reader.copy_blob(layer.descriptor, blob, check_cancel)
    return base


def _apply(layer: Layer, layout: Layout, applier: Applier) -> None:
    digest = layer.descriptor.digest
    with unpacked(layout.blob_path(digest)) as archive:
        applier.apply(archive, digest)
        found = archive.digest_of_all()
    if found != layer.diff_id:
        raise ComponentError(
            f"a layer has another content than the image says: {digest}",
            hint=f"its diff_id is {found}, not {layer.diff_id}; whoever made it made a mistake",
        )

"""The moment the output appears: all of it, or nothing."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass

from packer_sdk import ComponentError, RecordArtifact
from packer_sdk.trees import remove_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .layout import Layout

BUILDER_ID = "packer.oci"


@dataclass(frozen=True, slots=True)
class Made:
    """What has been built.

    Attributes:
        digest: Of the manifest.
        tag: Name of the image in its layout.
        size: Of all layers as they are packed, in bytes.
        layers: How many there are.
        created: Seconds since 1970.
    """

    digest: str
    tag: str
    size: int
    layers: int
    created: int


def refuse_existing(output: str, *, force: bool) -> None:
    """Stop if the output is there and may not be replaced (BLD-006).

    Even by force, a folder is only replaced if it looks like one of ours.

    Raises:
        ComponentError: it is.
    """
    if not os.path.lexists(output):
        return
    if not force:
        raise ComponentError(
            f"the output is there already: {output}",
            hint="delete it, choose another name, or build with -force",
        )
    is_folder = os.path.isdir(output) and not os.path.islink(output)
    if is_folder and os.listdir(output) and not os.path.exists(f"{output}/oci-layout"):
        raise ComponentError(
            f"not replaced, because it is a folder but no image: {output}",
            hint="delete it yourself if nobody needs what is in it",
        )


def publish(
    layout: Layout,
    output: str,
    space: str,
    created: int,
    *,
    force: bool,
    check_cancel: Callable[[], None],
) -> None:
    """Put a finished layout where the user wants it.

    Args:
        layout: The image; if a folder is wanted, it lies in ``space``.
        output: Absolute path; an archive if it ends in ``.tar``.
        space: A private folder on the file system of ``output``.
        created: Time of everything in an archive, seconds since 1970.
        force: Replace what is there.
        check_cancel: Called now and then; may raise.

    Raises:
        ComponentError: it cannot be written, or something is there by now.
    """
    try:
        finished = layout.path
        if output.endswith(".tar"):
            finished = os.path.join(space, "archive")
            with open(finished, "xb") as file:
                layout.write_archive(file, created, check_cancel)
                file.flush()
                os.fsync(file.fileno())
        refuse_existing(output, force=force)
        _put(finished, output, os.path.join(space, "replaced"))
    except OSError as error:
        raise ComponentError(f"cannot write the output: {output}: {error.strerror}") from error


def _put(finished: str, output: str, aside: str) -> None:
    """Rename; what is there goes aside first if a rename cannot replace it."""
    is_there = os.path.lexists(output)
    if not is_there or (os.path.isfile(finished) and not os.path.isdir(output)):
        os.rename(finished, output)
        return
    os.rename(output, aside)
    try:
        os.rename(finished, output)
    except OSError:
        os.rename(aside, output)
        raise


def artifact_of(output: str, made: Made, data: Mapping[str, object]) -> RecordArtifact:
    """The artifact of a build whose output is in its place."""
    return RecordArtifact(
        BUILDER_ID,
        made.digest,
        describe(output, made),
        files=[output],
        state={"generated_data": {**data, "ID": made.digest}},
        on_destroy=lambda: delete(output),
    )


def describe(output: str, made: Made) -> str:
    """What the user reads of an image."""
    layers = "1 layer" if made.layers == 1 else f"{made.layers} layers"
    return (
        f"OCI image {output}: {made.tag}\n"
        f"  digest  {made.digest}\n"
        f"  size    {_readable(made.size)} in {layers}\n"
        f"  run     podman run --rm {reference(output, made.tag)}"
    )


def reference(output: str, tag: str) -> str:
    """How podman and skopeo call an image in a file."""
    return f"oci-archive:{output}" if output.endswith(".tar") else f"oci:{output}:{tag}"


def _readable(size: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}" if unit != "bytes" else f"{size} {unit}"
        size /= 1000  # type: ignore[assignment]
    return f"{size:.3g} GB"


def delete(output: str) -> None:
    """Delete an image.

    Raises:
        ComponentError: it cannot be deleted.
    """
    try:
        if os.path.isdir(output) and not os.path.islink(output):
            remove_tree(output)
        else:
            with suppress(FileNotFoundError):
                os.unlink(output)
    except OSError as error:
        raise ComponentError(f"cannot delete: {output}: {error.strerror}") from error

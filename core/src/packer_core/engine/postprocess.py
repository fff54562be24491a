"""Chains of post-processors, and what becomes of every artifact on the way (ENG-007 to ENG-009).

Every chain starts from the builder's artifact. After each link the artifact it was given is kept or
destroyed: the user's ``keep_input_artifact`` decides, else the plugin; a plugin may insist on
keeping. The builder's artifact is decided last, when all chains are through.

Two things differ from Packer on purpose:

- a link that fails, or gives nothing, **never costs the artifact it was given**: it is kept and
  reported, since it may be the work of hours;
- an artifact is never destroyed while another one that is kept stands for the same things, which
  happens when a post-processor hands back what it was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.errors import reworded
from packer_sdk.errors import Cancelled, PackerError
from packer_sdk.records import made, mutable_record, record

from .findings import Findings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packer_core.template.model import PostProcess
    from packer_sdk.cancel import CancelToken
    from packer_sdk.components import Processed
    from packer_sdk.faces import PostProcessorFace
    from packer_sdk.interfaces import Artifact, Ui


_BUILDER = ("builder", "")


@record
class PreparedPostProcess:
    """A post-processor that has taken its configuration.

    Attributes:
        post_process: What the template says.
        face: The component.
        again: Gives it the configuration again, with the values that the artifact brings along
            (PRV-009); None if it fills them in itself.
    """

    post_process: PostProcess
    face: PostProcessorFace
    again: Callable[[Mapping[str, object]], None] | None = None


@mutable_record
class PostProcessed:
    """What came out: the artifacts that exist now, and what went wrong."""

    artifacts: list[Artifact] = made(default_factory=list)
    errors: list[PackerError] = made(default_factory=list)
    cancelled: bool = False
    findings: Findings = made(default_factory=lambda: Findings(""))


def post_process(
    artifact: Artifact,
    chains: Sequence[Sequence[PreparedPostProcess]],
    ui_for: Callable[[str | None], Ui],
    cancel: CancelToken,
    findings: Findings | None = None,
) -> PostProcessed:
    """Send an artifact through every chain.

    Args:
        artifact: The builder's.
        chains: Each starts from ``artifact``.
        ui_for: Makes the Ui of a post-processor from its type; None for that of the build.
        cancel: When it goes up, no further link runs and nothing is destroyed any more.
        findings: Told what becomes of every artifact.
    """
    result = PostProcessed(findings=findings or Findings(""))
    keep_original = not chains
    for chain in chains:
        if cancel.cancelled:
            result.cancelled = True
            break
        keep_original |= _run_chain(artifact, chain, ui_for, cancel, result)
    _settle_original(artifact, result, keep=keep_original or result.cancelled)
    return result


def _run_chain(
    original: Artifact,
    chain: Sequence[PreparedPostProcess],
    ui_for: Callable[[str | None], Ui],
    cancel: CancelToken,
    result: PostProcessed,
) -> bool:
    """Run one chain and return whether the builder's artifact is to be kept because of it."""
    keep_original = False
    current, maker = original, _BUILDER
    for link in chain:
        processed = _run_link(link, current, ui_for, cancel, result)
        keep = processed is None or _keeps(link.post_process, processed)
        if current is original:
            keep_original = keep
        elif keep or processed is None or (same := _same(current, processed.artifact)) is None:
            _add(result.artifacts, current)
        elif not same:
            _destroy(current, maker, link, result)
        if processed is None:
            return keep_original
        current, maker = processed.artifact, ("post-processor", link.post_process.type)
        result.findings.made(current, *maker)
    _add(result.artifacts, current)
    return keep_original


def _run_link(
    link: PreparedPostProcess,
    artifact: Artifact,
    ui_for: Callable[[str | None], Ui],
    cancel: CancelToken,
    result: PostProcessed,
) -> Processed | None:
    step = link.post_process
    ui = ui_for(step.type)
    try:
        cancel.check()
        kind = f" (type {step.type})" if step.name != step.type else ""
        ui_for(None).say(f"Running post-processor: {step.name}{kind}")
        if link.again:
            link.again(_generated_data(artifact))
        return link.face.post_process(ui, artifact, cancel)
    except Cancelled:
        result.cancelled = True
    except PackerError as error:
        if cancel.cancelled:
            result.cancelled = True
        else:
            result.errors.append(_named(error, link))
    return None


def _named(error: PackerError, link: PreparedPostProcess) -> PackerError:
    return reworded(error, f"post-processor {link.post_process.name} failed: {error}")


def _keeps(step: PostProcess, processed: Processed) -> bool:
    """Whether the artifact a link was given is kept (ENG-008)."""
    if step.keep_input is None:
        return processed.keep_input
    return step.keep_input or (processed.keep_input and processed.force_keep)


def _generated_data(artifact: Artifact) -> Mapping[str, object]:
    """Values of the build, as far as its artifact carries them (CTX-002)."""
    data = artifact.state("generated_data")
    return {str(name): value for name, value in data.items()} if isinstance(data, dict) else {}


def _settle_original(artifact: Artifact, result: PostProcessed, *, keep: bool) -> None:
    """Put the builder's artifact first, or destroy it (ENG-009)."""
    same = [_same(other, artifact) for other in result.artifacts]
    double = result.artifacts[same.index(True)] if True in same else None
    if keep or (double is None and None in same):
        if double is not None:
            result.artifacts.remove(double)
        result.artifacts.insert(0, artifact)
    elif double is None:
        _destroy(artifact, _BUILDER, None, result)


def _add(artifacts: list[Artifact], artifact: Artifact) -> None:
    if not any(_same(other, artifact) for other in artifacts):
        artifacts.append(artifact)


def _same(one: Artifact, other: Artifact) -> bool | None:
    """Whether two artifacts stand for the same things; objects differ across the process line.

    None if one of them cannot be asked, because its process is gone: then neither is deleted.
    """
    if one is other:
        return True
    try:
        return _told_same(one, other)
    except PackerError:
        return None


def _told_same(one: Artifact, other: Artifact) -> bool:
    return (one.builder_id, one.id, list(one.files)) == (
        other.builder_id,
        other.id,
        list(other.files),
    )


def _destroy(
    artifact: Artifact,
    maker: tuple[str, str],
    link: PreparedPostProcess | None,
    result: PostProcessed,
) -> None:
    try:
        result.findings.destroy(artifact, *maker)
    except PackerError as error:
        after = f" after {link.post_process.name}" if link else ""
        result.errors.append(
            PackerError(
                f"the artifact that is not kept could not be deleted{after}: {error}",
                hint=error.hint or _by_hand(artifact),
                reference="artifact-not-deleted",
            )
        )


def _by_hand(artifact: Artifact) -> str | None:
    try:
        return f"delete it by hand: {artifact.id}"
    except PackerError:
        return None

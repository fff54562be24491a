"""The builders of a JSON template (JSN-004), and the names under which steps refer to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.nearest import LONGEST, MOST_HINTS, did_you_mean, join
from packer_sdk.errors import PackerError
from packer_sdk.records import record

from .json_fields import Fields, is_null
from .json_nodes import Array, Object
from .model import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .json_fields import Reading
    from .json_nodes import Node, Scalar
    from .rendering import Renderer

_MOST_LISTED = 5


@record
class SourceNames:
    """Names of builders as written, each with the name it ends up with.

    ``only``, ``except`` and ``override`` quote the name as it is written, before ``{{ … }}`` in it
    is filled in (JSN-005).

    Attributes:
        final: Final names by written names.
        complete: Whether every builder was understood; if not, a name that is missing here may be
            one of the others and is no mistake.
    """

    final: Mapping[str, str]
    complete: bool = True

    def find(self, written: str, node: Node, reading: Reading) -> str | None:
        """Return the final name of a builder; an unknown one is noted."""
        if written in self.final:
            return self.final[written]
        if self.complete:
            hint = self._hint(written) if len(reading.findings) < MOST_HINTS else None
            reading.error(f'no builder is named "{written}"', node, hint=hint)
        return None

    def _hint(self, written: str) -> str | None:
        for raw, final in self.final.items():
            if final == written:
                return f'write it as the builder does: "{raw}"'
        if near := did_you_mean(written, self.final):
            return near
        names = [f'"{name}"' for name in self.final if len(name) <= LONGEST]
        if not 0 < len(names) <= _MOST_LISTED:
            return None
        return f"there {'are' if len(names) > 1 else 'is'} {join(names)}"


@record
class _Found:
    source: Source
    written: str
    named_at: Scalar


def read_sources(
    reading: Reading, root: Object, renderer: Renderer, variables: Mapping[str, str]
) -> tuple[tuple[Source, ...], SourceNames]:
    """Read ``builders``.

    Args:
        reading: Gets what is wrong.
        root: The outermost object of the template.
        renderer: Fills in names.
        variables: Texts of the user variables.
    """
    member = root.members.get("builders")
    if member is None:
        hint = 'add "builders": [{"type": "…"}]'
        reading.error('"builders" is missing', reading.opening(root), hint=hint)
        return (), SourceNames({}, complete=False)
    nodes = reading.array('"builders"', member)
    if is_null(member.value) or (isinstance(member.value, Array) and not nodes):
        reading.error('"builders" is empty: a template needs at least one', member.value)
    found = [_source(reading, node, renderer, variables) for node in nodes]
    good = [one for one in found if one]
    _check_unique(reading, good)
    names = {one.written: one.source.name for one in good}
    complete = bool(nodes) and len(good) == len(nodes)
    return tuple(one.source for one in good), SourceNames(names, complete=complete)


def _source(
    reading: Reading, node: Node, renderer: Renderer, variables: Mapping[str, str]
) -> _Found | None:
    if not isinstance(node, Object):
        reading.mismatch("a builder", "an object", node)
        return None
    fields = Fields(reading, node)
    kind, name = fields.component("a builder"), fields.string("name")
    if kind is None:
        return None
    written, named_at = name if name and name[0] else kind
    final = written if named_at is kind[1] else _rendered(reading, name, renderer, variables)
    source = Source(
        name=final,
        type=kind[0],
        options=fields.options(),
        place=reading.place(kind[1]),
        places=fields.places(),
    )
    return _Found(source, written, named_at)


def _rendered(
    reading: Reading,
    name: tuple[str, Scalar] | None,
    renderer: Renderer,
    variables: Mapping[str, str],
) -> str:
    assert name is not None
    written, node = name
    try:
        return renderer.render(written, variables)
    except PackerError as error:
        reading.unrendered(f'builder name "{written}"', error, written, node)
        return written


def _check_unique(reading: Reading, found: list[_Found]) -> None:
    """Two builders of one name could not be told apart, neither in steps nor in output."""
    first: dict[str, _Found] = {}
    for one in found:
        for name in dict.fromkeys((one.written, one.source.name)):
            other = first.setdefault(name, one)
            if other is not one:
                place = reading.place(other.named_at)
                hint = None if "name" in one.source.options else 'give it a "name" of its own'
                reading.error(
                    f'two builders are named "{name}"',
                    one.named_at,
                    detail=f"the other one is at {place}",
                    hint=hint,
                )
                break

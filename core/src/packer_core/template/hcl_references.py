"""What a body asks for, in native and in JSON syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.hcl.variables import variables_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_core.hcl.body import AnyBody
    from packer_core.hcl.variables import Reference


def references_in(body: AnyBody) -> Iterator[Reference]:
    """Yield every reference in a body, whatever is inside.

    In JSON, where only a schema tells blocks from arguments, blocks are taken for values, which
    changes nothing about the names in them.
    """
    attributes, _ = body.just_attributes()
    for attribute in attributes.values():
        yield from variables_of(attribute)
    for block in getattr(body, "blocks", ()):
        yield from references_in(block.body)

"""``env``, the one function that defaults of variables may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .simple import simple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_core.hcl.function import Function

    from .table import Surroundings


def functions(surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    return {
        "env": simple("string", lambda name: surroundings.environment.get(name, ""), key="string")
    }

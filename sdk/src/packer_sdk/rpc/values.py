"""Values a build publishes for provisioners and templates (protocol section 5.5)."""

from __future__ import annotations

from packer_sdk.errors import ComponentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_ALLOWED = (bool, str, int, float, bytes)


def build_values(data: Mapping[str, object]) -> dict[str, object]:
    """Check that every value can be given to a template: text, numbers, bools and bytes.

    HashiCorp's packer ends the whole build when it meets anything else, in words nobody would
    connect with the builder.

    Raises:
        ComponentError: a value, named in the message, is of another type.
    """
    for name, value in data.items():
        if not isinstance(value, _ALLOWED):
            raise ComponentError(
                f"value of the build that templates cannot hold: {name} ({type(value).__name__})",
                hint="publish str, bool, int, float or bytes; join lists into one text",
            )
    return dict(data)


def read_values(value: object) -> dict[str, object]:
    """Read published values off the wire: entries without a text key are dropped, as in Go."""
    if not isinstance(value, dict):
        return {}
    return {name: item for name, item in value.items() if isinstance(name, str)}

"""Configurations as cores send them (sections 6.1 and 6.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.cty.json import encode
from packer_sdk.cty.values import value_of
from packer_sdk.wire.specs import BlockList, implied_type

if TYPE_CHECKING:
    from packer_sdk.wire.specs import ObjectSpec

UNKNOWN_KEY = "an_option_that_nobody_has"
"""No component has an option of this name."""

_PLACEHOLDERS = (
    "ConnType",
    "Host",
    "ID",
    "PackerHTTPAddr",
    "PackerHTTPIP",
    "PackerHTTPPort",
    "PackerRunUUID",
    "Password",
    "Port",
    "SSHPrivateKey",
    "SSHPublicKey",
    "User",
)


def of_json(kind: str, options: dict[str, object], *, texts: bool = False) -> list[object]:
    """What a template in JSON with these options becomes.

    Args:
        kind: Of the component; a data source, which JSON has none of, gets the options alone.
        options: As they stand in the template.
        texts: Whether debug and force are texts, as a template in HCL has them.
    """
    if kind == "datasource":
        return [options]
    behind = [] if kind == "builder" else [_placeholders()]
    return [options, _internal(texts=texts), *behind]


def of_hcl(kind: str, spec: ObjectSpec) -> list[object]:
    """What a template in HCL becomes that sets no option: each is there, and null."""
    empty: dict[str, object] = {
        name: [] if isinstance(option, BlockList) else None
        for name, option in spec.attributes.items()
    }
    value = encode(value_of(implied_type(spec), empty))
    if kind == "datasource":
        return [value]
    behind = [None] if kind == "provisioner" else []  # no override of this build
    return [_internal(texts=True), value, *behind]


def _internal(*, texts: bool) -> dict[str, object]:
    no: object = "false" if texts else False
    return {
        "packer_build_name": "conformance",
        "packer_builder_type": "conformance",
        "packer_core_version": "1.16.0",
        "packer_debug": no,
        "packer_force": no,
        "packer_on_error": "",
        "packer_sensitive_variables": None,
        "packer_template_path": "conformance.json",
        "packer_user_variables": {},
    }


def _placeholders() -> dict[str, object]:
    texts: dict[str, object] = {name: f"Build_{name}. " for name in _PLACEHOLDERS}
    return texts | {"WinRMPassword": "{{.WinRMPassword}}"}

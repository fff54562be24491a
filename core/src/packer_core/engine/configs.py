"""The ``configs`` a component gets, for JSON and for HCL2 (protocol section 6.1, ENG-002)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.version import COMPATIBLE
from packer_sdk.records import named_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Literal

    from packer_core.template.model import Source, Template

    OnError = Literal["", "cleanup", "abort", "ask", "run-cleanup-provisioner"]

BUILD_VALUES = (
    "ID",
    "Host",
    "Port",
    "User",
    "Password",
    "ConnType",
    "PackerRunUUID",
    "PackerHTTPPort",
    "PackerHTTPIP",
    "PackerHTTPAddr",
    "SSHPublicKey",
    "SSHPrivateKey",
    "WinRMPassword",
)
"""Values every build may publish (protocol section 6.2)."""


@named_record
class BuildFlags:
    """What the user asked for on the command line, as plugins are told.

    Attributes:
        debug: Stop after every step.
        force: Overwrite what an earlier build has left.
        on_error: What becomes of a failed build; empty is the default, clean up.
    """

    debug: bool = False
    force: bool = False
    on_error: OnError = ""


def internal_config(template: Template, source: Source, flags: BuildFlags) -> dict[str, object]:
    """The ``packer_*`` keys, as a JSON template's plugins get them (protocol section 6.2)."""
    sensitive = [v.name for v in template.variables.values() if v.sensitive]
    return {
        "packer_build_name": source.name,
        "packer_builder_type": source.type,
        "packer_core_version": COMPATIBLE,
        "packer_debug": flags.debug,
        "packer_force": flags.force,
        "packer_on_error": flags.on_error,
        "packer_sensitive_variables": sensitive,
        "packer_template_path": str(template.path),
        "packer_user_variables": template.user_variables,
    }


def typed_internal_config(source: Source, flags: BuildFlags) -> dict[str, object]:
    """The ``packer_*`` keys, as builders of an HCL2 template get them (protocol section 6.2)."""
    return {
        "packer_build_name": source.name,
        "packer_builder_type": source.type,
        "packer_core_version": COMPATIBLE,
        "packer_debug": "true" if flags.debug else "false",
        "packer_force": "true" if flags.force else "false",
        "packer_on_error": flags.on_error,
    }


def typed_step_internal_config(
    template: Template, source: Source, flags: BuildFlags
) -> dict[str, object]:
    """The same for provisioners and post-processors, which learn what is sensitive as well."""
    internal = typed_internal_config(source, flags)
    return internal | {"packer_sensitive_variables": list(template.sensitive_variables)}


def placeholders(generated: Iterable[str]) -> dict[str, object]:
    """Stand-ins for values that exist only once the machine runs (protocol section 6.2)."""
    values: dict[str, object] = {
        name: f"Build_{name}. Known once the machine runs." for name in (*BUILD_VALUES, *generated)
    }
    values["WinRMPassword"] = "{{.WinRMPassword}}"
    return values


def builder_configs(options: Mapping[str, object], internal: Mapping[str, object]) -> list[object]:
    """``[raw, internal]``."""
    return [options, internal]


def step_configs(
    options: Sequence[Mapping[str, object]],
    internal: Mapping[str, object],
    generated: Iterable[str],
) -> list[object]:
    """``[raw, (override)?, internal, placeholders]`` for provisioners and post-processors."""
    return [*options, internal, placeholders(generated)]

"""Options that several plugins share."""

from __future__ import annotations

from .declare import config, field


@config
class PackerKeys:
    """What core tells every component about the build (protocol section 6.2); inherit from it.

    Users do not write these, so they are in no schema; a component that is run by hand has none
    of them.
    """

    packer_build_name: str = field(doc="Name of the source.", default="")
    packer_builder_type: str = field(doc="Name of the builder.", default="")
    packer_core_version: str = field(doc="Version of the core.", default="")
    packer_debug: bool = field(doc="Whether to pause between steps.", default=False)
    packer_force: bool = field(doc="Whether to overwrite what is there.", default=False)
    packer_on_error: str = field(
        doc="What to do on failure: cleanup, abort, ask, run-cleanup-provisioner, or empty.",
        default="",
    )
    packer_sensitive_variables: list[str] = field(
        doc="Names of variables that must not be shown.", default_factory=list
    )
    packer_user_variables: dict[str, str] = field(
        doc="Values of the variables of a JSON template.", default_factory=dict
    )
    packer_template_path: str = field(doc="Path of the template.", default="")

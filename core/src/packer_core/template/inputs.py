"""What the user gives besides a template: values of variables, and the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.records import made, record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@record
class VariableInputs:
    """What the user gave besides the template.

    Attributes:
        assignments: Names and values of ``-var``, in their order.
        files: Paths of ``-var-file``, in their order.
        environ: What ``{{env}}`` finds.
    """

    assignments: tuple[tuple[str, str], ...] = ()
    files: tuple[Path, ...] = ()
    environ: Mapping[str, str] = made(default_factory=dict)

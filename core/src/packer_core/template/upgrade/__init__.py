"""From a JSON template to one in HCL2 that builds the same: ``packer hcl2_upgrade`` (H2U-001)."""

from __future__ import annotations

from .whole import Upgraded, upgrade

__all__ = ["Upgraded", "upgrade"]

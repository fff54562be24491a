"""Old JSON templates, brought up to date: ``packer fix`` (FIX-001)."""

from __future__ import annotations

from .rules import Fixer, Options
from .run import fix, new_type, outdated
from .table import FIXERS

__all__ = ["FIXERS", "Fixer", "Options", "fix", "new_type", "outdated"]

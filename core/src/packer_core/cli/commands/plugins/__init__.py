"""``packer plugins``: what is installed, and changing that (PLC-001 to PLC-004).

One module per command, each with a ``COMMAND``; a new one gets a line in `group`.
"""

from __future__ import annotations

from .group import COMMAND

__all__ = ["COMMAND"]

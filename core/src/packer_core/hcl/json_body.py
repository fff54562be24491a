"""The JSON syntax of HCL."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .parser import File


def parse_json_file(data: bytes | str, path: str) -> File:
    """Read a file of JSON syntax: ``.pkr.json``, ``.pkrvars.json``.

    Args and result are those of `packer_core.hcl.parser.parse_file`.
    """
    raise NotImplementedError

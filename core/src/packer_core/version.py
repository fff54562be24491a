"""Two versions, because the program and the template language have different owners.

``min_packer_version`` in a template (JSN-008) is written against HashiCorp's releases: its author
means "the features that Packer 1.9 has". Our own version says nothing about that, and judged
against it nearly every template with such a line would be refused. So the line is judged against
``COMPATIBLE``, the release whose templates this program reads. What a template or a plugin asks
(``{{packer_version}}``, ``packer_core_version``) gets ``COMPATIBLE`` too, so that one question has
one answer on both sides of the process line; a person who asks ``packer version`` gets ``VERSION``.
"""

from __future__ import annotations

VERSION = "0.1.0"
"""Version of this distribution."""

COMPATIBLE = "1.16.0"
"""The release of Packer whose template language is read."""

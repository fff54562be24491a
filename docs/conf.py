"""Sphinx: Markdown by MyST, the look by furo."""

from packer_core.version import VERSION

project = "Packer for Python"
author = "the authors of Packer for Python"
copyright = author
release = version = VERSION

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"{project} {release}"
pygments_style = "friendly"

# Pygments knows the HCL of Terraform, and takes some of Packer's for wrong.
suppress_warnings = ["misc.highlighting_failure"]

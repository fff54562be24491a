"""What an HCL2 template requires of plugins, and nothing else of it (INI-001, PLC-005).

Whoever is about to install plugins has no use for values of variables, and builds cannot be judged
before the plugins are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic, in_order
from packer_core.errors import TemplateError
from packer_core.hcl.findings import Findings

from .hcl_files import read_hcl, template_files
from .hcl_requirements import ROOT_OF_PACKER, check_version, required_plugins
from .load import is_hcl

if TYPE_CHECKING:
    from pathlib import Path

    from .model import RequiredPlugin


def read_required_plugins(path: Path, config_type: str = "json") -> tuple[RequiredPlugin, ...]:
    """Read the ``required_plugins`` blocks of a template.

    Args:
        path: A file, or a folder of files, as the user typed it.
        config_type: What a file is whose name does not tell: ``json`` or ``hcl2``.

    Raises:
        TemplateError: It is no HCL2, it cannot be read, or the blocks are wrong; holds every
            problem.
    """
    if not is_hcl(path, config_type):
        raise TemplateError(
            [
                Diagnostic(
                    f"only templates in HCL2 say which plugins they require; this one is JSON: "
                    f"{path}",
                    hint="packer plugins install packer-plugin-NAME installs a plugin; "
                    "-config-type=hcl2 if it is HCL2",
                )
            ]
        )
    findings = Findings()
    files = [read_hcl(one, "template") for one in template_files(path)]
    for file in files:
        findings.add(file.diagnostics)
    blocks = [block for file in files for block in file.body.partial_content(ROOT_OF_PACKER).blocks]
    check_version(blocks, findings)
    found = required_plugins(blocks, findings)
    if findings.errors:
        raise TemplateError(in_order(findings.diagnostics))
    return found

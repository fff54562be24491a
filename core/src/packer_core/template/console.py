"""What ``packer console`` evaluates (CON-001): expressions of HCL2, or templates of JSON."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from .load import is_hcl, load_template
from .rendering import Renderer

if TYPE_CHECKING:
    from .hcl_load import OpenLookups
    from .inputs import VariableInputs
    from .model import Template

    class Console(Protocol):
        """Evaluates lines."""

        @property
        def template(self) -> Template | None:
            """What was loaded, for its variables; None without a file."""

        def evaluate(self, line: str) -> str:
            """The value of a line, as text.

            Raises:
                PackerError: it has none; says why.
            """


def open_console(
    path: Path | None,
    inputs: VariableInputs,
    *,
    config_type: str = "json",
    lookups: OpenLookups | None = None,
) -> Console:
    """Get ready to evaluate lines.

    Args:
        path: Of the template they may refer to; None for none.
        inputs: Values of its variables.
        config_type: What a file is whose name does not tell, and what is spoken without a file.
        lookups: Makes what asks the data sources of an HCL2 template.

    Raises:
        TemplateError: the template cannot be read.
    """
    if config_type == "hcl2" if path is None else is_hcl(path, config_type):
        from .hcl_console import HclConsole  # noqa: PLC0415 - JSON templates do without

        return HclConsole(path, inputs, lookups)
    template = path and load_template(path, inputs, config_type=config_type)
    return JsonConsole(template or None, inputs)


class JsonConsole:
    """Renders ``{{ … }}`` with the variables of a JSON template.

    Attributes:
        template: Its template, if there is one.
    """

    def __init__(self, template: Template | None, inputs: VariableInputs) -> None:
        self.template = template
        self._renderer = Renderer(str(template.path if template else Path()), inputs.environ)
        given = dict(inputs.assignments)
        self._variables = template.user_variables if template else given

    def evaluate(self, line: str) -> str:
        """See `Console`."""
        return self._renderer.render(line, self._variables)

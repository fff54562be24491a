"""Every error of core, below the root of the SDK (`packer_sdk.errors`).

::

    PackerError
    ├─ TemplateError        the template or its variables are wrong; holds Diagnostics
    ├─ PluginNotFound       no component of that kind and name
    ├─ PluginStartError     a plugin process did not come up; holds its last lines of stderr
    ├─ PluginCrashed        a plugin process died during a call
    └─ InstallError         a plugin could not be installed; holds the installer's output
"""

from __future__ import annotations

from packer_sdk.errors import PackerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .diagnostics import Diagnostic


class TemplateError(PackerError):
    """A template was refused. ``diagnostics`` holds everything that is wrong with it."""

    reference = "template-refused"

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))


class PluginNotFound(PackerError):
    """No component of that kind and name can be found."""

    reference = "plugin-not-found"


class PluginStartError(PackerError):
    """A plugin process did not come up.

    Attributes:
        last_lines: What it wrote to its stderr last.
    """

    reference = "plugin-start-failed"

    def __init__(
        self, message: str, *, last_lines: Iterable[str] = (), hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.last_lines = tuple(last_lines)


class PluginCrashed(PackerError):
    """A plugin process died while it was asked for something.

    Attributes:
        last_lines: What it wrote to its stderr last.
    """

    reference = "plugin-crashed"

    def __init__(
        self, message: str, *, last_lines: Iterable[str] = (), hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.last_lines = tuple(last_lines)


class InstallError(PackerError):
    """A plugin could not be installed; the store is as it was.

    Attributes:
        output: What the installer printed.
    """

    reference = "install-failed"

    def __init__(self, message: str, *, output: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.output = output

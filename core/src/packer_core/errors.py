"""Every error of core, below the root of the SDK (`packer_sdk.errors`).

::

    PackerError
    ├─ TemplateError        the template or its variables are wrong; holds Diagnostics
    ├─ PluginNotFound       no component of that kind and name
    ├─ PluginStartError     a plugin process did not come up; holds its last lines of stderr
    ├─ ComponentRefused     a component does not accept its options; knows where they stand
    ├─ PluginCrashed        a plugin process died; holds its last lines and its crash report
    └─ InstallError         a plugin could not be installed; holds the installer's output
"""

from __future__ import annotations

from packer_sdk.errors import PackerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .diagnostics import Diagnostic, Place


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


class ComponentRefused(PackerError):
    """A component does not accept its options.

    Attributes:
        who: Kind and name of the component.
        text: What it says about them, line by line.
        place: Where the component stands in the template.
        places: Where its options stand.
        outdated: Names of options that ``packer fix`` would replace.
    """

    reference = "configuration-refused"

    def __init__(
        self,
        text: str,
        *,
        who: str = "a component",
        place: Place | None = None,
        places: Mapping[str, Place] | None = None,
        outdated: frozenset[str] = frozenset(),
        hint: str | None = None,
    ) -> None:
        joint = "\n" if "\n" in text else " "
        super().__init__(f"{who}:{joint}{text}", hint=hint)
        self.who = who
        self.text = text
        self.place = place
        self.places = places or {}
        self.outdated = outdated


class PluginCrashed(PackerError):
    """A plugin process died while it was asked for something, or before that.

    Attributes:
        last_lines: What it wrote to its stderr last.
        report: Path of the crash report; empty if there is none.
    """

    reference = "plugin-crashed"

    def __init__(
        self,
        message: str,
        *,
        last_lines: Iterable[str] = (),
        hint: str | None = None,
        report: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.last_lines = tuple(last_lines)
        self.report = report

    def again(self, message: str | None = None) -> PluginCrashed:
        """The same as a new object: one raised by many threads would mix their tracebacks."""
        return PluginCrashed(
            message or self.message,
            last_lines=self.last_lines,
            hint=self.hint,
            report=self.report,
        )


class InstallError(PackerError):
    """A plugin could not be installed; the store is as it was.

    Attributes:
        output: What the installer printed.
    """

    reference = "install-failed"

    def __init__(self, message: str, *, output: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.output = output


def reworded(error: PackerError, message: str) -> PackerError:
    """The same error in other words, with its hint and, of a crash, all that is known."""
    if isinstance(error, PluginCrashed):
        return error.again(message)
    return PackerError(message, hint=error.hint, reference=error.reference)


def worth_showing(error: PackerError) -> list[str]:
    """What a plugin said before it ended, as far as it helps; empty for other errors."""
    if not isinstance(error, PluginStartError | PluginCrashed):
        return []
    from .last_words import worth_showing as chosen  # noqa: PLC0415 - errors are for every command

    return chosen(error.last_lines)

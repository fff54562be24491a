"""What an author subclasses. A component is a function of its configuration.

One object serves one process and may be called again with another configuration, so keep nothing
on ``self`` that belongs to a call.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from .records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import ClassVar, Generic, TypeVar

    from .cancel import CancelToken
    from .interfaces import Artifact, Communicator, Hook, Ui
    from .problems import Problem

    ConfigT = TypeVar("ConfigT")
    OutputT = TypeVar("OutputT")
else:
    from .records import Generic

    ConfigT, OutputT = object(), object()


class Component(ABC, Generic[ConfigT]):
    """What all kinds share: a config class, taken from the generic argument, and a check.

    ``class NoteBuilder(Builder[NoteConfig])`` is all it takes; ``NoteConfig`` is made with
    :func:`packer_sdk.config`.
    """

    kind: ClassVar[str]
    """``builder``, ``provisioner``, ``post-processor`` or ``datasource``."""

    config_class: ClassVar[type]
    """The class named in the generic argument."""

    def __init_subclass__(cls, **arguments: object) -> None:
        super().__init_subclass__(**arguments)
        for base in getattr(cls, "__orig_bases__", ()):
            first = (getattr(base, "__args__", ()) or (None,))[0]
            if isinstance(first, type):
                cls.config_class = first

    def check(self, config: ConfigT) -> Iterable[Problem]:  # noqa: ARG002 - overridden by authors
        """Judge a decoded configuration beyond its types; no side effects.

        Yield a problem for everything that is wrong. Paths in it are option names.
        """
        return ()


class Builder(Component[ConfigT]):
    """Makes an image on a platform."""

    kind = "builder"

    generated: ClassVar[tuple[str, ...]] = ()
    """Names of the values the build publishes, beside the usual ones (``ID``, ``Host``, …)."""

    @abstractmethod
    def run(self, config: ConfigT, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact | None:
        """Build, call the hook when the machine is ready, and return what was made.

        Clean up before returning or raising: nothing runs afterwards.

        Raises:
            ComponentError: the build failed, in words for the user.
            Cancelled: the token went up.
        """


class Provisioner(Component[ConfigT]):
    """Installs software in the machine a builder has made."""

    kind = "provisioner"

    @abstractmethod
    def provision(
        self,
        config: ConfigT,
        ui: Ui,
        communicator: Communicator,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """Do the work; ``data`` holds the values of the build.

        Raises:
            ComponentError: it failed, in words for the user.
            Cancelled: the token went up.
        """


@record
class Processed:
    """What a post-processor made, and what becomes of the artifact it was given (ENG-008).

    Attributes:
        artifact: The new artifact; the given one may be returned as it is.
        keep_input: Whether the given artifact is kept unless the user says otherwise.
        force_keep: Keep it even if the user says otherwise.
    """

    artifact: Artifact
    keep_input: bool = False
    force_keep: bool = False


class PostProcessor(Component[ConfigT]):
    """Turns the artifact of a build into something else."""

    kind = "post-processor"

    @abstractmethod
    def post_process(
        self, config: ConfigT, ui: Ui, artifact: Artifact, cancel: CancelToken
    ) -> Processed | None:
        """Do the work. None means: nothing came out, and the chain ends here.

        Raises:
            ComponentError: it failed, in words for the user.
            Cancelled: the token went up.
        """


class Datasource(Component[ConfigT], Generic[ConfigT, OutputT]):
    """Looks something up for a template.

    ``class NoteDatasource(Datasource[NoteConfig, NoteOutput])``: both are made with
    :func:`packer_sdk.config`. Every result has the same type, whatever was found: an output
    declared ``str | None`` is a null text then, never left out.
    """

    kind = "datasource"

    output_class: ClassVar[type]
    """The second class named in the generic argument."""

    def __init_subclass__(cls, **arguments: object) -> None:
        super().__init_subclass__(**arguments)
        for base in getattr(cls, "__orig_bases__", ()):
            _, second = (*getattr(base, "__args__", ()), None, None)[:2]
            if isinstance(second, type):
                cls.output_class = second

    @abstractmethod
    def execute(self, config: ConfigT, cancel: CancelToken) -> OutputT:
        """Look it up.

        Raises:
            ComponentError: it failed, in words for the user.
        """

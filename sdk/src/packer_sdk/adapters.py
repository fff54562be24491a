"""From an author's typed class to the untyped calls of the wire, and back.

The only module that knows both faces. An adapter keeps the raw configuration of the last prepare
and the config object made of it. Options may hold templates whose values exist only later (an
address the builder learns, protocol section 6.1): when there is a ``{{`` in any text, the raw
configuration is decoded again with the values of the build, right before the work.
"""

from __future__ import annotations

import logging

from packer_sdk.cancel import CancelToken
from packer_sdk.components import Builder, Component, Datasource, PostProcessor, Provisioner
from packer_sdk.config import config_spec, decode_config
from packer_sdk.errors import ComponentError, ConfigProblems, PackerError
from packer_sdk.faces import Prepared
from packer_sdk.rpc.artifact import GENERATED_DATA
from packer_sdk.rpc.communicator import NoCommunicator
from packer_sdk.rpc.values import build_values, read_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, Generic, TypeVar

    from packer_sdk.components import Processed
    from packer_sdk.interfaces import Artifact, Communicator, Hook, Ui
    from packer_sdk.problems import Problem

    ComponentT = TypeVar("ComponentT", bound="Component[Any]")
else:
    from packer_sdk.records import Generic

    ComponentT = object()

logger = logging.getLogger(__name__)


class Adapter(Generic[ComponentT]):
    """What the adapters of all kinds share: making the component, and its configuration.

    Args:
        component_class: The author's class; made here, once, without arguments.
        protobuf: Whether core asked for schemas in protobuf; gob otherwise.
    """

    def __init__(self, component_class: type[ComponentT], *, protobuf: bool = True) -> None:
        self.component = component_class()
        self._protobuf = protobuf
        self._configs: tuple[object, ...] = ()
        self._config: object | None = None
        self._untold: tuple[Problem, ...] = ()

    def config_spec(self) -> bytes:
        """Schema of the options, in the form core asked for."""
        return config_spec(self.component.config_class, protobuf=self._protobuf)

    def _take(self, configs: Sequence[object]) -> tuple[Problem, ...]:
        """Start over with this configuration; returns the warnings about it."""
        self._configs, self._config = (), None
        config, warnings = self._decode(configs, None)
        self._configs, self._config = tuple(configs), config
        return warnings

    def _take_and_keep_warnings(self, configs: Sequence[object]) -> None:
        """Start over; what is odd about it is told with the first call that has a Ui.

        Only builders can answer a prepare with warnings (protocol section 5.2).
        """
        self._untold = self._take(configs)
        for warning in self._untold:
            logger.warning("configuration: %s", warning)

    def _tell_warnings(self, ui: Ui) -> None:
        untold, self._untold = self._untold, ()
        for warning in untold:
            ui.say(f"Warning: {warning}")

    def _config_with(self, data: Mapping[str, object]) -> Any:
        """The config object, with templates rendered from the values of the build."""
        config = self._prepared()
        return self._decode(self._configs, data)[0] if _holds_template(self._configs) else config

    def _prepared(self) -> Any:
        if self._config is None:
            raise PackerError("asked to work before it was configured: a bug of the caller")
        return self._config

    def _decode(
        self, configs: Sequence[object], data: Mapping[str, object] | None
    ) -> tuple[object, tuple[Problem, ...]]:
        config: object = decode_config(self.component.config_class, configs, data=data)
        problems = tuple(self.component.check(config))
        if errors := [problem for problem in problems if problem.severity == "error"]:
            raise ConfigProblems(errors)  # as text they could not be told from warnings
        return config, problems


class BuilderAdapter(Adapter["Builder[Any]"]):
    """A `Builder` with the face `packer_sdk.faces.BuilderFace`."""

    def prepare(self, configs: Sequence[object]) -> Prepared:
        """Take the configuration.

        Raises:
            ConfigProblems: it is refused.
        """
        warnings = self._take(configs)
        return Prepared(self.component.generated, tuple(str(warning) for warning in warnings))

    def run(self, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact | None:
        """Build. The author's calls of the hook end when ``cancel`` goes up, whatever they pass."""
        return self.component.run(self._prepared(), ui, BuildHook(hook, cancel), cancel)


class ProvisionerAdapter(Adapter["Provisioner[Any]"]):
    """A `Provisioner` with the face `packer_sdk.faces.ProvisionerFace`."""

    def prepare(self, configs: Sequence[object]) -> None:
        """Take the configuration.

        Raises:
            ConfigProblems: it is refused.
        """
        self._take_and_keep_warnings(configs)

    def provision(
        self,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """Do the work in the machine."""
        self._tell_warnings(ui)
        config = self._config_with(data)
        door = communicator or NoCommunicator()
        self.component.provision(config, ui, door, data, cancel)


class PostProcessorAdapter(Adapter["PostProcessor[Any]"]):
    """A `PostProcessor` with the face `packer_sdk.faces.PostProcessorFace`."""

    def configure(self, configs: Sequence[object]) -> None:
        """Take the configuration.

        Raises:
            ConfigProblems: it is refused.
        """
        self._take_and_keep_warnings(configs)

    def post_process(self, ui: Ui, artifact: Artifact, cancel: CancelToken) -> Processed | None:
        """Turn an artifact into another; options may use the values of its build."""
        self._tell_warnings(ui)
        data: dict[str, object] = {}
        if _holds_template(self._configs):
            data = read_values(artifact.state(GENERATED_DATA))
        return self.component.post_process(self._config_with(data), ui, artifact, cancel)


class DatasourceAdapter(Adapter["Datasource[Any, Any]"]):
    """A `Datasource` with the face `packer_sdk.faces.DatasourceFace`.

    Core puts the results of all data sources of one kind into one map, so they must be of one
    type: it is made from the output class, never from what was found (protocol section 7).
    """

    def __init__(
        self, component_class: type[Datasource[Any, Any]], *, protobuf: bool = True
    ) -> None:
        if not hasattr(component_class, "output_class"):
            raise ComponentError(
                f"data source without an output class: {component_class.__name__}",
                hint="derive it from Datasource[YourConfig, YourOutput]",
            )
        super().__init__(component_class, protobuf=protobuf)

    def configure(self, configs: Sequence[object]) -> None:
        """Take the configuration; warnings go to the log, for there is no Ui to tell them.

        Raises:
            ConfigProblems: it is refused.
        """
        for warning in self._take(configs):
            logger.warning("configuration: %s", warning)

    def output_spec(self) -> bytes:
        """Schema of the result, in the form core asked for."""
        return config_spec(self.component.output_class, protobuf=self._protobuf)

    def execute(self, cancel: CancelToken) -> bytes:
        """Look it up.

        Raises:
            TypeError: the author returned something else than an output; a bug of theirs.
        """
        from packer_sdk.config.encode import output_value  # noqa: PLC0415 - the other kinds need none
        from packer_sdk.wire.forms import encode_value  # noqa: PLC0415 - as above

        output = self.component.execute(self._prepared(), cancel)
        value = output_value(self.component.output_class, output)
        return encode_value(value, protobuf=self._protobuf)


class BuildHook:
    """A `Hook` for one run of a builder.

    It cannot outlive the run's token: a builder that forgot to pass it on would leave
    provisioners running after a cancel (section 5.5). And it lets nothing out that templates
    cannot hold.
    """

    def __init__(self, hook: Hook, cancel: CancelToken) -> None:
        self._hook = hook
        self._cancel = cancel

    def run(
        self,
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """Run everything that waits for the moment called ``name``.

        Raises:
            ComponentError: ``data`` holds what templates cannot hold.
        """
        either = CancelToken(self._cancel)
        take_back = cancel.on_cancel(either.cancel)
        try:
            self._hook.run(name, ui, communicator, build_values(data), either)
        finally:
            take_back()
            either.close()


_ADAPTERS: dict[str, tuple[type[Component[Any]], type[Adapter[Any]]]] = {
    "builder": (Builder, BuilderAdapter),
    "provisioner": (Provisioner, ProvisionerAdapter),
    "post-processor": (PostProcessor, PostProcessorAdapter),
    "datasource": (Datasource, DatasourceAdapter),
}


def adapter_for(kind: str, component_class: object, *, protobuf: bool = True) -> Adapter[Any]:
    """Wrap an author's class in the face of its kind.

    Raises:
        ComponentError: it is no component of this kind.
    """
    base, adapter = _ADAPTERS[kind]
    if not isinstance(component_class, type) or not issubclass(component_class, base):
        name = getattr(component_class, "__name__", repr(component_class))
        actual = getattr(component_class, "kind", None)
        what = f"it is a {actual}" if actual else f"it does not derive from {base.__name__}"
        raise ComponentError(f"not a {kind}: {name} ({what})")
    return adapter(component_class, protobuf=protobuf)


def _holds_template(value: object) -> bool:
    if isinstance(value, str):
        return "{{" in value
    if isinstance(value, bytes):
        return b"{{" in value
    if isinstance(value, dict):
        return any(_holds_template(item) for pair in value.items() for item in pair)
    return isinstance(value, list | tuple) and any(_holds_template(item) for item in value)

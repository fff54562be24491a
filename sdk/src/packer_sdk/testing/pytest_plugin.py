"""Fixtures for the tests of a plugin; pytest finds them where packer-sdk is installed.

====================  ==========================================================================
fixture               what it gives
====================  ==========================================================================
`ui`                  a `RecordingUi`: keeps what was said
`communicator`        a `ScriptedCommunicator`: a machine that is a dictionary of files
`hook`                a `RecordingHook`: keeps the calls a builder makes to provision
`cancel`              a `CancelToken`; ``cancel.cancel()`` is Ctrl-C
`run_builder`         prepares and runs a builder, see `BuilderRun`
`run_provisioner`     prepares and runs a provisioner
`run_post_processor`  configures and runs a post-processor
`run_datasource`      configures and asks a data source
`plugin_process`      starts an executable as packer does, and gives the client to call it
====================  ==========================================================================

The ``run_`` fixtures call the class over a connection inside the test's process, so options are
decoded and errors travel as in a real build. `contract_of` makes a test of every rule that a
plugin has to keep, tried with its real executable.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from packer_sdk.cancel import CancelToken
from packer_sdk.errors import PackerError
from packer_sdk.wire.forms import decode_value

from .doubles import MemoryArtifact, RecordingHook, RecordingUi, ScriptedCommunicator
from .harness import Loopback, PluginProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from packer_sdk.components import Component, Processed
    from packer_sdk.interfaces import Artifact, Communicator

    from .contract import Check, Target

    Options = Mapping[str, object]
    ComponentClass = type[Component[Any]]


@dataclass(frozen=True, slots=True)
class BuilderRun:
    """What came of a builder.

    Attributes:
        artifact: What it made; None if there is none. Can be called while the test runs.
        generated: Names of the values that it says it will publish.
        warnings: About its options.
    """

    artifact: Artifact | None
    generated: tuple[str, ...]
    warnings: tuple[str, ...]


@pytest.fixture
def ui() -> RecordingUi:
    """Keeps what was said: ``ui.said``, ``ui.errors``."""
    return RecordingUi()


@pytest.fixture
def communicator() -> ScriptedCommunicator:
    """A machine that is a dictionary of files and a list of replies."""
    return ScriptedCommunicator()


@pytest.fixture
def hook() -> RecordingHook:
    """Keeps the calls that a builder makes to have its machine provisioned: ``hook.calls``."""
    return RecordingHook()


@pytest.fixture
def cancel() -> CancelToken:
    """Goes up with ``cancel.cancel()``, as with Ctrl-C."""
    return CancelToken()


@pytest.fixture
def _open() -> Iterator[ExitStack]:
    """Connections that stay open for the rest of the test: an artifact is called over one."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def run_builder(
    ui: RecordingUi, hook: RecordingHook, cancel: CancelToken, _open: ExitStack
) -> Callable[[ComponentClass, Options], BuilderRun]:
    """``run_builder(NoteBuilder, {"target": "x"})``: prepare and run, with the other fixtures."""

    def run(builder: ComponentClass, options: Options) -> BuilderRun:
        client = _open.enter_context(Loopback(builder))
        prepared = client.prepare([dict(options)])
        artifact = client.run(ui, hook, cancel)
        return BuilderRun(artifact, tuple(prepared.generated), tuple(prepared.warnings))

    return run


@pytest.fixture
def run_provisioner(
    ui: RecordingUi, communicator: ScriptedCommunicator, cancel: CancelToken, _open: ExitStack
) -> Callable[..., None]:
    """``run_provisioner(SetUp, {"path": "x"}, data={"ID": "i-1"})``: on ``communicator``."""

    def run(
        provisioner: ComponentClass,
        options: Options,
        *,
        data: Mapping[str, object] | None = None,
        on: Communicator | None = None,
    ) -> None:
        client = _open.enter_context(Loopback(provisioner))
        client.prepare([dict(options)])
        client.provision(ui, on or communicator, dict(data or {}), cancel)

    return run


@pytest.fixture
def run_post_processor(
    ui: RecordingUi, cancel: CancelToken, _open: ExitStack
) -> Callable[..., Processed | None]:
    """``run_post_processor(Wrap, {}, MemoryArtifact(files=["x"]))``: what it makes of it."""

    def run(
        post_processor: ComponentClass, options: Options, artifact: Artifact | None = None
    ) -> Processed | None:
        client = _open.enter_context(Loopback(post_processor))
        client.configure([dict(options)])
        processed: Processed | None = client.post_process(ui, artifact or MemoryArtifact(), cancel)
        return processed

    return run


@pytest.fixture
def run_datasource(cancel: CancelToken, _open: ExitStack) -> Callable[..., object]:
    """``run_datasource(Lookup, {"name": "x"})``: its result, as values of Python."""

    def run(datasource: ComponentClass, options: Options) -> object:
        client = _open.enter_context(Loopback(datasource))
        client.configure([dict(options)])
        return decode_value(client.execute(cancel), protobuf=True).content

    return run


@pytest.fixture
def plugin_process(_open: ExitStack) -> Callable[..., Any]:
    """``plugin_process("packer-plugin-note", "builder", "note")``: a client, until the test ends.

    The first word is an executable: a path, or a name in the environment of the tests.
    """

    def start(program: str, kind: str, name: str = "", **environment: str) -> Any:
        words = ["start", kind, name] if name else []
        process = PluginProcess([executable(program), *words], kind, environment=environment)
        return _open.enter_context(process)

    return start


def executable(program: str) -> str:
    """Path of an executable: as it is, of this environment, or of the PATH.

    Raises:
        PackerError: there is none.
    """
    beside = Path(sys.executable).parent / program
    found = str(beside) if beside.is_file() else shutil.which(program)
    if found is None:
        raise PackerError(
            f"no such executable: {program}",
            hint="install the plugin where its tests run: pip install --editable .",
        )
    return found


def contract_of(program: str) -> Callable[..., None]:
    """Make a test of every rule that a plugin has to keep.

    ``test_contract = contract_of("packer-plugin-note")`` is a whole test module.

    The executable is asked what it has when pytest collects the test, and started for every rule.

    Args:
        program: An executable: a path, or a name in the environment of the tests.
    """
    from .contract import Bench, Program, checks_of, judge  # noqa: PLC0415 - few test files need it

    examined = Program(executable(program))
    targets: Sequence[Target | None] = (None, *examined.targets)
    rows = [
        pytest.param(check, target, id=f"{target or 'plugin'}-{check.id}".replace(" ", "-"))
        for target in targets
        for check in checks_of(target)
        if check.id != "run"
    ]

    @pytest.mark.parametrize(("check", "target"), rows)
    def test(check: Check, target: Target | None) -> None:
        with Bench(examined, target) as bench:
            outcome = judge(check, bench, target)
        if outcome.verdict == "skipped" or (outcome.verdict == "fails" and not outcome.refuses):
            pytest.skip(outcome.detail)
        told = f"{check.sentence} (wire.md, section {check.section}): {outcome.detail}"
        assert outcome.verdict == "holds", told

    return test

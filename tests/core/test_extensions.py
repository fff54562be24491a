from __future__ import annotations

import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from packer_core import hookspecs
from packer_core.cli.command import Command
from packer_core.engine.outcome import Outcome
from packer_core.events.model import BuildFinished, BuildStarted, OutputLine
from packer_core.extension_points import installed
from packer_core.extensions import Extensions, JobHooks, hookimpl
from packer_sdk.errors import PackerError

if TYPE_CHECKING:
    from packer_core.app import App


def dist(folder: Path, name: str, entry_points: str) -> None:
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text(entry_points)


def extension(**functions: Any) -> SimpleNamespace:
    return SimpleNamespace(**{name: hookimpl(one) for name, one in functions.items()})


@pytest.fixture
def extensions() -> Extensions:
    return Extensions()


def test_without_extensions_every_hook_is_quiet(extensions: Extensions) -> None:
    app: Any = None
    outcome: Any = None
    assert extensions.commands() == []
    assert extensions.component_sources(app) == []
    assert extensions.load_template(Path("x"), {}) is None
    assert extensions.functions() == {}
    extensions.job_started("a")
    extensions.job_finished("a", outcome)


def test_results_of_all_are_joined(extensions: Extensions) -> None:
    def command(name: str) -> Command:
        return Command(name, "x", run=lambda app, options: 0)

    extensions.register(extension(packer_commands=lambda: [command("a"), command("b")]))
    extensions.register(extension(packer_commands=lambda: [command("c")]))
    assert {one.name for one in extensions.commands()} == {"a", "b", "c"}


def test_the_first_template_wins(extensions: Extensions) -> None:
    extensions.register(extension(packer_load_template=lambda path: f"first {path}"))
    extensions.register(extension(packer_load_template=lambda path: None))
    assert str(extensions.load_template(Path("t"), {})) == "first t"


def test_the_later_function_wins(extensions: Extensions) -> None:
    extensions.register(extension(packer_functions=lambda: {"f": int, "g": int}))
    extensions.register(extension(packer_functions=lambda: {"f": str}))
    assert extensions.functions() == {"f": str, "g": int}


def test_jobs_are_told(extensions: Extensions) -> None:
    told: list[tuple[Any, ...]] = []

    def started(job: str) -> None:
        told.append((job,))

    def finished(job: str, outcome: Outcome) -> None:
        told.append((job, outcome))

    extensions.register(extension(packer_job_started=started, packer_job_finished=finished))
    outcome: Any = object()
    extensions.job_started("a")
    extensions.job_finished("a", outcome)
    assert told == [("a",), ("a", outcome)]


def test_sources_are_given_the_app(extensions: Extensions) -> None:
    seen: list[App] = []

    component: Any = object()

    def sources(app: App) -> list[Any]:
        seen.append(app)
        return [component]

    app: Any = object()
    extensions.register(extension(packer_component_sources=sources))
    assert extensions.component_sources(app) == [component]
    assert seen == [app]


def test_a_hook_that_does_not_exist_is_refused(extensions: Extensions) -> None:
    with pytest.raises(PackerError, match="extension does not fit: wrong") as caught:
        extensions.register(extension(packer_comands=lambda: [1]), "wrong")
    assert caught.value.reference == "extension-broken"


def test_an_argument_that_does_not_exist_is_refused(extensions: Extensions) -> None:
    with pytest.raises(PackerError, match="extension does not fit"):
        extensions.register(extension(packer_job_started=lambda jobb: None), "wrong")


def test_calls_are_traced() -> None:
    lines: list[str] = []
    extensions = Extensions(trace=lines.append)
    extensions.register(extension(packer_functions=lambda: {"f": int}), "mine")
    extensions.functions()
    extensions.job_started("a")
    assert lines == [
        "hook packer_functions() for mine\n",
        "hook packer_functions → [{'f': <class 'int'>}]\n",
        "hook packer_job_started(job='a') for nobody\n",
        "hook packer_job_started → []\n",
    ]


def test_a_failing_hook_is_traced_and_its_error_passes() -> None:
    lines: list[str] = []
    extensions = Extensions(trace=lines.append)

    def fail(job: str) -> None:
        raise ValueError(job)

    extensions.register(extension(packer_job_started=fail), "mine")
    with pytest.raises(ValueError, match="a"):
        extensions.job_started("a")
    assert lines[-1] == "hook packer_job_started → ValueError('a')\n"


def test_what_is_installed_is_loaded(
    tmp_path: Path, extensions: Extensions, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "packer_extra_one.py").write_text(
        "from packer_core.extensions import hookimpl\n"
        "class Hooks:\n"
        "    @hookimpl\n"
        "    def packer_functions(self):\n"
        "        return {'one': int}\n"
        "hooks = Hooks()\n"
    )
    dist(tmp_path, "extra", "[packer.extensions]\none = packer_extra_one:hooks\n")
    monkeypatch.syspath_prepend(tmp_path)
    extensions.load_installed([str(tmp_path)])
    assert extensions.functions() == {"one": int}


@pytest.mark.parametrize("reference", ["packer_no_such_module", "packer_core.version:NOPE"])
def test_an_extension_that_cannot_be_loaded_is_named(
    tmp_path: Path, extensions: Extensions, reference: str
) -> None:
    dist(tmp_path, "extra", f"[packer.extensions]\nbroken = {reference}\n")
    with pytest.raises(PackerError, match="extension cannot be loaded: broken") as caught:
        extensions.load_installed([str(tmp_path)])
    assert reference in str(caught.value.hint)


def test_every_hook_has_a_method_and_a_docstring() -> None:
    names = [name for name in vars(hookspecs) if name.startswith("packer_")]
    assert len(names) == 6
    for name in names:
        specification = getattr(hookspecs, name)
        method = getattr(Extensions, name.removeprefix("packer_"))
        assert inspect.getdoc(specification)
        arguments = list(inspect.signature(specification).parameters)
        assert list(inspect.signature(method).parameters)[1:] == arguments


def test_installed_reads_only_its_group(tmp_path: Path) -> None:
    dist(
        tmp_path,
        "a",
        "[console_scripts]\nx = y:z\n\n[packer.extensions]\n# no = no\n one = m : o \n[other]\nn=m",
    )
    (tmp_path / "b-1.0.dist-info").mkdir()
    (tmp_path / "c.py").touch()
    found = list(installed([str(tmp_path), str(tmp_path), str(tmp_path / "missing")]))
    assert found == [("one", "m : o")]


class Hooks:
    """An extension that watches jobs."""

    def __init__(self, *, broken: bool = False) -> None:
        self.seen: list[object] = []
        self.broken = broken

    @hookimpl
    def packer_job_started(self, job: str) -> None:
        self.seen.append(job)
        if self.broken:
            raise ValueError("oh no")

    @hookimpl
    def packer_job_finished(self, job: str, outcome: Outcome) -> None:
        self.seen.append((job, outcome))


def finished(outcome: Outcome) -> BuildFinished:
    return BuildFinished(
        build="a", result="succeeded", duration_s=1.0, artifacts=0, errors=0, outcome=outcome
    )


def test_jobs_are_told_to_the_hooks() -> None:
    extensions, hooks = Extensions(), Hooks()
    extensions.register(hooks)
    listener = JobHooks(extensions, pytest.fail)
    outcome = Outcome(job="a")
    for event in (BuildStarted(build="a"), OutputLine(stream="say", text="x"), finished(outcome)):
        listener.notice(event)
    assert hooks.seen == ["a", ("a", outcome)]


def test_an_extension_that_fails_is_a_warning() -> None:
    said: list[str] = []
    extensions, hooks = Extensions(), Hooks(broken=True)
    extensions.register(hooks)
    JobHooks(extensions, said.append).notice(BuildStarted(build="a"))
    assert said == ["Warning: an extension failed: ValueError: oh no"]

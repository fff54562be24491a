from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import wonder
from packer_sdk import plugin
from packer_sdk.cancel import CancelToken
from packer_sdk.testing import PluginProcess, RecordingHook, RecordingUi


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """An import path on which packer-plugin-wonder is installed."""
    info = tmp_path / "packer_plugin_wonder-1.2.dev3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: packer-plugin-wonder\nVersion: 1.2.dev3\n"
    )
    (info / "entry_points.txt").write_text(
        "[console_scripts]\npacker-plugin-wonder = x:y\n"
        "[packer.builders]\nwonder = wonder:WonderBuilder\nwonder-big = wonder:WonderBuilder\n"
        "[packer.provisioners]\nodd = wonder:WonderProvisioner\n"
        "[packer.post_processors]\nwonder-pack = wonder:WonderPostProcessor\n"
    )
    (tmp_path / "wonder.py").write_text((wonder.FOLDER / "wonder.py").read_text())
    return tmp_path


def program(installed: Path) -> list[str]:
    main = (
        "import sys; from packer_sdk import plugin; sys.exit(plugin.main('packer-plugin-wonder'))"
    )
    return [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(installed)!r}); {main}"]


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)


def test_describe_lists_what_the_distribution_declares(installed: Path) -> None:
    done = run([*program(installed), "describe"])
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "version": "1.2.0-dev",
        "sdk_version": "0.1.0",
        "api_version": "x5.0",
        "builders": ["-packer-default-plugin-name-", "big"],
        "post_processors": ["pack"],
        "provisioners": ["odd"],
        "datasources": [],
        "protocol_version": "v2",
    }


@pytest.mark.parametrize("name", ["-packer-default-plugin-name-", "big", "wonder-big", "wonder"])
@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_start_finds_a_component_wherever_the_flag_stands(
    installed: Path, name: str, place: int
) -> None:
    words = ["start", "builder", name]
    words.insert(place, "--protobuf")
    with PluginProcess([*program(installed), *words], "builder") as builder:
        assert builder.config_spec().startswith(b"\x0a")
        builder.prepare([{}])
        assert builder.run(RecordingUi(), RecordingHook(), CancelToken()).id == "w-1"


def test_start_finds_a_component_that_is_not_called_after_its_plugin(installed: Path) -> None:
    command = [*program(installed), "start", "provisioner", "odd"]
    with PluginProcess(command, "provisioner") as provisioner:
        provisioner.prepare([{}])


def test_start_loads_nothing_slow(installed: Path) -> None:
    """What a start may not pay for: a package of 40 ms would be most of it."""
    main = (
        "from packer_sdk import plugin, server; import atexit; "
        "server.serve = lambda kind, load, protobuf: load() and 0; "
        "plugin.main('packer-plugin-wonder', ['start', 'builder', 'big']); "
        "print(*[name for name in ('asyncio', 'importlib.metadata', 'argparse', 'tempfile',"
        " 'pathlib', 'email', 'random', 'ctypes', 'concurrent.futures') if name in sys.modules])"
    )
    (installed / "wonder.py").write_text("class WonderBuilder: pass")
    done = run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(installed)!r}); {main}"]
    )
    slow_before = run(
        [sys.executable, "-I", "-c", "import sys; print(*sys.modules)"]
    ).stdout.split()
    assert set(done.stdout.split()) <= set(slow_before)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ([], "packer-plugin-wonder is a plugin of packer"),
        (["start"], "unknown command: start"),
        (["start", "builder"], "unknown command: start builder"),
        (["describe", "more"], "unknown command: describe more"),
        (["--help"], "unknown command: --help"),
        (["start", "hook", "x"], "no such kind of component: hook"),
        (["start", "builder", "x"], "no such builder in packer-plugin-wonder: x"),
        (["start", "builder", "x"], "hint: it has: wonder, wonder-big"),
        (["start", "datasource", "x"], "hint: it has: none"),
        (["start", "builder", "big"], "packer starts it when a template needs it"),
    ],
)
def test_what_cannot_be_done_is_said_on_stderr(
    installed: Path, words: list[str], text: str
) -> None:
    done = run([*program(installed), *words])
    assert done.returncode == 1
    assert done.stdout == ""
    assert text in done.stderr


@pytest.mark.parametrize("words", [["describe"], ["start", "builder", "x"]])
def test_a_plugin_that_is_not_installed_says_so(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert plugin.main("packer-plugin-nowhere", words) == 1
    assert "not installed in this environment: packer-plugin-nowhere" in capsys.readouterr().err


@pytest.mark.parametrize(
    "register",
    [
        plugin.register_builder,
        plugin.register_provisioner,
        plugin.register_post_processor,
        plugin.register_datasource,
    ],
)
def test_registering_by_hand_without_core_exits(
    register: object, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        register(object)  # type: ignore[operator] # one of four functions
    assert caught.value.code == 1
    assert "packer starts it" in capsys.readouterr().err


def test_the_module_serves_the_only_plugin_of_an_environment(installed: Path) -> None:
    code = (
        f"import sys; sys.path[:] = [p for p in sys.path if 'site-packages' not in p]; "
        f"sys.path[:0] = [{str(installed)!r}, {_sdk_folder()!r}]; sys.argv = ['x', 'describe']; "
        "import runpy; runpy.run_module('packer_sdk', run_name='__main__')"
    )
    done = run([sys.executable, "-c", code])
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["builders"] == ["-packer-default-plugin-name-", "big"]


def test_the_module_without_a_plugin_says_so() -> None:
    code = (
        f"import sys; sys.path[:] = [p for p in sys.path if 'site-packages' not in p]; "
        f"sys.path[:0] = [{_sdk_folder()!r}]; sys.argv = ['x', 'describe']; "
        "import runpy; runpy.run_module('packer_sdk', run_name='__main__')"
    )
    done = run([sys.executable, "-c", code])
    assert done.returncode == 1
    assert done.stderr == "there must be one plugin in this environment, found: none\n"


def _sdk_folder() -> str:
    return str(Path(plugin.__file__).parent.parent)

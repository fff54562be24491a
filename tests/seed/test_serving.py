"""Section E of the plugin page: writing a plugin and serving it."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from helpers.programs import component, program
from helpers.seed import Place, script
from packer_core.errors import PluginStartError
from packer_core.plugins.process import PluginProcess as CoreProcess
from packer_sdk import plugin
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import ComponentError
from packer_sdk.server import Listener
from packer_sdk.testing import PluginProcess, RecordingHook, RecordingUi

ROOT = Path(__file__).parents[2]

MINIMAL = {
    "builder": """
        from packer_sdk import Builder, RecordArtifact, config, plugin

        @config
        class Config:
            pass

        class Minimal(Builder[Config]):
            def run(self, config, ui, hook, cancel):
                ui.say("built")
                return RecordArtifact("minimal", "1", "a thing")

        plugin.register_builder(Minimal)
        """,
    "provisioner": """
        from packer_sdk import Provisioner, config, plugin

        @config
        class Config:
            pass

        class Minimal(Provisioner[Config]):
            def provision(self, config, ui, communicator, data, cancel):
                ui.say("provisioned")

        plugin.register_provisioner(Minimal)
        """,
    "post-processor": """
        from packer_sdk import PostProcessor, config, plugin

        @config
        class Config:
            pass

        class Minimal(PostProcessor[Config]):
            def post_process(self, config, ui, artifact, cancel):
                ui.say(f"wrapped {artifact}")

        plugin.register_post_processor(Minimal)
        """,
}


def put_minimal(place: Place) -> None:
    for kind, text in MINIMAL.items():
        shebang = f"#!{sys.executable}\n"
        place.put(place.work, f"packer-{kind}-minimal", shebang + dedent(text).lstrip())


def test_E1_a_plugin_is_an_interface_implemented_and_exposed(place: Place) -> None:
    """MUST: Every kind has an interface; implementing and exposing it is all it takes.

    Decision: pinned as at most 15 lines for a whole plugin of each kind.
    """
    for text in MINIMAL.values():
        assert len(text.strip().splitlines()) <= 15
    put_minimal(place)
    built = place.build({"builders": [{"type": "minimal"}], "post-processors": ["minimal"]})
    assert "minimal: built" in built.stdout
    assert "minimal (minimal): wrapped a thing" in built.stdout
    null = {
        "builders": [{"type": "null", "communicator": "none"}],
        "provisioners": [{"type": "minimal"}],
    }
    assert "null: provisioned" in place.build(null).stdout


@pytest.mark.parametrize("kind", MINIMAL)
def test_E2_two_modules_matter_to_a_plugin(kind: str) -> None:
    """MUST: Every plugin needs exactly two modules: one to implement, one to serve.

    Decision: `packer_sdk` and `packer_sdk.plugin`; they come with a single dependency, msgpack.
    """
    (imported,) = [node for node in ast.walk(ast.parse(dedent(MINIMAL[kind]))) if is_import(node)]
    assert isinstance(imported, ast.ImportFrom)
    assert imported.module == "packer_sdk"
    assert "plugin" in {name.name for name in imported.names}
    assert plugin.__name__ == "packer_sdk.plugin"


def is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def test_E3_one_call_serves_until_core_is_done(place: Place) -> None:
    """MUST: The second step is one call in main, such as `plugin.RegisterBuilder`.

    Decision: it is called `plugin.register_builder`, takes the class, and ends the process.
    """
    text = script("builder", "ui.say('served')") + "    print('code after serving ran')\n"
    path = place.put(place.work, "packer-builder-x", text)
    process = PluginProcess([str(path)], "builder")
    with process as builder:
        ui = RecordingUi()
        builder.prepare([{}])
        assert process.process.poll() is None
        builder.run(ui, RecordingHook(), CancelToken())
        assert ui.said == ["served"]
        builder.close()
        assert process.process.wait(20) == 0
    assert not [line for line in process.log if "after serving" in line]


@pytest.mark.parametrize("kind", MINIMAL)
def test_E4_a_plugin_has_no_code_for_communication(kind: str) -> None:
    """MUST: The serving call does all of the communication; a plugin contains none of it."""
    for word in ("socket", "listen", "handshake", "rpc", "cookie", "stdout"):
        assert word not in MINIMAL[kind]


def test_E5_the_other_kinds_have_such_calls() -> None:
    """MUST: Provisioners and post-processors are served by calls of their own."""
    for kind in ("provisioner", "post_processor", "datasource"):
        serve = getattr(plugin, f"register_{kind}")
        with pytest.raises(SystemExit) as caught:
            serve(object)  # nobody has set the cookie: as by hand
        assert caught.value.code == 1


def test_E6_what_ordinary_means_have_built_is_installed_by_copying_it(place: Place) -> None:
    """MUST: A plugin is built by ordinary means; the result is installed by putting it there.

    Decision: what pip makes, a console script or a shim, works as a copy and as a link.
    """
    # A console script as pip writes it: the plugin is importable, the script only calls it.
    text = dedent(MINIMAL["builder"]).replace("plugin.register_builder(Minimal)", "")
    serve = "\ndef main():\n    plugin.register_builder(Minimal)\n"
    place.put(place.elsewhere, "packer_plugin_minimal.py", text + serve)
    console = (
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(place.elsewhere)!r})\n"
        "from packer_plugin_minimal import main\nif __name__ == '__main__':\n    sys.exit(main())\n"
    )
    made = place.put(place.elsewhere, "packer-builder-minimal", console)
    place.put(place.work, "packer-builder-copied", made.read_text())
    (place.work / "packer-builder-linked").symlink_to(made)
    printed = place.build(["copied", "linked"]).stdout
    assert "copied: built" in printed
    assert "linked: built" in printed


def test_E8_each_type_has_its_documentation() -> None:
    """DOC: What each interface asks for is documented for each type."""
    page = (ROOT / "docs/reference/sdk.md").read_text()
    for name in ("Builder", "Provisioner", "PostProcessor", "Datasource"):
        assert f"class {name}(" in page
    for method in ("def run(", "def provision(", "def post_process(", "def execute("):
        assert method in page


def test_E9_core_knows_nothing_of_the_language_of_a_plugin(place: Place) -> None:
    """OWN: The page's plugins are written in Go; ours in Python, with entry points.

    Decision: Python replaces Go for authors, but core starts executables and asks for no
    language: any program that speaks the protocol is a plugin.
    """
    real = place.builder(place.elsewhere, "serves", "started by a shell")
    place.put(place.work, "packer-builder-x", f'#!/bin/sh\nexec "{real}" "$@"\n')
    assert "x: started by a shell" in place.build(["x"]).stdout


BROKEN = {
    "wrong version": ("print('4|unix|/x', flush=True); import time; time.sleep(60)", "API version"),
    "garbage": ("print('Welcome!', flush=True); import time; time.sleep(60)", "first line"),
    "early exit": ("import sys; sys.exit('no licence')", "ended with exit status 1"),
    "nobody there": (
        "print('5|0|unix|/not/there', flush=True); import time; time.sleep(60)",
        "cannot be reached",
    ),
}


def test_E10_what_goes_wrong_at_the_start_is_told_apart(place: Place) -> None:
    """CODE: The start has rules: cookie, ports, one line with version and address, one connection.

    Decision: wrong version, garbage, silence (60 s) and an early end are errors of their own.
    """
    for name, (text, _) in BROKEN.items():
        file = f"packer-builder-{name.replace(' ', '-')}"
        place.put(place.work, file, f"#!{sys.executable}\n{text}\n")
    printed = place.build([name.replace(" ", "-") for name in BROKEN], status=1).stdout
    for name, (_, said) in BROKEN.items():
        builder = name.replace(" ", "-")
        lines = [line for line in printed.splitlines() if f"packer-builder-{builder} " in line]
        assert any(said in line for line in lines), (name, printed)
    assert "no licence" in printed


def test_E10_silence_is_an_error_of_its_own(tmp_path: Path) -> None:
    silent = component(program(tmp_path, "import time; time.sleep(60)"))
    with pytest.raises(PluginStartError, match=r"said nothing for 0\.2s"):
        CoreProcess.start(silent, os.environ, timeout_s=0.2)


def test_E10_one_connection_is_served_and_further_output_is_harmless(place: Place) -> None:
    body = """
        print("chatter " * 20_000)
        os.write(1, b"raw chatter\\n")
        subprocess.run(["echo", "chatter of a child"])
        ui.say("still served")
    """
    text = script("builder", body, before="print('chatter at import')")
    path = place.put(place.work, "packer-builder-x", text)
    # Unbuffered, the print at import would be the first line: nothing can be done about that.
    log = place.build(["x"], PACKER_LOG="1", PYTHONUNBUFFERED="")
    assert "x: still served" in log.stdout
    assert "packer-builder-x: chatter at import" in log.stderr
    assert "packer-builder-x: raw chatter" in log.stderr
    assert "packer-builder-x: chatter of a child" in log.stderr
    environ = {"TMPDIR": str(place.temporary), "PYTHONUNBUFFERED": ""}
    process = PluginProcess([str(path)], "builder", environment=environ)
    with (
        process,
        socket.socket(socket.AF_UNIX) as second,
        pytest.raises(FileNotFoundError),
    ):
        second.connect(process.address.address)


def test_E10_a_range_without_a_free_port_is_an_error() -> None:
    with Listener.open({"PACKER_PLUGIN_TRANSPORT": "tcp"}) as taken:
        port = taken.address.rpartition(":")[2]
        environ = {
            "PACKER_PLUGIN_TRANSPORT": "tcp",
            "PACKER_PLUGIN_MIN_PORT": port,
            "PACKER_PLUGIN_MAX_PORT": port,
        }
        with pytest.raises(ComponentError, match="no free port"):
            Listener.open(environ)


def test_H5_plugin_with_a_component_serves_and_without_one_is_plugins(place: Place) -> None:
    """H: On the page `packer plugin X` starts a component; in 1.16 `plugin` means `plugins`.

    Decision: the word behind it decides. `packer-TYPE-NAME` is served, also behind `execute`;
    anything else is a command of `packer plugins`.
    """
    for word in ("plugin", "execute"):
        served = subprocess.run(
            [place.packer, word, "packer-builder-null"],
            env=place.environ,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert served.returncode == 1
        assert "this is a plugin of packer" in served.stderr
        process = PluginProcess([str(place.packer), word, "packer-builder-null"], "builder")
        with process as builder:
            builder.prepare([{"communicator": "none"}])
    listed = place.run("plugin", "list").stdout
    assert listed == place.run("plugins", "list").stdout
    assert "builder         null" in listed
    place.run("execute", status=127)

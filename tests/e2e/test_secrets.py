"""Nasty secrets through whole runs: every byte that comes out is looked at, in every disguise."""

from __future__ import annotations

import base64
import json
import os
import shlex
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

MASK = "<sensitive>"
SECRETS = {
    "token": "tok-5f2c91a7be",
    "quotes": 'it\'s "quoted" with $HOME and `ls`',
    "accents": "pässwörd…✓→☃",
    "encoded": "QUJD+/RUZH==",
    "url": "a&b=c d/e?f#g%20",
    "short": "x7Q",
    "backslashes": "C:\\new\\table\\x",
    "key": "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\nqX81Nxt2k+/9\n-----END KEY-----\n",
    "letter": "z",
    "number": "90210",
    "long": "Zx81" + "0123456789abcdef" * 6,
}
SAY = r"""
import base64, json, os, shlex, sys, urllib.parse
for name, text in sorted(os.environ.items()):
    if not name.startswith("S_"):
        continue
    data = text.encode()
    print(name, "plain", text)
    print(name, "inside", "before" + text + "after")
    print(name, "shell", shlex.quote(text))
    print(name, "json", json.dumps(text), json.dumps(text, ensure_ascii=False))
    print(name, "url", urllib.parse.quote(text), urllib.parse.quote_plus(text))
    for front in (b"", b"a", b"ab"):
        print(name, "base64", base64.b64encode(front + data + b"~~~").decode())
    print(name, "errors", text, file=sys.stderr)
    first = text.split("\n")[0]
    sys.stdout.write(name + " halves " + first[: len(first) // 2])
    sys.stdout.flush()
    import time
    time.sleep(0.05)
    sys.stdout.write(first[len(first) // 2 :] + "\n")
"""
BUILDER = """\
import logging, sys
from pathlib import Path
from packer_sdk import *
from packer_sdk import plugin
from packer_sdk.communicators.local import LocalCommunicator

@config
class Config(PackerKeys):
    texts: dict[str, str] = field(doc="Secrets.", default_factory=dict)
    file: Path = field(doc="What is made.")
    dies: bool = field(doc="Whether it does.", default=False)

class Here(Builder[Config]):
    def run(self, config, ui, hook, cancel):
        for name, text in config.texts.items():
            # Without a line end for longer than the log keeps a line together.
            for cut in (5, len(text) // 2 + 1):
                sys.stderr.write("." * (65536 - cut) + text + "." * 70000 + "\\n")
            logging.getLogger("here").warning("the log knows %s", text)
            ui.say("using " + text)
            ui.machine("told", text)
        sys.stderr.flush()
        if config.dies:
            sys.stderr.write("last words: " + " ".join(config.texts.values()) + "\\n")
            sys.stderr.flush()
            import os
            os._exit(3)
        with LocalCommunicator() as machine:
            hook.run(PROVISION_HOOK, ui, machine, {"ID": config.texts["token"]}, cancel)
        config.file.write_text("an image")
        return FileArtifact("here", [config.file])

if __name__ == "__main__":
    sys.exit(plugin.register_builder(Here))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    shim = folder / "packer-builder-here"
    shim.write_text(f"#!{sys.executable} -I\n{BUILDER}")
    shim.chmod(0o755)
    (folder / "say.py").write_text(SAY)
    (folder / "secrets.json").write_text(
        json.dumps({name: text for name, text in SECRETS.items() if name != "token"})
    )
    return folder


def template(folder: Path, **builder: object) -> None:
    values = {name: f"{{{{user `{name}`}}}}" for name in SECRETS}
    variables = {f"S_{name}": text for name, text in values.items()}
    say = f"{shlex.quote(sys.executable)} {shlex.quote(str(folder / 'say.py'))}"
    text = {
        "variables": dict.fromkeys(SECRETS),
        "sensitive-variables": list(SECRETS),
        "builders": [
            {
                "type": "here",
                "texts": values,
                "file": str(folder / "image-{{user `token`}}.img"),
                **builder,
            }
        ],
        "provisioners": [
            {"type": "shell-local", "env": variables, "inline": [say]},
            {
                "type": "shell",
                "env": variables,
                "inline": [say],
                "remote_folder": str(folder),
            },
            {
                "type": "shell-local",
                "env": variables,
                "execute_command": ["/bin/sh", "-c", "{{.Vars}} {{.Script}}"],
                "inline": ["echo done"],
            },
        ],
        "post-processors": [
            {
                "type": "manifest",
                "output": str(folder / "manifest.json"),
                "custom_data": {**values, "sum": "{{user `token`}}:{{user `number`}}"},
            }
        ],
    }
    (folder / "t.json").write_text(json.dumps(text))


def packer(
    folder: Path, *words: str, status: int = 0, **environ: str
) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "packer_core", *words],
        cwd=folder,
        env={**os.environ, "PACKER_DATA_DIR": str(folder / "data"), **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == status, done.stdout.decode(errors="replace")
    return done


def build(folder: Path, *words: str, status: int = 0, **environ: str) -> bytes:
    """Run a build and return all it has written, wherever to."""
    sources = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    flags = ["-var-file=secrets.json", "-var", f"token={SECRETS['token']}"]
    done = packer(folder, "build", *words, *flags, "t.json", status=status, **environ)
    written = [
        path.name.replace(SECRETS["token"], "").encode() + b"\n" + path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and sources.get(path) != path.read_bytes()
    ]
    return b"\n".join([done.stdout, done.stderr, *written])


def disguises(text: str) -> set[str]:
    """What must not be found; written without the module that does the masking."""
    lines = [line for line in text.split("\n") if len(line) >= 3]
    found = set()
    for plain in {text, text.strip(), *lines}:
        found |= {
            plain,
            plain.replace("\n", "\r\n"),
            shlex.quote(plain).strip("'"),
            json.dumps(plain)[1:-1],
            json.dumps(plain, ensure_ascii=False)[1:-1],
            json.dumps(json.dumps(plain)[1:-1])[1:-1],
            quote(plain),
            quote(plain, safe=""),
            quote_plus(plain),
        }
        for front in range(3):
            encoded = base64.b64encode(b"x" * front + plain.encode()).decode().rstrip("=")
            # Without the first and last characters, which the neighbours share.
            inner = encoded[2 * bool(front) : -1] if len(plain) > 5 else encoded
            if front == 0 or len(plain) > 5:
                found.add(inner)
    return {form for form in found if len(form) >= 3}


def assert_silent(output: bytes) -> None:
    text = output.decode("utf-8", "replace")
    assert MASK in text
    for name, secret in SECRETS.items():
        if len(secret) < 3:
            continue
        for form in disguises(secret):
            at = text.find(form)
            assert at < 0, f"{name} as {form!r} in …{text[max(0, at - 150) : at + 150]}…"
    # No half of it either, where something long was cut into pieces.
    for half in (SECRETS["long"][:20], SECRETS["key"].split("\n")[1][:12], SECRETS["token"][:9]):
        assert half not in text


@pytest.mark.parametrize(
    "words", [(), ("-machine-readable",), ("-timestamp-ui", "-color=true")], ids=" ".join
)
def test_no_secret_leaves_a_build(folder: Path, words: tuple[str, ...]) -> None:
    template(folder)
    output = build(
        folder,
        *words,
        "-events=events.jsonl",
        PACKER_LOG_PATH=str(folder / "packer.log"),
    )
    assert_silent(output)
    for name in ("events.jsonl", "packer.log", "manifest.json"):
        assert MASK in (folder / name).read_text()
    assert len(list((folder / "data" / "runs").iterdir())) == 1
    assert b"halves <sensitive>" in output
    assert b"has fewer than 3 characters" in output
    assert (folder / "packer.log").read_text().count("S_token plain <sensitive>") == 2


def test_no_secret_is_in_the_log_on_stderr(folder: Path) -> None:
    template(folder)
    assert_silent(build(folder, PACKER_LOG="debug", PACKER_LOG_WIRE="1"))


def test_no_secret_is_in_what_is_told_of_a_crash(folder: Path) -> None:
    template(folder, dies=True)
    output = build(
        folder,
        "-events=events.jsonl",
        status=1,
        PACKER_LOG_PATH=str(folder / "packer.log"),
    )
    assert_silent(output)
    assert b"ended with exit status 3" in output
    shown = packer(folder, "explain", "-html=run.html", "events.jsonl")
    told = packer(folder, "explain", "-json", "events.jsonl")
    assert_silent(shown.stdout + told.stdout + (folder / "run.html").read_bytes())


def test_a_manifest_says_where_it_is_masked(folder: Path) -> None:
    template(folder)
    output = build(folder).decode()
    assert "The manifest says <sensitive> where a sensitive variable would stand" in output
    [entry] = json.loads((folder / "manifest.json").read_text())["builds"]
    assert entry["custom_data"]["sum"] == f"{MASK}:{MASK}"
    assert entry["files"][0]["name"].endswith(f"image-{MASK}.img")


def test_a_file_that_is_named_after_a_secret_is_made_all_the_same(folder: Path) -> None:
    template(folder)
    output = build(folder).decode()
    assert (folder / f"image-{SECRETS['token']}.img").read_text() == "an image"
    assert f"image-{MASK}.img" in output


def test_a_build_in_a_build_keeps_its_events_to_itself(folder: Path) -> None:
    inner = folder / "inner.json"
    inner.write_text(json.dumps({"builders": [{"type": "null", "communicator": "none"}]}))
    command = f"{shlex.quote(sys.executable)} -m packer_core build {shlex.quote(str(inner))}"
    outer = {
        "builders": [{"type": "null", "communicator": "none"}],
        "provisioners": [{"type": "shell-local", "inline": [command]}],
    }
    (folder / "t.json").write_text(json.dumps(outer))
    packer(folder, "build", "t.json", PACKER_EVENTS=str(folder / "events.jsonl"))
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [event["type"] for event in events].count("run-started") == 1
    assert len(list((folder / "data" / "runs").iterdir())) == 2
    shown = packer(folder, "explain").stdout.decode()
    assert shown.startswith("packer build ")
    assert (
        dedent("""\
        null
                 at       took
    """)
        in shown
    )

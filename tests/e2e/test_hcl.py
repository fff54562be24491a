"""HCL2 templates, as a user builds them: plugins in processes, schemas and values on the wire."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpers.waiting import wait_until

if TYPE_CHECKING:
    from e2e.conftest import Machine

pytestmark = [pytest.mark.e2e, pytest.mark.root]

ROOT = Path(__file__).parents[2]

NOTES = """
variable "words" {
  type = list(string)
}

variable "token" {
  type      = string
  sensitive = true
}

data "null" "greeting" {
  input = local.hello
}

locals {
  hello = "hello ${join(", ", var.words)}"
  notes = { for word in var.words : word => "${data.null.greeting.output}: ${word}" }
}

dynamic "source" {
  for_each = local.notes
  labels   = ["file", source.key]
  content {
    content = "${source.value}\\n"
    target  = "${source.key}.txt"
  }
}

build {
  name    = "notes"
  sources = [for word in var.words : "source.file.${word}"]

  provisioner "shell-local" {
    inline = ["echo ${source.name} of ${build.name} is ${build.ID}, with ${var.token}"]
    override = {
      two = { inline = ["echo overridden"] }
    }
  }

  provisioner "shell-local" {
    only              = ["file.one"]
    continue_on_error = true
    inline            = ["exit 3"]
  }

  post-processors {
    post-processor "checksum" {
      checksum_types = ["md5"]
      output         = "{{.BuildName}}.md5"
    }
    post-processor "manifest" {
      name        = "list"
      output      = "list.json"
      custom_data = { words = jsonencode(var.words) }
    }
  }
}
"""
VALUES = 'words = ["one", "two"]\ntoken = "hunter2"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose `notes` is a template."""
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "notes.pkr.hcl").write_text(NOTES)
    (tmp_path / "notes" / "values.auto.pkrvars.hcl").write_text(VALUES)
    return tmp_path


def test_folder_is_built_with_all_that_hcl_offers(machine: Machine, folder: Path) -> None:
    done = machine.packer("build", "-events", "events.jsonl", "notes", cwd=folder)
    assert (folder / "one.txt").read_text() == "hello one, two: one\n"
    assert (folder / "two.txt").read_text() == "hello one, two: two\n"
    assert "==> notes.file.one: one of notes is File, with <sensitive>" in done.stdout
    assert "==> notes.file.two: overridden" in done.stdout
    assert "==> notes.file.one: Going on, because of continue_on_error" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr
    assert "hunter2" not in (folder / "events.jsonl").read_text()
    builds = json.loads((folder / "list.json").read_text())["builds"]
    assert {build["name"] for build in builds} == {"one", "two"}
    assert builds[0]["custom_data"] == {"words": '["one","two"]'}
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    planned = [event["build"] for event in events if event["type"] == "build-planned"]
    assert planned == ["notes.file.one", "notes.file.two"]


@pytest.mark.parametrize(
    ("words", "built"),
    [
        (["-only=notes.*.one"], ["one.txt"]),
        (["-only=*.t*"], ["two.txt"]),
        (["-except=*.{one,three}"], ["two.txt"]),
        (["-except=list", "-only=*"], ["one.txt", "two.txt"]),
    ],
)
def test_builds_are_chosen_by_globs(
    machine: Machine, folder: Path, words: list[str], built: list[str]
) -> None:
    machine.packer("build", *words, "notes", cwd=folder)
    assert sorted(path.name for path in folder.glob("*.txt")) == built
    assert (folder / "list.json").exists() is not ("-except=list" in words)


def test_name_without_that_of_its_block_chooses_nothing(machine: Machine, folder: Path) -> None:
    done = machine.packer("build", "-only=file.one", "notes", cwd=folder, status=1)
    assert "no builds to run" in done.stdout + done.stderr


def test_validate_starts_no_data_source_unless_told_to(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "t.pkr.hcl").write_text(
        """
        data "http" "nobody" { url = "http://127.0.0.1:9/" }
        source "file" "a" {
          content = data.http.nobody.body
          target  = "a"
        }
        source "file" "b" { target = "b" }
        build { sources = ["file.a"] }
        build { sources = ["file.b"] }
        """
    )
    done = machine.packer("validate", "t.pkr.hcl", cwd=tmp_path)
    assert "The configuration is valid." in done.stdout
    machine.packer("validate", "-evaluate-datasources", "-only=*.b", "t.pkr.hcl", cwd=tmp_path)
    done = machine.packer("validate", "-evaluate-datasources", "t.pkr.hcl", cwd=tmp_path, status=1)
    assert "data source http.nobody" in done.stdout + done.stderr
    assert "t.pkr.hcl:2:" in done.stdout + done.stderr


def test_interrupt_ends_a_data_source_that_hangs(machine: Machine, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (tmp_path / "t.pkr.hcl").write_text(
            f'data "http" "h" {{ url = "http://127.0.0.1:{port}/" }}\n'
        )
        process = subprocess.Popen(
            [machine.packer_path, "build", "t.pkr.hcl"],
            cwd=tmp_path,
            env=machine.environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            connection, _ = server.accept()
            process.send_signal(signal.SIGINT)
            printed, _ = process.communicate(timeout=60)
            connection.close()
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 1
    assert printed.splitlines() == [
        "Cancelling look-up of data after receiving interrupt",
        "cancelled",
    ]


def test_wrong_options_are_shown_where_they_stand(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "t.pkr.hcl").write_text(
        """source "file" "a" {
  contents = "x"
  target   = ["a"]
}

build {
  sources = ["file.a"]
  provisioner "shell-local" {
    inline    = ["echo"]
    tempdir   = "/nowhere"
    only_on   = ["plan9"]
  }
}
"""
    )
    done = machine.packer("validate", "t.pkr.hcl", cwd=tmp_path, status=1)
    shown = done.stdout + done.stderr
    for place in ("2:3", "3:14", "10:5"):
        assert f"--> t.pkr.hcl:{place}\n" in shown
    assert 'did you mean "content"?' in shown


def test_what_a_plugin_refuses_is_shown_where_it_stands(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "t.pkr.hcl").write_text(
        """source "null" "a" {
  communicator = "pigeon"
}
build { sources = ["null.a"] }
"""
    )
    done = machine.packer("validate", "t.pkr.hcl", cwd=tmp_path, status=1)
    assert "--> t.pkr.hcl:2:3\n" in done.stdout + done.stderr


def test_json_syntax_is_the_same_language(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "t.pkr.json").write_text(
        json.dumps(
            {
                "variable": {"word": {"type": "string", "default": "hi"}},
                "source": {"file": {"a": {"content": "${upper(var.word)}", "target": "a.txt"}}},
                "build": {
                    "sources": ["file.a"],
                    "provisioner": [{"shell-local": {"inline": ["echo ${build.ID}"]}}],
                },
            }
        )
    )
    done = machine.packer("build", "t.pkr.json", cwd=tmp_path)
    assert (tmp_path / "a.txt").read_text() == "HI"
    assert "==> file.a: File" in done.stdout


def test_go_templates_in_options_are_filled_in_by_plugins(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "t.pkr.hcl").write_text(
        """
        source "file" "a" {
          content = "{{build_name}} {{build_type}}"
          target  = "a.txt"
        }
        build { sources = ["file.a"] }
        """
    )
    machine.packer("build", "t.pkr.hcl", cwd=tmp_path)
    assert (tmp_path / "a.txt").read_text() == "a file"


def test_inspect_shows_variables_locals_and_builds(machine: Machine, folder: Path) -> None:
    done = machine.packer("inspect", "notes", cwd=folder)
    for line in (
        'var.words: ["one", "two"]',
        'var.token: "<sensitive>"',
        'local.hello: "hello one, two"',
        "  > notes:",
        "      file.one",
        "      shell-local",
        "        manifest.list",
    ):
        assert line in done.stdout.splitlines()
    (folder / "notes" / "values.auto.pkrvars.hcl").unlink()
    done = machine.packer("inspect", "notes", cwd=folder)
    assert "var.words: <unknown>" in done.stdout


def console(machine: Machine, folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [machine.packer_path, "console", "notes"],
        cwd=folder,
        env=machine.environ,
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_console_answers_the_last_line_of_a_pipe(machine: Machine, folder: Path) -> None:
    done = console(machine, folder, "var.words[0]\nupper(local.notes.two)\n")
    assert (done.returncode, done.stdout) == (0, "HELLO ONE, TWO: TWO\n")
    done = console(machine, folder, "var.nope\n1 + 1\n")
    assert done.returncode == 1
    assert done.stdout.endswith("2\n")
    assert "nope" in done.stdout + done.stderr


def read_until(descriptor: int, wanted: bytes, patience_s: float = 60) -> None:
    seen = b""
    while wanted not in seen:
        assert select.select([descriptor], [], [], patience_s)[0], seen
        seen += os.read(descriptor, 4096)


def test_console_talks_on_a_terminal(machine: Machine, folder: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [machine.packer_path, "console", "notes"],
        cwd=folder,
        env={**machine.environ, "TERM": "dumb"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        for line, answer in (("1 + 1", b"\n2"), ("upper(var.words[1])", b"TWO"), ("help", b"Type")):
            os.write(ours, f"{line}\n".encode())
            read_until(ours, answer)
        os.write(ours, b"exit\n")
        wait_until(lambda: process.poll() is not None)
        assert process.returncode == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_the_quickstart_builds_the_same_image_in_both_languages(
    machine: Machine, tmp_path: Path
) -> None:
    names = {}
    for language, template in (("json", "template.json"), ("hcl", "template.pkr.hcl")):
        folder = tmp_path / language
        shutil.copytree(ROOT / "examples", folder / "examples")
        machine.packer("build", f"examples/quickstart/{template}", cwd=folder)
        assert (folder / "hello.oci.tar.sha256").exists()
        (entry,) = json.loads((folder / "packer-manifest.json").read_text())["builds"]
        names[language] = entry["name"], [Path(one["name"]).name for one in entry["files"]]
    assert names["json"] == ("oci", ["hello.oci.tar", "hello.oci.tar.sha256"])
    assert names["hcl"] == ("hello", ["hello.oci.tar", "hello.oci.tar.sha256"])

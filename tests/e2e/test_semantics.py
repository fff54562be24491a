"""What a build does, as a user sees it: real processes, real files, real signals.

The rows named here are those of `docs/reference/parity.md`.
"""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.e2e

COMMAND = [sys.executable, "-m", "packer_core"]
WONDER = Path(__file__).parents[1] / "data" / "plugins" / "serve_wonder.py"
NULL = {"type": "null", "communicator": "none"}
OCI = """\
import sys
from packer_sdk.plugin import start
sys.exit(start("builder", "oci", "packer_plugin_oci.builder:OciBuilder"))
"""


class Folder:
    """A working folder with plugins beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._plugins = path / "plugins"
        self._plugins.mkdir()
        self.environ = {**os.environ, "PACKER_PLUGIN_PATH": str(self._plugins)}

    def plugin(self, name: str, text: str) -> None:
        path = self._plugins / name
        path.write_text(f"#!{sys.executable}\n{text}")
        path.chmod(0o755)

    def template(self, *builders: object, **more: object) -> None:
        content = {"builders": list(builders), **{k.replace("_", "-"): v for k, v in more.items()}}
        (self.path / "t.json").write_text(json.dumps(content))

    def packer(self, *words: str, status: int = 0) -> str:
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=self.path,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            start_new_session=True,
        )
        assert done.returncode == status, done.stdout + done.stderr
        assert done.stderr == ""
        return done.stdout

    def build(self, *flags: str, status: int = 0) -> str:
        return self.packer("build", *flags, "t.json", status=status)

    def files(self) -> list[str]:
        return sorted(p.name for p in self.path.iterdir() if p.name not in ("plugins", "t.json"))

    @contextlib.contextmanager
    def running(self, until: str, *flags: str) -> Iterator[subprocess.Popen[str]]:
        """A build that has printed ``until``."""
        with (self.path / "out").open("w") as out:
            child = subprocess.Popen(
                [*COMMAND, "build", *flags, "t.json"],
                cwd=self.path,
                env=self.environ,
                stdout=out,
                text=True,
            )
        try:
            deadline = time.monotonic() + 60
            while until not in (self.path / "out").read_text():
                assert child.poll() is None, (self.path / "out").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.02)
            yield child
        finally:
            child.kill()
            child.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.plugin("packer-builder-oci", OCI)
    return made


def local(*lines: str, **options: object) -> dict[str, object]:
    return {"type": "shell-local", "inline": list(lines), **options}


def file(name: str = "web", **options: object) -> dict[str, object]:
    return {"type": "file", "name": name, "target": f"{name}.out", "content": "x", **options}


IMAGE = {"type": "oci", "from": "host", "output": "web.out.tar"}


# --- provisioners (PRV-004 to PRV-006, ENG-005)


def test_retries_end_with_the_first_success(folder: Folder) -> None:
    step = local("echo >> tries; test $(wc -l < tries) -ge 3", max_retries=5, pause_before="50ms")
    folder.template(NULL, provisioners=[step])
    shown = folder.build()
    assert (folder.path / "tries").read_text() == "\n" * 3
    assert shown.count("Pausing 0.05s before the provisioner shell-local…") == 3
    assert "trying again (attempt 3 of 6)" in shown


def test_retries_used_up_fail_with_the_last_error(folder: Folder) -> None:
    folder.template(NULL, provisioners=[local("exit 5", max_retries=1), local("touch after")])
    shown = folder.build(status=1)
    assert "provisioner shell-local failed 2 times, last with: local script exited with" in shown
    assert "after" not in folder.files()


def test_timeout_counts_although_there_is_a_pause(folder: Folder) -> None:
    step = local("sleep 60", timeout="300ms", pause_before="10ms")
    folder.template(NULL, provisioners=[step])
    assert "provisioner shell-local took longer than 0.3s" in folder.build(status=1)


# --- failures (PRV-008, JSN-007, BLD-007, STP-001)


@pytest.mark.parametrize("builder", [NULL, file(), IMAGE], ids=["null", "file", "oci"])
def test_error_cleanup_provisioner_runs_and_its_failure_is_added(
    folder: Folder, builder: dict[str, object]
) -> None:
    folder.template(
        builder,
        provisioners=[local("exit 3")],
        error_cleanup_provisioner=local("echo cleaned; exit 4"),
    )
    shown = folder.build(status=1)
    assert re.search(r"running shell-local to clean up\n.*\n==> [^:]+: cleaned\n", shown)
    assert "exited with status 3: inline lines (allowed: 0)\n    and then the error" in shown
    assert "error-cleanup-provisioner failed: local script exited with status 4" in shown
    assert "hint: valid_exit_codes" in shown
    assert folder.files() == []


def test_error_cleanup_provisioner_does_not_run_after_a_success(folder: Folder) -> None:
    folder.template(file(), error_cleanup_provisioner=local("touch cleaned"))
    folder.build()
    assert folder.files() == ["web.out"]


@pytest.mark.parametrize(
    ("on_error", "cleaned", "left"),
    [("cleanup", True, []), ("run-cleanup-provisioner", True, ["web.out"]),
     ("abort", False, ["web.out"]), ("ask", True, [])],
)  # fmt: skip
def test_on_error_decides_what_is_left_of_a_file(
    folder: Folder, on_error: str, cleaned: bool, left: list[str]
) -> None:
    folder.template(
        file(), provisioners=[local("exit 3")], error_cleanup_provisioner=local("echo cleaned")
    )
    shown = folder.build(f"-on-error={on_error}", status=1)
    assert ("==> file.web: cleaned\n" in shown) == cleaned
    assert folder.files() == left
    skipped = "Not cleaned up, by -on-error" in shown
    assert skipped == bool(left)


@pytest.mark.parametrize("on_error", ["cleanup", "abort", "run-cleanup-provisioner"])
def test_on_error_decides_what_is_left_of_an_image(folder: Folder, on_error: str) -> None:
    folder.environ["TMPDIR"] = str(folder.path / "tmp")
    (folder.path / "tmp").mkdir()
    folder.template(
        IMAGE, provisioners=[local("exit 3")], error_cleanup_provisioner=local("echo cleaned")
    )
    shown = folder.build(f"-on-error={on_error}", status=1)
    assert ("cleaned\n" in shown) == (on_error != "abort")
    kept = bool(list((folder.path / "tmp").rglob("rootfs")))
    assert kept == (on_error != "cleanup"), shown


def on_a_terminal(folder: Folder, flag: str, question: str, answers: list[str]) -> tuple[int, str]:
    """Build with a person in front, who answers each question."""
    child, master = pty.fork()
    if child == 0:
        os.chdir(folder.path)
        words = [*COMMAND, "build", "-color=false", flag, "t.json"]
        os.execve(sys.executable, words, {**folder.environ, "PACKER_LIVE": "0"})
    shown, asked = "", 0
    with contextlib.suppress(OSError):
        while select.select([master], [], [], 60)[0]:
            shown += os.read(master, 4096).decode()
            if shown.count(question) > asked:
                os.write(master, f"{answers[asked]}\n".encode())
                asked += 1
    os.close(master)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown


@pytest.mark.parametrize(
    ("answers", "status", "left"),
    [(["r"], 0, ["tried", "web.out"]), (["c"], 1, ["tried"]), (["a"], 1, ["tried", "web.out"])],
)
def test_on_error_ask_does_what_the_person_says(
    folder: Folder, answers: list[str], status: int, left: list[str]
) -> None:
    folder.template(file(), provisioners=[local("test -e tried || { touch tried; exit 3; }")])
    found, shown = on_a_terminal(folder, "-on-error=ask", "retry?", answers)
    assert found == status, shown
    assert "Step Provision failed: local script exited with status 3" in shown
    assert folder.files() == left


# --- -debug, -force, -parallel-builds (BLD-005, BLD-006, BLD-008)


def test_debug_waits_for_enter_before_and_after_each_step(folder: Folder) -> None:
    folder.template(file(), provisioners=[local("echo working")])
    status, shown = on_a_terminal(folder, "-debug", "ress enter", [""] * 9)
    assert status == 0, shown
    assert re.findall(r"(Press enter to run|Pausing \w+(?: cleaning up)?)", shown) == [
        "Pausing after", "Press enter to run", "Pausing after",
        "Pausing before cleaning up", "Pausing before cleaning up",
    ]  # fmt: skip


def test_debug_without_a_terminal_goes_on_one_build_after_the_other(folder: Folder) -> None:
    folder.template(file("a"), file("b"), provisioners=[local("echo working")])
    shown = folder.build("-debug")
    assert shown.startswith("Debug mode: builds run one after the other")
    assert shown.index("Build 'file.a' finished") < shown.index("==> file.b: Writing")


def test_force_replaces_what_is_there_and_nothing_else_does(folder: Folder) -> None:
    (folder.path / "web.out.tar").write_text("old")
    folder.template({**IMAGE, "from": "scratch"})
    assert "the output is there already" in folder.build(status=1)
    assert (folder.path / "web.out.tar").read_text() == "old"
    folder.build("-force")
    assert (folder.path / "web.out.tar").stat().st_size > 1000


def test_parallel_builds_limits_how_many_run_at_once(folder: Folder) -> None:
    meet = "until test $(ls in.* | wc -l) -ge 2; do sleep 0.05; done"
    folder.template(file("a"), file("b"), provisioners=[local("touch in.$$", meet, timeout="60s")])
    folder.build()  # both meet
    for path in folder.path.glob("in.*"):
        path.unlink()
    alone = local("test ! -e busy", "touch busy", "sleep 0.2", "rm busy")
    folder.template(file("a"), file("b"), provisioners=[alone])
    shown = folder.build("-parallel-builds=1")
    assert shown.index("Build 'file.a' finished") < shown.index("==> file.b: Writing")


# --- output (UI-001, UI-003, UI-004, UI-005, UI-008)


def records(text: str) -> list[str]:
    lines = [re.sub(r"^\d+", "T", line) for line in text.splitlines()]
    return [re.sub(r"(after )[\w ]*seconds?", r"\1N", line) for line in lines]


def test_machine_readable_records_of_a_failure_beside_a_success(folder: Folder) -> None:
    folder.template(file("a"), file("b"), provisioners=[local("exit 3", only=["b"])])
    shown = folder.build("-machine-readable", "-parallel-builds=1", status=1)
    failure = "local script exited with status 3: inline lines (allowed: 0)"
    assert records(shown) == [
        "T,,ui,say,==> file.a: Writing a.out",
        "T,,ui,say,Build 'file.a' finished after N.",
        "T,,ui,say,==> file.b: Writing b.out",
        "T,,ui,say,==> file.b: Running local shell script: inline lines",
        f"T,,ui,error,Build 'file.b' errored after N: {failure}",
        "T,,ui,say,\\n==> Wait completed after N",
        "T,,error-count,1",
        "T,,ui,error,\\n==> Some builds failed:",
        f"T,file.b,error,{failure}",
        f"T,,ui,error,--> file.b: {failure}",
        "T,,ui,say,    hint: valid_exit_codes says which other statuses mean success",
        "T,,ui,say,\\n==> Builds finished. Their artifacts are:",
        "T,file.a,artifact-count,1",
        "T,file.a,artifact,0,builder-id,packer.file",
        "T,file.a,artifact,0,id,File",
        "T,file.a,artifact,0,string,Stored file: a.out",
        "T,file.a,artifact,0,files-count,1",
        "T,file.a,artifact,0,file,0,a.out",
        "T,file.a,artifact,0,end",
        "T,,ui,say,--> file.a: Stored file: a.out",
    ]


def test_timestamps_are_before_the_lines_of_builds_and_not_of_the_summary(folder: Folder) -> None:
    folder.template(file(), provisioners=[local("echo one; echo two")])
    lines = folder.build("-timestamp-ui").splitlines()
    of_builds = [line for line in lines if "file.web: " in line and "-->" not in line]
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d): "
    assert len(of_builds) == 4
    assert all(re.match(stamp + "==> file.web: ", line) for line in of_builds)
    assert "==> Builds finished. Their artifacts are:" in lines


def test_post_processors_are_announced_by_the_build_and_speak_for_themselves(
    folder: Folder,
) -> None:
    pack = {"type": "compress", "name": "pack", "output": "web.tar"}
    folder.template(file(), post_processors=["checksum", pack])
    shown = folder.build()
    assert "==> file.web: Running post-processor: checksum\n" in shown
    assert "==> file.web: Running post-processor: pack (type compress)\n" in shown
    assert "==> file.web (compress): Packing into web.tar (tar)\n" in shown


def test_warnings_of_every_kind_are_shown_once(folder: Folder) -> None:
    for kind in ("builder", "provisioner", "post-processor"):
        words = f"[sys.executable, {str(WONDER)!r}, {kind!r}, *sys.argv[1:]]"
        wonder = f"import os, sys\nos.execv(sys.executable, {words})\n"
        folder.plugin(f"packer-{kind}-wonder", wonder)
    odd = {"type": "wonder", "do": "warn"}
    # The builder of this name asks for no provisioners.
    folder.template(NULL, odd, provisioners=[odd], post_processors=[odd])
    shown = folder.build("-parallel-builds=1")
    assert shown.count("==> wonder: Warning: do: is odd\n") == 1
    assert shown.count("==> null: Warning: do: is odd\n") == 1
    assert shown.count("==> null (wonder): Warning: do: is odd\n") == 1


# --- choices and variables (BLD-010, BLD-011, BLD-013, JSN-003)


def test_only_and_except_choose_by_exact_name(folder: Folder) -> None:
    folder.template(file("a"), file("b"), file("c"))
    folder.build("-only=a,b", "-except=b")
    assert folder.files() == ["a.out"]


def test_except_cuts_a_chain_at_a_post_processor(folder: Folder) -> None:
    cut = {"type": "manifest", "name": "note"}
    folder.template(file("a"), post_processors=[["checksum", cut, "checksum"], ["checksum"]])
    shown = folder.build("-except=note")
    assert shown.count("Running post-processor") == 2
    assert "packer-manifest.json" not in folder.files()


def test_variables_on_the_command_line_beat_files_and_later_files_earlier_ones(
    folder: Folder,
) -> None:
    (folder.path / "1.json").write_text('{"a": "file 1", "b": "file 1", "c": "file 1"}')
    (folder.path / "2.json").write_text('{"b": "file 2", "c": "file 2", "other": "x"}')
    shell = local("echo {{user `a`}}, {{user `b`}}, {{user `c`}}, {{user `d`}}, {{user `e`}}")
    values = dict.fromkeys("abcd", "default")
    folder.template(NULL, provisioners=[shell], variables=values)
    flags = ("-var", "c=flag=1", "-var-file=1.json", "-var-file=2.json", "-var", "e=flag")
    shown = folder.build(*flags)
    assert "==> null: file 1, file 2, flag=1, default, flag\n" in shown
    assert "Warning" not in shown
    assert 'variable "other" is set by 2.json' in folder.build("-warn-on-undeclared-var", *flags)
    validate = ("validate", *flags)
    assert 'variable "other" is set by 2.json' in folder.packer(*validate, "t.json")
    assert "other" not in folder.packer(*validate, "-no-warn-undeclared-var", "t.json")


def test_flags_that_change_nothing_are_taken(folder: Folder) -> None:
    folder.template(file())
    folder.build("-ignore-prerelease-plugins", "-skip-enforcement", "-use-sequential-evaluation")
    folder.packer("validate", "-ignore-prerelease-plugins", "-evaluate-datasources=false", "t.json")


# --- artifacts (ENG-003, ENG-007 to ENG-009)

TAR = {"type": "compress", "output": "1.tar"}
ZIP = {"type": "compress", "output": "2.zip"}
SUM = {"type": "checksum", "output": "sum"}


@pytest.mark.parametrize("keep", [None, True, False])
@pytest.mark.parametrize(
    ("chain", "always", "kept"),
    [
        ([TAR], ["1.tar"], ["web.out"]),
        ([TAR, ZIP], ["2.zip"], ["1.tar"]),
        ([SUM, ZIP], ["2.zip"], ["sum", "web.out"]),
        (["manifest"], ["packer-manifest.json", "web.out"], []),
    ],
    ids=["first", "second", "second of shared files", "insisting"],
)
def test_keep_input_artifact_is_for_what_the_last_link_was_given(
    folder: Folder, chain: list[object], always: list[str], kept: list[str], keep: bool | None
) -> None:
    last = chain[-1] if isinstance(chain[-1], dict) else {"type": chain[-1]}
    options = {} if keep is None else {"keep_input_artifact": keep}
    folder.template(file(), post_processors=[[*chain[:-1], {**last, **options}]])
    folder.build()
    assert folder.files() == sorted(always + (kept if keep else []))


def test_two_chains_start_from_the_same_artifact_and_one_that_keeps_it_is_enough(
    folder: Folder,
) -> None:
    folder.template(file(), post_processors=[[TAR], [{**ZIP, "keep_input_artifact": True}]])
    folder.build()
    assert folder.files() == ["1.tar", "2.zip", "web.out"]


@pytest.mark.parametrize(
    ("chains", "left"),
    [
        ([[local("exit 3")]], ["web.out"]),
        ([[TAR, local("exit 3")]], ["1.tar"]),
        ([[local("exit 3")], [ZIP]], ["2.zip", "web.out"]),
    ],
    ids=["first", "second", "beside another"],
)
def test_a_post_processor_that_fails_never_costs_what_it_was_given(
    folder: Folder, chains: list[object], left: list[str]
) -> None:
    folder.template(file(), post_processors=chains)
    shown = folder.build(status=1)
    assert folder.files() == left
    assert "post-processor shell-local failed: local script exited with status 3" in shown
    for name in left:
        assert re.search(rf"^--> file\.web: .*{name}", shown, re.MULTILINE)


# --- refusals (BLD-003)


def test_a_build_that_is_refused_does_not_stop_the_others_and_fails_the_run(folder: Folder) -> None:
    folder.template(file("bad", contnt="x"), file("good"))
    shown = folder.build(status=1)
    assert "Not built because of that: file.bad" in shown
    assert folder.files() == ["good.out"]


# --- cancelling (CLI-011, ENG-013)


@pytest.mark.parametrize(
    ("steps", "until", "left"),
    [
        ({"provisioners": [local("echo working; sleep 60")]}, "working\n", []),
        ({"provisioners": [local("true", pause_before="60s")]}, "Pausing", []),
        ({"provisioners": [local("exit 1", max_retries=9, pause_before="1s")]}, "trying again", []),
        ({"post-processors": [local("echo working; sleep 60")]}, "working\n", ["web.out"]),
        ({"post-processors": [[local("echo working; sleep 60"), TAR]]}, "working\n", ["web.out"]),
    ],
    ids=["provision", "pause", "retry", "post-process", "chain"],
)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_build_wherever_it_is(
    folder: Folder, steps: dict[str, object], until: str, left: list[str], number: signal.Signals
) -> None:
    folder.template(file(), error_cleanup_provisioner=local("touch cleaned"), **steps)
    with folder.running(until) as child:
        child.send_signal(number)
        assert child.wait(30) == 1
    shown = (folder.path / "out").read_text()
    assert "Build 'file.web' was cancelled after" in shown
    assert folder.files() == ["out", *left]


def test_a_signal_keeps_builds_from_starting(folder: Folder) -> None:
    folder.template(file("a"), file("b"), provisioners=[local("echo working; sleep 60")])
    with folder.running("working\n", "-parallel-builds=1") as child:
        child.send_signal(signal.SIGINT)
        assert child.wait(30) == 1
    assert "file.b: Writing" not in (folder.path / "out").read_text()


# --- looking at a template (VAL-001, VAL-002, INS-001)


def test_validate_asks_every_plugin_and_builds_nothing(folder: Folder) -> None:
    folder.template(file(), provisioners=[local("true")], post_processors=["manifest"])
    assert folder.packer("validate", "t.json") == "The configuration is valid.\n"
    folder.template(file(), provisioners=[local("true", only_on="x", inlin=1)])
    assert "inlin: unknown option" in folder.packer("validate", "t.json", status=1)
    assert folder.files() == []


def test_validate_of_the_syntax_needs_neither_plugins_nor_values(folder: Folder) -> None:
    folder.template({"type": "nobody-has-it"}, variables={"region": None})
    shown = folder.packer("validate", "-syntax-only", "t.json")
    assert shown == "The syntax of the template is valid; no plugin was asked.\n"


def test_inspect_shows_what_is_there_and_hides_what_is_sensitive(folder: Folder) -> None:
    folder.template(
        file(),
        description="One\ntwo",
        variables={"region": None, "size": "5", "password": "hunter2"},
        sensitive_variables=["password"],
        post_processors=[["checksum", "manifest"]],
    )
    shown = folder.packer("inspect", "t.json")
    assert shown.startswith("Description:\n\n  One\n  two\n\nRequired variables:\n\n  region\n")
    assert "  size     = 5\n  password = <sensitive>\n" in shown
    assert "  web (file)\n" in shown
    assert shown.endswith("Post-processors:\n\n  checksum -> manifest\n")
    assert "hunter2" not in shown + folder.packer("inspect", "-machine-readable", "t.json")

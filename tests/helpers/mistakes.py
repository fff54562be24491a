"""Mistakes people make, each with a folder to make it in: what `tests/contract/test_messages` runs.

A case is a template, maybe files beside it, and the words behind ``packer``. What is printed is
compared with ``tests/data/messages.txt``; run this file to write that anew, then read the diff.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

EXPECTED = Path(__file__).parent.parent / "data" / "messages.txt"
AT_ONCE = 4

_PACKER = (sys.executable, "-m", "packer_core")
_POWERS = "-dac_override,-dac_read_search"
_HUMBLY = () if os.geteuid() else ("setpriv", f"--bounding-set={_POWERS}", f"--inh-caps={_POWERS}")

_NULL = {"type": "null", "communicator": "none"}
_SHIM = f"""\
#!{sys.executable} -I
import sys
from packer_sdk.plugin import start
sys.exit(start("builder", "oci", "packer_plugin_oci.builder:OciBuilder"))
"""


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    Attributes:
        template: Written to ``t.json``: an object, or the bytes.
        words: Behind ``packer``.
        prepare: Puts further things into the folder.
        environ: Further variables; ``FOLDER`` in them is the folder.
        humble: Run without the power of root to pass over permissions.
        status: The exit code.
        makes: Files that are there afterwards and were not before.
    """

    template: object = None
    words: tuple[str, ...] = ("build", "t.json")
    prepare: Callable[[Path], object] = lambda _: None
    environ: Mapping[str, str] = field(default_factory=dict)
    humble: bool = False
    status: int = 1
    makes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """What came of a mistake."""

    printed: str
    complaints: str
    status: int
    new_files: tuple[str, ...]


def make(mistake: Mistake, folder: Path) -> Made:
    """Make the mistake in an empty folder."""
    (folder / "home").mkdir()
    if isinstance(mistake.template, bytes):
        (folder / "t.json").write_bytes(mistake.template)
    elif mistake.template is not None:
        (folder / "t.json").write_text(json.dumps(mistake.template, indent=2), "utf-8")
    mistake.prepare(folder)
    before = _files(folder)
    done = subprocess.run(
        [*(_HUMBLY if mistake.humble else ()), *_PACKER, *mistake.words],
        cwd=folder,
        env=_environment(folder, mistake.environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
        start_new_session=True,
    )
    return Made(
        _plain(done.stdout.decode("utf-8", "replace"), folder),
        _plain(done.stderr.decode("utf-8", "replace"), folder),
        done.returncode,
        tuple(sorted(_files(folder) - before)),
    )


def make_all() -> dict[str, Made]:
    """Make every mistake, a few at a time."""

    def one(mistake: Mistake) -> Made:
        with TemporaryDirectory(prefix="mistake-") as folder:
            return make(mistake, Path(folder))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(MISTAKES, pool.map(one, MISTAKES.values()), strict=True))


def read_expected() -> dict[str, str]:
    """What each mistake prints, by its name."""
    parts = re.split(r"^## (.+)\n", EXPECTED.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _environment(folder: Path, further: Mapping[str, str]) -> dict[str, str]:
    kept = ("PACKER_", "PKR_VAR_", "XDG_", "COV_")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(kept)}
    given = {name: value.replace("FOLDER", str(folder)) for name, value in further.items()}
    return {**environ, "HOME": str(folder / "home"), "PYTHONDONTWRITEBYTECODE": "1", **given}


def _files(folder: Path) -> set[str]:
    """Everything below a folder, but what packer keeps in the home of a user."""
    home = folder / "home"
    paths = (path for path in folder.rglob("*") if home not in path.parents)
    return {str(path.relative_to(folder)) for path in paths}


def _plain(text: str, folder: Path) -> str:
    """Without what differs from run to run."""
    text = text.replace(str(folder), "FOLDER").replace(sys.executable, "PYTHON")
    text = re.sub(r"after (\d+ \w+ ?)+", "after TIME", text)
    return re.sub(r"script_\d+", "script_N", text)


# --- the folders


def _file(name: str, text: str | bytes = "", mode: int = 0o644) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        path.chmod(mode)

    return write


def _plugin(text: str, mode: int = 0o755) -> Callable[[Path], None]:
    return _file("pl/packer-builder-note", text, mode)


def _owned_by_another(folder: Path) -> None:
    _plugin("")(folder)
    os.chown(folder / "pl" / "packer-builder-note", 1234, 1234)


def _open_folder(folder: Path) -> None:
    _plugin("")(folder)
    (folder / "pl").chmod(0o777)


def _huge(folder: Path) -> None:
    with (folder / "t.json").open("wb") as file:
        file.truncate(1 << 30)


def _oci(folder: Path) -> None:
    _file("pl/packer-builder-oci", _SHIM, 0o755)(folder)


def _oci_and_output(folder: Path) -> None:
    _oci(folder)
    _file("img.tar", "old")(folder)


def _folder(name: str, mode: int = 0o755) -> Callable[[Path], None]:
    return lambda folder: (folder / name).mkdir(mode)


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / "t.json")


# --- the templates


def _builds(*builders: object, **more: object) -> dict[str, object]:
    return {"builders": list(builders), **more}


def _file_builder(name: str = "web", **options: object) -> dict[str, object]:
    return {"type": "file", "name": name, "target": f"{name}.out", "content": "x", **options}


def _local(**options: object) -> dict[str, object]:
    return _builds(_NULL, provisioners=[{"type": "shell-local", **options}])


def _after(step: object) -> dict[str, object]:
    return _builds(_file_builder(), **{"post-processors": [step]})


def _image(**options: object) -> dict[str, object]:
    return _builds({"type": "oci", "output": "img.tar", **options})


_STORE = {"PACKER_DATA_DIR": "FOLDER/d"}
_PLUGINS = {"PACKER_PLUGIN_PATH": "FOLDER/pl"}
_NOTE = _builds({"type": "note"})
_SCRIPT = _local(script="s.sh")


def _note(text: str, mode: int = 0o755) -> Mistake:
    return Mistake(_NOTE, prepare=_plugin(text, mode), environ=_PLUGINS)


def _words(*words: str, status: int = 1) -> Mistake:
    return Mistake(_builds(_NULL), words, status=status)


def _script(content: bytes, mode: int = 0o755, status: int = 1) -> Mistake:
    return Mistake(_SCRIPT, prepare=_file("s.sh", content, mode), status=status)


def _oci_of(source: str, prepare: Callable[[Path], None] = _oci, **options: object) -> Mistake:
    given: dict[str, object] = {**options, "from": source} if source else options
    return Mistake(_image(**given), prepare=prepare, environ=_PLUGINS)


def _config_file(text: str) -> Mistake:
    return Mistake(_NOTE, prepare=_file("home/.packerconfig", text))


MISTAKES = {
    # the template as a file
    "JSON without a comma": Mistake(b'{\n  "builders": [\n    {"type": "null"}\n    {"t": 1}\n]}'),
    "JSON that ends early": Mistake(b'{\n  "builders": [\n    {"type": "null"}'),
    "a key used twice, and an unknown one": Mistake(
        b'{\n  "builders": [{"type": "null", "type": "file"}],\n  "biulders": []\n}'
    ),
    "an empty file": Mistake(b""),
    "a file that is not UTF-8": Mistake(b'{"builders": [{"type": "\xff\xfe"}]}'),
    "no builders": Mistake({"provisioners": []}),
    "two builders of one name": Mistake(_builds(_file_builder("a"), _file_builder("a"))),
    "a template that is not there": Mistake(
        None, ("build", "tmplate.json"), _file("template.json", "{}")
    ),
    "a device": _words("build", "/dev/zero"),
    "a pipe nobody writes to": Mistake(None, prepare=_pipe),
    "a file that may not be read": Mistake(None, prepare=_file("t.json", "{}", 0), humble=True),
    "a huge file": Mistake(None, prepare=_huge),
    "a newer template": Mistake(_builds(_NULL, min_packer_version="9.0.0")),
    "an object where an array belongs": Mistake(_builds(_NULL, provisioners={"type": "shell"})),
    "wrong values of what core reads": Mistake(
        _local(inline=["true"], timeout="5", max_retries="many", pause_before=True, only=["nul"])
    ),
    # variables
    "a variable without a value": Mistake(_builds(_NULL, variables={"region": None})),
    "a variable that is a number": Mistake(_builds(_NULL, variables={"size": 5})),
    "an assignment without =": _words("build", "-var", "region", "t.json"),
    "an assignment without a name": _words("build", "-var", "=eu", "t.json"),
    "a variable file that is not there": _words("build", "-var-file=eu.json", "t.json"),
    "a variable file with other things than strings": Mistake(
        _builds(_NULL),
        ("build", "-var-file=eu.json", "t.json"),
        _file("eu.json", '{"a": 1,\n "b": ["x"]}'),
    ),
    "a variable nobody declares": Mistake(
        _builds(_NULL, variables={"region": "eu"}),
        ("validate", "-var", "regoin=us", "t.json"),
        status=0,
    ),
    "a use of a variable nobody declares": Mistake(
        _builds(_file_builder(content="{{user `regoin`}}"), variables={"region": "eu"}),
        ("validate", "t.json"),
        status=0,
    ),
    # components
    "components that are not there": Mistake(
        _builds(
            {"type": "amazon-ebs"},
            {"type": "nul"},
            provisioners=[{"type": "shel"}],
            **{"post-processors": ["manifst"]},
        )
    ),
    "components of another kind": Mistake(
        _builds({"type": "shell"}, provisioners=[{"type": "manifest"}])
    ),
    "rubbish instead of an address": _note("#!/bin/sh\necho hello\nsleep 5\n"),
    "an end instead of an address": _note("#!/bin/sh\necho oops >&2\nexit 3\n"),
    "another version of the protocol": _note("#!/bin/sh\necho '6|0|unix|/x'\nsleep 5\n"),
    "a plugin that is not executable": _note("#!/bin/sh\n", 0o644),
    "a plugin that is no program": _note("hello\n"),
    "a plugin whose interpreter is gone": _note("#!/no/such/python\n"),
    "a plugin everybody may write to": _note("#!/bin/sh\n", 0o777),
    "a plugin in a folder everybody may write to": Mistake(
        _NOTE, prepare=_open_folder, environ=_PLUGINS
    ),
    "several plugin folders": Mistake(
        _builds(_NULL), environ={"PACKER_PLUGIN_PATH": "FOLDER/a:FOLDER/b"}
    ),
    "a config file that is not JSON": _config_file('{\n "builders": {"note": }\n}'),
    "a config file with a list": _config_file('{"builders": ["note"]}'),
    "a config file that names what is not there": _config_file(
        '{"builders": {"note": "/no/such/packer-builder-note"}}'
    ),
    # options
    "a required option is missing": Mistake(_builds({"type": "file"})),
    "several wrong options": Mistake(
        _builds(_file_builder(contnt="x", target=["a"])),
    ),
    "wrong options of several components": Mistake(
        _builds(
            _NULL,
            _file_builder(),
            provisioners=[{"type": "shell-local", "inlin": ["x"], "valid_exit_codes": "abc"}],
            **{"post-processors": [{"type": "checksum", "checksum_types": ["md6"]}]},
        )
    ),
    "one of two builds is refused": Mistake(
        _builds(_file_builder("bad", contnt="x"), _file_builder("good")), makes=("good.out",)
    ),
    "a function nobody knows": Mistake(_builds(_file_builder(content="{{frob}}"))),
    "a communicator nobody has": Mistake(_builds({"type": "null", "communicator": "sssh"})),
    "a shell without a machine": Mistake(
        _builds(_NULL, provisioners=[{"type": "shell", "inline": ["true"]}])
    ),
    # the command line
    "an unknown command": _words("biuld", "t.json", status=127),
    "an unknown word": _words("frobnicate", status=127),
    "a command that is not built yet": _words("verify-attestation", "t.json", status=127),
    "an unknown command of plugins": _words("plugins", "instal", "x"),
    "an unknown flag": _words("build", "-frce=true", "t.json"),
    "an unknown flag in front": _words("-frce", "build", "t.json"),
    "a flag without its value": _words("build", "-var"),
    "a flag behind the template": _words("build", "t.json", "-force"),
    "a switch that is neither on nor off": _words("build", "-force=maybe", "t.json"),
    "a choice nobody has": _words("build", "-on-error=panic", "t.json"),
    "a number that is none": _words("build", "-parallel-builds=two", "t.json"),
    "no template": _words("build"),
    "two templates": _words("build", "t.json", "u.json"),
    "only what is not there": Mistake(
        _builds(_file_builder("web"), _file_builder("db")), ("build", "-only=wbe", "t.json")
    ),
    "only something that is not there": Mistake(
        _builds(_file_builder("web"), _file_builder("db")),
        ("validate", "-only=wbe,db", "t.json"),
        status=0,
    ),
    "everything left out": _words("build", "-except=null", "t.json"),
    "a plugin that is not installed": _words("plugins", "remove", "nope"),
    # scripts
    "a script that is not there": Mistake(_SCRIPT),
    "a script with CRLF": _script(b"#!/bin/sh\r\necho hi\r\n"),
    "a script that is not UTF-8": _script(b"#!/bin/sh\necho 'h\xe9'\n", status=0),
    "a script without a first line for it": _script(b"echo hi\n", status=0),
    "a script that is not executable": _script(b"#!/bin/sh\n", 0o644),
    "a script that fails": _script(b"#!/bin/sh\nexit 3\n"),
    # files that cannot be written
    "a manifest that is a folder": Mistake(
        _after({"type": "manifest", "output": "d"}), prepare=_folder("d"), makes=("web.out",)
    ),
    "a checksum that is a folder": Mistake(
        _after({"type": "checksum", "output": "d"}), prepare=_folder("d"), makes=("web.out",)
    ),
    "a target below a file": Mistake(
        _builds(_file_builder(target="d/x")), prepare=_file("d", "a file")
    ),
    "a target that is a folder": Mistake(_builds(_file_builder(target="d")), prepare=_folder("d")),
    "a folder that takes no files": Mistake(_builds(_file_builder(target="/proc/web.out"))),
    "a file in a folder that is read-only": Mistake(
        _builds(_file_builder(target="d/x")), prepare=_folder("d", 0o555), humble=True
    ),
    # folders of packer
    "a store that is read-only": Mistake(
        words=("plugins", "install", "packer-plugin-note"),
        prepare=_folder("d", 0o555),
        environ=_STORE,
        humble=True,
    ),
    "a build beside a store that is read-only": Mistake(
        _builds(_NULL), prepare=_folder("d", 0o555), environ=_STORE, humble=True, status=0
    ),
    "a store nobody may look into": Mistake(
        words=("plugins", "remove", "note"),
        prepare=_folder("d", 0),
        environ=_STORE,
        humble=True,
    ),
    "a plugin folder that is read-only": Mistake(
        _NOTE, prepare=_folder("pl", 0o555), environ=_PLUGINS, humble=True
    ),
    "a plugin folder nobody may look into": Mistake(
        _NOTE, prepare=_folder("pl", 0), environ=_PLUGINS, humble=True
    ),
    # images
    "an image without a base": _oci_of(""),
    "an image from nothing we know": _oci_of("docker://alpine"),
    "an image from a file that is not there": _oci_of("tar:base.tar"),
    "an image into a folder that is not there": _oci_of("scratch", output="a/b.tar"),
    "an image that is there already": _oci_of("scratch", _oci_and_output),
    "an image without a shell": Mistake(
        {
            **_image(**{"from": "scratch"}),
            "provisioners": [{"type": "shell", "inline": ["true"]}],
        },
        prepare=_oci,
        environ=_PLUGINS,
    ),
}

if os.geteuid() == 0:
    MISTAKES["a plugin of another user"] = Mistake(
        _NOTE, prepare=_owned_by_another, environ=_PLUGINS
    )


if __name__ == "__main__":
    EXPECTED.write_text(
        "".join(f"## {name}\n{made.printed}" for name, made in make_all().items()), "utf-8"
    )

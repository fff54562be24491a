from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from packer_plugin_oci.elf import (
    Elf,
    Missing,
    NotElf,
    expand,
    libraries,
    loader_folders,
    read_elf,
)
from packer_plugin_oci.hostfiles import _all_loader_folders, read_elf_at


def test_read_elf_of_the_shell_agrees_with_ldd() -> None:
    path = os.path.realpath("/bin/sh")
    elf = read_elf_at(path)
    assert elf is not None
    assert elf.bits in (32, 64)
    told = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
    if told.returncode:
        pytest.skip("ldd does not know this shell")
    found, missing = libraries(path, elf, read_elf_at, _all_loader_folders())
    assert not missing
    expected = re.findall(r"=> (/\S+)", told.stdout)
    assert {os.path.realpath(file) for file in found} >= {
        os.path.realpath(file) for file in expected
    }


def test_read_elf_of_this_python_finds_everything_it_is_linked_with() -> None:
    path = os.path.realpath(sys.executable)
    elf = read_elf_at(path)
    assert elf is not None
    assert elf.interpreter is None or elf.interpreter.startswith("/")
    _, missing = libraries(path, elf, read_elf_at, _all_loader_folders())
    assert not missing


@pytest.mark.parametrize("data", [b"", b"#!/bin/sh\n", b"\x7fELF", b"\x7fELF\x03\x01" + bytes(60)])
def test_read_elf_of_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotElf):
        read_elf(io.BytesIO(data))


_HEAD = Path("/bin/sh").read_bytes()[:4096]


@given(cut=st.integers(0, 4096), place=st.integers(0, 4095), junk=st.binary(max_size=8))
@example(cut=4096, place=16, junk=b"\xff" * 8)
def test_read_elf_of_a_damaged_file_is_refused_or_read(cut: int, place: int, junk: bytes) -> None:
    data = bytearray(_HEAD)
    data[place : place + len(junk)] = junk
    try:
        read_elf(io.BytesIO(bytes(data[:cut])))
    except NotElf:
        return


PROGRAM = Elf(64, 62, "/ld", ("a", "b"), rpath=("/r",))


def test_libraries_follow_the_order_of_the_loader() -> None:
    files = {
        "/r/a": Elf(64, 62, needed=("c",)),
        "/d/b": Elf(64, 62, runpath=("$ORIGIN/own",), needed=("c", "e")),
        "/r/c": Elf(64, 62),
        "/d/own/e": Elf(64, 62),
        "/d/a": Elf(64, 62),
    }
    found, missing = libraries("/p", PROGRAM, files.get, ["/d"])
    assert found == ["/r/a", "/d/b", "/r/c", "/d/own/e"]
    assert missing == []


def test_libraries_of_another_machine_are_passed_over() -> None:
    files = {
        "/r/a": Elf(32, 3),
        "/d/a": Elf(64, 62),
        "/d/b": Elf(64, 62, needed=("/abs/x", "none")),
        "/abs/x": Elf(64, 62),
    }
    found, missing = libraries("/p", PROGRAM, files.get, ["/d"])
    assert found == ["/d/a", "/d/b", "/abs/x"]
    assert missing == [Missing("none", "/d/b")]


def test_runpath_makes_rpath_void() -> None:
    program = Elf(64, 62, needed=("a",), rpath=("/r",), runpath=("/u",))
    files = {"/r/a": Elf(64, 62)}
    assert libraries("/p", program, files.get, [])[1] == [Missing("a", "/p")]


def test_expand_knows_where_the_file_lies() -> None:
    assert expand("${ORIGIN}/../lib:$ORIGIN", "/opt/x/bin/p") == "/opt/x/bin/../lib:/opt/x/bin"


def test_loader_folders_include_other_files_once() -> None:
    files = {
        "/etc/ld.so.conf": "/first # comment\ninclude ld.so.conf.d/*.conf\n/last\n",
        "/etc/ld.so.conf.d/a.conf": "/a, /b\n# all\ninclude /etc/ld.so.conf\n/first\n",
    }
    found = loader_folders(
        lambda path: files.get(path, ""),
        lambda pattern: sorted(
            path for path in files if path.startswith(pattern.rpartition("*")[0] or pattern)
        ),
    )
    assert found == ["/first", "/a", "/b", "/last"]

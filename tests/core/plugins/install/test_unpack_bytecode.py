"""What is compiled from a wheel is the same bytes, whichever process does it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '''
"""A module."""
NAMES = frozenset({"a", "b", "}", "some_name", "not a name"})


def method(self, value, other="}", *, path=("some_name", ("value", b"x"))):
    def inner():
        return value, some_other_name, "{", 1.5
    return [one for one in inner() if one in {"x", "y", "self"}]
'''
PROGRAM = """
import sys, zipfile, hashlib
{first}
from packer_core.plugins.install.unpack import _bytecode
with zipfile.ZipFile(sys.argv[1]) as archive:
    print(hashlib.sha256(repr(list(_bytecode(archive))).encode()).hexdigest())
"""
FIRSTS = {
    "nothing else": "",
    "names in use": "keep = [sys.intern(one) for one in ('some_name', 'some_other_name', 'inner')]",
    "a text of one character is interned": "sys.intern('}'); sys.intern('{')",
    "many modules": "import asyncio, email, unittest, xml.dom.minidom",
}


@pytest.mark.parametrize("first", FIRSTS.values(), ids=FIRSTS)
def test_bytecode_does_not_depend_on_the_process_that_makes_it(first: str, tmp_path: Path) -> None:
    path = tmp_path / "wheel.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("module.py", SOURCE)
    assert hashed(path, first, seed="1") == hashed(path, "", seed="2")


def hashed(path: Path, first: str, *, seed: str) -> str:
    command = [sys.executable, "-c", PROGRAM.format(first=first), str(path)]
    environ = {**os.environ, "PYTHONHASHSEED": seed}
    printed = subprocess.check_output(command, env=environ, text=True, timeout=60)
    assert len(printed.strip()) == hashlib.sha256().digest_size * 2
    return printed

from __future__ import annotations

import subprocess
import sys

import pytest

from helpers.hcl import content_of, error_of, scope_of
from packer_core.hcl.functions.table import GROUPS, Library, Surroundings, for_defaults


def test_every_name_of_the_table_is_a_function_of_its_group() -> None:
    library = Library(Surroundings())
    assert len(library) == 103
    for names in GROUPS.values():
        for name in names.split():
            assert library[name].body or library[name].special


def test_a_name_that_is_none_is_refused_and_one_left_out_as_well() -> None:
    library = Library(Surroundings(), without=frozenset({"file"}))
    assert "file" not in library
    assert "env" not in library
    for name in ("file", "nope"):
        with pytest.raises(KeyError):
            library[name]


def test_only_defaults_see_the_environment() -> None:
    functions = for_defaults(Surroundings(environment={"HOME": "/h"}))
    assert list(functions) == ["env"]
    assert error_of('env("HOME")').summary == 'unknown function "env"'


def test_groups_are_imported_when_they_are_needed_only() -> None:
    code = (
        "import sys\n"
        "from packer_core.hcl.functions.table import Library, Surroundings\n"
        "library = Library(Surroundings())\n"
        "library['upper']; list(library); 'vault' in library\n"
        "heavy = {'yaml', 'bcrypt', 'cryptography', 'hashlib', 'urllib.request', 'ipaddress'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_legacy_times_stand_still_and_now_does_not() -> None:
    ticks = iter([100.0, 200.0])
    scope = scope_of(Surroundings(clock=lambda: next(ticks), started=0.0))
    assert content_of("[timestamp(), timestamp()]", scope) == [
        "1970-01-01T00:01:40Z",
        "1970-01-01T00:03:20Z",
    ]
    assert content_of('[legacy_isotime("Jan 2 2006"), legacy_isotime()]', scope) == [
        "Jan 1 1970",
        "1970-01-01T00:00:00Z",
    ]
    assert content_of('legacy_strftime("%Y-%j %L%%")', scope) == "1970-%j .000%"

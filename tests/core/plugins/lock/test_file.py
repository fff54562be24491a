"""A lock is read as it was written, and what is none is refused with a next step."""

from __future__ import annotations

import contextlib
import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.errors import InstallError
from packer_core.plugins.install.sources import Sources
from packer_core.plugins.lock.file import lock_text, parse_lock, read_lock, write_lock
from packer_core.plugins.lock.model import (
    Lock,
    LockedArchive,
    LockedPackage,
    LockedPlugin,
    LockedProgram,
    LockedWheel,
)
from packer_core.plugins.lock.targets import PLATFORMS, Target
from packer_core.plugins.releases import Archive

if TYPE_CHECKING:
    from pathlib import Path

DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
NAMES = st.from_regex(r"[a-z]{1,5}(-[a-z0-9]{1,4})?", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9]\.[0-9]{1,2}\.[0-9]", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
URLS = TEXTS.map(lambda text: f"https://example.com/{text}")


@st.composite
def wheels(draw: st.DrawFn) -> LockedWheel:
    remote = draw(st.booleans())
    return LockedWheel(
        name=f"{draw(NAMES).replace('-', '_')}-1.0-py3-none-any.whl",
        sha256=draw(DIGESTS),
        url=draw(URLS) if remote else "",
        path="" if remote else f"wheels/{draw(TEXTS)}",
    )


PACKAGES = st.builds(
    LockedPackage,
    name=NAMES,
    version=TEXTS,
    marker=st.sampled_from(["", "sys_platform == 'win32'"]),
    index=st.one_of(st.just(""), URLS),
    wheels=st.lists(wheels(), max_size=2).map(tuple),
)
SOURCES = st.builds(
    Sources,
    index_url=st.one_of(st.just(""), URLS),
    extra_index_urls=st.lists(URLS, max_size=2).map(tuple),
    find_links=st.lists(TEXTS, max_size=2).map(tuple),
)


@st.composite
def plugins(draw: st.DrawFn) -> LockedPlugin:
    name = draw(NAMES)
    return LockedPlugin(
        name=name,
        version=draw(VERSIONS),
        requirement=name + draw(st.sampled_from(["", ">=1", "==1.*,>=1.2"])),
        sources=draw(SOURCES),
        packages=tuple(draw(st.lists(PACKAGES, max_size=3))),
    )


@st.composite
def programs(draw: st.DrawFn) -> LockedProgram:
    name, version = "cloud", draw(st.sampled_from(["1.0.0", "0.10.2"]))
    address = f"github.com/{draw(NAMES)}/{name}"
    archives = []
    for platform in draw(st.lists(st.sampled_from(PLATFORMS), unique=True, max_size=3)):
        file = f"packer-plugin-{name}_v{version}_x5.0_{platform}.zip"
        archive = Archive(address, platform, file, draw(URLS), draw(DIGESTS))
        archives.append(LockedArchive(archive, draw(DIGESTS)))
    return LockedProgram(address=address, version=version, archives=tuple(archives))


LOCKS = st.builds(
    Lock,
    targets=st.lists(
        st.builds(Target, st.sampled_from(PLATFORMS), st.sampled_from(["3.11", "3.12"])),
        max_size=3,
    ).map(tuple),
    plugins=st.lists(plugins(), max_size=2).map(tuple),
    programs=st.lists(programs(), max_size=2).map(tuple),
)


@given(LOCKS)
def test_lock_is_read_as_it_was_written(lock: Lock) -> None:
    assert parse_lock(lock_text(lock).encode(), "packer.lock") == lock


@given(LOCKS, st.data())
def test_lock_that_is_torn_or_changed_never_breaks_the_reader(
    lock: Lock, data: st.DataObject
) -> None:
    text = bytearray(lock_text(lock).encode())
    place = data.draw(st.integers(0, len(text) - 1))
    text[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=4))
    with contextlib.suppress(InstallError):
        parse_lock(bytes(text), "packer.lock")


def example() -> Lock:
    wheel = LockedWheel(
        name="packer_plugin_note-1.0-py3-none-any.whl", sha256="a" * 64, url="https://x/y.whl"
    )
    package = LockedPackage(name="packer-plugin-note", version="1.0", wheels=(wheel,))
    plugin = LockedPlugin(
        name="packer-plugin-note",
        version="1.0",
        requirement="packer-plugin-note>=1",
        packages=(package,),
    )
    return Lock(targets=(Target("linux_amd64", "3.11"),), plugins=(plugin,))


def test_table_of_a_plugin_is_one_of_pep_751() -> None:
    pylock = pytest.importorskip("packaging.pylock")
    tables = tomllib.loads(lock_text(example()))
    read = pylock.Pylock.from_dict(tables["plugin"][0]["pylock"])
    assert [str(one.name) for one in read.packages] == ["packer-plugin-note"]
    assert read.packages[0].wheels[0].hashes == {"sha256": "a" * 64}


TEXT = lock_text(example())
BAD = [
    ("format = 1", "format = 2", "written by a newer packer: it is of format 2", "upgrade packer"),
    ("format = 1", "format = 0", "there is no format 0", "version control"),
    ("format = 1", "", "format is missing", "version control"),
    ("format = 1", "format = ", "not a lock that can be read", "version control"),
    ("a" * 64, "a" * 63, "sha256 is no SHA-256", "version control"),
    ("packer_plugin_note-1.0", "../../evil", "name is no name of a file", "version control"),
    ("packer-plugin-note>=1", "./evil", "not a requirement", "version control"),
    ("packer-plugin-note>=1", "evil>=1", "not a requirement of packer-plugin-note", "control"),
    ('lock-version = "1.0"', 'lock-version = "2.0"', "no lock-version 2.0", "version control"),
    ('python = "3.11"', 'python = "2.7"', "not a version of Python", "such as"),
    ("linux_amd64", "plan9_mips", "no such platform: plan9_mips", "linux_amd64"),
    ('version = "1.0"', "version = 1", "version is no text", "version control"),
]


@pytest.mark.parametrize(("before", "after", "message", "hint"), BAD)
def test_what_is_no_lock_is_refused_with_a_next_step(
    before: str, after: str, message: str, hint: str
) -> None:
    assert before in TEXT
    with pytest.raises(InstallError, match=message) as caught:
        parse_lock(TEXT.replace(before, after).encode(), "packer.lock")
    assert hint in (caught.value.hint or "")


def test_lock_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "packer.lock"
    assert read_lock(path) is None
    write_lock(path, example())
    assert read_lock(path) == example()
    with pytest.raises(InstallError, match="cannot read"):
        read_lock(tmp_path)
    with pytest.raises(InstallError, match="cannot write"):
        write_lock(path / "below", example())

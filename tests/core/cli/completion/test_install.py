from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.cli.completion.install import (
    END,
    START,
    Place,
    install,
    places,
    uninstall,
    with_block,
    without_block,
)
from packer_sdk.errors import PackerError

SCRIPT = Path("/data/packer.bash")
TEXTS = st.text(st.sampled_from("ab \n#")).map(lambda text: text.strip("\n"))


def place(home: Path, shell: str = "bash", **environ: str) -> Place:
    found = places({"HOME": str(home), **environ}, home / "data")
    return next(one for one in found if one.shell == shell)


def test_a_new_rc_file_holds_the_block_alone(home: Path) -> None:
    bash = place(home)
    done = list(install(bash, "the script\n"))
    assert done == [f"{home}/data/completion/packer.bash: written", f"{home}/.bashrc: written"]
    assert bash.script.read_text() == "the script\n"
    assert (home / ".bashrc").read_text() == (
        f"{START}\n[ -r {bash.script} ] && . {bash.script}\n{END}\n"
    )


def test_an_rc_file_keeps_what_it_says_its_mode_and_its_being_a_link(home: Path) -> None:
    real = home / "dotfiles"
    real.write_bytes(b"alias a=b\n# \xff\n")
    real.chmod(0o600)
    (home / ".bashrc").symlink_to(real)
    list(install(place(home), "x"))
    assert (home / ".bashrc").is_symlink()
    assert real.read_bytes().startswith(b"alias a=b\n# \xff\n\n# >>>")
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    list(uninstall(place(home)))
    assert real.read_bytes() == b"alias a=b\n# \xff\n"


def test_doing_it_twice_changes_nothing(home: Path) -> None:
    list(install(place(home), "x"))
    before = (home / ".bashrc").read_text()
    assert all(line.endswith(": unchanged") for line in install(place(home), "x"))
    assert (home / ".bashrc").read_text() == before


def test_undoing_takes_both_away(home: Path) -> None:
    (home / ".bashrc").write_text("alias a=b\n")
    list(install(place(home), "x"))
    bash = place(home)
    assert list(uninstall(bash)) == [f"{home}/.bashrc: written", f"{bash.script}: removed"]
    assert (home / ".bashrc").read_text() == "alias a=b\n"
    assert list(uninstall(bash)) == []


def test_fish_needs_no_rc_file(home: Path) -> None:
    fish = place(home, "fish")
    assert list(install(fish, "x")) == [f"{home}/.config/fish/completions/packer.fish: written"]
    assert list(uninstall(fish)) == [f"{home}/.config/fish/completions/packer.fish: removed"]


def test_shells_say_where_their_folders_are(home: Path) -> None:
    assert place(home, "zsh", ZDOTDIR="/z").rc == Path("/z/.zshrc")
    assert place(home, "fish", XDG_CONFIG_HOME="/c").script == Path(
        "/c/fish/completions/packer.fish"
    )


def test_a_shell_is_used_if_it_is_the_login_shell_or_has_an_rc_file(home: Path) -> None:
    (home / ".zshrc").touch()
    assert place(home, "zsh").used
    assert not place(home, "bash").used
    assert place(home, "bash", SHELL="/usr/bin/bash").used
    assert not place(home, "fish").used


def test_a_path_that_a_shell_would_take_apart_is_quoted() -> None:
    assert ". '/my data/packer.bash'\n" in with_block("", Path("/my data/packer.bash"))


def test_an_old_block_is_replaced_in_its_place() -> None:
    old = with_block("a\n", Path("/old")) + "b\n"
    new = with_block(old, SCRIPT)
    assert new.index("a\n") < new.index(str(SCRIPT)) < new.index("b\n")
    assert "/old" not in new


@given(TEXTS, TEXTS)
def test_only_the_block_changes(head: str, tail: str) -> None:
    text = with_block(head, SCRIPT) + tail
    assert with_block(text, SCRIPT) == text
    assert without_block(text).split() == f"{head}\n{tail}".split()


def test_what_cannot_be_written_is_named(home: Path) -> None:
    (home / "data").touch()
    with pytest.raises(PackerError, match=r"file cannot be written: .*/packer\.bash"):
        list(install(place(home), "x"))


def test_a_folder_in_the_place_of_the_file_is_named(home: Path) -> None:
    (home / ".bashrc").mkdir()
    with pytest.raises(PackerError, match=r"file cannot be read: .*/\.bashrc"):
        list(install(place(home), "x"))

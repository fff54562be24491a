"""Section D of the plugin page: pointing packer's configuration at a plugin."""

from __future__ import annotations

import pytest

from helpers.seed import NULL, Place, script
from packer_core.paths import Paths


def test_D1_the_config_file_names_an_executable(place: Place) -> None:
    """MUST: `{"builders": {"custom-cloud": "/abs/packer-builder-custom-cloud"}}` is obeyed."""
    path = place.builder(place.elsewhere, "packer-builder-custom-cloud")
    place.configure(f'{{\n  "builders": {{\n    "custom-cloud": "{path}"\n  }}\n}}\n')
    assert f"custom-cloud: I am {path}" in place.build(["custom-cloud"]).stdout


def test_D2_a_development_build_works_without_installing_it(place: Place) -> None:
    """MUST: What is built anew is what runs next."""
    path = place.builder(place.elsewhere, "packer-builder-x", "first build")
    place.configure({"builders": {"x": str(path)}})
    assert "x: first build" in place.build(["x"]).stdout
    place.builder(place.elsewhere, "packer-builder-x", "second build")
    assert "x: second build" in place.build(["x"]).stdout


def test_D3_the_other_types_have_their_keys(place: Place) -> None:
    """CODE: `provisioners` and `post-processors` work like `builders`."""
    body = "hook.run('packer_provision', ui, NoneCommunicator(), {}, cancel)\n"
    bodies = {
        "builder": body + "return RecordArtifact('x', 'made', 'a record')",
        "provisioner": "ui.say('provisioned')",
        "post-processor": "ui.say('processed')",
    }
    before = "from packer_sdk.communicators.none import NoneCommunicator"
    config = {}
    for kind, body in bodies.items():
        text = script(kind, body, before=before)
        config[f"{kind}s"] = {"mine": str(place.put(place.elsewhere, f"my-{kind}", text))}
    place.configure(config)
    printed = place.build(
        {
            "builders": [{"type": "mine"}],
            "provisioners": [{"type": "mine"}],
            "post-processors": ["mine"],
        }
    ).stdout
    assert "mine: provisioned" in printed
    assert "mine (mine): processed" in printed


def test_D4_H4_an_entry_beats_everything_that_is_discovered(place: Place) -> None:
    """H: The page's `builders` map is obeyed; in Packer 1.16 it makes every command fail.

    Decision: obeyed. An entry beats every directory and what comes with core.
    """
    chosen = place.spy(place.elsewhere, "packer-builder-x")
    for folder in (place.exe, place.plugins, place.work):
        place.spy(folder, "packer-builder-x")
        place.spy(folder, "packer-builder-null")
    place.configure({"builders": {"x": str(chosen), "null": str(chosen)}})
    found = place.found()
    assert found["builder", "x"] == found["builder", "null"] == str(chosen)
    place.run("version")


def test_D4_an_entry_is_what_runs(place: Place) -> None:
    """CODE: Entries of the config file beat all directories and what comes with core."""
    place.builder(place.work, "packer-builder-null", "in the working folder")
    chosen = place.builder(place.elsewhere, "packer-builder-null", "chosen")
    place.configure({"builders": {"null": str(chosen)}})
    assert "null: chosen" in place.build(["null"]).stdout


def test_D5_the_config_file_is_named_or_in_the_home(place: Place) -> None:
    """CODE: `PACKER_CONFIG`, else `~/.packerconfig`; it may be missing, but not be bad JSON."""
    place.build(NULL)  # there is none
    path = str(place.spy(place.elsewhere, "mine"))
    place.configure({"builders": {"at-home": path}})
    other = place.root / "other.json"
    other.write_text(f'{{"builders": {{"named": "{path}"}}}}')
    assert ("builder", "at-home") in place.found()
    found = place.found(PACKER_CONFIG=str(other))
    assert ("builder", "named") in found
    assert ("builder", "at-home") not in found
    place.found(PACKER_CONFIG="/not/there")
    for text in ("{", "[]", '{"builders": 1}', '{"builders": {"x": 1}}'):
        other.write_text(text)
        done = place.build(NULL, status=1, PACKER_CONFIG=str(other))
        assert str(other) in done.stdout, text


def test_D5_the_config_file_on_windows_has_no_leading_dot() -> None:
    environ = {"APPDATA": "/users/me/roaming", "USERPROFILE": "/users/me"}
    paths = Paths.from_environ(environ, executable="/packer/packer.exe", platform="win32")
    assert str(paths.config_file) == "/users/me/roaming/packer.config"


def test_D6_other_keys_are_ignored_and_the_case_of_keys_as_well(place: Place) -> None:
    """CODE: Unknown keys mean nothing; `Builders` is `builders`."""
    path = str(place.spy(place.elsewhere, "mine"))
    place.configure({"disable_checkpoint": True, "plugins": [1], "Builders": {"x": path}})
    assert place.found()["builder", "x"] == path


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ("my-builder", "on-path"),
        ("other-builder", "exe"),
        ("/not/there/other-builder", "exe"),
    ],
)
def test_D7_a_path_that_leads_nowhere_is_looked_for(value: str, where: str, place: Place) -> None:
    """CODE: A bare name is looked up in PATH; what is not there, beside `packer`."""
    folder = place.root / where
    path = place.builder(folder, value.rpartition("/")[2], f"in {where}")
    place.configure({"builders": {"x": value}})
    search = f"{place.root / 'on-path'}:{place.environ['PATH']}"
    assert f"x: in {where}" in place.build(["x"], PATH=search).stdout
    assert path.exists()


def test_D8_the_name_in_the_config_need_not_be_that_of_the_file(place: Place) -> None:
    """CODE: `"x": ".../packer-builder-y"` is the builder `x`."""
    place.configure(
        {"builders": {"x": str(place.builder(place.elsewhere, "packer-builder-y", "y as x"))}}
    )
    assert "x: y as x" in place.build(["x"]).stdout
    assert ("builder", "y") not in place.found()


def test_D9_a_broken_entry_matters_only_when_it_is_used(place: Place) -> None:
    """CODE: A path that leads nowhere stops only the builds that need it."""
    place.configure({"builders": {"x": "/not/there/packer-builder-x"}})
    place.build(NULL)
    done = place.build(["x"], status=1)
    assert "packer-builder-x is not there: /not/there/packer-builder-x" in done.stdout
    assert "config file" in done.stdout

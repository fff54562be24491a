"""Section B of the plugin page: types of plugins, and how their files are called."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from helpers.seed import NULL, Place, script
from packer_core.plugins import bundled, discovery
from packer_core.plugins.names import KINDS, ComponentName, parse_name
from packer_sdk.manifest import GROUPS

ROOT = Path(__file__).parents[2]


def test_B1_a_file_of_the_right_name_is_all_there_is_to_installing(place: Place) -> None:
    """MUST: A correctly named file in a proper folder is installed; nothing else is needed."""
    path = place.builder(place.plugins, "packer-builder-x")
    assert "x: I am" in place.build(["x"]).stdout
    path.unlink()
    assert "there is no builder: x" in place.build(["x"], status=1).stdout
    assert list(place.plugins.iterdir()) == []


def test_B2_the_name_is_packer_type_name(place: Place) -> None:
    """MUST: `packer-builder-amazon-ebs` is the builder `amazon-ebs`."""
    place.builder(place.plugins, "packer-builder-amazon-ebs", "here")
    assert "==> amazon-ebs: here" in place.build(["amazon-ebs"]).stdout


def test_B3_other_types_and_names_are_none(place: Place) -> None:
    """MUST: The types are exactly builder, post-processor and provisioner.

    Decision: an empty name is none, and the case counts. The type datasource is added, see H9.
    """
    names = [
        "packer-command-x",
        "packer-foo-x",
        "packer-x",
        "packer-builder-",
        "packer-builder-.exe",
        "Packer-builder-x",
        "packer-Builder-x",
        "packer-builder",
        "my-packer-builder-x",
    ]
    for name in names:
        place.spy(place.plugins, name)
    for kind in ("builder", "post-processor", "provisioner"):
        place.spy(place.plugins, f"packer-{kind}-right")
    ours = [one for one in place.found() if not is_bundled(*one)]
    assert sorted(ours) == [
        ("builder", "right"),
        ("post-processor", "right"),
        ("provisioner", "right"),
    ]
    assert not place.was_run


def is_bundled(kind: str, name: str) -> bool:
    return bundled.find(f"packer-{kind}-{name}") is not None


def test_B4_the_type_with_a_hyphen_is_read_right(place: Place) -> None:
    """MUST: `packer-post-processor-a-b` is the post-processor `a-b`."""
    text = script("post-processor", "ui.say('processed')")
    place.put(place.plugins, "packer-post-processor-a-b", text)
    place.builder(place.plugins, "packer-builder-x")
    body = "return RecordArtifact('x', 'made', 'a record')"
    place.put(place.plugins, "packer-builder-x", script("builder", body))
    template = {"builders": [{"type": "x"}], "post-processors": ["a-b"]}
    assert "x (a-b): processed" in place.build(template).stdout


@pytest.mark.parametrize(
    ("named", "is_really", "template"),
    [
        ("provisioner", "builder", {**NULL, "provisioners": [{"type": "x"}]}),
        ("builder", "post-processor", {"builders": [{"type": "x"}]}),
        ("post-processor", "provisioner", {**NULL, "post-processors": ["x"]}),
    ],
)
def test_B5_a_type_under_the_name_of_another_is_told(
    named: str, is_really: str, template: object, place: Place
) -> None:
    """MUST: Builders build, provisioners install, post-processors turn artifacts into others.

    Decision: a file that serves another type than its name says is an error that names both.
    """
    path = place.put(place.work, f"packer-{named}-x", script(is_really, "pass"))
    done = place.build(template, status=1)
    assert f"packer-{named}-x does not serve a {named}: {path}" in done.stdout
    assert "hint: " in done.stdout


def test_B6_names_are_lower_case_with_hyphens(place: Place) -> None:
    """MUST: The builder for CustomCloud is `packer-builder-custom-cloud`."""
    assert ComponentName("builder", "custom-cloud").executable == "packer-builder-custom-cloud"
    place.builder(place.work, "packer-builder-custom-cloud", "in the cloud")
    assert "custom-cloud: in the cloud" in place.build(["custom-cloud"]).stdout
    assert "packer-builder-custom-cloud" in (ROOT / "docs/how-to/publish-a-plugin.md").read_text()


def test_B7_the_list_of_plugins_shows_type_and_name(place: Place) -> None:
    """MUST: A name tells users what the plugin is for.

    Decision: `packer plugins list` shows type and name of everything.
    """
    place.spy(place.plugins, "packer-post-processor-custom-cloud-import")
    rows = place.run("plugins", "list").stdout.splitlines()
    (row,) = [line for line in rows if "custom-cloud-import" in line]
    assert row.split()[:2] == ["post-processor", "custom-cloud-import"]


def test_B8_one_name_may_have_several_types(place: Place) -> None:
    """CODE: `packer-builder-x` and `packer-provisioner-x` are both there."""
    for kind in ("builder", "provisioner", "post-processor"):
        place.spy(place.plugins, f"packer-{kind}-x")
    found = place.found()
    for kind in ("builder", "provisioner", "post-processor"):
        assert found[kind, "x"] == str(place.plugins / f"packer-{kind}-x")


def test_B9_the_name_ends_at_the_first_dot(place: Place) -> None:
    """CODE: `packer-builder-foo.exe`, `.py` and `.v2` all are the builder `foo`."""
    for suffix in (".exe", ".py", ".v2", ".tar.gz", "."):
        assert parse_name(f"packer-builder-foo{suffix}") == ComponentName("builder", "foo")
    place.builder(place.work, "packer-builder-foo.v2", "version two")
    assert "foo: version two" in place.build(["foo"]).stdout


def test_B10_windows_starts_nothing_but_exe_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """CODE: On Windows only `.exe` counts; what else has such a name is logged and ignored."""
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(discovery, "_WINDOWS", True)
    for name in ("packer-builder-a.exe", "packer-builder-b.EXE", "packer-builder-c.py", "notes"):
        (tmp_path / name).touch()
    found = list(discovery._from_folder(tmp_path, "plugin folder", []))
    assert [one.name for one in found] == ["a", "b"]
    (message,) = caplog.messages
    assert message == f"Ignored, since it is no .exe: {tmp_path / 'packer-builder-c.py'}"


def test_B11_H9_a_fourth_type_is_added(place: Place) -> None:
    """H: The page knows three types; Packer has data sources since 1.7.

    Decision: the type `datasource` is found like the others, its group is `packer.datasources`.

    B11 OWN: `packer-datasource-NAME` is a data source.
    """
    place.spy(place.plugins, "packer-datasource-x")
    assert ("datasource", "x") in place.found()
    assert KINDS == ("builder", "provisioner", "post-processor", "datasource")
    assert bundled.GROUPS["packer.datasources"] == GROUPS["packer.datasources"] == "datasource"

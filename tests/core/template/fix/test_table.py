"""Every fixer has a pair: a component as it was written, and as it is written now."""

from __future__ import annotations

from typing import Any

import pytest

from helpers.outdated import PAIRS
from packer_core.template.fix import FIXERS, fix

STAY = [
    ("builders", {"type": "vmware-iso", "remote_type": "esx5", "disk_type_id": "thin"}),
    ("builders", {"type": "virtualbox-iso", "guest_additions_attach": "what"}),
    ("builders", {"type": "amazon-ebs", "ssh_private_ip": "{{user `private`}}"}),
    ("builders", {"type": "qemu", "disk_size": "40G"}),
    ("builders", {"type": "qemu", "disk_size": True}),
    ("builders", {"type": "vsphere-iso", "storage": {"disk_size": 1}, "disk_size": 2}),
    ("builders", {"type": "null", "headless": True, "cpu": 1, "filename": "f"}),
    ("provisioners", {"type": "shell", "environment_vars": ["a=`$b"], "galaxycommand": "g"}),
    ("provisioners", {"type": "powershell", "environment_vars": [7], "elevated_user": None}),
    ("post-processors", {"type": "docker-tag", "tag": 7}),
    ("post-processors", {"type": "vagrant", "aws": "a"}),
    ("post-processors", {"type": "vagrant", "aws": {}, "override": "x"}),
]

CHECKSUMS = [
    ({"iso_checksum_url": "u", "iso_checksum_type": "sha1"}, "file:u"),
    ({"iso_checksum": "ab", "iso_checksum_url": "u"}, "file:u"),
    ({"iso_checksum": "ab", "iso_checksum_type": "none"}, "none"),
    ({"iso_checksum_type": "none"}, "none"),
    ({"iso_checksum": "sha1:ab", "iso_checksum_type": "sha1"}, "sha1:ab"),
    ({"iso_checksum": "ab", "iso_checksum_url": ""}, "ab"),
    ({"iso_md5": "ab"}, "md5:ab"),
    ({"iso_md5": "ab", "iso_checksum": "sha1:cd"}, "md5:ab"),
    ({"iso_checksum": ["ab"], "iso_checksum_type": "md5"}, ["ab"]),
]


def test_there_are_34_and_each_has_a_pair() -> None:
    names = list(dict.fromkeys(fixer.name for fixer in FIXERS))
    assert len(names) == 34
    assert names == [*PAIRS]


@pytest.mark.parametrize("name", PAIRS)
def test_a_fixer_brings_its_component_up_to_date_and_does_not_change_it_again(name: str) -> None:
    key, old, new = PAIRS[name]
    fixers = [fixer for fixer in FIXERS if fixer.name == name]
    fixed = fix({key: [old]}, fixers)
    assert fixed == {key: [new]}
    assert fix(fixed, fixers) == fixed


@pytest.mark.parametrize(("key", "component"), STAY)
def test_what_no_fixer_understands_stays(key: str, component: dict[str, Any]) -> None:
    assert fix({key: [component]}) == {key: [component]}


@pytest.mark.parametrize(("old", "new"), CHECKSUMS)
def test_every_way_to_give_a_checksum_becomes_one_option(old: dict[str, Any], new: object) -> None:
    assert fix({"builders": [{"type": "x"} | old]}) == {
        "builders": [{"type": "x", "iso_checksum": new}]
    }


@pytest.mark.parametrize("fixer", FIXERS, ids=lambda fixer: fixer.name)
def test_a_summary_starts_with_a_verb_and_has_no_full_stop(fixer: Any) -> None:
    assert fixer.summary[0].isupper()
    assert not fixer.summary.endswith(".")


def test_a_kind_of_checksum_without_one_is_gone() -> None:
    template = {"builders": [{"type": "x", "iso_checksum_type": "md5"}]}
    assert fix(template) == {"builders": [{"type": "x"}]}

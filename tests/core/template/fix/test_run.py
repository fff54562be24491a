from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from packer_core.template.fix import FIXERS, fix, new_type, outdated

KEYS = [
    "aws", "cpu", "disk_size", "disk_type_id", "elevated_user", "environment_vars", "filename",
    "galaxycommand", "guest_additions_attach", "headless", "host_port_min", "iso_checksum",
    "iso_checksum_type", "iso_checksum_url", "iso_md5", "login_email", "name", "network",
    "networkCard", "network_adapters", "only", "override", "ram_size", "remote_type",
    "shared_image_destination", "ssh_key_path", "ssh_private_ip", "ssh_wait_timeout", "storage",
    "tag", "tags", "x",
]  # fmt: skip
TYPES = sorted(
    {one.removesuffix("-") for fixer in FIXERS for one in fixer.types}
    | {"amazon-ebs", "proxmox", "virtualbox-iso", "vmware", "null"}
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(0, 9)
    | st.sampled_from(
        ["", "none", "esx5", "md5:x", "true", "{{.CreateTime}}", "{{ clean_ami_name }}", "a,b"]
    )
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=4,
)
COMPONENTS = st.builds(
    lambda type_, options: options | {"type": type_},
    st.sampled_from(TYPES) | VALUES,
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=5),
)
LISTS = st.lists(COMPONENTS | VALUES, max_size=3) | VALUES
TEMPLATES = st.fixed_dictionaries(
    {}, optional={"builders": LISTS, "provisioners": LISTS, "post-processors": LISTS, "x": VALUES}
)


@given(TEMPLATES)
def test_twice_is_the_same_as_once_and_the_template_itself_stays(template: dict[str, Any]) -> None:
    before = json.dumps(template)
    once = fix(template)
    assert fix(once) == once
    assert json.dumps(template) == before


@given(st.dictionaries(st.text(), VALUES, max_size=3))
def test_a_template_without_components_stays(template: dict[str, Any]) -> None:
    assert fix({"_": template}) == {"_": template}


def test_names_that_follow_from_a_type_follow_it() -> None:
    steps = [
        {"type": "shell", "only": ["vmware", "null"], "override": {"vmware": {"a": 1}}},
        {"type": "shell", "except": ["vmware"]},
        {"type": "shell", "only": "vmware", "override": 7},
    ]
    fixed = fix(
        {
            "builders": [{"type": "vmware"}, {"type": "null"}],
            "provisioners": steps,
            "post-processors": ["vmware", [{"type": "x", "only": ["vmware"]}]],
            "error-cleanup-provisioner": {"type": "shell", "override": {"vmware": {}}},
        }
    )
    assert fixed == {
        "builders": [{"type": "vmware-iso"}, {"type": "null"}],
        "provisioners": [
            {"type": "shell", "only": ["vmware-iso", "null"], "override": {"vmware-iso": {"a": 1}}},
            {"type": "shell", "except": ["vmware-iso"]},
            {"type": "shell", "only": "vmware", "override": 7},
        ],
        "post-processors": ["vmware", [{"type": "x", "only": ["vmware-iso"]}]],
        "error-cleanup-provisioner": {"type": "shell", "override": {"vmware-iso": {}}},
    }


def test_a_builder_that_is_called_by_its_old_type_keeps_its_name() -> None:
    provisioners = [{"type": "shell", "only": ["vmware"]}]
    fixed = fix({"builders": [{"type": "vmware", "name": "vmware"}], "provisioners": provisioners})
    assert fixed["builders"] == [{"type": "vmware-iso", "name": "vmware"}]
    assert fixed["provisioners"] == provisioners


def test_fixers_follow_each_other() -> None:
    builder = {"type": "virtualbox", "iso_md5": "ab", "ssh_host_port_min": 1}
    assert fix({"builders": [builder]})["builders"] == [
        {"type": "virtualbox-iso", "iso_checksum": "md5:ab", "host_port_min": 1}
    ]


def test_which_options_are_outdated() -> None:
    options = {"ssh_key_path": "k", "iso_md5": "ab", "headless": True}
    assert outdated("builder", "x", options) == {"ssh_key_path", "iso_md5"}
    assert outdated("post-processor", "manifest", {"filename": "m"}) == {"filename"}
    assert outdated("provisioner", "manifest", {"filename": "m"}) == frozenset()
    assert outdated("builder", "x", {"sshkeypath": "k"}) == frozenset()


def test_which_type_took_the_place_of_another() -> None:
    assert new_type("builder", "virtualbox") == "virtualbox-iso"
    assert new_type("builder", "virtualbox-iso") is None
    assert new_type("provisioner", "virtualbox") is None

from __future__ import annotations

from helpers.engine import source, template
from packer_core.engine.configs import (
    BuildFlags,
    builder_configs,
    internal_config,
    placeholders,
    step_configs,
)
from packer_core.template.model import Variable
from packer_core.version import COMPATIBLE


def test_internal_config_has_every_key_of_a_json_template() -> None:
    variables = {
        "who": Variable(name="who", value="me", source="default"),
        "key": Variable(name="key", value="s3cret", source="-var", sensitive=True),
    }
    keys = internal_config(
        template(variables=variables),
        source("a", "null"),
        BuildFlags(debug=True, force=False, on_error="abort"),
    )
    assert keys == {
        "packer_build_name": "a",
        "packer_builder_type": "null",
        "packer_core_version": COMPATIBLE,
        "packer_debug": True,
        "packer_force": False,
        "packer_on_error": "abort",
        "packer_sensitive_variables": ["key"],
        "packer_template_path": "t.json",
        "packer_user_variables": {"who": "me", "key": "s3cret"},
    }


def test_placeholders_start_with_the_mark_plugins_look_for() -> None:
    values = placeholders(["Disk"])
    assert str(values["PackerRunUUID"]).startswith("Build_PackerRunUUID. ")
    assert str(values["Disk"]).startswith("Build_Disk. ")
    assert values["WinRMPassword"] == "{{.WinRMPassword}}"


def test_builder_configs_put_the_internal_keys_last() -> None:
    assert builder_configs({"x": 1}, {"packer_force": True}) == [{"x": 1}, {"packer_force": True}]


def test_step_configs_put_the_placeholders_last() -> None:
    configs = step_configs([{"x": 1}, {"x": 2}], {"packer_force": True}, ["Disk"])
    assert configs[:3] == [{"x": 1}, {"x": 2}, {"packer_force": True}]
    assert configs[3] == placeholders(["Disk"])

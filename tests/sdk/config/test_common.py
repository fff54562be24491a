"""Options that several plugins share."""

from __future__ import annotations

from packer_sdk.config import PackerKeys, decode_config


def test_packer_keys_are_all_optional() -> None:
    keys = PackerKeys()
    assert (keys.packer_build_name, keys.packer_debug, keys.packer_on_error) == ("", False, "")
    assert keys.packer_user_variables == {}


def test_packer_keys_as_json_templates_and_as_hcl_send_them() -> None:
    json_keys = {"packer_debug": True, "packer_force": False, "packer_user_variables": {"a": "b"}}
    hcl_keys = {"packer_debug": "true", "packer_force": "false", "packer_sensitive_variables": None}
    assert decode_config(PackerKeys, [json_keys]).packer_user_variables == {"a": "b"}
    assert decode_config(PackerKeys, [hcl_keys]).packer_debug is True
    assert decode_config(PackerKeys, [hcl_keys]).packer_sensitive_variables == []


def test_packer_keys_are_not_rendered() -> None:
    keys = {"packer_user_variables": {"command": "{{.Vars}} {{"}, "packer_build_name": "{{x}}"}
    decoded = decode_config(PackerKeys, [keys])
    assert decoded.packer_user_variables == {"command": "{{.Vars}} {{"}
    assert decoded.packer_build_name == "{{x}}"

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from packer_core.plugins.config_file import ConfigEntry, read_config_file
from packer_core.plugins.names import ComponentName
from packer_sdk.errors import PackerError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".packerconfig"


def test_example_of_the_seed_document_is_read(file: Path) -> None:
    path = "/an/absolute/path/to/packer-builder-custom-cloud"
    file.write_text(json.dumps({"builders": {"custom-cloud": path}}))
    assert read_config_file(file) == (ConfigEntry(ComponentName("builder", "custom-cloud"), path),)


def test_every_kind_has_its_key_in_any_case(file: Path) -> None:
    keys = ("Builders", "PROVISIONERS", "post-processors", "datasources")
    file.write_text(json.dumps({key: {"x": "/x"} for key in keys}))
    assert [entry.name.kind for entry in read_config_file(file)] == [
        "builder",
        "provisioner",
        "post-processor",
        "datasource",
    ]


def test_keys_of_others_are_left_alone(file: Path) -> None:
    file.write_text('{"disable_checkpoint": true, "plugin_min_port": 10000, "builders": null}')
    assert read_config_file(file) == ()


def test_file_that_is_missing_is_fine(file: Path) -> None:
    assert read_config_file(file) == ()


def test_byte_order_mark_is_no_part_of_it(file: Path) -> None:
    file.write_text('{"builders": {}}', encoding="utf-8-sig")
    assert read_config_file(file) == ()


def test_file_that_is_not_json_is_refused_with_line_and_column(file: Path) -> None:
    file.write_text('{\n  "builders": {"x" "/x"}\n}')
    with pytest.raises(PackerError, match="is not JSON") as caught:
        read_config_file(file)
    assert f"{file}:2:20: " in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "not a JSON object"),
        ('{"builders": []}', '"builders" in the config file is not a JSON object'),
        ('{"builders": {"x": 1}}', '"x" of "builders" in the config file is not a path'),
        ('{"builders": {"x": ""}}', '"x" of "builders" in the config file is not a path'),
    ],
)
def test_file_of_another_shape_is_refused(text: str, message: str, file: Path) -> None:
    file.write_text(text)
    with pytest.raises(PackerError, match=message):
        read_config_file(file)


def test_file_that_cannot_be_read_is_told(file: Path) -> None:
    file.mkdir()
    with pytest.raises(PackerError, match="cannot read the config file"):
        read_config_file(file)


def test_file_that_is_not_utf_8_is_told(file: Path) -> None:
    file.write_bytes(b'{"builders": {"x": "\xff"}}')
    with pytest.raises(PackerError, match="it is not UTF-8"):
        read_config_file(file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary())
def test_any_content_is_read_or_refused_in_words(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    message = ""
    try:
        read_config_file(file)
    except PackerError as error:
        message = str(error)
    else:
        json.loads(content.decode("utf-8-sig"))
    assert not message or str(file) in message


def test_file_that_is_a_device_is_refused_without_reading_it() -> None:
    with pytest.raises(PackerError, match="config file: /dev/zero: it is a device, not a file"):
        read_config_file(Path("/dev/zero"))

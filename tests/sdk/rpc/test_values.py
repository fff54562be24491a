from __future__ import annotations

import pytest

from packer_sdk.errors import ComponentError
from packer_sdk.rpc.values import build_values, read_values


def test_build_values_lets_scalars_pass() -> None:
    data = {"a": True, "b": "x", "c": 1, "d": 1.5, "e": b"y"}
    assert build_values(data) == data


@pytest.mark.parametrize("value", [None, [1], {"a": 1}, ("x",), object()])
def test_build_values_when_no_scalar_names_the_value(value: object) -> None:
    with pytest.raises(ComponentError, match="templates cannot hold: Disks") as caught:
        build_values({"ID": "x", "Disks": value})
    assert caught.value.hint


def test_read_values_drops_keys_that_are_no_text() -> None:
    assert read_values({"a": 1, 2: 3, b"c": 4}) == {"a": 1}


@pytest.mark.parametrize("value", [None, [], "x", 3])
def test_read_values_when_no_map_is_empty(value: object) -> None:
    assert read_values(value) == {}

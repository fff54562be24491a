"""Inputs that once failed, and inputs that are right: each target passes with all of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.seeds import seeds
from fuzz.targets import TARGETS, survives

CORPUS = Path(__file__).parents[1] / "data" / "fuzz"
FAILURES = [(path.parent.name, path) for path in sorted(CORPUS.rglob("*")) if path.is_file()]


@pytest.mark.parametrize(
    ("target", "path"), FAILURES, ids=[f"{name}-{path.name}" for name, path in FAILURES]
)
def test_what_failed_once_passes(target: str, path: Path) -> None:
    TARGETS[target](path.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_right_passes_whole_and_cut_and_with_any_bit_turned(target: str) -> None:
    for seed in seeds(target):
        TARGETS[target](seed)
        for end in range(len(seed)):
            TARGETS[target](seed[:end])
        for bit in range(0, 8 * len(seed), 3):
            TARGETS[target](turned(seed, bit))


def turned(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@pytest.mark.parametrize("target", TARGETS)
@given(data=st.binary(max_size=200))
def test_any_bytes_pass(target: str, data: bytes) -> None:
    TARGETS[target](data)


def test_a_target_that_fails_is_noticed() -> None:
    with pytest.raises(ZeroDivisionError):
        survives(lambda data: 1 // len(data), lambda _: os.urandom(1), b"")

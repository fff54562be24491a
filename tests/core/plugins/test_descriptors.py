from __future__ import annotations

import resource
from typing import TYPE_CHECKING

import pytest

from packer_core.plugins.descriptors import ENOUGH, make_room

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def hard() -> Iterator[int]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_low_limit_is_raised(hard: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    make_room()
    enough = ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (enough, hard)


def test_a_limit_that_is_high_enough_stays(hard: int) -> None:
    if hard != resource.RLIM_INFINITY and hard <= ENOUGH:
        pytest.skip(f"the hard limit is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (ENOUGH + 1, hard))
    make_room()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (ENOUGH + 1, hard)

from __future__ import annotations

import pytest

from helpers.engine import Screen


@pytest.fixture
def screen() -> Screen:
    return Screen()

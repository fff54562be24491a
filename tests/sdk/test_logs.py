from __future__ import annotations

import io
import logging
import re
from typing import TYPE_CHECKING

import pytest

from packer_sdk.logs import log_to_stderr

if TYPE_CHECKING:
    from collections.abc import Iterator

STAMP = r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d"


@pytest.fixture(autouse=True)
def root() -> Iterator[logging.Logger]:
    """The root logger, put back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield root
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_has_its_time_and_info_needs_no_level() -> None:
    stream = io.StringIO()
    log_to_stderr(stream)
    logging.getLogger("my.plugin").info("hello %s", "you")
    assert re.fullmatch(rf"{STAMP} hello you\n", stream.getvalue())


@pytest.mark.parametrize(
    ("level", "word"),
    [
        (logging.DEBUG, "DEBUG"),
        (logging.WARNING, "WARN"),
        (logging.ERROR, "ERROR"),
        (logging.CRITICAL, "ERROR"),
    ],
)
def test_levels_are_those_of_packer(level: int, word: str) -> None:
    stream = io.StringIO()
    log_to_stderr(stream)
    logging.getLogger("x").log(level, "text")
    assert f"[{word}] text\n" in stream.getvalue()


def test_every_line_of_a_text_has_its_own_head() -> None:
    stream = io.StringIO()
    log_to_stderr(stream)
    try:
        raise ValueError("one\ntwo")
    except ValueError:
        logging.getLogger("x").exception("it\nbroke")
    lines = stream.getvalue().splitlines()
    assert len(lines) > 4
    assert all(re.match(rf"{STAMP} \[ERROR\] ", line) for line in lines)
    assert lines[-1].endswith("] two")


def test_an_empty_text_is_still_a_line() -> None:
    stream = io.StringIO()
    log_to_stderr(stream)
    logging.getLogger("x").info("")
    assert re.fullmatch(rf"{STAMP} \n", stream.getvalue())


@pytest.mark.parametrize(
    ("setting", "shown"),
    [
        ("", ["d", "i", "e"]),
        ("1", ["d", "i", "e"]),
        ("TRACE", ["d", "i", "e"]),
        ("info", ["i", "e"]),
        ("ERROR", ["e"]),
    ],
)
def test_packer_log_may_name_a_level(
    monkeypatch: pytest.MonkeyPatch, setting: str, shown: list[str]
) -> None:
    monkeypatch.setenv("PACKER_LOG", setting)
    stream = io.StringIO()
    log_to_stderr(stream)
    logger = logging.getLogger("x")
    logger.debug("d")
    logger.info("i")
    logger.error("e")
    assert [line[-1] for line in stream.getvalue().splitlines()] == shown

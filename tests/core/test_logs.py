from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest

from packer_core.logs import Journal, job_name, level_of, logging_to, note_start, plugin_line
from packer_core.settings import Settings
from packer_core.ui.secrets import SecretFilter
from packer_sdk.errors import PackerError
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from pathlib import Path

STAMP = r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d "
logger = logging.getLogger("packer_core.test")


def logged(capfd: pytest.CaptureFixture[str], log: str = "1") -> list[str]:
    """Log one of everything, and return the lines on stderr without their time."""
    with logging_to(Settings(log=log), str):
        logger.debug("a detail")
        logger.info("Loading builder: custom")
        logger.warning("a warning")
        logger.error("an error")
    return [re.sub(f"^{STAMP}", "", line) for line in capfd.readouterr().err.splitlines()]


def test_info_carries_no_tag_and_others_do(capfd: pytest.CaptureFixture[str]) -> None:
    assert logged(capfd) == [
        "[DEBUG] a detail",
        "Loading builder: custom",
        "[WARN] a warning",
        "[ERROR] an error",
    ]


@pytest.mark.parametrize("log", ["", "0"])
def test_nothing_is_logged_when_it_is_off(capfd: pytest.CaptureFixture[str], log: str) -> None:
    assert logged(capfd, log) == []


@pytest.mark.parametrize(
    ("log", "lines"), [("info", 3), ("WARN", 2), ("error", 1), ("trace", 4), ("yes", 4)]
)
def test_a_level_leaves_out_what_is_below(
    capfd: pytest.CaptureFixture[str], log: str, lines: int
) -> None:
    assert len(logged(capfd, log)) == lines


def test_lines_look_like_the_sample_of_2013(capfd: pytest.CaptureFixture[str]) -> None:
    with logging_to(Settings(log="1"), str):
        logger.info("Loading builder: custom")
        plugin_line("packer-builder-custom", "2013/06/10 21:44:43 Plugin minimum port: 10000\n")
    first, second = capfd.readouterr().err.splitlines()
    assert re.fullmatch(STAMP + "Loading builder: custom", first)
    assert re.fullmatch(
        STAMP + "packer-builder-custom: 2013/06/10 21:44:43 Plugin minimum port: 10000", second
    )


def test_the_level_of_a_plugin_line_is_in_it(capfd: pytest.CaptureFixture[str]) -> None:
    with logging_to(Settings(log="warn"), str):
        plugin_line("p", "2013/06/10 21:44:43 [DEBUG] no")
        plugin_line("p", "no")
        plugin_line("p", "2013/06/10 21:44:43 [WARN] yes")
        plugin_line("p", "[ERR] yamux: yes")
    lines = capfd.readouterr().err.splitlines()
    assert [line.partition("p: ")[2] for line in lines] == [
        "2013/06/10 21:44:43 [WARN] yes",
        "[ERR] yamux: yes",
    ]


def test_plugin_lines_have_a_logger_of_their_own(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        plugin_line("packer-builder-a.v2", "x  ")
    assert caplog.record_tuples == [
        ("packer.plugin.packer-builder-a_v2", logging.INFO, "packer-builder-a.v2: x")
    ]


def test_a_percent_sign_of_a_plugin_is_no_format(capfd: pytest.CaptureFixture[str]) -> None:
    with logging_to(Settings(log="1"), str):
        plugin_line("p", "100 %s %d")
    assert capfd.readouterr().err.endswith("p: 100 %s %d\n")


def test_the_job_is_named_in_its_threads(capfd: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        job_name.set("null.a")
        spawn("inner", logger.debug, "deep").join()
        logger.info("Loading builder: custom")

    with logging_to(Settings(log="1"), str):
        spawn("job", work).join()
        logger.debug("outside")
    lines = [re.sub(f"^{STAMP}", "", line) for line in capfd.readouterr().err.splitlines()]
    assert lines == ["[DEBUG] null.a: deep", "Loading builder: custom", "[DEBUG] outside"]


def test_a_file_works_alone_and_takes_everything(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "log"
    path.write_text("of an earlier run\n")
    with logging_to(Settings(log_path=str(path)), str) as active:
        assert active
        logger.debug("detail \udcff")
        Journal().shown("==> a: hello")
    assert capfd.readouterr().err == ""
    lines = [re.sub(f"^{STAMP}", "", line) for line in path.read_text().splitlines()]
    assert lines == ["[DEBUG] detail \\udcff", "ui: ==> a: hello"]


def test_a_file_wins_over_stderr(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "log"
    with logging_to(Settings(log="info", log_path=str(path)), str):
        logger.debug("no")
        logger.info("yes")
    assert capfd.readouterr().err == ""
    assert path.read_text().endswith("yes\n")
    assert "no" not in path.read_text()


def test_stderr_does_not_repeat_what_the_user_reads(capfd: pytest.CaptureFixture[str]) -> None:
    with logging_to(Settings(log="1"), str):
        Journal().shown("hello")
        Journal().record("artifact", "0", "x")
    assert capfd.readouterr().err == ""


def test_records_for_programs_are_logged(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with logging_to(Settings(log_path=str(path)), str):
        Journal().record("artifact", "0", "x")
    assert path.read_text().endswith("machine readable: artifact ['0', 'x']\n")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "log"
    with (
        pytest.raises(PackerError, match=f"log file cannot be written: {path}") as caught,
        logging_to(Settings(log_path=str(path)), str),
    ):
        pass
    assert caught.value.hint is not None


def test_secrets_are_masked_in_tracebacks_too(capfd: pytest.CaptureFixture[str]) -> None:
    secrets = SecretFilter()
    secrets.register("hunter2")
    with logging_to(Settings(log="1"), secrets.apply):
        try:
            raise ValueError("bad password: hunter2")
        except ValueError:
            logger.exception("login with %s failed", "hunter2")
    shown = capfd.readouterr().err
    assert "hunter2" not in shown
    assert shown.count("<sensitive>") >= 2


def test_everything_is_put_back(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    with logging_to(Settings(log_path=str(tmp_path / "log")), str):
        assert (root.level, list(root.handlers)) != before
    assert (root.level, list(root.handlers)) == before


def test_warnings_of_libraries_do_not_reach_stderr_by_themselves(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with logging_to(Settings(), str) as active:
        assert not active
        logging.getLogger("some.library").error("shouting")
    assert capfd.readouterr().err == ""


def test_the_start_names_the_program(capfd: pytest.CaptureFixture[str]) -> None:
    with logging_to(Settings(log="1"), str):
        note_start()
    assert re.match(STAMP + r"Packer for Python \S+ on Python 3\.", capfd.readouterr().err)


def test_level_of_unknown_words_is_everything() -> None:
    assert level_of("1") == logging.DEBUG
    assert level_of("Err") == logging.ERROR
    assert level_of("0") is None

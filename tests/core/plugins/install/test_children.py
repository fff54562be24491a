from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from packer_core.plugins.install.children import clean_environment, run_captured, run_streamed
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled

if TYPE_CHECKING:
    from pathlib import Path

# It has a child of its own, as a build backend would.
FOREVER = "import subprocess; subprocess.run(['sleep', '600'])"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_environment_loses_what_would_bend_another_interpreter() -> None:
    environ = {
        "PATH": "/bin",
        "PYTHONPATH": "/x",
        "PYTHONHOME": "/y",
        "PACKER_PLUGIN_MAGIC_COOKIE": "abc",
        "__PYVENV_LAUNCHER__": "/z",
    }
    assert clean_environment(environ) == {"PATH": "/bin"}


def test_output_is_kept_and_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    code = "import sys; print('one', flush=True); print('two', file=sys.stderr); sys.exit(3)"
    finished = run_streamed(python(code), environ=os.environ)
    assert (finished.status, finished.output) == (3, "one\ntwo\n")
    assert {"one", "two"} <= set(caplog.messages)


def test_output_and_errors_are_kept_apart() -> None:
    code = "import sys; print('one'); print('two', file=sys.stderr); sys.exit(3)"
    finished = run_captured(python(code), environ=os.environ, timeout_s=60)
    assert (finished.status, finished.output, finished.errors) == (3, "one\n", "two\n")


def test_output_that_is_not_utf_8_is_shown_all_the_same() -> None:
    code = r"import sys; sys.stdout.buffer.write(b'\xff')"
    assert run_streamed(python(code), environ=os.environ).output == "\ufffd"


def test_child_has_no_input() -> None:
    code = "import sys; print(repr(sys.stdin.read()))"
    assert run_streamed(python(code), environ=os.environ).output == "''\n"


def test_child_sees_the_environment_it_is_given() -> None:
    code = "import os; print(os.environ.get('HOME'), os.environ['X'])"
    assert run_streamed(python(code), environ={"X": "1"}).output == "None 1\n"


def test_child_and_its_own_children_are_gone_when_somebody_asks_to_stop() -> None:
    cancel = CancelToken()
    threading.Timer(0.5, cancel.cancel).start()
    with pytest.raises(Cancelled):
        run_streamed(python(FOREVER), environ=os.environ, cancel=cancel)


def test_child_is_not_started_once_somebody_has_asked_to_stop(tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        run_streamed(["touch", str(tmp_path / "x")], environ=os.environ, cancel=cancel)
    assert not (tmp_path / "x").exists()


def test_child_that_takes_too_long_is_gone_with_its_own_children() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run_captured(python(FOREVER), environ=os.environ, timeout_s=0.5)


def test_program_that_is_missing_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_captured([str(tmp_path / "gone")], environ=os.environ, timeout_s=60)

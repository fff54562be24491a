from __future__ import annotations

import pytest

from packer_sdk.environment import MARK, RUN_DIR, USER_TMPDIR, user_environ


@pytest.mark.parametrize(
    ("environ", "theirs"),
    [
        ({"TMPDIR": "/run", RUN_DIR: "/run", USER_TMPDIR: "/big"}, {"TMPDIR": "/big"}),
        ({"TMPDIR": "/run", RUN_DIR: "/run", USER_TMPDIR: ""}, {}),
        ({"TMPDIR": "/run", RUN_DIR: "/run"}, {}),
        ({"TMPDIR": "/own", RUN_DIR: "/run", USER_TMPDIR: "/big"}, {"TMPDIR": "/own"}),
        ({"TMPDIR": "/big"}, {"TMPDIR": "/big"}),
        ({MARK: "m", "A": "1"}, {MARK: "m", "A": "1"}),
        ({}, {}),
    ],
)
def test_the_user_gets_their_own_folder_back(
    environ: dict[str, str], theirs: dict[str, str]
) -> None:
    before = dict(environ)
    assert user_environ(environ) == theirs
    assert environ == before

"""The environment of a plugin process: what core puts there, and what is the user's own.

Core gives every plugin a folder for temporary files that goes away with the run. A script of the
user may expect files to stay, so it gets the user's ``TMPDIR``.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

RUN_DIR = "PACKER_RUN_DIR"
"""The folder of this run; also ``TMPDIR``, since that is what programs look at."""

USER_TMPDIR = "PACKER_USER_TMPDIR"
"""What ``TMPDIR`` was before; empty if it was not set."""

MARK = "PACKER_PLUGIN_MARK"
"""Different for every plugin process. Whatever it starts inherits it, and can be found by it."""


def user_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a program of the user: theirs, with their ``TMPDIR``.

    The mark stays: what a build that was killed has left running can be told by it.
    """
    theirs = dict(environ)
    folder = theirs.pop(RUN_DIR, None)
    before = theirs.pop(USER_TMPDIR, "")
    if folder is not None and theirs.get("TMPDIR") == folder:
        if before:
            theirs["TMPDIR"] = before
        else:
            del theirs["TMPDIR"]
    return theirs

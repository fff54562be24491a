"""What one run makes on this machine beside its artifacts, and how all of it goes away again.

Every run that starts plugins has a private folder, and the plugins get it as ``TMPDIR``: sockets,
scripts and root file systems are all below one folder, which is removed when the run ends, or by
whoever cleans up after a run that was killed (`leftovers`). The user's own scripts get their own
``TMPDIR`` back (`packer_sdk.environment`).
"""

from __future__ import annotations

import itertools
import logging
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk.environment import MARK, RUN_DIR, USER_TMPDIR
from packer_sdk.errors import PackerError
from packer_sdk.trees import remove_tree

from .journal import RunJournal

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger(__name__)

PREFIX = "packer-"

_LONGEST_FOLDER = 79
"""Bytes. A plugin in Go adds ``/packer-plugin`` and ten digits; macOS allows a socket 103."""


class Run:
    """The folder and the journal of a run, as far as they could be made. Safe from several threads.

    Args:
        journal: None if there is no place for one.
        folder: None if there is no place for one, or if it would make addresses too long.
        environ: The environment of the run.

    Attributes:
        journal: As given.
        folder: As given.
    """

    def __init__(
        self, journal: RunJournal | None, folder: Path | None, environ: Mapping[str, str]
    ) -> None:
        self.journal = journal
        self.folder = folder
        self._environ = environ
        self._mark = journal.mark if journal else os.urandom(8).hex()
        self._numbers = itertools.count(1)
        self._keep = False
        self._closing = threading.Lock()

    @classmethod
    def begin(cls, journals: Path, environ: Mapping[str, str]) -> Run:
        """Start one. What cannot be made is done without: it only makes cleaning up less exact.

        Args:
            journals: The folder of journals.
            environ: The environment; ``TMPDIR`` and ``PACKER_RUN_UUID`` are read.
        """
        journal = None
        try:
            journal = RunJournal.begin(journals, environ.get("PACKER_RUN_UUID", ""))
        except OSError as error:
            logger.warning("this run has no journal: %s: %s", journals, error.strerror)
        return cls(journal, _make_folder(journal, environ), environ)

    def next_mark(self) -> str:
        """What the next process carries in its environment (``PACKER_PLUGIN_MARK``)."""
        return f"{self._mark}.{next(self._numbers)}"

    def environ_for(self, mark: str) -> dict[str, str]:
        """The environment of a plugin process."""
        environ = {**self._environ, MARK: mark}
        if self.folder:
            environ[RUN_DIR] = environ["TMPDIR"] = str(self.folder)
            environ[USER_TMPDIR] = self._environ.get("TMPDIR", "")
        return environ

    def keep_folder(self) -> Path | None:
        """Leave what plugins have left: the user wants to look at it (``-on-error=abort``).

        Returns:
            The folder, if there is anything in it.
        """
        self._keep = True
        return self.folder if self.folder and any(self.folder.iterdir()) else None

    def close(self) -> None:
        """Remove the folder, then the journal. A second call waits for the first to be done."""
        with self._closing:
            folder, self.folder = self.folder, None
            left = folder is not None and not (_remove_empty if self._keep else _remove)(folder)
            if self.journal:
                self.journal.close(keep=left)


def _make_folder(journal: RunJournal | None, environ: Mapping[str, str]) -> Path | None:
    parent = Path(environ.get("TMPDIR") or "/tmp").absolute()  # noqa: S108 - nobody else can enter
    while True:
        folder = parent / f"{PREFIX}{os.urandom(4).hex()}"
        if len(os.fsencode(folder)) > _LONGEST_FOLDER:
            logger.info("no folder for this run: its path would be too long for sockets")
            return None
        if journal:
            journal.coming("folder", str(folder))
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            if journal:
                journal.gone("folder", str(folder))
        except OSError as error:
            logger.warning("no folder for this run: %s: %s", folder, error.strerror)
            return None
        else:
            return folder


def _remove(folder: Path) -> bool:
    try:
        remove_tree(str(folder))
    except (OSError, PackerError) as error:
        logger.warning("the folder of this run is left behind: %s: %s", folder, error)
        return False
    return True


def _remove_empty(folder: Path) -> bool:
    """Remove it if nothing is in it; what is there is the user's from now on."""
    with suppress(OSError):
        folder.rmdir()
    return True

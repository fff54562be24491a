from __future__ import annotations

from packer_core.ui.progress import NO_PROGRESS


def test_no_progress_takes_everything() -> None:
    with NO_PROGRESS as bar:
        bar.add(5)

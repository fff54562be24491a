"""What the option `from` says."""

from __future__ import annotations

import os
from dataclasses import dataclass

FORMS = ("scratch", "host", "tar:PATH", "oci:PATH", "oci:PATH:TAG")


@dataclass(frozen=True, slots=True)
class Source:
    """Where an image starts.

    Attributes:
        kind: ``scratch``, ``host``, ``tar`` or ``oci``.
        path: Of the file or folder; empty for the first two.
        tag: With ``oci``, the name of the image; empty if it is not given.
    """

    kind: str
    path: str = ""
    tag: str = ""


def parse_source(text: str) -> Source:
    """Read the option.

    A colon may be part of a path: the tag is what follows the last one, unless the whole is there.

    Raises:
        ValueError: it is of no known form; the text says what is nearest.
    """
    if text in ("scratch", "host"):
        return Source(text)
    kind, colon, path = text.partition(":")
    if not colon or not path or kind not in ("tar", "oci"):
        raise ValueError(_nearest(text))
    if kind == "tar" or os.path.exists(path) or ":" not in path:
        return Source(kind, path)
    path, _, tag = path.rpartition(":")
    return Source(kind, path, tag)


def _nearest(text: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only who is wrong pays

    kind = text.partition(":")[0].lower()
    forms = {form.partition(":")[0]: form for form in FORMS}
    if kind in forms:
        return f"write it as {forms[kind]}"
    if kind in ("docker", "docker-archive", "docker-daemon", "oci-archive", "containers-storage"):
        return "copy the image first: skopeo copy SOURCE oci:FOLDER:TAG, then oci:FOLDER:TAG"
    nearest = get_close_matches(kind, forms, n=1)
    if nearest:
        return f"did you mean {forms[nearest[0]]}?"
    if os.path.isdir(text):
        return f"did you mean oci:{text}?"
    if os.path.exists(text):
        return f"did you mean tar:{text}?"
    return f"one of {', '.join(FORMS)}"

"""Where plugins come from, as the person said it: indexes, folders of wheels, which installer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What is said on the command line about where to look; a receipt keeps it for upgrades.

    Attributes:
        index_url: In place of the index that is configured; empty for that one.
        extra_index_urls: Looked at as well.
        find_links: Folders or pages with wheels.
        allow_sdist: Whether distributions may be built from source, which runs their code.
    """

    index_url: str = ""
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    allow_sdist: bool = False

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Sources:
        """Out of a receipt."""
        lists = {name: tuple(value) for name, value in plain.items() if isinstance(value, list)}
        return cls(**{**plain, **lists})

    def flags(self) -> Iterator[str]:
        """The same for pip, and for uv, which copied pip's names."""
        if self.index_url:
            yield from ("--index-url", self.index_url)
        for url in self.extra_index_urls:
            yield from ("--extra-index-url", url)
        for place in self.find_links:
            yield from ("--find-links", place)
        if not self.allow_sdist:
            yield from ("--only-binary", ":all:")

    def seen_from(self, folder: Path) -> Sources:
        """The same with folders that are given from another one than the working folder."""
        return replace(self, find_links=tuple(_seen_from(one, folder) for one in self.find_links))

    def without_passwords(self) -> Sources:
        """Fit to be written down; keyring and .netrc know the rest."""
        return Sources(
            index_url=bare(self.index_url),
            extra_index_urls=tuple(map(bare, self.extra_index_urls)),
            find_links=tuple(map(bare, self.find_links)),
            allow_sdist=self.allow_sdist,
        )


def _seen_from(place: str, folder: Path) -> str:
    """An absolute path in place of a relative one; a page stays what it is."""
    return place if "://" in place else str((folder / place).absolute())


def bare(url: str) -> str:
    """A URL without user and password."""
    if "@" not in url:
        return url
    from urllib.parse import urlsplit, urlunsplit  # noqa: PLC0415 - lists need none of it

    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))

from __future__ import annotations

from dataclasses import asdict

import pytest

from packer_core.plugins.install.sources import Sources, bare


def test_flags_are_those_of_pip() -> None:
    sources = Sources(index_url="u", extra_index_urls=("a", "b"), find_links=("w",))
    assert list(sources.flags()) == [
        *("--index-url", "u", "--extra-index-url", "a", "--extra-index-url", "b"),
        *("--find-links", "w", "--only-binary", ":all:"),
    ]
    assert list(Sources(allow_sdist=True).flags()) == []


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://me:secret@host:1/simple?x=1", "https://host:1/simple?x=1"),
        ("https://token@host/simple", "https://host/simple"),
        ("https://host/a@b", "https://host/a@b"),
        ("wheels", "wheels"),
        ("file:///wheels", "file:///wheels"),
    ],
)
def test_password_is_left_out(url: str, plain: str) -> None:
    assert bare(url) == plain
    everywhere = Sources(index_url=url, extra_index_urls=(url,), find_links=(url,))
    assert everywhere.without_passwords() == Sources(
        index_url=plain, extra_index_urls=(plain,), find_links=(plain,)
    )


def test_sources_come_back_from_a_receipt() -> None:
    sources = Sources(index_url="u", find_links=("a",), allow_sdist=True)
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(sources).items()}
    assert Sources.from_plain(plain) == sources

from __future__ import annotations

from pathlib import Path

import pytest

from packer_plugin_oci.source import Source, parse_source


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("scratch", Source("scratch")),
        ("host", Source("host")),
        ("tar:a/b.tar.xz", Source("tar", "a/b.tar.xz")),
        ("tar:a:b", Source("tar", "a:b")),
        ("oci:folder", Source("oci", "folder")),
        ("oci:folder:v1", Source("oci", "folder", "v1")),
        ("oci:a:b:v1", Source("oci", "a:b", "v1")),
    ],
)
def test_source_of_every_form_is_read(text: str, source: Source) -> None:
    assert parse_source(text) == source


def test_source_that_exists_with_its_colon_has_no_tag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a:b").mkdir()
    assert parse_source("oci:a:b") == Source("oci", "a:b")


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("hots", "did you mean host?"),
        ("scrach", "did you mean scratch?"),
        ("TAR:x", "write it as tar:PATH"),
        ("oci", "write it as oci:PATH"),
        ("tar:", "write it as tar:PATH"),
        ("docker:alpine", "skopeo copy"),
        ("some.tar", "did you mean tar:some.tar?"),
        ("some", "did you mean oci:some?"),
        ("qqq", "one of scratch, host"),
    ],
)
def test_source_of_no_form_says_what_is_nearest(
    text: str, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("some.tar").write_text("")
    Path("some").mkdir()
    with pytest.raises(ValueError, match=advice.replace("?", r"\?")):
        parse_source(text)

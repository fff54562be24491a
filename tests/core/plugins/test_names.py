from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.plugins.names import KINDS, ComponentName, is_component_name, parse_name

COMPONENT_NAMES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,20}", fullmatch=True)


@pytest.mark.parametrize(
    ("filename", "kind", "name"),
    [
        ("packer-builder-amazon-ebs", "builder", "amazon-ebs"),
        ("packer-post-processor-a-b", "post-processor", "a-b"),
        ("packer-provisioner-x", "provisioner", "x"),
        ("packer-datasource-x", "datasource", "x"),
        ("packer-builder-foo.exe", "builder", "foo"),
        ("packer-builder-foo.py", "builder", "foo"),
        ("packer-builder-foo.v2.3", "builder", "foo"),
        ("packer-builder-packer-builder-x", "builder", "packer-builder-x"),
    ],
)
def test_name_is_read_after_the_kind(filename: str, kind: str, name: str) -> None:
    assert parse_name(filename) == ComponentName(kind, name)


@pytest.mark.parametrize(
    "filename",
    [
        "packer",
        "packer-x",
        "packer-foo-x",
        "packer-command-x",
        "packer-hook-x",
        "packer-plugin-note",
        "packer-builder",
        "packer-builder-",
        "packer-builder-.exe",
        "packer-post-processor",
        "packer-post-x",
        "Packer-builder-x",
        "packer-Builder-x",
        "my-packer-builder-x",
        ".packer-builder-x",
        "",
    ],
)
def test_name_of_something_else_is_no_component(filename: str) -> None:
    assert parse_name(filename) is None


@pytest.mark.parametrize("filename", ["packer-builder-x.exe", "packer-builder-x.EXE"])
def test_name_on_windows_ends_in_exe(filename: str) -> None:
    assert parse_name(filename, windows=True) == ComponentName("builder", "x")


@pytest.mark.parametrize(
    "filename", ["packer-builder-x", "packer-builder-x.py", "packer-builder-exe"]
)
def test_name_on_windows_without_exe_is_no_component(filename: str) -> None:
    assert parse_name(filename, windows=True) is None


@given(st.sampled_from(KINDS), COMPONENT_NAMES)
def test_name_comes_back_from_its_executable(kind: str, name: str) -> None:
    assert is_component_name(name)
    component = ComponentName(kind, name)
    assert parse_name(component.executable) == component
    assert parse_name(f"{component.executable}.exe", windows=True) == component


@given(st.text())
def test_name_is_read_from_any_text_without_failing(filename: str) -> None:
    found = parse_name(filename)
    assert found is None or (found.name and filename.startswith(found.executable))


@pytest.mark.parametrize("name", ["", "a.b", "a/b", "a b", "-a", "ä", "a\n"])
def test_name_that_a_shim_cannot_carry_is_refused(name: str) -> None:
    assert not is_component_name(name)

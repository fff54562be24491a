from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError
from packer_core.plugins.install.unpack import unpack
from packer_core.plugins.install.wheels import WheelCache
from packer_core.plugins.install.with_pip import create_environment

if TYPE_CHECKING:
    from pathlib import Path

    from packer_core.plugins.install.environments import Environment
    from packer_core.plugins.install.wheels import StoredWheel

INFO = "tiny-1.0.dist-info"


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return create_environment(tmp_path / "env", app_data=tmp_path / "app-data", environ=os.environ)


@pytest.fixture
def cache(tmp_path: Path) -> WheelCache:
    return WheelCache(tmp_path / "wheels")


def wheel(cache: WheelCache, files: dict[str, str], *, record: str | None = None) -> StoredWheel:
    contents = {
        **files,
        f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = ""
    for name, text in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        lines += f"{name},sha256={digest.decode()},{len(text.encode())}\n"
    with cache.incoming() as folder:
        with zipfile.ZipFile(folder / "tiny-1.0-py3-none-any.whl", "w") as archive:
            for name, text in contents.items():
                archive.writestr(name, text)
            archive.writestr(f"{INFO}/RECORD", record or f"{lines}{INFO}/RECORD,,\n")
        [stored] = cache.keep(folder)
    return stored


def test_module_is_there_and_compiled_and_its_script_runs(
    environment: Environment, cache: WheelCache
) -> None:
    points = "[console_scripts]\nsay = tiny:main\n"
    stored = wheel(
        cache, {"tiny.py": "def main(): print('hello')\n", f"{INFO}/entry_points.txt": points}
    )
    unpack(environment, [stored], cache)
    [site_packages] = environment.site_packages
    assert (site_packages / "tiny.py").exists()
    assert [path.suffix for path in (site_packages / "__pycache__").iterdir()] == [".pyc"]
    assert (site_packages / INFO / "INSTALLER").read_text() == "packer\n"
    assert subprocess.check_output([environment.script("say")], text=True) == "hello\n"


def test_bytecode_is_taken_whatever_the_time_of_its_source(
    environment: Environment, cache: WheelCache
) -> None:
    unpack(environment, [wheel(cache, {"tiny.py": "print(__cached__)\n"})], cache)
    [site_packages] = environment.site_packages
    [compiled] = (site_packages / "__pycache__").iterdir()
    before = compiled.stat()
    os.utime(site_packages / "tiny.py", (1, 1))
    subprocess.run([environment.python, "-I", "-c", "import tiny"], check=True)
    assert compiled.stat().st_mtime_ns == before.st_mtime_ns


def test_module_that_is_not_for_this_python_is_no_reason_to_fail(
    environment: Environment, cache: WheelCache
) -> None:
    unpack(environment, [wheel(cache, {"tiny.py": "print 'two'\n"})], cache)
    [site_packages] = environment.site_packages
    assert not (site_packages / "__pycache__").exists()


@pytest.mark.parametrize("name", ["../evil.py", "/tmp/evil.py", "a/../../evil.py"])
def test_wheel_that_writes_outside_of_itself_is_refused(
    name: str, environment: Environment, cache: WheelCache, tmp_path: Path
) -> None:
    with pytest.raises(InstallError, match="the wheel is broken"):
        unpack(environment, [wheel(cache, {name: "x"})], cache)
    assert not list(tmp_path.rglob("evil.py"))


def test_wheel_whose_record_lies_is_refused(environment: Environment, cache: WheelCache) -> None:
    record = f"tiny.py,sha256={'A' * 43},1\n{INFO}/METADATA,,\n{INFO}/WHEEL,,\n{INFO}/RECORD,,\n"
    with pytest.raises(InstallError, match="the wheel is broken") as caught:
        unpack(environment, [wheel(cache, {"tiny.py": "x"}, record=record)], cache)
    assert "tell the authors of tiny" in (caught.value.hint or "")


def test_file_that_is_no_archive_is_refused(environment: Environment, cache: WheelCache) -> None:
    with cache.incoming() as folder:
        (folder / "tiny-1.0-py3-none-any.whl").write_text("not a zip archive")
        [stored] = cache.keep(folder)
    with pytest.raises(InstallError, match="the wheel is broken"):
        unpack(environment, [stored], cache)

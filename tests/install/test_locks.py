"""Locks, bundles and `packer init`, with a real index, a real server of releases and no network."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from helpers.releases import PLATFORM, served
from helpers.releases import Shelf as Releases
from packer_core.plugins.install.receipts import read_receipts
from packer_core.plugins.lock.file import read_lock
from packer_core.plugins.lock.targets import here

from .conftest import Package, Shop, free_port, serve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CLOUD = "github.com/maker/cloud"
TINY = "pypi.org/packer-plugin-tiny"


class Site(Shop):
    """A shop with a template, and releases of plugins in Go beside the index."""

    def __init__(self, root: Path, index: str) -> None:
        super().__init__(root, index)
        self.releases = Releases(root / "releases")
        self.releases.root.mkdir()
        self.environ |= {
            "PACKER_RELEASES_URL": "http://127.0.0.1:1",
            "PACKER_PLUGIN_PATH": str(root / "plugins"),
            "HOME": str(root),
        }

    @property
    def lock(self) -> Path:
        return self.root / "packer.lock"

    def template(self, **plugins: tuple[str, str]) -> str:
        lines = ["packer {", "  required_plugins {"]
        for name, (source, version) in plugins.items():
            lines += [f"    {name} = {{", f'      source  = "{source}"']
            lines += [f'      version = "{version}"', "    }"]
        text = "\n".join([*lines, "  }", "}", ""])
        (self.root / "box.pkr.hcl").write_text(text)
        return "box.pkr.hcl"

    def out(self, *words: str, status: int = 0, environ: Mapping[str, str] | None = None) -> str:
        done = self.packer(*words, status=status, **environ or {})
        return done.stdout + done.stderr

    def everything(self) -> dict[str, str]:
        """The content of every installed file: of the store, and of the plugins in Go.

        Receipts and lists of files have times in them; what they say besides is compared apart.
        """
        found = {
            name: digest
            for name, digest in self.holds().items()
            if not name.endswith(("packer-receipt.json", "packer-files.json"))
            and not name.startswith("releases/")
        }
        for path in sorted((self.root / "plugins").rglob("*")):
            if path.is_file():
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found[str(path.relative_to(self.root))] = digest
        return found

    def versions(self) -> dict[str, str]:
        return {one.distribution: one.version for one in read_receipts(self.paths.receipts)}

    def programs(self) -> list[str]:
        found = (self.root / "plugins").rglob("packer-plugin-*64")
        return sorted(path.name.split("_")[1] for path in found)


@pytest.fixture
def site(tmp_path: Path, index: str) -> Iterator[Site]:
    site = Site(tmp_path, index)
    with ExitStack() as stack:
        site.environ["PACKER_RELEASES_URL"] = stack.enter_context(served(site.releases))
        yield site


def nowhere(site: Site) -> dict[str, str]:
    """Settings with which every question to a server fails."""
    gone = "http://127.0.0.1:1"
    return {"PIP_INDEX_URL": f"{gone}/simple/", "PACKER_RELEASES_URL": gone}


# --- init


def test_init_installs_what_the_template_requires_and_is_silent_then(site: Site) -> None:
    site.releases.put("1.0.0")
    site.releases.put("1.4.0")
    site.releases.put("2.0.0")
    box = site.template(tiny=(TINY, "~> 1.0"), cloud=(CLOUD, "~> 1.0"))
    assert "Installed packer-plugin-tiny 1.1.0: builder tiny" in site.out("init", box)
    assert (site.versions(), site.programs()) == ({"packer-plugin-tiny": "1.1.0"}, ["v1.4.0"])
    before = site.everything()
    assert site.out("init", box, environ=nowhere(site)) == ""
    assert site.out("init", ".", environ=nowhere(site)) == ""
    assert site.everything() == before


def test_init_takes_the_version_that_the_template_names(site: Site) -> None:
    site.out("init", site.template(tiny=("packer-plugin-tiny", "= 1.0.0")))
    assert site.versions() == {"packer-plugin-tiny": "1.0.0"}
    site.out("init", site.template(tiny=("packer-plugin-tiny", "> 1.0.0")))
    assert site.versions() == {"packer-plugin-tiny": "1.1.0"}


def test_init_upgrades_and_installs_anew_when_it_is_told_to(site: Site) -> None:
    site.releases.put("1.0.0")
    box = site.template(tiny=(TINY, ">= 1"), cloud=(CLOUD, ">= 1"))
    site.install("packer-plugin-tiny==1.0.0")
    site.out("init", box)
    site.releases.put("1.1.0")
    assert site.out("init", box) == ""
    assert "Installed packer-plugin-tiny 1.0.0" in site.out("init", "-force", box)
    assert site.programs() == ["v1.0.0"]
    site.out("init", "-upgrade", box)
    assert site.versions() == {"packer-plugin-tiny": "1.1.0"}
    assert site.programs() == ["v1.0.0", "v1.1.0"]
    assert site.out("init", "-upgrade", box) == ""


def test_one_plugin_that_fails_does_not_stop_the_others(site: Site) -> None:
    box = site.template(cloud=(CLOUD, ">= 1"), tiny=(TINY, ">= 1"), gone=("pypi.org/gone", ">= 1"))
    told = site.out("init", box, status=1)
    assert told.count("Error: ") == 2
    assert "there is no such plugin: github.com/maker/cloud" in told
    assert "cannot install gone>=1" in told
    assert site.versions() == {"packer-plugin-tiny": "1.1.0"}


def test_template_that_requires_nothing_is_told(site: Site) -> None:
    (site.root / "box.pkr.hcl").write_text("locals {\n  a = var.nothing\n}\n")
    assert "requires no plugins" in site.out("init", "box.pkr.hcl")
    (site.root / "box.json").write_text('{"builders": []}')
    told = site.out("init", "box.json", status=1)
    assert "only templates in HCL2 say which plugins they require" in told
    assert "packer plugins install packer-plugin-NAME" in told


def test_build_without_its_plugins_names_init(site: Site) -> None:
    box = site.template(tiny=(TINY, ">= 1.1"))
    told = site.out("validate", box, status=1)
    assert f"plugin {TINY} >= 1.1 is required, and not installed" in told
    assert f"packer init {box} installs it" in told
    site.install("packer-plugin-tiny==1.0.0")
    assert "installed is packer-plugin-tiny 1.0.0" in site.out("validate", box, status=1)
    site.out("init", box)
    assert "is required" not in site.packer("validate", box, status=None).stdout


def test_required_shows_what_is_there(site: Site) -> None:
    site.releases.put("1.0.0")
    box = site.template(tiny=(TINY, ">= 1"), cloud=(CLOUD, "~> 1.0"), gone=("a.b/c/d", "1"))
    site.out("init", site.template(tiny=(TINY, ">= 1"), cloud=(CLOUD, "~> 1.0")))
    site.template(tiny=(TINY, ">= 1"), cloud=(CLOUD, "~> 1.0"), gone=("a.b/c/d", "1"))
    tiny, cloud, gone = site.out("plugins", "required", box).splitlines()
    assert tiny.startswith(f'tiny {TINY} ">= 1" {site.paths.environments}')
    assert cloud.startswith(f'cloud {CLOUD} "~> 1.0" {site.root / "plugins" / CLOUD}')
    assert gone == 'gone a.b/c/d "1"'


def test_install_takes_an_address_and_a_constraint(site: Site) -> None:
    for version in ("1.0.0", "1.1.0", "2.0.0"):
        site.releases.put(version)
    assert f"Installed {CLOUD} 1.1.0" in site.out("plugins", "install", CLOUD, "< 2")
    assert "Already installed" in site.out("plugins", "install", CLOUD, "< 2")
    site.out("plugins", "install", CLOUD)
    assert site.programs() == ["v1.1.0", "v2.0.0"]


# --- lock and sync


def test_lock_pins_every_file(site: Site) -> None:
    site.releases.put("1.0.0")
    box = site.template(tiny=(TINY, "~> 1.0"), cloud=(CLOUD, ">= 1"))
    told = site.out("plugins", "lock", box)
    assert "+ packer-plugin-tiny 1.1.0" in told
    lock = read_lock(site.lock)
    assert lock is not None
    [tiny], [cloud] = lock.plugins, lock.programs
    assert [one.name for one in tiny.packages] == ["msgpack", "packer-plugin-tiny", "packer-sdk"]
    assert {one.index for one in tiny.packages} == {site.index}
    assert all(wheel.url for one in tiny.packages for wheel in one.wheels)
    assert cloud.version == "1.0.0"
    site.releases.put("1.1.0")
    assert "is as it should be" in site.out("plugins", "lock", box, environ=nowhere(site))
    site.out("init", box)
    assert site.programs() == ["v1.0.0"]
    assert site.out("init", box, environ=nowhere(site)) == ""
    assert "+ github.com/maker/cloud 1.1.0" in site.out("plugins", "lock", "-upgrade=cloud", box)


def test_lock_for_other_platforms_has_what_they_need(tmp_path: Path, index: str) -> None:
    """`colour` is needed on Windows only, and pip here does not know that."""
    shop = Site(tmp_path, index)
    folder = tmp_path / "wheels"
    folder.mkdir()
    needs = ("packer-sdk", 'colour; sys_platform == "win32"', 'many; python_version < "3.12"')
    Package("packer-plugin-wide", requires=needs).write(folder)
    for name in ("colour", "many"):
        Package(name, requires=(), builders=(), source="").write(folder)
    Package("msgpack", "9.0", requires=(), builders=(), source="").write(folder)
    box = shop.template(wide=("packer-plugin-wide", "1.0"))
    words = ["-find-links", "wheels", "-platform", "linux_amd64", "-platform", "windows_amd64"]
    shop.out("plugins", "lock", *words, "-python", "3.11", "-python", "3.13", box)
    lock = read_lock(shop.lock)
    assert lock is not None
    assert len(lock.targets) == 4
    packages = {one.name: one.marker for one in lock.plugins[0].packages}
    assert {*packages} == {"colour", "many", "msgpack", "packer-plugin-wide", "packer-sdk"}
    assert packages["packer-sdk"] == ""
    assert packages["colour"].count("win32") == 2
    assert packages["many"].count("python_version == '3.11'") == 2
    shop.out("plugins", "bundle", "-o", "all.bundle", box)
    with tarfile.open(tmp_path / "all.bundle") as archive:
        assert len(archive.getnames()) == 2 + 5


def test_sync_makes_the_store_what_the_lock_names(site: Site) -> None:
    site.releases.put("1.0.0")
    box = site.template(tiny=(TINY, "= 1.0.0"), cloud=(CLOUD, "= 1.0.0"))
    site.out("plugins", "lock", box)
    site.releases.put("1.1.0")
    site.install("packer-plugin-tiny")
    site.install("packer-builder-other")
    site.out("plugins", "install", CLOUD)
    told = site.out("plugins", "sync", "-keep", box)
    assert site.programs() == ["v1.0.0", "v1.1.0"]
    assert "Removed" not in told
    site.out("plugins", "sync", box)
    assert (site.versions(), site.programs()) == ({"packer-plugin-tiny": "1.0.0"}, ["v1.0.0"])
    shutil.rmtree(site.paths.environments)
    shutil.rmtree(site.root / "plugins")
    site.out("plugins", "sync", box, environ=nowhere(site))
    assert (site.versions(), site.programs()) == ({"packer-plugin-tiny": "1.0.0"}, ["v1.0.0"])


def test_lock_of_what_is_installed_makes_the_same_store_elsewhere(site: Site) -> None:
    site.releases.put("1.0.0")
    site.install("packer-plugin-left")
    site.out("plugins", "install", CLOUD)
    site.out("plugins", "lock")
    before = site.everything()
    shutil.rmtree(site.paths.data_dir)
    shutil.rmtree(site.root / "plugins")
    site.out("plugins", "sync")
    assert site.everything() == before


def test_lock_decides_which_version_a_build_uses(site: Site) -> None:
    site.releases.put("1.0.0")
    box = site.template(cloud=(CLOUD, ">= 1"))
    site.out("plugins", "lock", box)
    site.releases.put("1.1.0")
    site.out("plugins", "install", CLOUD)
    told = site.out("validate", box, status=1)
    assert f"plugin {CLOUD} >= 1 (1.0.0 in packer.lock) is required" in told
    site.out("init", box)
    assert "is required" not in site.packer("validate", box, status=None).stdout


# --- bundles


def without_a_route(*words: str, site: Site) -> subprocess.CompletedProcess[str]:
    command = ["unshare", "-n", sys.executable, "-P", "-m", "packer_core", *words]
    return subprocess.run(
        command,
        env=site.environ,
        cwd=site.root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a network without a route")
def test_bundle_makes_the_identical_store_without_a_route(site: Site) -> None:
    if subprocess.run(["unshare", "-n", "true"], check=False, capture_output=True).returncode:
        pytest.skip("no namespace can be made here")
    site.releases.put("1.0.0")
    box = site.template(tiny=(TINY, "~> 1.0"), cloud=(CLOUD, ">= 1"))
    site.out("plugins", "lock", box)
    site.out("init", box)
    told = site.out("plugins", "bundle", box)
    digest = hashlib.sha256((site.root / "plugins.bundle").read_bytes()).hexdigest()
    assert f"SHA-256 {digest}" in told
    before, wheels = site.everything(), read_receipts(site.paths.receipts)[0].wheels
    site.out("plugins", "bundle", "-o", "again.bundle", box)
    assert hashlib.sha256((site.root / "again.bundle").read_bytes()).hexdigest() == digest
    for folder in ("store", "plugins", "cache"):
        shutil.rmtree(site.root / folder)
    site.lock.unlink()
    refused = without_a_route("init", box, site=site)
    assert refused.returncode == 1
    done = without_a_route("init", "-from", "plugins.bundle", site=site)
    assert done.returncode == 0, done.stdout + done.stderr
    assert site.everything() == before
    assert read_receipts(site.paths.receipts)[0].wheels == wheels
    again = without_a_route("init", "-from", "plugins.bundle", box, site=site)
    assert (again.returncode, again.stdout) == (0, "")


def test_lock_beside_the_template_is_the_law_for_a_bundle(site: Site) -> None:
    box = site.template(tiny=(TINY, "= 1.0.0"))
    site.out("plugins", "lock", box)
    site.out("plugins", "bundle", box)
    site.template(tiny=(TINY, ">= 1"))
    site.lock.unlink()
    site.out("plugins", "lock", box)
    shutil.rmtree(site.paths.data_dir)
    told = site.out("init", "-from", "plugins.bundle", box, status=1)
    assert "the bundle does not hold packer_plugin_tiny-1.1.0" in told
    assert site.versions() == {}


# --- bad input


def spoil_lock(site: Site) -> None:
    site.lock.write_text(site.lock.read_text().replace("format = 1", "format = 7"))


def break_lock(site: Site) -> None:
    site.lock.write_text(site.lock.read_text()[:300])


def change_hashes(site: Site) -> None:
    lock = read_lock(site.lock)
    assert lock is not None
    [wheel] = [one.wheels[0] for one in lock.plugins[0].packages if one.name.endswith("tiny")]
    site.lock.write_text(site.lock.read_text().replace(wheel.sha256, "0" * 64))


def change_program(site: Site) -> None:
    lock = read_lock(site.lock)
    assert lock is not None
    archive = lock.programs[0].archives[0].archive
    site.lock.write_text(site.lock.read_text().replace(archive.sha256, "0" * 64))


def lock_elsewhere(site: Site) -> None:
    text = site.lock.read_text()
    site.lock.write_text(text.replace(f'python = "{here().python}"', 'python = "3.99"'))


def stop_servers(site: Site) -> None:
    site.environ |= nowhere(site)
    shutil.rmtree(site.paths.wheels)
    shutil.rmtree(site.paths.data_dir / "releases", ignore_errors=True)


def require_more(site: Site) -> None:
    site.template(tiny=(TINY, ">= 9"), cloud=(CLOUD, ">= 1"))


def nothing(site: Site) -> None:
    pass


INIT = ["init", "box.pkr.hcl"]
BAD = [
    (spoil_lock, INIT, ["written by a newer packer: it is of format 7"], "upgrade packer", 1),
    (break_lock, INIT, ["not a lock that can be read"], "version control", 1),
    (change_hashes, INIT, ["not the one that the lock names", "0" * 64], "-upgrade", 1),
    (change_program, INIT, ["is not what it should be", "0" * 64], "tell its maker", 1),
    (lock_elsewhere, INIT, ["the lock is not for"], "packer plugins lock -platform", 1),
    (require_more, INIT, ["the lock has pypi.org/packer-plugin-tiny 1.0.0"], "plugins lock", 1),
    (
        stop_servers,
        INIT,
        ["cannot fetch what packer-plugin-tiny 1.0.0 is", "cannot fetch http"],
        "network",
        2,
    ),
    (nothing, ["init", "-upgrade", "box.pkr.hcl"], ["does not go together"], "lock -upgrade", 1),
    (nothing, ["init", "-from", "box.pkr.hcl"], ["not a bundle of plugins"], "plugins bundle", 1),
    (nothing, ["init"], ["which template?"], "packer init TEMPLATE", 1),
    (nothing, ["plugins", "sync", "elsewhere/x.hcl"], ["there is no lock"], "plugins lock", 1),
    (nothing, ["plugins", "install", CLOUD, "> 9"], ["no release of"], "there are 1.0.0", 1),
    (nothing, ["plugins", "install", CLOUD, "x"], ["not a version: x"], "such as", 1),
    (nothing, ["plugins", "install", "a.b/c/d"], ["from github.com/OWNER/NAME"], "-path FILE", 1),
]


@pytest.fixture(scope="module")
def locked(index: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a template and its lock: a version of each plugin that is not the newest."""
    root = tmp_path_factory.mktemp("locked")
    site = Site(root, index)
    site.releases.put("1.0.0")
    with served(site.releases):
        site.environ["PACKER_RELEASES_URL"] = site.releases.base
        box = site.template(tiny=(TINY, "= 1.0.0"), cloud=(CLOUD, "= 1.0.0"))
        site.out("plugins", "lock", box)
    site.template(tiny=(TINY, ">= 1"), cloud=(CLOUD, ">= 1"))
    return root


@pytest.mark.parametrize(("spoil", "words", "messages", "hint", "errors"), BAD)
def test_bad_input_is_told_and_leaves_the_store_as_it_was(  # noqa: PLR0917 - a table
    spoil: object,
    words: list[str],
    messages: list[str],
    hint: str,
    errors: int,
    locked: Path,
    site: Site,
) -> None:
    shutil.copytree(locked / "releases", site.releases.root, dirs_exist_ok=True)
    shutil.copy(locked / "box.pkr.hcl", site.root)
    shutil.copy(locked / "packer.lock", site.root)
    site.install("packer-builder-other")
    assert callable(spoil)
    spoil(site)
    before = site.everything()
    told = " ".join(site.out(*words, status=1).split())
    for message in messages:
        assert message in told
    assert hint in told
    assert told.count("Error: ") == errors
    if words != INIT or errors == 2 or spoil not in {change_hashes, change_program}:
        assert site.everything() == before
    else:
        left = set(site.everything()) - set(before)  # what did not fail was installed
        assert not [
            name for name in left if ("tiny" if spoil is change_hashes else "cloud") in name
        ]


def test_installed_file_that_the_lock_does_not_name_is_told_with_both_hashes(site: Site) -> None:
    site.releases.put("1.0.0")
    box = site.template(cloud=(CLOUD, ">= 1"))
    site.out("plugins", "lock", box)
    site.out("init", box)
    [program] = (site.root / "plugins").rglob("packer-plugin-*64")
    good = hashlib.sha256(program.read_bytes()).hexdigest()
    program.write_bytes(program.read_bytes() + b"# changed\n")
    evil = hashlib.sha256(program.read_bytes()).hexdigest()
    program.with_name(f"{program.name}_SHA256SUM").write_text(evil)
    told = " ".join(site.out("init", box, status=1).split())
    assert f"its SHA-256 is {evil}, not {good}" in told
    assert "packer plugins sync" in told
    site.out("plugins", "sync", box)
    assert hashlib.sha256(program.read_bytes()).hexdigest() == good


def test_installed_wheel_that_the_lock_does_not_name_is_told_with_both_hashes(site: Site) -> None:
    box = site.template(tiny=(TINY, ">= 1"))
    site.out("plugins", "lock", box)
    site.out("init", box)
    [receipt] = read_receipts(site.paths.receipts)
    [own] = [one.sha256 for one in receipt.wheels if one.name == "packer-plugin-tiny"]
    site.lock.write_text(site.lock.read_text().replace(own, "0" * 64))
    before = site.everything()
    told = " ".join(site.out("init", box, status=1).split())
    assert f"is not what the lock names: its SHA-256 is {own}, not {'0' * 64}" in told
    assert site.everything() == before


def test_uv_installs_what_is_locked_as_well(site: Site) -> None:
    box = site.template(tiny=(TINY, ">= 1"))
    site.out("plugins", "lock", box)
    site.out("init", box, environ={"PACKER_INSTALLER": "uv"})
    assert site.versions() == {"packer-plugin-tiny": "1.1.0"}
    assert site.out("init", box) == ""


def test_bundle_that_was_changed_installs_nothing(site: Site) -> None:
    box = site.template(tiny=(TINY, ">= 1"))
    site.out("plugins", "lock", box)
    site.out("plugins", "bundle", box)
    bundle = site.root / "plugins.bundle"
    content = bytearray(bundle.read_bytes())
    content[-20_000] ^= 1
    bundle.write_bytes(content)
    told = " ".join(site.out("init", "-from", "plugins.bundle", status=1).split())
    assert "somebody has changed the bundle plugins.bundle: the SHA-256 of wheels/" in told
    assert site.holds() == site.everything() == {}


def test_interrupt_while_a_release_comes_leaves_nothing(tmp_path: Path, index: str) -> None:
    site = Site(tmp_path, index)
    port = free_port()
    code = (
        "import http.server, json, sys, time\n"
        "class H(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(200); self.end_headers()\n"
        "        if 'tags' in self.path:\n"
        "            self.wfile.write(json.dumps([{'ref': 'refs/tags/v1.0.0'}]).encode())\n"
        "        elif 'SUMS' in self.path:\n"
        f"            name = b'packer-plugin-cloud_v1.0.0_x5.0_{PLATFORM}.zip'\n"
        "            self.wfile.write(b'0' * 64 + b'  ' + name)\n"
        "        elif 'zip' in self.path:\n"
        "            open('asked', 'w').close()\n"
        "            for _ in range(600):\n"
        "                self.wfile.write(b'x' * 300000); time.sleep(0.1)\n"
        f"http.server.ThreadingHTTPServer(('127.0.0.1', {port}), H).serve_forever()\n"
    )
    code = f"import os\nos.chdir({str(tmp_path)!r})\n{code}"
    server = serve([sys.executable, "-c", code], f"http://127.0.0.1:{port}/x")
    try:
        command = [sys.executable, "-P", "-m", "packer_core", "plugins", "install", CLOUD]
        environ = site.environ | {"PACKER_RELEASES_URL": f"http://127.0.0.1:{port}"}
        with subprocess.Popen(
            command, env=environ, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as packer:
            deadline = time.monotonic() + 60
            while not (tmp_path / "asked").exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            packer.send_signal(signal.SIGINT)
            told, _ = packer.communicate(timeout=60)
        assert packer.returncode == 1, told
        assert b"Traceback" not in told
        assert not list((tmp_path / "store" / "releases").iterdir())
        assert not (tmp_path / "plugins").exists()
    finally:
        server.kill()
        server.wait()

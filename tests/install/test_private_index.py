"""An index that wants a password, which pip's own places know; both installers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError
from packer_core.plugins.install import Sources

from .conftest import Shop, free_port, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVER = """\
import base64, functools, http.server, sys
wanted = "Basic " + base64.b64encode(b"me:hunter2").decode()

class Guarded(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/open" or self.headers.get("Authorization") == wanted:
            return super().do_GET()
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="plugins"')
        self.send_header("Content-Length", "0")
        self.end_headers()

handler = functools.partial(Guarded, directory=sys.argv[2])
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), handler).serve_forever()
"""


@pytest.fixture(scope="module")
def private_index(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of an index for which one needs a name and a password."""
    folder = tmp_path_factory.mktemp("private")
    (folder / "open").touch()
    for name in ("packer-plugin-tiny", "packer-sdk", "msgpack"):
        (folder / "simple" / name).mkdir(parents=True)
        files = [path.name for path in packages.glob(f"{name.replace('-', '_')}-*.whl")]
        links = "<br>".join(f'<a href="/{file}">{file}</a>' for file in files)
        (folder / "simple" / name / "index.html").write_text(links)
    for path in packages.iterdir():
        (folder / path.name).symlink_to(path)
    port = free_port()
    command = [sys.executable, "-c", SERVER, str(port), str(folder)]
    server = serve(command, f"http://127.0.0.1:{port}/open")
    yield f"http://127.0.0.1:{port}/simple/"
    server.kill()
    server.wait()


def at_home(shop: Shop) -> Path:
    """The shop with a home of its own, and no settings of pip but what is there."""
    home = shop.root / "home"
    home.mkdir()
    for name in ("PIP_INDEX_URL", "PIP_CONFIG_FILE", "XDG_CONFIG_HOME", "NETRC"):
        shop.environ.pop(name, None)
    shop.environ |= {"HOME": str(home), "PACKER_DATA_DIR": str(shop.paths.data_dir)}
    return home


@pytest.mark.parametrize("backend", ["pip", "uv"])
def test_password_of_netrc_counts(backend: str, private_index: str, tmp_path: Path) -> None:
    shop = Shop(tmp_path, private_index, backend)
    netrc = at_home(shop) / ".netrc"
    netrc.write_text("machine 127.0.0.1 login me password hunter2\n")
    netrc.chmod(0o600)
    receipt = shop.installer.install("packer-plugin-tiny", sources=Sources(index_url=private_index))
    assert receipt.version == "1.1.0"
    assert receipt.sources.index_url == private_index
    assert shop.installer.upgrade("tiny") == receipt


@pytest.mark.parametrize("backend", ["pip", "uv"])
def test_index_of_pips_configuration_counts_with_its_password(
    backend: str, private_index: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path, private_index, backend)
    settings = at_home(shop) / ".config" / "pip" / "pip.conf"
    settings.parent.mkdir(parents=True)
    secret = private_index.replace("127.0.0.1", "me:hunter2@127.0.0.1")
    settings.write_text(f"[global]\nindex-url = {secret}\n")
    assert shop.install("packer-plugin-tiny").version == "1.1.0"
    texts = [path.read_text() for path in shop.paths.environments.rglob("*.json")]
    assert texts
    assert not [text for text in texts if "hunter2" in text]


@pytest.mark.parametrize("backend", ["pip", "uv"])
def test_wrong_password_is_an_error_in_which_it_is_not_read(
    backend: str, private_index: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path, private_index, backend)
    at_home(shop)
    secret = private_index.replace("127.0.0.1", "me:wr0ng-secret@127.0.0.1")
    with pytest.raises(InstallError) as caught:
        shop.install("packer-plugin-tiny", index_url=secret)
    assert "wr0ng-secret" not in f"{caught.value} {caught.value.hint} {caught.value.output}"
    assert shop.holds() == {}

"""A server with releases of plugins in Go, as `packer_core.plugins.releases` asks for them."""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import threading
import zipfile
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from helpers.binaries import SUFFIX, description

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLATFORM = SUFFIX.removeprefix("_").removesuffix(".exe")


class Shelf:
    """Releases of any number of plugins, on disk.

    Attributes:
        root: What the server serves.
        asked: Path and headers of every request.
        base: The address of the server, while there is one.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.base = ""

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def put(
        self,
        version: str = "1.0.0",
        address: str = "github.com/maker/cloud",
        *,
        says: str | None = None,
        member: str | None = None,
        platforms: tuple[str, ...] = (PLATFORM,),
        api: str = "x5.0",
        sums: bool = True,
        digest: str | None = None,
    ) -> None:
        """Release a version.

        Args:
            version: Of it.
            address: Of the plugin.
            says: What the program says its version is.
            member: The name of the program in the archive, if it is another one.
            platforms: What there are archives for.
            api: In the names of files.
            sums: Whether there is a list of checksums.
            digest: The checksum in that list, if it is a wrong one.
        """
        _, owner, name = address.split("/")
        repository = f"packer-plugin-{name}"
        folder = self.root / owner / repository / "releases" / "download" / f"v{version}"
        folder.mkdir(parents=True)
        lines = []
        for platform in platforms:
            stem = f"{repository}_v{version}_{api}_{platform}"
            data = archive(member or stem, program(says or version))
            (folder / f"{stem}.zip").write_bytes(data)
            found = digest or hashlib.sha256(data).hexdigest()
            lines.append(f"{found}  {stem}.zip\n")
        if sums:
            (folder / f"{repository}_v{version}_SHA256SUMS").write_text("".join(lines))
        self.tag(version, owner, repository)

    def tag(self, version: str, owner: str, repository: str) -> None:
        tags = self.root / "api/v3/repos" / owner / repository / "git/matching-refs/tags"
        tags.parent.mkdir(parents=True, exist_ok=True)
        known = json.loads(tags.read_text()) if tags.exists() else []
        tags.write_text(json.dumps([*known, {"ref": f"refs/tags/v{version}"}]))


def program(version: str) -> bytes:
    """A script that describes itself."""
    said = json.dumps(description(version))
    return f"#!/bin/sh\necho '{said}'\n".encode()


def archive(name: str, content: bytes) -> bytes:
    """A zip with one file."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("LICENSE", "free")
        file.writestr(name, content)
    return data.getvalue()


class _Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args: object, shelf: Shelf) -> None:
        self._shelf = shelf
        super().__init__(*args, directory=str(shelf.root))  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._shelf.asked.append((self.path, dict(self.headers)))
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def served(shelf: Shelf) -> Iterator[str]:
    """The address of a server, as long as it lasts."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, shelf=shelf))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})  # noqa: TID251
    thread.start()
    try:
        shelf.base = f"http://127.0.0.1:{server.server_port}"
        yield shelf.base
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

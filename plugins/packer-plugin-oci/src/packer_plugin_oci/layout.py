"""Image layouts: a folder, or a tar archive of one (OCI image-spec 1.1, image-layout.md).

What is read is checked against its digest while it is copied, before anybody looks inside.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
from contextlib import contextmanager, suppress
from typing import Protocol

from packer_sdk import ComponentError

from .image import (
    INDEX_TYPES,
    MANIFEST_TYPES,
    REF_NAME,
    Base,
    Descriptor,
    base_of,
    encode,
    parse_descriptor,
    parse_document,
    platform_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import IO, BinaryIO

_CHUNK = 1 << 18
_DOCUMENT_MAX = 8 << 20  # engines refuse manifests above 4 MiB
_NESTING_MAX = 4  # of indexes; one or two are used


class Files(Protocol):
    """Where a layout's files come from."""

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Open a file by its path in the layout; FileNotFoundError if there is none."""


class Sink(Protocol):
    """Takes bytes."""

    def write(self, data: bytes, /) -> int:
        """Take them all."""


class FolderFiles:
    """A layout in a folder."""

    def __init__(self, path: str) -> None:
        self._path = path

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Open a file of the layout."""
        return open(os.path.join(self._path, name), "rb")


class ArchiveFiles:
    """A layout in an archive."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self._members = {
            member.name.removeprefix("./"): member for member in archive if member.isfile()
        }

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """Open a file of the layout."""
        member = self._members.get(name)
        file = self._archive.extractfile(member) if member else None
        if file is None:
            raise FileNotFoundError(name)
        return file


@contextmanager
def open_layout(path: str) -> Iterator[Files]:
    """Open a layout for reading.

    Raises:
        ComponentError: there is none.
    """
    if os.path.isdir(path):
        yield FolderFiles(path)
        return
    try:
        with tarfile.open(path) as archive:
            yield ArchiveFiles(archive)
    except (tarfile.TarError, EOFError) as error:
        raise ComponentError(f"neither a layout folder nor an archive of one: {path}") from error


class ImageReader:
    """Finds an image in a layout.

    Args:
        files: The layout.
        where: What to call it in messages.
    """

    def __init__(self, files: Files, where: str) -> None:
        self._files = files
        self._where = where

    def base(self, tag: str, machine: str) -> Base:
        """Find the image and read its documents.

        Args:
            tag: Its name; empty if the layout has only one.
            machine: If there are several for different machines, the one wanted.

        Raises:
            ComponentError: it is not there, or broken.
        """
        found = self._find(self._index(), tag, machine, _NESTING_MAX)
        manifest = self._document(found)
        config = self._document(parse_descriptor(manifest.get("config"), self._where))
        layers = manifest.get("layers")
        descriptors = [
            parse_descriptor(layer, self._where)
            for layer in (layers if isinstance(layers, list) else [])
        ]
        return base_of(config, descriptors, found.digest)

    def _index(self) -> dict[str, object]:
        try:
            with self._files.open("index.json") as file:
                return parse_document(_read_document(file, self._where), "index.json")
        except FileNotFoundError:
            raise ComponentError(
                f"not an OCI image layout, it has no index.json: {self._where}",
                hint="an image of `docker save` can be converted: "
                "skopeo copy docker-archive:FILE oci:FOLDER:TAG",
            ) from None

    def _find(self, index: Mapping[str, object], tag: str, machine: str, depth: int) -> Descriptor:
        listed = index.get("manifests")
        entries = (
            [entry for entry in listed if isinstance(entry, dict)]
            if (isinstance(listed, list))
            else []
        )
        chosen = _choose(entries, tag, machine, self._where)
        descriptor = parse_descriptor(chosen, self._where)
        if descriptor.media_type in MANIFEST_TYPES:
            return descriptor
        if descriptor.media_type not in INDEX_TYPES or not depth:
            raise ComponentError(f"not an image: {descriptor.media_type} in {self._where}")
        return self._find(self._document(descriptor), "", machine, depth - 1)

    def _document(self, descriptor: Descriptor) -> dict[str, object]:
        with self._open_blob(descriptor) as file:
            data = _read_document(file, descriptor.digest)
        _check(descriptor, f"sha256:{hashlib.sha256(data).hexdigest()}", len(data))
        return parse_document(data, descriptor.digest)

    def copy_blob(
        self, descriptor: Descriptor, target: Sink, check_cancel: Callable[[], None]
    ) -> None:
        """Copy a blob, and check that it is the one it says it is.

        Raises:
            ComponentError: it is missing, or has another content.
        """
        digest, size = hashlib.sha256(), 0
        with self._open_blob(descriptor) as file:
            while chunk := file.read(_CHUNK):
                check_cancel()
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        _check(descriptor, f"sha256:{digest.hexdigest()}", size)

    @contextmanager
    def _open_blob(self, descriptor: Descriptor) -> Iterator[IO[bytes]]:
        try:
            file = self._files.open(blob_name(descriptor.digest))
        except FileNotFoundError:
            raise ComponentError(
                f"the layout does not hold a blob it names: {descriptor.digest} in {self._where}",
                hint="copy the image again, with all its layers: skopeo copy SOURCE oci:FOLDER:TAG",
            ) from None
        with file as opened:
            yield opened


def _read_document(file: IO[bytes], name: str) -> bytes:
    data = file.read(_DOCUMENT_MAX + 1)
    if len(data) > _DOCUMENT_MAX:
        raise ComponentError(f"a document of more than {_DOCUMENT_MAX} bytes: {name}")
    return data


def _check(descriptor: Descriptor, digest: str, size: int) -> None:
    if digest != descriptor.digest or size != descriptor.size:
        raise ComponentError(
            f"a blob has another content than its name says: {descriptor.digest}",
            hint=f"it holds {size} bytes with the digest {digest}; copy the image again",
        )


def _choose(
    entries: list[dict[str, object]], tag: str, machine: str, where: str
) -> dict[str, object]:
    tags = [_tag_of(entry) for entry in entries]
    if tag:
        named = [entry for entry in entries if _tag_of(entry) == tag]
        if not named:
            known = ", ".join(sorted(filter(None, tags))) or "none"
            raise ComponentError(f"no image of this tag: {tag} in {where}", hint=f"tags: {known}")
        entries = named
    if len(entries) > 1:
        platform = platform_of(machine)
        entries = [entry for entry in entries if _is_for(entry, platform)] or entries
    if len(entries) != 1:
        known = ", ".join(sorted(filter(None, tags))) or "none"
        raise ComponentError(
            f"cannot tell which image of {len(entries)} is meant: {where}",
            hint=f"add its tag: oci:PATH:TAG; tags: {known}",
        )
    return entries[0]


def _tag_of(entry: Mapping[str, object]) -> str:
    annotations = entry.get("annotations")
    return str(annotations.get(REF_NAME, "")) if isinstance(annotations, dict) else ""


def _is_for(entry: Mapping[str, object], platform: Mapping[str, str]) -> bool:
    found = entry.get("platform")
    return isinstance(found, dict) and all(
        found.get(name) == platform[name] for name in ("architecture", "os")
    )


def blob_name(digest: str) -> str:
    """Path of a blob in a layout."""
    algorithm, _, hexadecimal = digest.partition(":")
    return f"blobs/{algorithm}/{hexadecimal}"


class Layout:
    """A layout folder that is being written.

    Args:
        path: The folder; it is there and empty.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        os.makedirs(os.path.join(path, "blobs/sha256"))

    def blob_path(self, digest: str) -> str:
        """Where a blob is or will be."""
        return os.path.join(self.path, blob_name(digest))

    @contextmanager
    def new_blob(self, digest: str = "") -> Iterator[BlobWriter]:
        """Write a blob; it gets its name when the block is left without an error.

        Args:
            digest: If it is known already.
        """
        part = os.path.join(self.path, "blobs/sha256/part")
        try:
            with open(part, "xb") as file:
                writer = BlobWriter(file)
                yield writer
            os.rename(part, self.blob_path(digest or writer.digest))
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(part)
            raise

    def add_document(self, document: object, media_type: str) -> Descriptor:
        """Write a JSON document as a blob."""
        with self.new_blob() as blob:
            blob.write(encode(document))
        return Descriptor(media_type, blob.digest, blob.size)

    def finish(self, index: Mapping[str, object]) -> None:
        """Write what makes the folder a layout."""
        for name, document in (
            ("index.json", index),
            ("oci-layout", {"imageLayoutVersion": "1.0.0"}),
        ):
            with open(os.path.join(self.path, name), "xb") as file:
                file.write(encode(document))

    def write_archive(
        self, target: BinaryIO, modified: int, check_cancel: Callable[[], None]
    ) -> None:
        """Write the layout as one archive: equal layouts give equal bytes.

        Args:
            target: Where to.
            modified: Time of everything in it, seconds since 1970.
            check_cancel: Called now and then; may raise.
        """
        with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name in ("blobs", "blobs/sha256", *self._files()):
                check_cancel()
                self._archive_one(archive, name, modified)

    def _files(self) -> list[str]:
        blobs = sorted(os.listdir(os.path.join(self.path, "blobs/sha256")))
        return [*(f"blobs/sha256/{blob}" for blob in blobs), "index.json", "oci-layout"]

    def _archive_one(self, archive: tarfile.TarFile, name: str, modified: int) -> None:
        info = tarfile.TarInfo(name)
        info.mtime = modified
        path = os.path.join(self.path, name)
        if os.path.isdir(path):
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(info)
            return
        info.mode, info.size = 0o644, os.path.getsize(path)
        with open(path, "rb") as file:
            archive.addfile(info, file)


class BlobWriter:
    """A file that counts and hashes what is written to it."""

    def __init__(self, file: Sink) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> str:
        """Of everything written so far."""
        return f"sha256:{self._hash.hexdigest()}"

    def write(self, data: bytes, /) -> int:
        """Write it all."""
        self._hash.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        """What gzip asks for when it is done; the file sees to it when it is closed."""

"""From wheels to an environment: the ``installer`` library unpacks, we add the bytecode.

Every module is compiled when it is installed, in a form that Python takes without looking at the
source's time (`PEP 552`, unchecked hashes): what a shim starts is then what `manifest` has the
hash of, and an environment that nobody may write to starts as fast as others.
The bytecode of a wheel is made once and kept beside it: most plugins bring the same SDK.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from types import CodeType
from typing import TYPE_CHECKING

from packer_core.errors import InstallError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zipfile import ZipFile

    from .environments import Environment
    from .wheels import StoredWheel, WheelCache

_INSTALLER = b"packer\n"
_UNCHECKED = (1).to_bytes(4, "little")  # PEP 552: the source's hash instead of its time


def get_ready() -> None:
    """Import what unpacking needs: for a thread that has time while wheels are being fetched."""
    import importlib_metadata  # noqa: F401, PLC0415
    import installer.destinations  # noqa: PLC0415
    import installer.sources  # noqa: PLC0415
    import installer.utils  # noqa: F401, PLC0415


def unpack(environment: Environment, wheels: Iterable[StoredWheel], cache: WheelCache) -> None:
    """Install wheels into an environment, and compile what is in them.

    Raises:
        InstallError: A wheel is not what it says it is; the message names the file.
    """
    for wheel in wheels:
        path = cache.path(wheel)
        try:
            _install(environment, path)
            _place_bytecode(environment, path, cache.home(wheel))
        except (ValueError, KeyError, zipfile.BadZipFile, AssertionError) as error:
            raise InstallError(
                f"the wheel is broken: {wheel.filename}: {error}",
                hint=f"tell the authors of {wheel.name}; or was it torn on its way here?",
            ) from error


def _install(environment: Environment, path: Path) -> None:
    from installer import install  # noqa: PLC0415 - for installing only
    from installer.destinations import SchemeDictionaryDestination  # noqa: PLC0415
    from installer.sources import WheelFile  # noqa: PLC0415
    from installer.utils import get_launcher_kind  # noqa: PLC0415

    destination = SchemeDictionaryDestination(
        environment.scheme(),
        interpreter=str(environment.python),
        script_kind=get_launcher_kind(),
        overwrite_existing=True,  # as pip does: wheels share files of namespace packages
    )
    with WheelFile.open(path) as source:
        _refuse_what_leaves(record[0] for record, _, _ in source.get_contents())
        source.validate_record(validate_contents=True)
        install(source, destination, {"INSTALLER": _INSTALLER})


def _refuse_what_leaves(names: Iterable[str]) -> None:
    for name in names:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f"it has a file outside of itself: {name}")


def _place_bytecode(environment: Environment, path: Path, home: Path) -> None:
    compiled = home / f"bytecode-{sys.implementation.cache_tag}-{sys.hexversion:x}.zip"
    if not compiled.exists():
        _compile(path, compiled)
    with zipfile.ZipFile(compiled) as archive:
        for name in archive.namelist():
            target = environment.site_packages[0] / name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(archive.read(name))


def _compile(path: Path, compiled: Path) -> None:
    number, fresh = tempfile.mkstemp(dir=compiled.parent)  # others may be making the same
    with (
        open(number, "wb") as file,  # noqa: PTH123 - it is open already
        zipfile.ZipFile(path) as archive,
        zipfile.ZipFile(file, "w") as out,
    ):
        for name, bytecode in _bytecode(archive):
            out.writestr(name, bytecode)
    Path(fresh).replace(compiled)


def _bytecode(archive: ZipFile) -> Iterator[tuple[str, bytes]]:
    import marshal  # noqa: PLC0415
    from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash  # noqa: PLC0415

    for name in archive.namelist():
        if not name.endswith(".py") or ".data/" in name:
            continue
        source = archive.read(name)
        try:
            code = compile(source, name, "exec", dont_inherit=True, optimize=0)
        except (SyntaxError, ValueError):
            continue  # for another Python, or a template: only importing it would tell
        head = MAGIC_NUMBER + _UNCHECKED + source_hash(source)
        held = list(_parts(code))  # marshal marks what has a second owner: now everything has
        yield cache_from_source(name), head + marshal.dumps(code)
        del held


def _parts(code: CodeType) -> Iterator[object]:
    """Whatever a code object is made of.

    Without holding it, the same source would give other bytes wherever a name in it happens to be
    used by the process as well.
    """
    yield from (code.co_filename, code.co_name, code.co_qualname)
    yield from (*code.co_names, *code.co_varnames, *code.co_cellvars, *code.co_freevars)
    for constant in code.co_consts:
        yield from _parts_of_constant(constant)


def _parts_of_constant(constant: object) -> Iterator[object]:
    # Of texts of one character there is one each in a process; who interns it changes its mark.
    yield sys.intern(constant) if isinstance(constant, str) and len(constant) == 1 else constant
    if isinstance(constant, tuple | frozenset):
        for part in constant:
            yield from _parts_of_constant(part)
    elif isinstance(constant, CodeType):
        yield from _parts(constant)

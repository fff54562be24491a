"""The options of the builder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from packer_sdk import PackerKeys, config, field

DEFAULT_PROGRAMS = (
    *("sh", "cat", "ls", "echo", "printf", "pwd", "mkdir", "rmdir", "cp", "mv", "rm", "ln"),
    *("chmod", "chown", "touch", "env", "sleep", "true", "false", "test", "tr", "wc", "head"),
    *("tail", "sort", "cut", "grep", "sed", "id", "uname", "date", "basename", "dirname"),
)
"""What a root file system made from this machine holds unless the user says otherwise."""


@config
class OciConfig(PackerKeys):
    """Where the image starts, what is said in it, and where it goes."""

    source: str = field(
        doc="What the image starts from: scratch (nothing), host (programs of this machine), "
        "tar:PATH (a root file system in a tarball) or oci:PATH[:TAG] (an image, as a layout "
        "folder or an archive).",
        alias="from",
    )
    output: Path = field(
        doc="Where the image is written: an OCI archive if the name ends in .tar, a layout "
        "folder otherwise."
    )
    programs: list[str] = field(
        doc="With from = host: names or absolute paths of the programs to copy. Libraries and "
        "interpreters come along. Empty means a small set around sh and the usual file tools.",
        default_factory=list,
    )
    cmd: list[str] = field(doc="What the container runs by default.", default_factory=list)
    entrypoint: list[str] = field(
        doc="Program that cmd and the arguments of `podman run` are given to. Setting it drops "
        "the cmd of the base.",
        default_factory=list,
    )
    env: dict[str, str] = field(
        doc="Environment of the container, and of the provisioners.", default_factory=dict
    )
    workdir: str = field(
        doc="Folder the container and the provisioners start in; made if it is not there.",
        default="",
    )
    user: str = field(doc="User the container runs as: NAME or UID, with :GROUP.", default="")
    labels: dict[str, str] = field(doc="Labels of the image.", default_factory=dict)
    exposed_ports: list[str] = field(
        doc="Ports the image announces: 80, 80/tcp or 53/udp.", default_factory=list
    )
    volumes: list[str] = field(
        doc="Folders of the image that hold data of the container.", default_factory=list
    )
    tag: str = field(doc="Name of the image inside the layout.", default="latest")
    compression: Literal["gzip", "none"] = field(
        doc="How the new layer is packed. none gives the same digest whatever zlib Python was "
        "built with.",
        default="gzip",
    )

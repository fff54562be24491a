"""Rules of fixers that are more than a new name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .rules import as_boolean, removed, renamed

if TYPE_CHECKING:
    from .rules import Options

_PROVIDERS = ("aws", "digitalocean", "hyperv", "parallels", "virtualbox", "vmware")
_CHECKSUM_WITH_KIND = re.compile(r"none|(?:file|md5|sha\d+):.*", re.DOTALL)
_CREATE_TIME = re.compile(r"\{\{\s*\.CreateTime\s*\}\}")
_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_CLEAN_NAME = re.compile(r"\bclean_(?:ami|image)_name\b")
_ESCAPED = re.compile(r"`([$\"'`])")
_THICK = "zeroedthick"


def create_time(text: str) -> str:
    """The time of the run is a function now."""
    return _CREATE_TIME.sub("{{timestamp}}", text)


def clean_name(text: str) -> str:
    """One function for names of every cloud; outside of ``{{ … }}`` it is a word like others."""
    return _ACTION.sub(lambda action: _CLEAN_NAME.sub("clean_resource_name", action[0]), text)


def additions(value: object) -> str | None:
    """How the guest additions get into the machine."""
    attach = as_boolean(value)
    return None if attach is None else "attach" if attach else "upload"


def iso_md5(options: Options) -> Options:
    """An MD5 checksum is a checksum like others; `iso_checksum` brings it to its last form."""
    if "iso_md5" not in options:
        return dict(options)
    new = {"iso_checksum": options["iso_md5"], "iso_checksum_type": "md5"}
    return removed("iso_md5")(options) | new


def iso_checksum(options: Options) -> Options:
    """``md5:…`` says the kind in one text, ``file:…`` is a list of checksums, ``none`` is none."""
    kind, url = options.get("iso_checksum_type"), options.get("iso_checksum_url")
    if kind is None and url is None:
        return dict(options)
    rest = removed("iso_checksum", "iso_checksum_type", "iso_checksum_url")(options)
    checksum = _checksum(kind, url, options.get("iso_checksum"))
    return rest if checksum is None else rest | {"iso_checksum": checksum}


def _checksum(kind: object, url: object, found: object) -> object:
    if kind == "none":
        return "none"
    if isinstance(url, str) and url:
        return f"file:{url}"
    if not isinstance(found, str) or not isinstance(kind, str) or not kind:
        return found
    return found if _CHECKSUM_WITH_KIND.fullmatch(found) else f"{kind}:{found}"


def vagrant_override(options: Options) -> Options:
    """What is meant for one provider stands below ``override``."""
    ours = {name: options[name] for name in _PROVIDERS if isinstance(options.get(name), dict)}
    override = options.get("override", {})
    if not ours or not isinstance(override, dict):
        return dict(options)
    return removed(*ours)(options) | {"override": ours | override}


def parallels(options: Options) -> Options:
    """The distribution is the type of the system now, and wins over the family it was."""
    found = removed("parallels_tools_host_path")(options)
    if "guest_os_distribution" in found:
        found["guest_os_type"] = found.pop("guest_os_distribution")
    return found


def interface(value: object) -> str | None:
    """Which address is meant by whether it is the private one."""
    private = as_boolean(value)
    return None if private is None else "private_ip" if private else "public_ip"


def as_list(value: object) -> list[object] | None:
    """One text as a list; several may stand between commas."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value if isinstance(value, list) else None


def docker_tags(options: Options) -> Options:
    """Every tag once, that of ``tag`` first."""
    first, others = as_list(options.get("tag")), as_list(options.get("tags", []))
    if first is None or others is None:
        return dict(options)
    both = [*first, *others]
    unique = [tag for number, tag in enumerate(both) if tag not in both[:number]]
    return removed("tag")(options) | {"tags": unique}


def powershell(options: Options) -> Options:
    """What the provisioner escapes itself must not come escaped."""
    found = dict(options)
    for name in ("elevated_user", "elevated_password"):
        if isinstance(found.get(name), str):
            found[name] = _ESCAPED.sub(r"\1", found[name])
    if isinstance(found.get("environment_vars"), list):
        found["environment_vars"] = [
            _ESCAPED.sub(r"\1", one) if isinstance(one, str) else one
            for one in found["environment_vars"]
        ]
    return found


def vmware_compaction(options: Options) -> Options:
    """On ESXi, the kind of disk that used to be the default cannot be compacted."""
    if options.get("remote_type") != "esx5":
        return dict(options)
    found = {"disk_type_id": _THICK} | options
    return found | {"skip_compaction": True} if found["disk_type_id"] == _THICK else found


def qemu_disk_size(options: Options) -> Options:
    """A number was meant in megabytes."""
    size = options.get("disk_size")
    if isinstance(size, bool) or not isinstance(size, int | float):
        return dict(options)
    return options | {"disk_size": f"{size:.0f}M"}


def vsphere(options: Options) -> Options:
    """There may be several networks and disks now; what stood alone is the first of them."""
    options = renamed(networkCard="network_card")(options)
    for target, names in (
        ("network_adapters", ("network", "network_card")),
        ("storage", ("disk_size", "disk_thin_provisioned", "disk_eagerly_scrub")),
    ):
        first = {name: options[name] for name in names if name in options}
        others = options.get(target, [])
        if first and isinstance(others, list):
            options = removed(*first)(options) | {target: [first, *others]}
    return options


def azure(options: Options) -> Options:
    """A misspelt option of the gallery that the image goes to."""
    rule = renamed(exlude_from_latest="exclude_from_latest")
    return {
        name: rule(value) if name.startswith("shared_image") and isinstance(value, dict) else value
        for name, value in options.items()
    }

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from packer_plugin_oci.config import OciConfig
from packer_plugin_oci.image import (
    DEFAULT_PATH,
    LAYER,
    LAYER_GZIP,
    Base,
    Descriptor,
    Layer,
    base_of,
    config_document,
    encode,
    index_document,
    is_digest,
    is_tag,
    manifest_document,
    parse_descriptor,
    parse_document,
    platform_of,
)
from packer_sdk import ComponentError

DIGEST = "sha256:" + "a" * 64
LOWER = Layer(Descriptor(LAYER_GZIP, DIGEST, 5), "sha256:" + "b" * 64)
UPPER = Layer(Descriptor(LAYER, "sha256:" + "c" * 64, 6), "sha256:" + "c" * 64)
VALUES: dict[str, Any] = {"from": "oci:x", "output": Path("o")}
OPTIONS = OciConfig(**VALUES)
FROM_HOST = OciConfig(**VALUES | {"from": "host"})


def config_of(base: Base, options: OciConfig, new: Layer | None = UPPER) -> dict[str, object]:
    return config_document(base, options, new, "2020-01-01T00:00:00Z", "x86_64")


def test_config_from_nothing_has_platform_path_and_history() -> None:
    assert config_of(Base(), FROM_HOST) == {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": [f"PATH={DEFAULT_PATH}"], "Cmd": ["/bin/sh"]},
        "created": "2020-01-01T00:00:00Z",
        "history": [{"created": "2020-01-01T00:00:00Z", "created_by": "packer build (from host)"}],
        "rootfs": {"type": "layers", "diff_ids": [UPPER.diff_id]},
    }


def test_config_keeps_the_base_and_adds_the_options() -> None:
    base = Base(
        (LOWER,),
        {
            "architecture": "arm64",
            "os": "linux",
            "variant": "v8",
            "config": {
                "Env": ["PATH=/x", "A=1", 7],
                "Cmd": ["old"],
                "Labels": {"a": "1"},
                "StopSignal": "TERM",
            },
            "history": [{"created_by": "x"}, {"created_by": "y", "empty_layer": True}],
        },
        DIGEST,
    )
    options = replace(
        OPTIONS,
        env={"Z": "2", "A": "3", "B": ""},
        entrypoint=["e"],
        labels={"b": "2"},
        exposed_ports=["80", "53/udp"],
        volumes=["/v"],
        user="7:8",
        workdir="/w",
    )
    document = config_of(base, options, None)
    assert document["architecture"] == "arm64"
    assert document["variant"] == "v8"
    assert document["config"] == {
        "Env": ["PATH=/x", "A=3", "B=", "Z=2"],
        "Entrypoint": ["e"],
        "Labels": {"a": "1", "b": "2"},
        "StopSignal": "TERM",
        "ExposedPorts": {"80/tcp": {}, "53/udp": {}},
        "Volumes": {"/v": {}},
        "User": "7:8",
        "WorkingDir": "/w",
    }
    history = document["history"]
    assert isinstance(history, list)
    assert [bool(entry.get("empty_layer")) for entry in history] == [False, True, True]


def test_history_has_an_entry_for_every_layer_even_if_the_base_has_none() -> None:
    document = config_of(Base((LOWER, LOWER), {}), OPTIONS)
    history = document["history"]
    assert isinstance(history, list)
    assert len(history) == 3


def test_manifest_and_index_point_at_what_they_are_given() -> None:
    manifest = manifest_document(Base(digest=DIGEST), Descriptor("t", DIGEST, 1), [LOWER])
    assert manifest["layers"] == [{"mediaType": LAYER_GZIP, "digest": DIGEST, "size": 5}]
    assert manifest["annotations"] == {"org.opencontainers.image.base.digest": DIGEST}
    index = index_document(Descriptor("m", DIGEST, 1), "v1", {"os": "linux", "x": 1})
    assert index["manifests"] == [
        {
            "mediaType": "m",
            "digest": DIGEST,
            "size": 1,
            "annotations": {"org.opencontainers.image.ref.name": "v1"},
            "platform": {"os": "linux"},
        }
    ]


def test_base_of_renames_docker_types_and_refuses_others() -> None:
    docker = Descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", DIGEST, 5)
    config = {"rootfs": {"diff_ids": [DIGEST]}}
    assert base_of(config, [docker], DIGEST).layers[0].descriptor.media_type == LAYER_GZIP
    for broken, descriptors in (
        ({}, [docker]),
        ({"rootfs": {"diff_ids": []}}, [docker]),
        ({"rootfs": {"diff_ids": ["sha256:../../x"]}}, [docker]),
        (config, [replace(docker, media_type="application/x-helm")]),
    ):
        with pytest.raises(ComponentError):
            base_of(broken, descriptors, DIGEST)


@pytest.mark.parametrize(
    "document",
    [None, {}, {"digest": "sha256:../../etc/passwd", "size": 1}, {"digest": DIGEST, "size": -1}],
)
def test_descriptor_that_cannot_be_trusted_is_refused(document: object) -> None:
    with pytest.raises(ComponentError):
        parse_descriptor(document, "x")


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"[" * 100_000])
def test_document_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(ComponentError):
        parse_document(data, "x")


def test_encode_does_not_depend_on_order_and_takes_any_text() -> None:
    assert encode({"b": 1, "a": "\ud800é"}) == encode({"a": "\ud800é", "b": 1})


@pytest.mark.parametrize("tag", ["latest", "hello:1.0", "a/b_c", "a--b", "1"])
def test_tag_of_the_grammar_is_one(tag: str) -> None:
    assert is_tag(tag)


@pytest.mark.parametrize("tag", ["", "-a", "a-", "a..b", "a b", "é", "a/", "a" * 300, "a\n"])
def test_tag_of_another_form_is_none(tag: str) -> None:
    assert not is_tag(tag)


def test_tag_check_does_not_take_for_ever() -> None:
    assert not is_tag("a" * 250 + "!")


def test_platform_and_digest() -> None:
    assert platform_of("armv7l") == {"architecture": "arm", "os": "linux", "variant": "v7"}
    assert platform_of("vax")["architecture"] == "vax"
    assert not is_digest(DIGEST + "\n")
    assert not is_digest(7)

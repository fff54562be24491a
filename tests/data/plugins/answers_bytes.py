"""A component whose schemas and result are whatever bytes ANSWERS says: {"ConfigSpec": HEX, …}."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import packer_sdk.adapters
from packer_sdk import server

ANSWERS = {name: bytes.fromhex(text) for name, text in json.loads(os.environ["ANSWERS"]).items()}


class Face:
    """Of every kind of component."""

    def config_spec(self) -> bytes:
        return ANSWERS["ConfigSpec"]

    def output_spec(self) -> bytes:
        return ANSWERS["OutputSpec"]

    def execute(self, cancel: Any) -> bytes:
        return ANSWERS["Execute"]

    def prepare(self, configs: Any) -> None:
        """Take anything."""

    configure = prepare

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


packer_sdk.adapters.adapter_for = lambda *_, **__: Face()  # type: ignore[assignment]
KIND = os.path.basename(sys.argv[0]).removeprefix("packer-").rpartition("-")[0]  # noqa: PTH119
if __name__ == "__main__":
    sys.exit(server.serve(KIND, Face, protobuf="--protobuf" in sys.argv))

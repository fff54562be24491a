"""What a shim is: ``serve_wonder.py KIND [--protobuf]`` serves one component of `wonder`."""

from __future__ import annotations

import sys

from packer_sdk.plugin import start

CLASSES = {
    "builder": "WonderBuilder",
    "provisioner": "WonderProvisioner",
    "post-processor": "WonderPostProcessor",
    "datasource": "WonderDatasource",
    "missing": "WonderMissing",
    "mistaken": "WonderDatasource",
}

if __name__ == "__main__":
    kind = sys.argv[1]
    real_kind = "builder" if kind in ("missing", "mistaken") else kind
    sys.exit(start(real_kind, "wonder", f"wonder:{CLASSES[kind]}"))

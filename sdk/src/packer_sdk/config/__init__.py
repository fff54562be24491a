"""Configuration: what an author declares, what a user wrote, and everything wrong with it."""

from __future__ import annotations

import sys
from types import ModuleType

from .common import PackerKeys
from .declare import config, config_spec, field
from .decode import decode_config
from .kinds import Duration, OctalMode, Secret, Template

__all__ = [
    "Duration",
    "OctalMode",
    "PackerKeys",
    "Secret",
    "Template",
    "config",
    "config_spec",
    "decode_config",
    "field",
]


class _CallableModule(ModuleType):
    # `from packer_sdk import config` means the decorator, but finds this package as soon as
    # anybody has imported it: importing binds a submodule's name in its parent.
    __call__ = staticmethod(config)


sys.modules[__name__].__class__ = _CallableModule

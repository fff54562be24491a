"""The filter of everything people read. It is the SDK's, for plugins that write files need it, too.

What is here is what the rest of core imports; a plugin takes `packer_sdk.masking` itself.
"""

from __future__ import annotations

from packer_sdk.masking import MASK, SHORTEST, SecretFilter, forms

__all__ = ["MASK", "SHORTEST", "SecretFilter", "forms"]

"""Schemas and values in the form a process was started for: protobuf, or gob (protocol 1.8).

With ``--protobuf`` a schema is a protobuf message and the answer of a data source msgpack; without
it both are gob. Nothing else on the wire depends on the flag. Each form is imported when it is
asked for: most processes never are, and none is asked for both.
"""

from __future__ import annotations

from packer_sdk.errors import RemoteProtocolError

from .specs import ObjectSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packer_sdk.cty.values import Value


def encode_spec(spec: ObjectSpec, *, protobuf: bool) -> bytes:
    """Write a schema, as ``ConfigSpec`` and ``OutputSpec`` answer it.

    Raises:
        LocalProtocolError: an attribute has a type the form has no words for.
    """
    if protobuf:
        from .protobuf import encode_spec as encode  # noqa: PLC0415 - see the module

        return encode(spec)
    from .gob_specs import encode_spec as encode_gob  # noqa: PLC0415 - see the module

    return encode_gob(spec)


def decode_spec(data: bytes, *, protobuf: bool) -> ObjectSpec:
    """Read a schema.

    Raises:
        RemoteProtocolError: it is none; says where.
    """
    if not protobuf:
        from .gob_specs import decode_spec as decode_gob  # noqa: PLC0415 - see the module

        return decode_gob(data)
    from .protobuf import decode_spec as decode  # noqa: PLC0415 - see the module

    spec = decode(data)
    if not isinstance(spec, ObjectSpec):
        raise RemoteProtocolError(f"config spec: not an object but {type(spec).__name__}")
    return spec


def encode_value(value: Value, *, protobuf: bool) -> bytes:
    """Write a value, as ``Execute`` of a data source answers it.

    Raises:
        LocalProtocolError: the form has no words for something in it.
    """
    if protobuf:
        from packer_sdk.cty.msgpack import encode  # noqa: PLC0415 - see the module

        return encode(value)
    from .gob_values import encode_value as encode_gob  # noqa: PLC0415 - see the module

    return encode_gob(value)


def decode_value(data: bytes, *, protobuf: bool) -> Value:
    """Read such a value.

    Raises:
        RemoteProtocolError: it is none; says where.
    """
    if protobuf:
        from packer_sdk.cty.msgpack import decode  # noqa: PLC0415 - see the module

        return decode(data)
    from .gob_values import decode_value as decode_gob  # noqa: PLC0415 - see the module

    return decode_gob(data)

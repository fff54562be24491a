"""Networks: ``cidrhost``, ``cidrsubnet`` and others."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Network, IPv6Network, NetmaskValueError, ip_network
from typing import TYPE_CHECKING

from packer_core.hcl import values
from packer_core.hcl.function import Function, FunctionError, Parameter
from packer_sdk.cty.types import ListType

from .simple import simple, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_core.hcl.numbers import Number
    from packer_sdk.cty.values import Value

    from .table import Surroundings

    Network = IPv4Network | IPv6Network


def functions(_surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    return {
        "cidrhost": simple("string", _cidrhost, prefix="string", hostnum="number"),
        "cidrnetmask": simple("string", _cidrnetmask, prefix="string"),
        "cidrsubnet": simple(
            "string", _cidrsubnet, prefix="string", newbits="number", netnum="number"
        ),
        "cidrsubnets": Function(
            [Parameter("prefix", "string")],
            ListType("string"),
            _cidrsubnets,
            rest=Parameter("newbits", "number"),
        ),
    }


def _network(prefix: str) -> Network:
    address, slash, bits = prefix.partition("/")
    if not slash or not bits.isdecimal() or not bits.isascii():
        raise FunctionError(f'no network, like 10.0.0.0/8: "{prefix}"', 0)
    try:
        return ip_network(f"{address}/{bits}", strict=False)
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        raise FunctionError(f'no network, like 10.0.0.0/8: "{prefix}"', 0) from error


def _integer(number: Number, argument: int) -> int:
    if not isinstance(number, int):
        raise FunctionError("must be a whole number", argument)
    return number


def _cidrhost(prefix: str, hostnum: Number) -> str:
    network = _network(prefix)
    number = _integer(hostnum, 1)
    if not -network.num_addresses <= number < network.num_addresses:
        bits = network.max_prefixlen - network.prefixlen
        raise FunctionError(f"{bits} bits of hosts do not reach {number}", 1)
    return str(network[number])


def _cidrnetmask(prefix: str) -> str:
    return str(_network(prefix).netmask)


def _cidrsubnet(prefix: str, newbits: Number, netnum: Number) -> str:
    network = _network(prefix)
    bits = whole(newbits, 1)
    length = network.prefixlen + bits
    if bits < 0 or length > network.max_prefixlen:
        left = network.max_prefixlen - network.prefixlen
        raise FunctionError(f"must be between 0 and {left}, got {bits}", 1)
    number = _integer(netnum, 2)
    if not 0 <= number < 1 << bits:
        raise FunctionError(f"{bits} bits do not reach {number}", 2)
    start = int(network.network_address) + (number << (network.max_prefixlen - length))
    return str(type(network)((start, length)))


def _cidrsubnets(prefix: Value, *newbits: Value) -> Value:
    network = _network(values.text_in(prefix))
    end = int(network.broadcast_address)
    at = int(network.network_address)
    found: list[Value] = []
    for position, given in enumerate(newbits, 1):
        bits = whole(values.number_in(given), position)
        length = network.prefixlen + bits
        if bits < 1:
            raise FunctionError("at least one bit is needed", position)
        if bits > 32 or length > network.max_prefixlen:
            raise FunctionError(f"there are not so many bits: {bits}", position)
        size = 1 << (network.max_prefixlen - length)
        at = -(-at // size) * size  # a network starts at a multiple of its size
        if at + size - 1 > end:
            raise FunctionError(f"no room left for {bits} bits", position)
        found.append(values.string(str(type(network)((at, length)))))
        at += size
    return values.list_of("string", found)

"""The address that a request comes from, for the limits on sign-in and on forms."""

import logging
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings

logger = logging.getLogger(__name__)

UNKNOWN = "0.0.0.0"  # noqa: S104 (a connection by a socket has no address; it is counted like any other)


def client_ip(request) -> str:
    """Return the visitor's address: the one from which the outermost of our own PROXY_COUNT proxies was asked.

    Each proxy appends to X-Forwarded-For the address that it is asked from; what stands before these can be made up.
    Where that is missing or is no address, the connection's own counts: one visitor for all is better than none.
    """
    if settings.PROXY_COUNT:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        forwarded = _parse(hops[-settings.PROXY_COUNT]) if len(hops) >= settings.PROXY_COUNT else None
        if forwarded:
            return str(forwarded)
        _warn_once()
    return str(_parse(request.META.get("REMOTE_ADDR", "")) or UNKNOWN)


def client_network(request) -> str:
    """Return what counts as one visitor: the address, and in IPv6 the /64 that each line has to itself."""
    return network(client_ip(request))


def network(ip: str) -> str:
    """Return an IPv4 address as it is, and of an IPv6 address the first one of its /64."""
    address = ip_address(ip)
    if address.version == 4:
        return str(address)
    return str(IPv6Network((int(address), 64), strict=False).network_address)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address with or without a port, a zone and brackets; one of IPv4 that is written as IPv6 is of IPv4."""
    text = text.strip()
    if text.startswith("["):  # [2001:db8::1]:4711
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # 192.0.2.1:4711
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@cache
def _warn_once():
    logger.warning(
        "X-Forwarded-For is missing or names no address (PROXY_COUNT is %d): the proxy must append it. "
        "Until then all of its visitors are limited as if they were one.",
        settings.PROXY_COUNT,
    )

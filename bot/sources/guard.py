"""What may be connected to: web addresses on the public internet, so that no feed can be used to look into a network.

    address as given, each redirect ─ checked ─▶ URL ─ name resolved ─ public_socket ─▶ connection

The check that holds is the second: it sees the very address that is about to be connected to, whatever a name resolved
to a moment before. The first refuses what need not be resolved, and is all there is where a proxy resolves the names.
"""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, Final

from yarl import URL

from bot.sources.trouble import FetchError, Trouble

# Beside what the standard library knows to be private in every version (IANA's special-purpose registries): ranges that
# carry an IPv4 address inside, that lead to the network's own services, or that were given out since.
_NEVER: Final = tuple(
    ip_network(network)
    for network in (
        "168.63.129.16/32",  # a cloud's metadata service on an address that looks public
        "192.0.0.0/24",  # protocol assignments: NAT64 discovery, a cloud's metadata service
        "192.88.99.0/24",  # relays of 6to4
        "2001::/23",  # protocol assignments, Teredo among them
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation, since 2024
    )
)
# All the public addresses of IPv6 there are; v4-mapped and NAT64 ones (::ffff:0:0/96, 64:ff9b::/96) lie outside of it.
_UNICAST: Final = ip_network("2000::/3")
# Names that never leave a network: RFC 6761, 6762, 8375, and what routers and resolvers use beside them.
_LOCAL: Final = frozenset(("localhost", "localdomain", "local", "internal", "intranet", "lan", "home.arpa"))
# Longer ones are refused by many servers, and have no place in a list of sources.
_MOST_CHARACTERS: Final = 2_048
_NAME: Final = re.compile(r"[a-z0-9_][a-z0-9_.-]*", re.IGNORECASE)
# What aiohttp, like socket.getaddrinfo, knows of where it connects to: family, type, protocol, name, address.
Target = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]


class Forbidden(OSError):
    """A connection into a private network was asked for; always the same words, by which several become one."""

    def __init__(self) -> None:
        super().__init__("not a public address")


def checked(url: str, *, allow_private: bool) -> URL:
    """The address without its fragment; FetchError (ADDRESS, CREDENTIALS, FORBIDDEN) where it must not be asked."""
    try:
        parsed = URL(url).with_fragment(None)
    except ValueError:
        # Its own words would repeat the address, and a password with it.
        raise FetchError(Trouble.ADDRESS) from None
    if parsed.raw_user is not None or parsed.raw_password is not None:
        raise FetchError(Trouble.CREDENTIALS)
    host = parsed.raw_host
    if parsed.scheme not in ("http", "https") or not host or not (":" in host or _NAME.fullmatch(host)):
        raise FetchError(Trouble.ADDRESS)
    if len(str(parsed)) > _MOST_CHARACTERS:
        raise FetchError(Trouble.ADDRESS)
    if not allow_private and is_private_host(host):
        raise FetchError(Trouble.FORBIDDEN)
    return parsed


def is_private_host(host: str) -> bool:
    """Whether a host is a private address, in any spelling, or a name that only a private network can know."""
    host = host.rstrip(".").lower()
    address = _literal(host)
    if address is not None:
        return not is_public(address)
    return "." not in host or any(host == name or host.endswith(f".{name}") for name in _LOCAL)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to one host on the public internet."""
    if not address.is_global or address.is_multicast or any(address in network for network in _NEVER):
        return False
    return address.version == 4 or address in _UNICAST


def public_socket(target: Target) -> socket.socket:
    """A socket to connect to `target` with; Forbidden where that is no public address."""
    family, kind, protocol, _, address = target
    try:
        is_allowed = is_public(ip_address(address[0]))
    except ValueError:
        is_allowed = False
    if not is_allowed:
        raise Forbidden
    return socket.socket(family=family, type=kind, proto=protocol)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is spelt as: also `127.1`, `0x7f.1` and `2130706433`, as the system reads them."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None

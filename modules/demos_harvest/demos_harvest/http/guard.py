# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
"""Which addresses may be spoken to.

The check happens on the *resolved* address and the connection goes to exactly that address, so
that neither an odd spelling (decimal, octal, IPv4 within IPv6) nor a name server that answers
differently the second time leads inside the house.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .errors import AddressRefusedError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

DEFAULT_PORTS = {"http": 80, "https": 443}
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def host_port(url: str) -> tuple[str, int]:
    """Return host (lower case) and port of a URL, without resolving anything.

    Raises:
        AddressRefusedError: If scheme, credentials, host or port make it unusable.

    Examples:
        >>> host_port("https://Zenodo.org/api")
        ('zenodo.org', 443)
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefusedError("The address cannot be read.") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise AddressRefusedError(f"Only http and https are spoken, not {parts.scheme!r}.", url=url)
    if parts.username is not None or parts.password is not None:
        raise AddressRefusedError("An address with credentials in it is refused.", url=url)
    if not parts.hostname:
        raise AddressRefusedError("The address names no host.", url=url)
    return parts.hostname.lower().rstrip("."), port or DEFAULT_PORTS[parts.scheme]


def _unwrap(address: IPAddress) -> IPAddress:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address.sixtofour:
            return address.sixtofour
        if address.teredo:
            return address.teredo[1]
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: str) -> bool:
    """Tell whether a numeric address belongs to the public internet.

    Examples:
        >>> is_public("137.138.0.1"), is_public("169.254.169.254"), is_public("::ffff:127.0.0.1")
        (True, False, False)
    """
    ip = _unwrap(ipaddress.ip_address(address.partition("%")[0]))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


@dataclass(frozen=True)
class AddressPolicy:
    """Public addresses on the usual ports, plus what an administrator configured by name.

    Attributes:
        trusted: (host, port) pairs of configured base URLs; they may be private or loopback.
    """

    trusted: frozenset[tuple[str, int]] = field(default_factory=frozenset)

    @classmethod
    def trusting(cls, *urls: str) -> AddressPolicy:
        """Build the policy that trusts the hosts of these base URLs.

        Examples:
            >>> policy = AddressPolicy.trusting("http://127.0.0.1:8080/")
            >>> policy.check_url("http://127.0.0.1:8080/record/1")
            ('127.0.0.1', 8080)
        """
        return cls(frozenset(host_port(url) for url in urls))

    def check_url(self, url: str) -> tuple[str, int]:
        """Refuse a URL on what its text alone tells.

        Raises:
            AddressRefusedError: If it is not http(s) on a usual port of a named host.
        """
        host, port = host_port(url)
        if (host, port) not in self.trusted and port not in DEFAULT_PORTS.values():
            raise AddressRefusedError(f"Port {port} is not used by peers.", url=url)
        return host, port

    def check_address(self, host: str, port: int, address: str) -> None:
        """Refuse a resolved address that is not public, unless the host was configured.

        Raises:
            AddressRefusedError: If the address is private and the host not trusted.
        """
        if (host.lower().rstrip("."), port) not in self.trusted and not is_public(address):
            raise AddressRefusedError(f"{host} leads to an address that is not public.")

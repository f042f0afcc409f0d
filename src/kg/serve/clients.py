"""Who asks: the address of a client, behind proxies too, and what of it may be told."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from kg.ground.errors import InputError

_NETWORK_4 = 24
_NETWORK_6 = 48
_HOME_6 = 64  # what a provider gives to one customer: each address in it may be the same machine


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies whose word on where a request comes from is taken."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def read(cls, text: str) -> Proxies:
        """Read addresses and networks with commas between them. Raises `InputError`.

        >>> Proxies.read("127.0.0.1, 10.0.0.0/8").networks
        (IPv4Network('127.0.0.1/32'), IPv4Network('10.0.0.0/8'))
        """
        try:
            return cls(tuple(ip_network(part.strip()) for part in text.split(",") if part.strip()))
        except ValueError as error:
            raise InputError(
                f"SIDES_TRUSTED_PROXIES is {text!r}: {error}",
                expected="addresses and networks, with commas between them",
                remedy="change SIDES_TRUSTED_PROXIES",
            ) from error

    def trust(self, address: str) -> bool:
        """Whether an address is that of one of the proxies."""
        parsed = _parsed(address) if self.networks else None
        return parsed is not None and any(parsed in network for network in self.networks)

    def client(self, peer: str, forwarded: str) -> str:
        """The address of the client: ``peer`` sent the request, ``forwarded`` is its header ``X-Forwarded-For``.

        Each proxy adds at the end whom it heard the request from, so the list is read from there as long as trusted
        proxies speak; what stands before may be made up.

        >>> Proxies.read("127.0.0.1").client("127.0.0.1", "8.8.8.8, 192.0.2.7")
        '192.0.2.7'
        >>> Proxies.read("127.0.0.1").client("192.0.2.7", "8.8.8.8")
        '192.0.2.7'
        """
        client = peer
        names = [name.strip() for name in forwarded.split(",")]
        while names and self.trust(client) and _parsed(names[-1]) is not None:
            client = names.pop()
        return client


@lru_cache(4096)
def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


@lru_cache(4096)
def group(address: str) -> str:
    """The name under which a client gets its share: its IPv4 address, or the IPv6 network that one customer has.

    >>> group("192.0.2.7"), group("2001:db8:1:2:3:4:5:6"), group("::ffff:192.0.2.7")
    ('192.0.2.7', '2001:db8:1:2::/64', '192.0.2.7')
    """
    return _network(address, 32, _HOME_6).removesuffix("/32")


def _network(address: str, bits_4: int, bits_6: int) -> str:
    parsed = _parsed(address)
    if parsed is None:
        return address
    return str(ip_network((parsed, bits_4 if parsed.version == 4 else bits_6), strict=False))


def is_local(address: str) -> bool:
    """Whether an address is that of this machine itself.

    >>> is_local("127.0.0.1"), is_local("192.0.2.7")
    (True, False)
    """
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


@dataclass(frozen=True, slots=True)
class Disguise:
    """How much of an address is told: ``none``, its ``network``, a ``hash`` of it, or the ``full`` address.

    The hash is made with a secret of this process: it tells two clients apart, as long as the process runs, and cannot
    be turned back by trying all addresses.

    >>> Disguise("network").shown("192.0.2.7"), Disguise("none").shown("192.0.2.7")
    ('192.0.2.0/24', None)
    """

    manner: str
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def shown(self, address: str) -> str | None:
        """What is told of an address."""
        match self.manner:
            case "full":
                return address
            case "hash":
                return hashlib.blake2b(address.encode(), key=self._secret, digest_size=8).hexdigest()
            case "network":
                return _network(address, _NETWORK_4, _NETWORK_6)
            case _:
                return None

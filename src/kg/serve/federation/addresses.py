"""Which addresses of the network may be connected to."""

from __future__ import annotations

import ipaddress
import socket
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def resolve(host: str, port: int, *, private: bool, seconds: float) -> list[str]:
    """The addresses of a host, as text, that may be connected to: public ones, unless ``private``.

    Raises `OSError` if there is none; `TimeoutError` is one.
    """
    future: Future[list[str]] = Future()
    threading.Thread(target=_look_up, args=(host, port, future), name="resolver", daemon=True).start()
    try:
        addresses = future.result(max(seconds, 0))
    except FutureTimeoutError as error:
        raise TimeoutError(f"the address of {host} was not found in time") from error
    except UnicodeError as error:
        raise OSError(f"{host[:80]!r} is no name of a host") from error
    if not private and not all(map(is_public, addresses)):
        # All of them: who gives one private address beside a public one means no good.
        raise PermissionError(f"{host} has an address in a private network")
    return addresses


def _look_up(host: str, port: int, future: Future[list[str]]) -> None:
    """Look a name up. The system's search knows no time limit, so this has a thread for which nobody waits."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        future.set_result([str(entry[4][0]) for entry in found])
    except (OSError, UnicodeError) as error:
        future.set_exception(error)


def is_public(text: str) -> bool:
    """Whether an address belongs to the public network, also as what it carries within (IPv4 in IPv6, 6to4, NAT64).

    >>> [is_public(text) for text in ("93.184.216.34", "127.0.0.1", "169.254.169.254", "::ffff:10.0.0.1")]
    [True, False, False, False]
    """
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return all(_is_public(each) for each in (address, *_carried(address)))


def _is_public(address: Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _carried(address: Address) -> list[Address]:
    """The IPv4 addresses that an IPv6 address leads to; other forms that carry one (NAT64) are reserved anyway."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    carried: list[Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    return [each for each in carried if each is not None]

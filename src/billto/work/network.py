"""Connections to servers that somebody else has named: to the public network and nowhere else."""

import asyncio
import ipaddress
import socket

from billto.work.parcel import Undelivered

# Those that mail servers listen on.
_PORTS = (25, 465, 587, 2525)


async def to_public_server(host: str, port: int) -> socket.socket:
    """A connection to a mail server of the public network.

    What is connected to is what was looked at: a name that leads elsewhere a moment later leads nowhere new.
    """
    if port not in _PORTS:
        raise Undelivered(f"port {port} is none of a mail server")
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise Undelivered(f"{host} is not known: {fault}") from fault
    if not found or not all(is_public(address[0]) for *_, address in found):
        raise Undelivered(f"{host} is not in the public network")
    cause: OSError | None = None
    for family, kind, protocol, _, address in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setblocking(False)
            await loop.sock_connect(sock, address)
        except OSError as fault:
            sock.close()
            cause = fault
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise Undelivered(f"{host} cannot be reached: {cause}")


def is_public(address: object) -> bool:
    """Whether an address is one of the public network, also where it hides one of the fourth version."""
    ip = ipaddress.ip_address(str(address).partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is not None:
            return is_public(inner)
        if ip in _NAT64:
            return is_public(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if ip not in _GIVEN_OUT:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in one for one in _NOBODYS)


_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All of the sixth version that is given out to anybody; Python takes much else for global.
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
# … and these, of which older Pythons do not know: examples (RFC 9637), relays that are no more (RFC 7526).
_NOBODYS = (ipaddress.ip_network("3fff::/20"), ipaddress.ip_network("192.88.99.0/24"))

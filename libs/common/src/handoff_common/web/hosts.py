"""Whom a host name reaches."""

from ipaddress import ip_address


def is_address(host: str) -> bool:
    """Tell an IP address from a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Tell whether only this machine finds the host."""
    return ip_address(host).is_loopback if is_address(host) else host == "localhost"


def is_local(host: str) -> bool:
    """Tell whether the host is this machine, or a neighbour in a network of containers.

    A name without a dot is in nobody's DNS: neither a tunnel nor a rebound web page can have it.
    """
    return is_loopback(host) or (bool(host) and "." not in host and not is_address(host))

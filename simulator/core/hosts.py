"""Hosts that webhooks may call: this machine, while only it uses the server, and those named at the start of the server.

Own choice, all of it: an address that a visitor types must not make the server call into networks that it can reach.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

_named: frozenset[str] = frozenset()
_loopback = True

LONGEST = 2000


class NotAllowed(Exception):
    """An address may not be called; the text is one sentence that says why."""


def use(named: Iterable[str], *, loopback: bool) -> None:
    """Set which hosts may be called.

    Args:
        named: hosts by name or address, without ports.
        loopback: whether this machine may be called.
    """
    global _named, _loopback
    _named, _loopback = frozenset(name.strip("[]").lower() for name in named), loopback


def check(address: str) -> None:
    """Refuse an address that may not be called.

    Raises:
        NotAllowed: it is malformed, or its host may not be called.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    plain = address.isascii() and all(" " < letter != "\\" for letter in address)
    # No port 0 can be called; a zone, as in fe80::1%eth0, is a name of an interface of one machine.
    plain = plain and port != 0 and "%" not in (host or "")
    if host is None or parts.scheme not in ("http", "https") or not plain or len(address) > LONGEST:
        raise NotAllowed("This is no address: write one such as http://localhost:9000/hook.")
    if parts.username is not None or parts.password is not None:
        raise NotAllowed("An address with a user name or a password in it is not called.")
    if host in _named or (_loopback and _is_loopback(host)):
        return
    raise NotAllowed(
        f"The host {host} is not called: the server was started for {_allowed()}. "
        "Name others with --webhook-hosts (or VNSIM_WEBHOOK_HOSTS)."
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _allowed() -> str:
    names = (["this machine (localhost)"] if _loopback else []) + sorted(_named)
    return ", ".join(names) or "none"

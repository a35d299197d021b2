"""A server for a room: the address of this machine, a control token that is kept, a certificate, and how to get there."""

import os
import socket
from contextlib import closing, suppress
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from simulator.core.chance import machine_secret
from simulator.settings import TOKEN_FILE, Settings

EVERYWHERE = ("0.0.0.0", "::")
"""Hosts with which a server listens at all addresses of its machine."""
_ELSEWHERE = (socket.AF_INET, ("192.0.2.1", 9)), (socket.AF_INET6, ("2001:db8::1", 9))
"""Addresses of documentation (RFC 5737, RFC 3849): nothing is sent to them, but the system says from which address it would go."""


def settings_for_network(settings: Settings) -> Settings:
    """Return the settings with the address by which others reach this machine, and a control token.

    Args:
        settings: with the port that the server listens on and its data directory, which is held.
    """
    token = settings.control_token or lasting_token(settings.data_dir)
    address = settings.public_url or f"{settings.scheme}://{in_address(host_for_others(settings.host))}:{settings.port}"
    return replace(settings, control_token=token, public_url=address)


def host_for_others(host: str) -> str:
    """Return the address at which others reach a server that listens on a host."""
    return own_address() if host in EVERYWHERE else host


def own_address() -> str:
    """Return the address of this machine on the network that leads furthest; that of loopback when it is on none."""
    for family, target in _ELSEWHERE:
        with suppress(OSError), closing(socket.socket(family, socket.SOCK_DGRAM)) as asking:
            asking.connect(target)
            return str(asking.getsockname()[0])
    with suppress(OSError):
        addresses = sorted({str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)})
        return next(address for address in addresses if not ip_address(address.partition("%")[0]).is_loopback)
    return "127.0.0.1"


def in_address(host: str) -> str:
    """Return a host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def names_of(settings: Settings) -> list[str]:
    """Return the names and addresses of a server for its certificate: how it is reached, and what this machine is called."""
    own_name = socket.gethostname().lower()
    names = [urlsplit(settings.base_address).hostname or "", own_name, f"{own_name.partition('.')[0]}.local"]
    names += [own_address()] if settings.host in EVERYWHERE else [settings.host]
    return [name for name in dict.fromkeys(names) if name and name.isascii() and "%" not in name]


def lasting_token(directory: Path) -> str:
    """Return the control token of a data directory, made once: 96 bits, in groups that can be typed."""
    path = directory / TOKEN_FILE
    with suppress(FileNotFoundError, UnicodeDecodeError):
        token = path.read_text(encoding="utf-8").strip()
        if token:
            return token
    drawn = machine_secret()[:24]
    token = "-".join(drawn[at : at + 4] for at in range(0, len(drawn), 4))
    fresh = path.with_name(f"{TOKEN_FILE}.{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(token + "\n", encoding="utf-8")
    fresh.replace(path)
    return token


def lines_for_the_room(settings: Settings) -> list[str]:
    """Return what to say to a trainer: where to go, with what, and where trainees join, also as a QR code."""
    join = f"{settings.base_address}/join"
    lines = [f"Trainer: {settings.base_address}/class", f"Control token: {settings.control_token}", f"Trainees: {join}"]
    if settings.certificate is not None and settings.certificate.authority is not None:
        lines.append(f"How a device comes to trust this server: {join}/certificate-authority")
    return [*lines, qr_code(join)]


def qr_code(text: str) -> str:
    """Return a text as a QR code for a terminal."""
    from io import StringIO

    import segno

    drawn = StringIO()
    segno.make(text, micro=False).terminal(drawn, compact=True)
    return drawn.getvalue().rstrip("\n")

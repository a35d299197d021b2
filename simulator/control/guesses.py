"""Counts wrong guesses of the control token, in the lobby and over the control API together.

Own choice: guesses are counted per address; for IPv6, per network of 64 bits, because a visitor has all of it. A request without a
token is no guess. The right token is never refused, because behind a proxy, or in an office, all visitors have one address: so the
guesses of a stranger lock nobody out. That leaves it to the length of the token that it cannot be guessed.
"""

from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address
from threading import Lock

from simulator.core.clock import machine_ticks

MOST = 10
WITHIN = 60.0
"""Machine seconds."""
REMEMBERED = 1000
"""How many addresses are remembered; beyond that, the address with the oldest last guess is forgotten."""


class Guesses:
    """Counts ten wrong guesses per minute from an address; further ones are told to wait."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many addresses are remembered."""
        return len(self._wrong)

    def seconds_to_wait(self, address: str | None) -> int:
        """Return how many whole seconds an address may not guess; zero when it may."""
        with self._lock:
            wrong = self._wrong.get(network_of(address))
            if wrong is None or len(wrong) < MOST:
                return 0
            return max(0, int(wrong[0] + WITHIN - machine_ticks() + 0.999))

    def count_wrong(self, address: str | None) -> None:
        """Remember a wrong guess from an address."""
        visitor = network_of(address)
        with self._lock:
            self._wrong.setdefault(visitor, deque(maxlen=MOST)).append(machine_ticks())
            self._wrong.move_to_end(visitor)
            while len(self._wrong) > REMEMBERED:
                self._wrong.popitem(last=False)


def network_of(address: str | None) -> str:
    """Return the network that an address stands for: itself, or its 64 bits of IPv6; a text that is no address stays."""
    try:
        ip = ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped) if ip.ipv4_mapped else f"{int(ip) >> 64:x}::/64"
    return str(ip)

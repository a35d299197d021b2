"""Counting wrong guesses of the control token, in the lobby and over the control API together.

Own choice: each address counts for itself, so that a stranger who guesses keeps nobody out but himself; of IPv6 a whole network of
64 bits counts as one, because one visitor has all of it. Who sent no token at all has not guessed. Behind a proxy everybody has the
proxy's address: there it is for the proxy to slow down who asks too often.
"""

from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address
from threading import Lock

from simulator.core.clock import machine_ticks

MOST = 10
WITHIN = 60.0
"""Machine seconds."""
REMEMBERED = 1000
"""How many addresses are remembered; then the one that has not guessed for longest is forgotten."""


class Guesses:
    """Lets ten wrong guesses a minute happen from an address, and then it may not guess for a while."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many addresses are remembered."""
        return len(self._wrong)

    def seconds_to_wait(self, address: str | None) -> int:
        """Return how many whole seconds an address may not guess; zero when it may."""
        with self._lock:
            wrong = self._wrong.get(_visitor(address))
            if wrong is None or len(wrong) < MOST:
                return 0
            return max(0, int(wrong[0] + WITHIN - machine_ticks() + 0.999))

    def count_wrong(self, address: str | None) -> None:
        """Remember a wrong guess from an address."""
        visitor = _visitor(address)
        with self._lock:
            self._wrong.setdefault(visitor, deque(maxlen=MOST)).append(machine_ticks())
            self._wrong.move_to_end(visitor)
            while len(self._wrong) > REMEMBERED:
                self._wrong.popitem(last=False)


def _visitor(address: str | None) -> str:
    """Return what stands for everybody who could just as well come from this address."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped) if found.ipv4_mapped else f"{int(found) >> 64:x}::/64"
    return str(found)

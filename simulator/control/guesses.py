"""Counts wrong guesses: of the control token, in the lobby and over the control API together, and of join codes.

Own choice: guesses of the token are counted per address; for IPv6, per network of 64 bits, because a visitor has all of it. A
request without a token is no guess. The right token is never refused, because behind a proxy, or in an office, all visitors have
one address: so the guesses of a stranger lock nobody out. That leaves it to the length of the token that it cannot be guessed.
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
    """Counts wrong guesses within a minute from an address; further ones are told to wait.

    Args:
        most: how many an address has.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Return how many addresses are remembered."""
        return len(self._wrong)

    def seconds_to_wait(self, address: str | None) -> int:
        """Return how many whole seconds an address may not guess; zero when it may."""
        with self._lock:
            wrong = self._wrong.get(network_of(address))
            if wrong is None or len(wrong) < self._most:
                return 0
            return max(0, int(wrong[0] + WITHIN - machine_ticks() + 0.999))

    def count_wrong(self, address: str | None) -> None:
        """Remember a wrong guess from an address."""
        visitor = network_of(address)
        with self._lock:
            self._wrong.setdefault(visitor, deque(maxlen=self._most)).append(machine_ticks())
            self._wrong.move_to_end(visitor)
            while len(self._wrong) > REMEMBERED:
                self._wrong.popitem(last=False)


class JoinGuesses:
    """Counts wrong join codes within a minute: from a browser, from an address, and from everywhere.

    Own choice. A class sits behind one address, so ten wrong codes make only the browser wait that typed them. Who guesses takes no
    cookies and uses several addresses, so those, and the server, have limits of their own. There are 31 letters and digits, so
    31^6 = 887,503,681 codes. With 120 wrong ones a minute, 57,600 in eight hours, the code of a class is guessed within a working
    day with a chance of 1 in 15,400, that of one of ten classes with 1 in 1,540; half of the codes take seven years. What a code
    opens is a place in a class, on a platform with made-up data. Personal links do not wait.
    """

    OF_A_BROWSER, OF_AN_ADDRESS, OF_THE_SERVER = 10, 60, 120

    def __init__(self) -> None:
        self._browsers = Guesses(self.OF_A_BROWSER)
        self._addresses = Guesses(self.OF_AN_ADDRESS)
        self._server = Guesses(self.OF_THE_SERVER)

    def seconds_to_wait(self, address: str | None, browser: str) -> int:
        """Return how many whole seconds a browser at an address may not guess; zero when it may."""
        waits = (self._addresses.seconds_to_wait(address), self._server.seconds_to_wait(None))
        return max(self._browsers.seconds_to_wait(browser), *waits)

    def count_wrong(self, address: str | None, browser: str) -> None:
        """Remember a wrong guess of a browser at an address."""
        self._browsers.count_wrong(browser)
        self._addresses.count_wrong(address)
        self._server.count_wrong(None)


def network_of(address: str | None) -> str:
    """Return the network that an address stands for: itself, or its 64 bits of IPv6; a text that is no address stays."""
    try:
        ip = ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped) if ip.ipv4_mapped else f"{int(ip) >> 64:x}::/64"
    return str(ip)

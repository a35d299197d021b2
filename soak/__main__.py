"""The command ``python -m soak``: runs campaigns for some minutes; exit code 1 with the seed when one fails."""

import argparse
import signal
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from random import SystemRandom

from soak.served import Failed

CAMPAIGNS = ("kills", "clients", "disk", "wire", "journeys")
MINUTES = 10.0


def main() -> int:
    """Run the chosen campaigns, one after the other, each for its part of the time."""
    present = [name for name in CAMPAIGNS if find_spec(f"soak.{name}") is not None]
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("campaigns", nargs="*", choices=[*present, []], help="all of them when left out")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for all campaigns together")
    parser.add_argument("--seed", type=int, help="that of a campaign that failed; drawn when left out")
    parser.add_argument("--most", type=int, default=10**6, help="kills, times that the disk is full, or journeys, at most")
    options = parser.parse_args()
    # Ends its processes, and removes their files.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    seed = options.seed if options.seed is not None else SystemRandom().randrange(10**9)
    chosen = options.campaigns or present
    for name in chosen:
        begin = time.monotonic()
        print(f"{name}: seed {seed}", flush=True)
        try:
            import_module(f"soak.{name}").run(
                seed, options.minutes * 60 / len(chosen), lambda line: print(line, flush=True), options.most
            )
        except Failed as error:
            notes = "\n".join(getattr(error, "__notes__", ()))
            print(f"{name}: FAILED after {time.monotonic() - begin:.0f} s: {error}\n{notes}")
            print(f"again: python -m soak {name} --seed {seed if error.seed is None else error.seed}", flush=True)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

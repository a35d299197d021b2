"""``python -m simulator`` is the command ``vnsim``."""

import signal


def main() -> None:
    """Run the command line; told to stop while it is being imported, the process ends without a word."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from simulator.cli import main as run

    signal.signal(signal.SIGINT, before)
    run()


if __name__ == "__main__":
    main()

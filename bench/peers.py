"""The peers' own environment, made when it is first needed."""

import subprocess
import sys
from functools import cache
from pathlib import Path

from bench.processes import ROOT

ENVIRONMENT = ROOT / "build" / "bench-venv"
REQUIREMENTS = Path(__file__).with_name("peers.txt")
MADE = ENVIRONMENT / "made-of.txt"
"""A copy of the requirements, written when all of them are there."""
LIMIT = 600
"""Seconds that making it may take."""

MOTO = "moto_server"
OIDC = "oidc-provider-mock"


class PeerMissing(Exception):
    """A peer cannot be measured; the text says why."""


def moto_server() -> Path:
    """Return the command of moto's server.

    Raises:
        PeerMissing: it cannot be installed here.
    """
    return _command(MOTO)


def oidc_provider_mock() -> Path:
    """Return the command of a mock OpenID provider.

    Raises:
        PeerMissing: it cannot be installed here.
    """
    return _command(OIDC)


def peers_python() -> Path:
    """Return the interpreter of the peers' environment.

    Raises:
        PeerMissing: it cannot be made here.
    """
    return _command("python")


@cache
def _command(name: str) -> Path:
    """Return a command of the peers' environment.

    Raises:
        PeerMissing: it cannot be installed here.
    """
    binaries = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin")
    command = binaries / (f"{name}.exe" if sys.platform == "win32" else name)
    if command.exists() and MADE.exists() and MADE.read_bytes() == REQUIREMENTS.read_bytes():
        return command
    print("making build/bench-venv with the peers (about a minute, once) ...", file=sys.stderr, flush=True)
    try:
        _run(sys.executable, "-m", "venv", "--clear", ENVIRONMENT)
        _run(binaries / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS)
    except (OSError, subprocess.SubprocessError) as error:
        raise PeerMissing(f"{name} cannot be installed here ({type(error).__name__})") from None
    MADE.write_bytes(REQUIREMENTS.read_bytes())
    return command


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, timeout=LIMIT, capture_output=True)

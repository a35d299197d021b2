"""Build the wheel from a clone of the last commit, and use it as a new user would: in a fresh environment and an empty folder."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
"""Where the wheel is left when it works."""

MANUAL, LANGUAGE = "licences-specification", "nl"

if sys.platform == "win32":
    OWN_GROUP, INTERRUPT = subprocess.CREATE_NEW_PROCESS_GROUP, signal.CTRL_BREAK_EVENT
else:
    OWN_GROUP, INTERRUPT = 0, signal.SIGINT


def main() -> int:
    """Do all steps; the exit code is 0 when the server answered and the manual was walked."""
    with TemporaryDirectory(prefix="vnsim-wheel-", ignore_cleanup_errors=True) as directory:
        base = Path(directory)
        clone, empty = base / "clone", base / "empty"
        empty.mkdir()
        _step("clone", ["git", "clone", "--quiet", str(ROOT), str(clone)], base)
        _step("build", [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(base)], clone)
        (wheel,) = base.glob("*.whl")
        begin = time.perf_counter()
        venv.create(base / "venv", with_pip=True)
        scripts = base / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
        pip = [str(scripts / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        subprocess.run([*pip, f"{wheel}[walk]"], cwd=empty, check=True)
        print(f"install: {time.perf_counter() - begin:.1f} s", flush=True)
        command = str(scripts / "vnsim")
        _serve(command, empty)
        _step("walk", [command, "manual", "walk", MANUAL, "--language", LANGUAGE], empty)
        left = sorted(path.name for path in empty.iterdir())
        if left:
            print(f"left behind in the empty folder: {', '.join(left)}", file=sys.stderr)
            return 1
        DIST.mkdir(exist_ok=True)
        print(f"The wheel serves and walks in an empty folder: {shutil.copy(wheel, DIST)}")
    return 0


def _step(name: str, command: list[str], directory: Path) -> None:
    begin = time.perf_counter()
    subprocess.run(command, cwd=directory, env=_environment(), check=True)
    print(f"{name}: {time.perf_counter() - begin:.1f} s", flush=True)


def _environment() -> dict[str, str]:
    """Return the environment without this clone's variables, except the choice of a browser."""
    left_out = ("VNSIM_", "PYTHON", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(left_out) or name == "VNSIM_BROWSER"}


def _serve(command: str, directory: Path) -> None:
    """Start the server on a free port, check its health, and stop it as Ctrl-C does."""
    begin = time.perf_counter()
    with _running([command, "serve", "--port", "0", "--ephemeral"], directory) as server:
        assert server.stdout is not None
        output = []
        for line in server.stdout:
            output.append(line)
            ready = re.match(r"Ready at (http://localhost:\d+)/", line)
            if ready:
                break
        else:
            raise RuntimeError(f"the server ended: {''.join(output)}")
        with urlopen(f"{ready[1]}/_sim/health") as answer:
            health = json.load(answer)
        if health["status"] != "ok":
            raise RuntimeError(f"the server is not well: {health}")
    print(f"serve: {time.perf_counter() - begin:.1f} s, version {health['version']}", flush=True)


@contextmanager
def _running(command: list[str], directory: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=_environment() | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        creationflags=OWN_GROUP,
    )
    try:
        yield process
        process.send_signal(INTERRUPT)
        if process.wait() != 0:
            raise RuntimeError(f"the server ended with {process.returncode} after Ctrl-C")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())

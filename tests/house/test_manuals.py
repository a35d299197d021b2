"""Each manual that is published with the platform is walked by the suite."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANUALS = ROOT / "e2e" / "manuals"


def test_every_manual_in_the_folder_is_walked() -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    listed = subprocess.run(
        [*command, "e2e/test_manuals.py"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert listed.returncode == 0, listed.stdout + listed.stderr
    published = {path.stem for path in MANUALS.glob("*.yaml")}
    words = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)*", "\n".join(re.findall(r"\[(.+)\]", listed.stdout))))
    walked = {name for name in published if any(name == word or word.startswith(f"{name}-") for word in words)}
    assert published
    assert walked == published, f"e2e/test_manuals.py does not walk {sorted(published - walked)}"

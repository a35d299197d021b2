"""Stored lists of what is so today, for review: a change of what they describe renews them and shows in the diff."""

import os
from difflib import unified_diff
from pathlib import Path

HERE = Path(__file__).parent
RENEW = "VNSIM_RENEW_GOLDEN"


def compare(name: str, lines: list[str], why: str) -> None:
    """Compare lines with a kept file, or write the file anew when the environment says so.

    Args:
        name: of the file beside this module.
        lines: what is so today.
        why: what to think about before the file is renewed.
    """
    path = HERE / name
    if os.environ.get(RENEW):
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    stored = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    changed = list(unified_diff(stored, lines, f"tests/house/{name}", "today", n=0, lineterm=""))
    assert not changed, "\n".join(
        [f"{name} differs from what is so today. {why}", f"Renew it with: {RENEW}=1 pytest tests/house", *changed]
    )

"""The command ``python -m bench``: measures, prints one table, writes the figures on demand."""

import argparse
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from bench import printing
from bench.figures import Effort, Figure
from bench.measures import (
    classes,
    classroom,
    clone,
    documents,
    documents_list,
    export,
    large,
    list_page,
    manual,
    manuals,
    memory,
    openid,
    participants,
    sandboxes,
    sign_in,
    start,
    testing,
    upload,
)

MEASURES: dict[str, Callable[[Effort], list[Figure]]] = {
    "start": start.measure,
    "memory": memory.measure,
    "sandboxes": sandboxes.measure,
    "testing": testing.measure,
    "classes": classes.measure,
    "classroom": classroom.measure,
    "sign-in": sign_in.measure,
    "openid": openid.measure,
    "list-page": list_page.measure,
    "participants": participants.measure,
    "large": large.measure,
    "export": export.measure,
    "documents": documents.measure,
    "documents-list": documents_list.measure,
    "upload": upload.measure,
    "manual": manual.measure,
    "manuals": manuals.measure,
    "clone": clone.measure,
}
"""Every measure by its name; each returns the rows it has to show."""

ONLY_IN_FULL = {"clone", "manuals"}


def main() -> int:
    """Measure what was asked for; figures never make the exit code, only a measure that broke does."""
    arguments = _arguments()
    effort = Effort.quick() if arguments.quick else Effort()
    names = arguments.only or [name for name in MEASURES if arguments.full or name not in ONLY_IN_FULL]
    load_before = os.getloadavg() if hasattr(os, "getloadavg") else (0.0, 0.0, 0.0)
    figures = []
    for name in names:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        try:
            figures += MEASURES[name](effort)
        except Exception as error:
            traceback.print_exc()
            figures.append(Figure(name, None, "", note=f"failed: {type(error).__name__}: {error}"[:120], failed=True))
    print(printing.table(figures, load_before))
    if arguments.json:
        printing.write_json(arguments.json, figures, load_before)
    return 1 if any(figure.failed for figure in figures) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few repetitions: a look, not a figure to quote")
    parser.add_argument("--full", action="store_true", help="also clone the repository and run all its tests")
    parser.add_argument("--only", action="append", choices=list(MEASURES), help="one measure; may be given several times")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here as well")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

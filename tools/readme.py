"""Write the table of what is simulated into ``README.md``, from what each product states of itself. ``make golden`` runs this."""

import tomllib
from collections import Counter
from pathlib import Path

from simulator.app import PRODUCTS
from simulator.core.texts import catalogue

README = Path(__file__).resolve().parents[1] / "README.md"
ROOMS = README.parent / "simulator" / "products"
BEGIN, END = "<!-- simulated: make golden writes this table -->\n", "<!-- simulated: end -->\n"


def table() -> str:
    """Return the table as it should be: each product that manuals are about, and how many of their sections it reproduces."""
    names = catalogue("en")
    lines = ["| Product | What of it is simulated | Sections: reproduced, in part, left out |\n|---|---|---|\n"]
    for product in PRODUCTS.all:
        path = ROOMS / product.package / "fidelity.toml"
        if not path.is_file():
            continue
        stated = tomllib.loads(path.read_text(encoding="utf-8"))
        counts = Counter(section["state"] for section in stated["section"])
        name = names[product.name].replace("|", "\\|")
        figures = ", ".join(str(counts[state]) for state in ("reproduced", "partly", "left_out"))
        link = f"[{figures}]({path.relative_to(README.parent).as_posix()})"
        lines.append(f"| {name} | {stated['summary']} | {link} |\n")
    return "".join(lines)


def readme() -> str:
    """Return the README as it should be."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


if __name__ == "__main__":
    README.write_text(readme(), encoding="utf-8", newline="\n")

"""Write ``docs/documents.md``: the rules that documents are checked by, from the table of rules. ``make golden`` runs this."""

from pathlib import Path
from string import Template

from simulator.documents.ubl.parsing import ATTRIBUTES_LIMIT, CHILDREN_LIMIT, ENCODINGS, TAGS_LIMIT
from simulator.documents.ubl.problems import MOST
from simulator.documents.ubl.rules import GROUPS
from simulator.documents.ubl.rules.codes import codes, lists
from simulator.documents.ubl.words import (
    DECIMALS,
    FILE_LIMIT,
    INTEGER_DIGITS,
    LONG_TEXT_LENGTH,
    MEDIA_TYPES,
    MEGABYTE,
    NAME_LENGTH,
    ORDINARY,
    SELF_BILLED,
    TEXT_LENGTH,
)

HEAD = Path(__file__).with_name("documents.md")
PAGE = Path(__file__).resolve().parents[1] / "docs" / "documents.md"
FIGURES = {
    "MOST": MOST,
    "PROFILE": ORDINARY.profile,
    "CUSTOMIZATION": ORDINARY.customization,
    "SELF_BILLED_PROFILE": SELF_BILLED.profile,
    "SELF_BILLED_CUSTOMIZATION": SELF_BILLED.customization,
    "MEGABYTES": FILE_LIMIT // MEGABYTE,
    "TAGS": f"{TAGS_LIMIT:,}",
    "CHILDREN": f"{CHILDREN_LIMIT:,}",
    "ATTRIBUTES": ATTRIBUTES_LIMIT,
    "ENCODINGS": f"{', '.join(ENCODINGS[:-1])} or {ENCODINGS[-1]}",
    "INTEGER_DIGITS": INTEGER_DIGITS,
    "DECIMALS": DECIMALS,
    "TEXT_LENGTH": f"{TEXT_LENGTH:,}",
    "LONG_TEXT_LENGTH": f"{LONG_TEXT_LENGTH:,}",
    "NAME_LENGTH": NAME_LENGTH,
    "ENDS": ", ".join(sorted(MEDIA_TYPES)),
}


def page() -> str:
    """Return the page as it should be: its head with the figures of today, and a table for each group of rules."""
    parts = [Template(HEAD.read_text(encoding="utf-8")).substitute(FIGURES)]
    for group in GROUPS:
        parts += [f"\n## {group.title}\n\n| Rule | | What is wrong when it is broken |\n|---|---|---|\n"]
        rows = dict.fromkeys(
            f"| {rule.id} | {'warning' if rule.warning else ''} | {_cell(rule.message)} |\n" for rule in group.rules
        )
        parts += rows
    parts.append("\n## Code lists\n\n| List | Codes | As of |\n|---|---|---|\n")
    parts += [f"| {entry['title']} | {len(codes(name))} | {entry['version']} |\n" for name, entry in lists().items()]
    return "".join(parts)


def _cell(message: str) -> str:
    return message.replace("{}", "…").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

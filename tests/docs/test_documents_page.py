"""The page about documents lists the rules that are checked, as they are."""

import re
from pathlib import Path

from simulator.documents.ubl.rules import GROUPS
from tools.documents import PAGE, page

UBL = Path("simulator/documents/ubl")


def test_the_page_of_the_rules_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "renew it with: make golden"


def test_every_rule_and_every_limit_stands_on_the_page() -> None:
    text = page()
    written = {rule.id for group in GROUPS for rule in group.rules}
    written |= set(re.findall(r'"(SIM-[A-Z]+)"', "".join(path.read_text(encoding="utf-8") for path in UBL.rglob("*.py"))))
    assert [name for name in sorted(written) if f"| {name} |" not in text] == []
    assert len(written) > 350

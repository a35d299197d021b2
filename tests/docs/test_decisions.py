"""Each decision record has a date and a status, and is in the list."""

import re
from pathlib import Path

import pytest

RECORDS = Path(__file__).resolve().parents[2] / "docs" / "decisions"
PAGES = sorted(RECORDS.glob("[0-9]*.md"))
HEAD = re.compile(
    r"# (\d+)\. (.+)\n\nDate: (\d{4}-\d{2}-\d{2}) · Status: (accepted|replaced by \[(\d{4})\]\((\d{4}-[\w-]+\.md)\))\n\n"
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem[:4])
def test_a_decision_record_has_its_number_a_date_and_a_status(page: Path) -> None:
    head = HEAD.match(page.read_text(encoding="utf-8"))
    assert head is not None, "begin with `# 1. Title`, an empty line, and `Date: 2026-01-31 · Status: accepted`"
    assert f"{int(head[1]):04}" == page.name[:4]
    assert head[6] is None or (RECORDS / head[6]).is_file()


def test_the_list_has_each_record_with_its_title_and_date() -> None:
    rows = []
    for page in PAGES:
        head = HEAD.match(page.read_text(encoding="utf-8"))
        assert head is not None
        rows.append((page.name[:4], page.name, head[2], head[3]))
    listed = (RECORDS / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[(\d+)\]\(([^)]+)\) \| (.+?) \| (.+?) \|$", listed, re.MULTILINE) == rows

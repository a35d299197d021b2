"""Whatever stands where in a document: it is refused with problems, or read so that writing and drawing it works."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.documents import pictures, ubl
from tests.documents.invoices import SWEDISH, credit_note, invoice

DOCUMENTS = [ubl.write(invoice()).decode(), ubl.write(credit_note(SWEDISH)).decode()]
VALUES = [
    "",
    "0",
    "-1",
    "1e5",
    "NaN",
    "9" * 40,
    "0." + "9" * 30,
    "INF",
    " ",
    "x",
    "2022-02-30",
    "0000-01-01",
    "true",
    "\N{NO-BREAK SPACE}",
]
VALUES += ["O", "E", "S", "-0.00", "999999999999.99", "0.0000000001", "+5", ".", "-", "1.", ".5", "2022-03-01+01:00"]
TEXT = re.compile(r'(?<=>)[^<>\n]+(?=<)|(?<==")[^"<>]*(?=")')
ELEMENT = re.compile(r"<(\w+:\w+)[^<>]*>[^<>]*</\1>")


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(DOCUMENTS), st.data())
def test_random_damage_is_told_or_does_no_harm(document: str, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        pattern = data.draw(st.sampled_from([TEXT, TEXT, ELEMENT]))
        match = data.draw(st.sampled_from(list(pattern.finditer(document))))
        new = data.draw(st.sampled_from(VALUES)) if pattern is TEXT else data.draw(st.sampled_from(["", match[0] * 2]))
        document = document[: match.start()] + new + document[match.end() :]
    try:
        content = ubl.read(document.encode())
    except ubl.Invalid as refusal:
        assert refusal.problems and all(problem.message and problem.rule for problem in refusal.problems)
        return
    assert ubl.read(ubl.write(content)) == content
    assert pictures.pages(pictures.pdf(content, "nl")) == 1
    assert content.seller.name in pictures.html(content, "sv").replace("&#39;", "'")

"""Whatever a document says that its schema lets through, it is read, drawn and found on its picture, or refused with a reason."""

import re
from html import escape
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.core.texts import LANGUAGES
from simulator.documents import pictures, ubl
from simulator.documents.ubl.parsing import parse, schema_problems
from tests.documents.pictures.test_everything_said import visible
from tests.documents.whole import CREDIT_NOTE, INVOICE, whole

DOCUMENTS = [whole(INVOICE).file.decode(), whole(CREDIT_NOTE, "381").file.decode()]
LEAF = re.compile(r"<cbc:(\w+)([^<>]*)>([^<>]*)</cbc:\1>")
GROUP = re.compile(r"<cac:(\w+)>(?:(?!</?cac:\1>).)*</cac:\1>")
NUMBERS = [
    "0",
    "-0",
    "0.00",
    "-1",
    "+5",
    ".5",
    "1.",
    "9" * 28,
    "-" + "9" * 40 + ".01",
    "0." + "0" * 40 + "1",
    "9" * 300,
    "1e5",
    "NaN",
    "",
]
DAYS = [
    "2022-03-27Z",
    "2022-03-27+14:00",
    "0001-01-01",
    "9999-12-31",
    "1899-12-31",
    "12022-03-01",
    "-0044-03-15",
    "2022-02-30",
    "",
]
TEXTS = [
    "",
    " ",
    "a\u00adb",
    "\u200f\u202eabc\u202c",
    "a\x85b\x9b",
    "\u05d0\u05d1 12 \u05d2",
    "\u0627\u0644 \u0661\u0662",
    "\U0001f600",
    "e\u0301\u0301\u0301",
    "\ufffd\ue000\U0010fffd",
    "%s %(x)s {} {{ x }}",
    "<b>&amp;",
    "W" * 3000,
    "a\n\tb\r\n c",
    "\u2028\u2029",
]


def value(name: str, attributes: str) -> st.SearchStrategy[str]:
    """Return values that an element could have."""
    if name.endswith("Date"):
        return st.sampled_from(DAYS) | st.dates().map(str)
    if "currencyID" in attributes or "unitCode" in attributes or name in ("Percent", "MultiplierFactorNumeric"):
        return st.sampled_from(NUMBERS) | st.decimals(allow_nan=False, allow_infinity=False).map(
            lambda number: f"{number:f}"
        )
    if name.endswith("Indicator"):
        return st.sampled_from(["true", "false", "0", "1"])
    if name == "EmbeddedDocumentBinaryObject":
        return st.sampled_from(["", "AAAA", "A", "AA AA\n"])
    return st.sampled_from(TEXTS) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Return a document that says everything, but for a few elements that say something else, nothing, or twice the same."""
    document = draw(st.sampled_from(DOCUMENTS))
    for _ in range(draw(st.integers(1, 6))):
        pattern = draw(st.sampled_from([LEAF, LEAF, LEAF, GROUP]))
        match = draw(st.sampled_from(list(pattern.finditer(document))))
        if pattern is LEAF:
            text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", draw(value(match[1], match[2])))
            new = f"<cbc:{match[1]}{match[2]}>{escape(text)}</cbc:{match[1]}>"
        else:
            new = draw(st.sampled_from(["", match[0] * 2]))
        document = document[: match.start()] + new + document[match.end() :]
    return document


def draw_any(document: str, language: str) -> None:
    """Read and draw a document; see that its texts are there."""
    try:
        content = ubl.read_trusted(document.encode())
    except ubl.Invalid as refusal:
        assert refusal.problems[0].rule
        return
    page = visible(pictures.html(content, language))
    assert pictures.pdf(content, language).startswith(b"%PDF")
    assert ubl.read_trusted(ubl.write(content)).number == content.number
    if schema_problems(parse(document.encode())):
        return
    assert content.root is not None
    for leaf in content.root.iter("{*}*"):
        text = " ".join((leaf.text or "").split())
        if len(leaf) == 0 and re.search(" no [0-9]", text):
            assert text in page


SETTINGS: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
}


@settings(max_examples=15, **SETTINGS)
@given(documents(), st.sampled_from(LANGUAGES))
def test_any_document_is_drawn(document: str, language: str) -> None:
    draw_any(document, language)


@pytest.mark.exhaustive
@settings(max_examples=400, **SETTINGS)
@given(documents(), st.sampled_from(LANGUAGES))
def test_very_many_documents_are_drawn(document: str, language: str) -> None:
    draw_any(document, language)

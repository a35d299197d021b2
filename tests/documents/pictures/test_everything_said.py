"""All that a document says is on its picture: on the page and in the PDF, in four languages."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from simulator.core import formats
from simulator.core.texts import LANGUAGES, catalogue
from simulator.documents import pictures, ubl
from simulator.documents.model.content import Content
from simulator.documents.pictures import vocabulary
from simulator.documents.synthetic import outside
from simulator.documents.ubl.parsing import parse, schema_problems
from tests.documents.invoices import invoice
from tests.documents.pictures.texts import blocks, written
from tests.documents.whole import CREDIT_NOTE, INVOICE, Whole, whole

WHOLE = {"invoice": whole(INVOICE), "credit note": whole(CREDIT_NOTE, "381")}
ALIKE = {
    "nl": {"other", "type", "contract", "project", "percentage", "gross_price", "email", "bank", "price_per"},
    "nb": {"type", "bank"},
    "sv": {"bank", "process"},
}
"""Labels that are the same word in English."""
NAMED_BY_WORDS = {"true", "false", "VAT", "TAX", "130"}
"""Codes that are on a picture as what they mean: discount or charge, the label of a number of value added tax, of an object."""


def visible(page: str) -> str:
    """Return what a reader sees of a page, with single blanks."""
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def printed(pdf: bytes) -> str:
    """Return what a reader sees of a PDF, the texts of each column one after the other."""
    return " ".join(" ".join(blocks(pdf)).split())


def expected(document: Whole, language: str) -> list[str]:
    """Return all values of a document as a language writes them."""
    texts = [*document.of_kind("=")]
    texts += [formats.number(language, Decimal(value), 2) for value in document.of_kind("#")]
    texts += [formats.number(language, Decimal(value), 1) for value in document.of_kind("*")]
    texts += [formats.short_date(language, date.fromisoformat(value)) for value in document.of_kind("@")]
    countries = {"NO", "PT", "DK", "FI", "SE"}
    texts += [value for value in document.of_kind("!") if value not in NAMED_BY_WORDS | countries | {"S"}]
    return [" ".join(text.split()) for text in texts]


@pytest.mark.parametrize("kind", WHOLE)
def test_the_document_that_says_everything_is_right_by_the_schema_and_says_nothing_twice(kind: str) -> None:
    document = WHOLE[kind]
    assert schema_problems(parse(document.file)) == []
    for of in "=#@*":
        values = document.of_kind(of)
        assert len(values) == len(set(values))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", WHOLE)
def test_everything_is_on_the_page(kind: str, language: str) -> None:
    page = visible(pictures.html(ubl.read_trusted(WHOLE[kind].file), language))
    assert [text for text in expected(WHOLE[kind], language) if text not in page] == []
    assert "documents." not in page and "›" not in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", WHOLE)
def test_everything_is_in_the_pdf(kind: str, language: str) -> None:
    texts = printed(pictures.pdf(ubl.read_trusted(WHOLE[kind].file), language))
    assert [text for text in expected(WHOLE[kind], language) if text not in texts] == []
    assert "documents." not in texts and "›" not in texts


@pytest.mark.parametrize(("language", "country"), [("en", "Portugal"), ("nl", "Zweden"), ("nb", "Danmark"), ("sv", "Norge")])
def test_countries_are_called_by_their_names(language: str, country: str) -> None:
    content = ubl.read_trusted(WHOLE["invoice"].file)
    assert country in visible(pictures.html(content, language)) and country in printed(pictures.pdf(content, language))


@pytest.mark.parametrize("language", ["nl", "nb", "sv"])
def test_no_label_is_left_in_english(language: str) -> None:
    terms = set().union(*(vocabulary.labels(table) for table in vocabulary.TABLES))
    english, own = (catalogue(name) for name in ("en", language))
    same = {term for term in terms if english[f"documents.picture.{term}"] == own[f"documents.picture.{term}"]}
    assert same <= ALIKE[language]


def changed(old: str, new: str, content: Content | None = None) -> Content:
    """Return a document with something else in its file."""
    file = ubl.write(content or invoice()).decode()
    assert old in file
    return ubl.read_trusted(file.replace(old, new).encode())


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("326", "en", "Partial invoice 1001"),
        ("384", "nb", "Korrigert faktura 1001"),
        ("389", "nl", "Self-billing-factuur 1001"),
        ("386", "sv", "Förskottsfaktura 1001"),
        ("999", "en", "Invoice 1001"),
    ],
)
def test_a_document_is_called_by_the_name_of_its_type(code: str, language: str, name: str) -> None:
    content = changed(">380<", f">{code}<")
    assert f"<h1>{name}</h1>" in pictures.html(content, language) and name in written(pictures.pdf(content, language))


def test_what_no_table_has_stands_under_its_own_name() -> None:
    content = changed(
        "<cbc:ProfileID>",
        "<cbc:ProfileExecutionID>Run 77</cbc:ProfileExecutionID><cbc:ProfileID>",
    )
    assert "ProfileExecutionID Run 77" in visible(pictures.html(content, "nl"))
    content = changed("</cac:Price>", "</cac:Price><cac:Delivery><cbc:TrackingID>T-1</cbc:TrackingID></cac:Delivery>")
    assert "Delivery › TrackingID T-1" in visible(pictures.html(content, "sv"))


def test_prepaid_and_rounding_are_two_sums() -> None:
    sums = '<cbc:PrepaidAmount currencyID="NOK">100.00</cbc:PrepaidAmount>'
    sums += '<cbc:PayableRoundingAmount currencyID="NOK">0.25</cbc:PayableRoundingAmount>'
    page = visible(pictures.html(changed("<cbc:PayableAmount", f"{sums}<cbc:PayableAmount"), "en"))
    assert "Paid before -100.00" in page and "Rounding 0.25" in page


def test_the_tax_in_another_currency_is_told_with_it() -> None:
    other = '<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">281.50</cbc:TaxAmount></cac:TaxTotal>'
    page = visible(pictures.html(changed("<cac:LegalMonetaryTotal>", f"{other}<cac:LegalMonetaryTotal>"), "sv"))
    assert "Moms i SEK 281,50 SEK" in page


def test_f_skatt_and_foretaksregisteret_are_told() -> None:
    assert "Foretaksregisteret" in visible(pictures.html(invoice(), "nl"))
    content = changed("Foretaksregisteret", "Godkänd för F-skatt")
    assert "Skatteregistrering Godkänd för F-skatt" in visible(pictures.html(content, "sv"))


def test_the_list_of_a_category_of_tax_goes_without_saying() -> None:
    page = visible(pictures.html(changed("<cbc:ID>S<", '<cbc:ID schemeID="UNCL5305">S<'), "nb"))
    assert "UNCL5305" not in page and "25 % 800,00" in page and "Ordinær sats (S)" in page


@pytest.mark.parametrize(
    ("base", "price"),
    [
        ('<cbc:BaseQuantity unitCode="KGM">6</cbc:BaseQuantity>', "400.00 / 6 kg"),
        ('<cbc:BaseQuantity unitCode="C62">1.0</cbc:BaseQuantity>', "400.00 25 %"),
        ('<cbc:BaseQuantity unitCode="C62">0</cbc:BaseQuantity>', "400.00 / 0 pcs"),
    ],
)
def test_a_price_for_several_says_for_how_many(base: str, price: str) -> None:
    content = changed("400</cbc:PriceAmount>", f"400</cbc:PriceAmount>{base}")
    assert price in visible(pictures.html(content, "en"))


@pytest.mark.parametrize(("country", "reason"), [("NL", "Geen btw van toepassing"), ("FI", "Not subject to VAT")])
def test_a_supplier_gives_its_reasons_in_its_own_language(country: str, reason: str) -> None:
    seller = replace(outside.named("Leverancier", country, "99999901"), vat_number=None)
    content = outside.content_of(seller, invoice().buyer, "1", [("x", Decimal(1), Decimal(5))], issued=date(2022, 3, 1))
    assert reason in visible(pictures.html(content, "en")) and reason in printed(pictures.pdf(content, "sv"))

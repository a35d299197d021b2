"""Pictures of documents: a page and a PDF, in four languages, that hold what the document says and nothing that runs."""

import re
import subprocess
import sys
import zlib
from decimal import Decimal

import pytest

from simulator.core.texts import LANGUAGES
from simulator.documents import pictures, ubl
from simulator.documents.model.content import Attached, Content
from tests.documents.invoices import DUTCH, NORWEGIAN, SWEDISH, credit_note, invoice, line
from tests.documents.pictures.texts import drawn, written

WORDS = {"en": "Invoice 1001", "nl": "Factuur 1001", "nb": "Faktura 1001", "sv": "Faktura 1001"}
TO_PAY = {
    "en": ("To pay", "NOK 1,250.00"),
    "nl": ("Te betalen", "NOK 1.250,00"),
    "nb": ("Å betale", "1 250,00 NOK"),
    "sv": ("Att betala", "1 250,00 NOK"),
}
DAY = {"en": "31/03/2022", "nl": "31-3-22", "nb": "31.03.2022", "sv": "2022-03-31"}
MARK = {"en": "simulator", "nl": "simulator", "nb": "simulator", "sv": "simulator"}


def many(count: int) -> Content:
    """Return an invoice of many lines."""
    return invoice(lines=tuple(line(f"Vare {number}", "10.00", id=str(number)) for number in range(1, count + 1)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_the_document_says(language: str) -> None:
    page = pictures.html(invoice(), language).replace("\N{NO-BREAK SPACE}", " ")
    assert page.startswith("<!doctype html>") and f'<html lang="{language}">' in page
    assert page.count("<h1>") == 1 and f"<h1>{WORDS[language]}</h1>" in page
    for text in (*TO_PAY[language], DAY[language], NORWEGIAN.name, "Example goods", MARK[language]):
        assert text in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_says_what_the_document_says(language: str) -> None:
    texts = written(pictures.pdf(invoice(), language)).replace("\N{NO-BREAK SPACE}", " ")
    for text in (WORDS[language], *TO_PAY[language], DAY[language], NORWEGIAN.name, "Example goods", MARK[language]):
        assert text in texts


def test_the_pdf_holds_the_letters_of_the_north() -> None:
    texts = written(pictures.pdf(invoice(SWEDISH, note="åäö ÅÄÖ æøå ÆØÅ é € ë"), "sv"))
    assert "Björkdal Trä AB" in texts and "åäö ÅÄÖ æøå ÆØÅ é € ë" in texts


@pytest.mark.parametrize(
    ("text", "font"),
    [
        ("Łódź, Ωmega, Москва, Žižkov, őű, → ≤", "LiberationSans"),
        ("✓ ☎ ქართული Հայերեն", "DejaVuSans"),
        ("東京都 简体", "STSong-Light"),
        ("ひらがな 東京", "HeiseiKakuGo-W5"),
        ("한국 서울", "HYGothic-Medium"),
    ],
)
def test_letters_outside_of_latin_1_are_drawn_as_they_are(text: str, font: str) -> None:
    pdf = pictures.pdf(invoice(note=text, number=text), "en")
    assert text in "".join(letters.text for letters in drawn(pdf)) and font.encode() in pdf
    assert (b"/FontFile2" in pdf) == ("Sans" in font or "-" in font)


def test_an_ordinary_document_embeds_no_font() -> None:
    assert b"/FontFile" not in pictures.pdf(invoice(SWEDISH, note="åäö ÅÄÖ æøå ÆØÅ é € ë –"), "sv")


def test_letters_read_from_the_right_are_drawn_from_the_right() -> None:
    texts = "".join(letters.text for letters in drawn(pictures.pdf(invoice(note="A שלום 123 עולם B"), "en")))
    assert "A םלוע 123 םולש B" in texts


def test_what_cannot_be_seen_is_not_drawn() -> None:
    content = invoice(note="Zwolle\u00adHandel \u200fA\u202eS\u202c\u200b, \x85\x9b\ufeffend")
    for seen in (written(pictures.pdf(content, "en")), pictures.html(content, "en")):
        assert "ZwolleHandel AS," in seen and not re.search("[\u00ad\u200b-\u200f\u202a-\u202e\x80-\x9f\ufeff]", seen)


def test_letters_that_no_font_has_are_question_marks() -> None:
    assert "a?b A c" in "".join(
        letters.text for letters in drawn(pictures.pdf(invoice(note="a\U0001f600b \U0001d504 c"), "en"))
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_document_is_drawn_as_the_same_bytes(language: str) -> None:
    first = pictures.pdf(invoice(), language)
    program = (
        "import sys; from simulator.documents import pictures; from tests.documents.invoices import invoice;"
        f"sys.stdout.buffer.write(pictures.pdf(invoice(), {language!r}))"
    )
    again = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    assert first.startswith(b"%PDF-") and first == again


def test_embedded_fonts_are_the_same_bytes_whatever_was_drawn_before() -> None:
    foreign = "Łódź, Ωmega, ✓ 東京"
    first = pictures.pdf(invoice(note=foreign), "nl")
    pictures.pdf(invoice(note="Žižkov, Москва ☎ ひらがな"), "nl")
    program = (
        "import sys; from simulator.documents import pictures; from tests.documents.invoices import invoice;"
        f"sys.stdout.buffer.write(pictures.pdf(invoice(note={foreign!r}), 'nl'))"
    )
    elsewhere = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    assert first == pictures.pdf(invoice(note=foreign), "nl") == elsewhere


def test_many_lines_go_on_on_numbered_pages_with_the_columns_named() -> None:
    pdf = pictures.pdf(many(120), "en")
    count = pictures.pages(pdf)
    texts = written(pdf).splitlines()
    assert count == 3
    assert [text for text in texts if text.startswith("Page ")] == [
        f"Page {page} of {count}" for page in range(1, count + 1)
    ]
    assert texts.count("Description") == count
    assert [text for text in texts if text.startswith("Vare ")] == [f"Vare {number}" for number in range(1, 121)]
    assert sum("simulator" in text for text in texts) == count


def test_a_very_long_document_is_drawn_whole() -> None:
    texts = written(pictures.pdf(many(1234), "en")).splitlines()
    assert [text for text in texts if text.startswith("Vare ")] == [f"Vare {number}" for number in range(1, 1235)]


@pytest.mark.exhaustive
def test_a_file_of_ten_thousand_lines_is_read_and_drawn() -> None:
    content = ubl.read(ubl.write(many(10_000)))
    assert pictures.html(content, "nl").count("<tr>") == 10_001
    assert "Vare 10000" in written(pictures.pdf(content, "nl"))


def test_one_page_is_one_page() -> None:
    assert pictures.pages(pictures.pdf(invoice(), "nl")) == 1


def test_a_credit_note_is_called_so() -> None:
    assert "<h1>Creditnota 2001</h1>" in pictures.html(credit_note(DUTCH), "nl")
    assert "Kreditfaktura 2001" in written(pictures.pdf(credit_note(SWEDISH), "sv"))


def test_markup_in_a_document_is_text() -> None:
    evil = "<script>alert(1)</script>\"'&"
    page = pictures.html(invoice(note=evil, number=evil, lines=(line(evil, "10", description=evil),)), "en")
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 6


def test_the_page_runs_nothing_and_loads_nothing() -> None:
    page = pictures.html(invoice(), "en")
    assert not re.search(r"<script|<link|<img|<iframe|<object|<form|\son\w+=|url\(|https?:|@import", page)


def test_a_very_long_word_stays_on_the_paper() -> None:
    texts = written(pictures.pdf(invoice(lines=(line("W" * 240, "10"),), note="N" * 4000), "en")).splitlines()
    assert "".join(text for text in texts if set(text) == {"W"}) == "W" * 240
    assert max(len(text) for text in texts) < 100


def test_adjustments_rounding_and_payments_before_are_told() -> None:
    rounded = invoice(lines=(line("Bolts", "99.99"),), total=Decimal(125))
    assert "Öresavrundning" in pictures.html(rounded, "sv") and "0,01" in pictures.html(rounded, "sv")
    assert "Paid before" in written(pictures.pdf(invoice(total=Decimal(1000)), "en"))
    adjusted = invoice(taxes=(invoice().taxes[0].__class__("S", Decimal(25), Decimal(900), Decimal(225)),))
    assert "Rabatter og gebyrer" in pictures.html(adjusted, "nb") and "-100,00" in pictures.html(adjusted, "nb")


def test_units_and_attachments_are_named() -> None:
    content = invoice(attachments=(Attached("hours.pdf", "application/pdf", b"x"),))
    page = pictures.html(content, "en")
    assert "1 h" in page and "hours.pdf" in page


def other(body: bytes) -> bytes:
    """Return a PDF as other programs make them, of that body."""
    return b"%PDF-1.5\n" + body + b"\n%%EOF"


def test_the_pages_of_other_programs_are_counted() -> None:
    tree = b"2 0 obj\n<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>\nendobj\n"
    leaves = b"3 0 obj<</Type /Page/Parent 2 0 R>>endobj 4 0 obj<</Type /Page/Parent 2 0 R>>endobj "
    assert pictures.pages(other(tree + leaves)) == 2
    assert pictures.pages(other(leaves)) == 2
    packed = zlib.compress(b"2 0 3 40 " + b"<</Type/Pages/Kids[3 0 R]/Count 7>>".ljust(40) + b"<</Type/Page>>")
    listed = b"1 0 obj\n<</Type/ObjStm/N 2/First 9/Filter/FlateDecode/Length %d>>\nstream\r\n" % len(packed)
    assert pictures.pages(other(listed + packed + b"\nendstream endobj")) == 7


@pytest.mark.parametrize(
    "body", [b"", b"obj " * 300_000, b"<</Type/ObjStm/First 9/FlateDecode>>stream\n" * 1000, b"\x00" * 1000]
)
def test_what_cannot_be_counted_has_one_page(body: bytes) -> None:
    assert pictures.pages(other(body)) == 1

"""Uploads: a document alone, or an archive with its picture and attachments."""

import pytest

from simulator.documents import ubl
from simulator.documents.model.content import Attached
from simulator.documents.ubl.words import FILE_LIMIT
from tests.documents.invoices import invoice
from tests.documents.ubl.archives import zipped

XML = ubl.write(invoice())
PDF = b"%PDF-1.4 and so on"


def test_a_document_alone_is_itself() -> None:
    assert ubl.unpack(XML, "invoice.xml") == ubl.Unpacked(XML)


def test_an_archive_holds_document_picture_and_attachments() -> None:
    content = zipped(("My invoice.XML", XML), ("invoice.pdf", PDF), ("Terms & Conditions.PDF", b"a"), ("hours.xls", b"b"))
    assert ubl.unpack(content, "upload.zip") == ubl.Unpacked(
        XML,
        Attached("invoice.pdf", "application/pdf", PDF),
        (Attached("terms_conditions.pdf", "application/pdf", b"a"), Attached("hours.xls", "application/vnd.ms-excel", b"b")),
    )


def test_what_an_upload_is_is_seen_in_it_and_not_in_its_name() -> None:
    assert ubl.unpack(zipped(("a.xml", XML)), "upload").xml == XML


def test_a_document_called_an_archive_is_refused() -> None:
    with pytest.raises(ubl.Invalid, match=r"upload\.zip: The file is not a ZIP archive"):
        ubl.unpack(XML, "upload.zip")


def test_attachments_whose_clean_names_are_alike_are_told_apart() -> None:
    content = zipped(("a.xml", XML), ("a b.pdf", b"1"), ("a&b.pdf", b"2"))
    assert [file.name for file in ubl.unpack(content, "a.zip").attachments] == ["a_b.pdf", "a_b_2.pdf"]


@pytest.mark.parametrize("end", ["pdf", "doc", "xls", "tif", "jpg", "gif", "txt", "xsl", "html", "htm", "png", "csv"])
def test_files_of_these_types_can_be_attached(end: str) -> None:
    attached = ubl.unpack(zipped(("a.xml", XML), (f"b.{end}", b"x")), "a.zip").attachments
    assert [file.name for file in attached] == [f"b.{end}"]


def test_twenty_files_are_not_too_many() -> None:
    content = zipped(("a.xml", XML), *((f"{at}.pdf", b"x") for at in range(19)))
    assert len(ubl.unpack(content, "a.zip").attachments) == 19


def test_what_peppol_takes_can_be_sent_inside_the_document_too() -> None:
    attached = ubl.unpack(zipped(("a.xml", XML), ("b.csv", b"x"), ("c.png", b"y")), "a.zip").attachments
    assert ubl.read(ubl.write(invoice(attachments=attached))).attachments == attached


def test_what_peppol_does_not_take_goes_beside_the_document_alone() -> None:
    attached = ubl.unpack(zipped(("a.xml", XML), ("b.doc", b"x")), "a.zip").attachments
    problems = ubl.check(ubl.write(invoice(attachments=attached)))
    assert [problem.rule for problem in problems] == ["BR-CL-24", "PEPPOL-EN16931-CL001"]


def test_a_single_file_of_an_archive_has_a_limit_below_that_of_all_together() -> None:
    largest = b"\0" * FILE_LIMIT
    assert len(ubl.unpack(zipped(("a.xml", XML), ("b.pdf", largest)), "a.zip").attachments) == 1
    with pytest.raises(ubl.Invalid, match=r"b\.pdf: The file has more than 10 MB"):
        ubl.unpack(zipped(("a.xml", XML), ("b.pdf", largest + b"\0")), "a.zip")

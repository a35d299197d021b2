"""Files in the encodings that programs write are read as they were meant; what is declared falsely is refused with the reason."""

import pytest

from simulator.documents import ubl
from tests.documents.invoices import invoice

NAME = "Prøveveien 1, Ærø"


def written(declared: str | None) -> str:
    """Return an invoice that declares an encoding."""
    text = ubl.write(invoice(note=NAME)).decode()
    body = text.partition("?>")[2]
    return body if declared is None else f"<?xml version='1.0' encoding='{declared}'?>{body}"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        (None, "utf-8"),
        ("ISO-8859-1", "iso-8859-1"),
        ("iso-8859-15", "iso-8859-15"),
        ("windows-1252", "cp1252"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-le"),
        ("UTF-16", "utf-16-be"),
        (None, "utf-16"),
    ],
)
def test_a_document_is_read_in_the_encoding_that_it_declares(declared: str | None, encoding: str) -> None:
    content = written(declared).encode(encoding)
    assert ubl.check(content) == []
    assert ubl.read(content).note == NAME


@pytest.mark.parametrize(
    ("declared", "encoding"), [("UTF-8", "iso-8859-1"), ("US-ASCII", "utf-8"), ("KOI8-R", "utf-8"), ("UTF-8", "utf-32")]
)
def test_another_encoding_is_refused_with_the_reason(declared: str, encoding: str) -> None:
    content = written(declared).encode(encoding)
    assert [problem.rule for problem in ubl.check(content)] == ["SIM-XML"]


def test_a_document_type_declaration_is_refused_in_every_encoding() -> None:
    content = "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE Invoice [<!ENTITY x 'y'>]><Invoice>&x;</Invoice>"
    assert [problem.rule for problem in ubl.check(content.encode("utf-16"))] == ["SIM-DTD"]

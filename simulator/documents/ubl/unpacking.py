"""Uploads that are a document with files beside it: a ZIP of one XML, its picture, and attachments.

Source: AutoInvoice, sending an invoice as a ZIP: the document, ``invoice.pdf`` as its picture, and attachments. Own choice: the
limits in total and in number; folders, archives in archives and encrypted files are refused.
"""

import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from simulator.documents.model.content import Attached
from simulator.documents.ubl.attachments import distinct, ending, named
from simulator.documents.ubl.problems import invalid
from simulator.documents.ubl.words import FILE_LIMIT, MEDIA_TYPES, MEGABYTE

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

TOTAL_LIMIT = 20 * MEGABYTE
MOST_FILES = 20
PICTURE = "invoice.pdf"

_ZIP = b"PK\x03\x04"
_ENTRY = b"PK\x01\x02"


@dataclass(frozen=True)
class Unpacked:
    """An upload: the document, its own picture when it brought one, and the files beside it."""

    xml: bytes
    picture: Attached | None = None
    attachments: tuple[Attached, ...] = ()


def unpack(content: bytes, filename: str) -> Unpacked:
    """Return what is in an upload: a document alone, or a ZIP with one.

    Args:
        content: the file.
        filename: its name, as uploaded.

    Raises:
        Invalid: it is too large, or a ZIP that is broken or holds something else. The document inside is not read.
    """
    if not content.startswith(_ZIP):
        if ending(filename) == "zip":
            raise invalid("SIM-ZIP", "The file is not a ZIP archive.", filename)
        if len(content) > FILE_LIMIT:
            raise invalid("SIM-SIZE", f"The file has more than {FILE_LIMIT // MEGABYTE} MB.", filename)
        return Unpacked(content)
    if len(content) > TOTAL_LIMIT:
        raise invalid("SIM-SIZE", f"The archive has more than {TOTAL_LIMIT // MEGABYTE} MB.", filename)
    # Counted before it is opened: a list of a million entries is large in memory. Files inside may hold a few by chance.
    if content.count(_ENTRY) > MOST_FILES * 50:
        raise invalid("SIM-ZIP", f"The archive holds more than {MOST_FILES} files.", filename)
    return _sorted(_files(content, filename), filename)


def _files(content: bytes, filename: str) -> dict[str, bytes]:
    from zipfile import BadZipFile, LargeZipFile, ZipFile

    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = _checked(archive, filename)
            return {entry.filename: _read(archive, entry) for entry in entries}
    except (BadZipFile, LargeZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, OSError, ValueError) as error:
        raise invalid("SIM-ZIP", f"The archive cannot be read: {error}.", filename) from None


def _checked(archive: "ZipFile", filename: str) -> "list[ZipInfo]":
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise invalid("SIM-ZIP", f"The archive holds more than {MOST_FILES} files.", filename)
    for entry in entries:
        name = entry.filename
        if entry.is_dir() or PurePosixPath(name).name != name or "\\" in entry.orig_filename or name in ("", ".", ".."):
            raise invalid(
                "SIM-ZIP", "The archive holds a folder or a name with a path; all files must lie side by side.", name
            )
        if entry.flag_bits & 1:
            raise invalid("SIM-ZIP", "The file is encrypted.", name)
        if entry.file_size > FILE_LIMIT:
            raise invalid("SIM-SIZE", f"The file has more than {FILE_LIMIT // MEGABYTE} MB.", name)
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise invalid("SIM-ZIP", "The archive holds two files of one name.", filename)
    if sum(entry.file_size for entry in entries) > TOTAL_LIMIT:
        raise invalid("SIM-SIZE", f"The files in the archive have more than {TOTAL_LIMIT // MEGABYTE} MB in all.", filename)
    return entries


def _read(archive: "ZipFile", entry: "ZipInfo") -> bytes:
    """Return a file's bytes, never more than it said it has."""
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise EOFError(f"{entry.filename} is not as long as it says")
    return content


def _sorted(files: dict[str, bytes], filename: str) -> Unpacked:
    """Tell the document, its picture and attachments apart."""
    documents = [name for name in files if ending(name) == "xml"]
    if len(documents) != 1:
        description = "no XML file" if not documents else f"{len(documents)} XML files"
        raise invalid("SIM-ZIP", f"The archive holds {description}; it must hold exactly one.", filename)
    picture, attachments = None, []
    for name, content in files.items():
        if name in documents:
            continue
        if ending(name) not in MEDIA_TYPES:
            kinds = ", ".join(MEDIA_TYPES)
            raise invalid("SIM-TYPE", f"Files of this type cannot be attached; these can: {kinds}.", name)
        if name.lower() == PICTURE:
            picture = _picture(name, content)
        else:
            attachments.append(named(name, None, content))
    return Unpacked(files[documents[0]], picture, distinct(attachments))


def _picture(name: str, content: bytes) -> Attached:
    if not content.startswith(b"%PDF-"):
        raise invalid("SIM-TYPE", "The picture of the document is not a PDF.", name)
    return Attached(PICTURE, MEDIA_TYPES["pdf"], content)

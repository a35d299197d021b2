"""Files that a visitor attaches to what is written: a field for them, their number, size and names, and the hint that says so.

Own choice: the same for mails and cases, at most five files of one megabyte together, of any kind: nothing here ever shows a file,
a browser saves it.
"""

import re
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms.validators import StopValidation

from simulator.web import i18n
from simulator.web.forms import Form

LARGEST = 1024 * 1024
"""Bytes of all files together."""
MOST_FILES = 5
LONGEST_NAME = 120


class FewSmallFiles:
    """Refuses too many files, files that are too large together, and file names that a mail cannot carry."""

    def __call__(self, form: "WithFiles", field: MultipleFileField) -> None:
        """Read the files, to learn their sizes, and raise when they cannot be sent."""
        chosen = [file for file in field.data or [] if file.filename]
        if len(chosen) > MOST_FILES:
            raise StopValidation(i18n.t("mail.files.too_many", found=len(chosen), most=MOST_FILES))
        form.files = [(file_name(file.filename), file.mimetype, file.read()) for file in chosen]
        for name, _, _ in form.files:
            if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
                raise StopValidation(i18n.t("mail.files.name", longest=LONGEST_NAME))
        size = sum(len(content) for _, _, content in form.files)
        if size > LARGEST:
            raise StopValidation(i18n.t("mail.files.too_large", found=in_kilobytes(size), most=in_kilobytes(LARGEST)))


class WithFiles(Form):
    """A form with files: (name, media type that the browser declares, content) each, once it was validated."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.files: list[tuple[str, str, bytes]] = []


def files_field() -> MultipleFileField:
    """Return the field of a form with files."""
    return MultipleFileField("mail.attachments", [FewSmallFiles()])


def limits() -> dict[str, object]:
    """Return what the hint at the field says: ``most`` files, and the ``largest`` size in kilobytes."""
    return {"most": MOST_FILES, "largest": in_kilobytes(LARGEST)}


def file_name(path: str) -> str:
    """Return a file's name without the folders that some browsers put before it."""
    return re.split(r"[/\\]", path)[-1]


def in_kilobytes(size: int) -> str:
    """Write the size of a file in the language of the page; a file that is not empty has at least one kilobyte."""
    return i18n.show_number(-(-size // 1024))

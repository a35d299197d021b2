"""Forms of Mail."""

from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import StringField
from wtforms.validators import StopValidation

from simulator.products.mail.services import LARGEST_MAIL, LONGEST_NAME, MOST_FILES, file_name
from simulator.web import i18n
from simulator.web.forms import AtMost, EmailForm, Form, Required, area_field, normal_email, text_field

LONGEST_TEXT = 20_000


def mailbox_field(label: str, **settings: Any) -> StringField:
    """Return a field for an address that a mail program may have copied: *Support <support@firm.example>*, *mailto:* and all.

    Source: RFC 5322, section 3.4, *name-addr*; RFC 6068 for the link.
    """
    return StringField(label, [Required(), AtMost(254), EmailForm()], filters=[address_of, normal_email], **settings)


def address_of(text: str | None) -> str | None:
    """Return the address alone; a text of another form as it is."""
    _, opening, rest = (text or "").strip().partition("<")
    if opening and rest.endswith(">"):
        return rest[:-1]
    return text.strip().removeprefix("mailto:") if text else text


class FewSmallFiles:
    """Refuses too many files, files that are too large together, and file names that a mail cannot carry."""

    def __call__(self, form: "NewMessage", field: MultipleFileField) -> None:
        """Read the files, to learn their sizes, and raise when they cannot be sent."""
        chosen = [file for file in field.data or [] if file.filename]
        if len(chosen) > MOST_FILES:
            raise StopValidation(i18n.t("mail.files.too_many", found=len(chosen), most=MOST_FILES))
        form.files = [(file_name(file.filename), file.mimetype, file.read()) for file in chosen]
        for name, _, _ in form.files:
            if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
                raise StopValidation(i18n.t("mail.files.name", longest=LONGEST_NAME))
        size = sum(len(content) for _, _, content in form.files)
        if size > LARGEST_MAIL:
            raise StopValidation(i18n.t("mail.files.too_large", found=in_kilobytes(size), most=in_kilobytes(LARGEST_MAIL)))


class NewMessage(Form):
    """A mail written by a person."""

    sender = mailbox_field("mail.from", render_kw={"list": "writers"})
    to = mailbox_field("mail.to")
    subject = text_field("mail.subject")
    text = area_field("mail.text", longest=LONGEST_TEXT, render_kw={"rows": 10})
    attachments = MultipleFileField("mail.attachments", [FewSmallFiles()])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.files: list[tuple[str, str, bytes]] = []


def in_kilobytes(size: int) -> str:
    """Write the size of a file in the language of the page; a file that is not empty has at least one kilobyte."""
    return i18n.show_number(-(-size // 1024))

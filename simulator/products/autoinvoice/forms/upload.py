"""The form for uploading an invoice."""

from flask_wtf.file import FileField
from wtforms.fields import Field
from wtforms.validators import StopValidation

from simulator.web import i18n
from simulator.web.forms import Form

LARGEST = 10 * 1024 * 1024
"""Bytes of an invoice as a file. Source: AutoInvoice's limit for UBL."""


class InvoiceFile:
    """Refuses a missing file, an empty one, one that is too large, and one whose name does not end in ``.xml``."""

    def __call__(self, form: "Upload", field: Field) -> None:
        """Read the file, to learn its size, and raise when it cannot be an invoice."""
        if not field.data or not field.data.filename:
            raise StopValidation(i18n.t("autoinvoice.upload.none"))
        form.filename = str(field.data.filename)
        form.content = field.data.read(LARGEST + 1)
        if len(form.content) > LARGEST:
            raise StopValidation(i18n.t("autoinvoice.upload.too_large", most=i18n.show_number(LARGEST // 1024**2)))
        if not form.content.strip():
            raise StopValidation(i18n.t("autoinvoice.upload.empty"))
        if not form.filename.lower().endswith(".xml"):
            raise StopValidation(i18n.t("autoinvoice.upload.not_xml"))


class Upload(Form):
    """One invoice or credit note as a file."""

    file = FileField("autoinvoice.upload.file", [InvoiceFile()], render_kw={"accept": ".xml,application/xml,text/xml"})

    filename = ""
    content = b""

"""Forms for operators of access points."""

from simulator.documents.registers.schemes import SCHEMES
from simulator.web.forms import Form, choice_field, text_field, tick_field


class EditParticipant(Form):
    """The changeable data of a participant."""

    name = text_field("elma.column.name")
    invoice = tick_field("documents.type.invoice")
    credit_note = tick_field("documents.type.credit_note")


class AddParticipant(EditParticipant):
    """A new participant."""

    scheme = choice_field("elma.provider.scheme", choices=list(SCHEMES))
    number = text_field("elma.provider.number", longest=60)

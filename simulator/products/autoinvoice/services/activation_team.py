"""The vendor's activation team, which helps companies to set AutoInvoice up. Nobody answers in the simulator.

Source: "Brukertips i Kundeservice", *Hvordan melde deg inn i ELMA registeret …*: a request is a mail to this address.
"""

from simulator.core import desks, events, outbox
from simulator.core.sandbox import Db
from simulator.core.texts import text
from simulator.directory.actors import Actor
from simulator.directory.models import Company

ADDRESS = desks.CUSTOMER_CENTRE.alias

events.declare(autoinvoice__help_requested="Somebody asked the activation team for help with AutoInvoice by mail.")


def ask(db: Db, actor: Actor, company: Company, request: str, language: str) -> None:
    """Mail the acting user's request to the activation team."""
    subject = text(language, "autoinvoice.help.subject", company=company.name, number=company.organisation_number)
    written = outbox.PersonalMail(
        sender=actor.email,
        sender_name=actor.name,
        to=ADDRESS,
        subject=subject,
        text=request.strip().replace("\r\n", "\n"),
        language=language,
    )
    outbox.write(db, written)
    events.record(
        db, "autoinvoice.help_requested", actor=actor.email, subject=company.organisation_number, company=company.name
    )

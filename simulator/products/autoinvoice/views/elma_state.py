"""The sentence about a company's registration in ELMA."""

from zoneinfo import ZoneInfo

from simulator.directory.models import Company
from simulator.documents.registers.participants import RegistrationState
from simulator.products.autoinvoice.queries.elma import state_text
from simulator.web import i18n


def state_sentence(company: Company, registration: RegistrationState) -> str:
    """Return the sentence in the reader's language, with the company, the access point and the day."""
    since = registration.registered_at
    day = since.astimezone(ZoneInfo(company.time_zone)).date() if since else None
    return i18n.t(
        state_text(registration),
        company=company.name,
        access_point=registration.access_point,
        day=i18n.show_date(day) if day else None,
    )

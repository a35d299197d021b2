"""The sentences about how a company receives e-invoices, and about its registration in ELMA."""

from zoneinfo import ZoneInfo

from simulator.core.sandbox import Db
from simulator.directory.models import Company
from simulator.documents.accounts import accounts
from simulator.documents.model.parties import of_company
from simulator.documents.registers import participants
from simulator.documents.registers.participants import RegistrationState
from simulator.products.autoinvoice.queries.elma import state_text
from simulator.web import i18n


def receiving_sentence(db: Db, company: Company) -> str:
    """Return how a company receives e-invoices, by the register of its country: ELMA in Norway, else AutoInvoice's own network."""
    registration = participants.registration_state(db, company)
    if registration.norwegian:
        return state_sentence(company, registration)
    account, address = accounts.of(db, company), of_company(company).address
    receives = account.receives and account.verified and address is not None
    key = "autoinvoice.receiving.state.on" if receives else "autoinvoice.receiving.state.off"
    return i18n.t(key, company=company.name, address=address)


def state_sentence(company: Company, registration: RegistrationState) -> str:
    """Return the sentence about ELMA in the reader's language, with the company, the access point and the day."""
    since = registration.registered_at
    day = since.astimezone(ZoneInfo(company.time_zone)).date() if since else None
    return i18n.t(
        state_text(registration),
        company=company.name,
        access_point=registration.access_point,
        day=i18n.show_date(day) if day else None,
    )

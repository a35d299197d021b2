"""Electronic invoices of a client: whether it uses AutoInvoice, and registering it there.

Source: WebFaktura, electronic invoices: the company's details are checked, a new user of AutoInvoice is made or an existing one
named with its API key, and the terms are accepted. Own choice: the new user is the person who registers the company.
"""

from simulator.billing import ledger
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import companies, people
from simulator.directory.actors import Actor
from simulator.directory.models import Person
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR
from simulator.documents.accounts import api_keys
from simulator.documents.accounts.accounts import SERVICE
from simulator.documents.model.models import KeyKind
from simulator.sales import books, clients
from simulator.sales.models import Client


def refusal_of(client: Client) -> RuleViolation | None:
    """Return why a client cannot use AutoInvoice at all: it is no active company at Visma.net; None when it can."""
    return None if clients.is_exported(client) else RuleViolation("sales.not_exported", client=client.name)


def is_active(db: Db, client: Client) -> bool:
    """Return whether a client uses AutoInvoice."""
    return (
        clients.is_exported(client) and client.company is not None and SERVICE in companies.services_of(db, client.company)
    )


def register(db: Db, actor: Actor, client: Client, *, user_name: str | None, api_key: str | None) -> None:
    """Register a client's company at AutoInvoice.

    Args:
        db: the transaction.
        actor: who registers it, and becomes its first user there unless another is named.
        client: the client.
        user_name: the address of an existing user of AutoInvoice; None for a new one.
        api_key: the key of that user.

    Raises:
        RuleViolation: what ``refusal_of`` returns; ``directory.service_active``, ``billing.no_licence`` or
            ``webfaktura.wrong_api_key``.
    """
    refusal = refusal_of(client)
    if refusal is not None:
        raise refusal
    company = client.company
    assert company is not None
    ledger.licence_on(db, company, SERVICE, books.today(db, client))
    person = db.get_one(Person, actor.id) if user_name is None else _owner_of_key(db, user_name, api_key or "")
    companies.activate_service(db, actor, company, SERVICE)
    people.grant(db, actor.email, person, AUTOINVOICE_ADMINISTRATOR, company=company)
    api_keys.ensure_for(db, person, actor.email)


def _owner_of_key(db: Db, user_name: str, api_key: str) -> Person:
    person, key = people.by_email(db, user_name), api_keys.by_text(db, KeyKind.USER, api_key)
    if person is None or key is None or key.person_id != person.id:
        raise RuleViolation("webfaktura.wrong_api_key", field="api_key")
    return person

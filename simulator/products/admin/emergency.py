"""The form with which an administrator asks support for the right to generate one-time emergency codes.

The code itself is generated in ``simulator.directory.code_requests``.
"""

from simulator.core.sandbox import Db
from simulator.directory import emergency_codes
from simulator.directory.actors import Actor
from simulator.directory.code_right_form import CodeRightForm
from simulator.directory.models import Customer, Person

FORM_HELPS = frozenset({"no_right", "domain"})
"""Reasons of refusal that the form can remove."""


def filled_in(db: Db, actor: Actor, person: Person) -> CodeRightForm:
    """Return the form for an administrator who wants to help a person: the domains of the present right, and this person's.

    Source: "Brukertips i Kundeservice", totrinnskontroll. Own choice: the form comes filled in.
    """
    administrator = db.get_one(Person, actor.id)
    customer = db.get(Customer, actor.customer_id) if actor.customer_id is not None else None
    domains = {*emergency_codes.domains_of(db, administrator), person.email.rpartition("@")[2]}
    name = f"{customer.name} ({customer.number})" if customer is not None else ""
    return CodeRightForm(administrator.name, administrator.email, name, tuple(sorted(domains)))

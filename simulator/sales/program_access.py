"""Access to programs whose contract ends: until when one is open, what it opens for then, and what is refused.

Source: "Brukertips i Kundeservice", on access after notice: an accounting system stays open until June of the next year so that the
books can be closed; a subscription stops. Own choice: the contract of the customer that keeps the client counts; a program whose
customer never had a contract of it is not limited; with a licence for reading one looks up what is there and changes nothing.
"""

from simulator.billing import access
from simulator.billing.access import Access, AccessState
from simulator.billing.products import BY_CODE
from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Customer
from simulator.sales.models import Client, ProgramCode

PRODUCT_OF = {
    ProgramCode.ACCOUNTVIEW: "accountview",
    ProgramCode.ADMINISTRATION: "administration",
    ProgramCode.BUSINESS: "visma_business",
    ProgramCode.FINANCIALS: "financials",
    ProgramCode.GLOBAL: "global",
    ProgramCode.WEBFAKTURA: "webfaktura",
    ProgramCode.WEBFAKTURA_ADMIN: "webfaktura",
}
"""The licensed product of each program."""

assert set(PRODUCT_OF.values()) <= set(BY_CODE)


def limited(db: Db, program: ProgramCode, client_id: int | None, actor: Actor) -> Access | None:
    """Return the access to a program if its contract has ended; None while it runs, or when there is none.

    Args:
        db: the transaction.
        program: the program.
        client_id: the client whose books are open; None in a program that is open for the chosen company.
        actor: the visitor.
    """
    if client_id is None:
        customer_id = actor.customer_id
    else:
        client = db.get(Client, client_id)
        customer_id = client.customer_id if client is not None else None
    customer = db.get(Customer, customer_id) if customer_id is not None else None
    current = access.of_product(db, customer, PRODUCT_OF[program]) if customer is not None else None
    return current if current is not None and current.state not in (AccessState.OPEN, AccessState.ENDING) else None


def refuses(current: Access, *, changes: bool) -> bool:
    """Return whether an access lets nobody look up anything, or, with ``changes``, change anything."""
    return current.state is AccessState.ENDED or (changes and current.state is AccessState.READ_ONLY)

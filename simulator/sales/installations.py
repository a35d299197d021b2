"""What runs on a customer's own server: AccountView Communication Service (ACS) and On Premise Gateway (OPG).

Source: "Verbruik Visma.net AutoInvoice opvragen", De stap Communicatie; "WebFaktura og Visma.net", Forutsetninger. Own choice: the
states, and that a customer of whom nothing is said has both in working order.
"""

from simulator.core import events
from simulator.core.sandbox import Db
from simulator.directory.models import Customer
from simulator.sales.models import Acs, Installation, Opg

SERVER = "SERVER01"
"""Own choice: the name of the server that programs are set to."""

events.declare(
    acs__changed="A tester or trainer changed the state of a customer's ACS.",
    opg__changed="A tester or trainer changed the state of a customer's On Premise Gateway.",
)


def of(db: Db, customer_id: int) -> Installation:
    """Return what runs on a customer's server; a row of its own that is not stored when nothing was ever set."""
    stored = db.get(Installation, customer_id)
    return stored or Installation(customer_id=customer_id, acs=Acs.RUNNING, acs_server=SERVER, opg=Opg.CONNECTED)


def set_state(
    db: Db,
    customer: Customer,
    *,
    acs: Acs | None = None,
    acs_server: str | None = None,
    opg: Opg | None = None,
    actor: str | None = None,
) -> Installation:
    """Set the state of a customer's server; None leaves a part as it is. A changed part is an event."""
    installation = db.get(Installation, customer.id)
    if installation is None:
        installation = of(db, customer.id)
        db.add(installation)
    if acs_server is not None:
        installation.acs_server = acs_server
    for name, state in (("acs", acs), ("opg", opg)):
        if state is not None and getattr(installation, name) != state:
            setattr(installation, name, state)
            events.record(db, f"{name}.changed", actor=actor, subject=customer.number, state=str(state))
    db.flush()
    return installation

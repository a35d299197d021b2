"""What a program knows of a client's own company, and changing it.

Own choice: a number that fails its check is refused at once; the platform learns of a change with the next export.
"""

from dataclasses import asdict, dataclass, replace

from simulator.core import events
from simulator.core.sandbox import Db
from simulator.sales import books
from simulator.sales.models import Client

events.declare(client__changed="The details of a client were changed in one of its programs.")


@dataclass(frozen=True, kw_only=True)
class ClientDetails:
    """The details of a client that can be changed. Forms check lengths and addresses; the number is checked here."""

    name: str
    organisation_number: str
    email: str | None = None
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None


def change(db: Db, client: Client, details: ClientDetails, *, actor: str) -> bool:
    """Change the details of a client.

    Returns:
        False if nothing differs.

    Raises:
        RuleViolation: ``sales.bad_number``.
    """
    number = books.organisation_number(client.country, details.organisation_number)
    new = asdict(replace(details, organisation_number=number))
    changed = sorted(name for name, value in new.items() if getattr(client, name) != value)
    if not changed:
        return False
    for name in changed:
        setattr(client, name, new[name])
    db.flush()
    events.record(db, "client.changed", actor=actor, subject=client.name, client=client.number, changed=changed)
    return True

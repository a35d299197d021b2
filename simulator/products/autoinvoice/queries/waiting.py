"""Documents of a company that wait for somebody: sent ones that went wrong, and received ones that are new."""

from simulator.core.sandbox import Db
from simulator.directory.actors import Actor
from simulator.directory.models import Company
from simulator.documents.model import lists
from simulator.documents.model.lists import Search
from simulator.documents.model.models import Direction, Status
from simulator.web.product import Waiting


def waiting(db: Db, actor: Actor) -> list[Waiting]:
    """Return what waits for a user of AutoInvoice on Home: what needs no reading of documents at the chosen company."""
    return _unsuccessful(db, actor.company.id, actor.company.time_zone) if actor.company is not None else []


def _unsuccessful(db: Db, company_id: int, time_zone: str) -> list[Waiting]:
    counts = lists.count_unsuccessful(db, company_id, time_zone)
    return [
        Waiting("autoinvoice.waiting.failed", counts.get(Status.FAILED, 0), "autoinvoice.sent", {"failed": "1"}),
        Waiting("autoinvoice.waiting.on_hold", counts.get(Status.ON_HOLD, 0), "autoinvoice.sent", {"hold": "1"}),
    ]


def all_waiting(db: Db, company: Company) -> list[Waiting]:
    """Return all numbers, in a transaction that reads documents."""
    search = Search(direction=Direction.RECEIVED, new=True, since=lists.listed_since(db, company))
    new, _ = lists.counted(db, company, search)
    return [
        Waiting("autoinvoice.waiting.new", new, "autoinvoice.received", {"new": "1"}),
        *_unsuccessful(db, company.id, company.time_zone),
    ]

"""Monthly billing, as a job that queues itself for the next month.

Source: invoices are made of a month's consumption ("Specificatie verbruik Visma.net AutoInvoice"). Own choice: at midnight
of the first of each month where the scenario plays, all licences of the sandbox together, month after month, so that numbers
follow dates.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from simulator.billing import billing_runs, ledger
from simulator.billing.models import Charge, Licence
from simulator.billing.months import month_after, months
from simulator.core import jobs
from simulator.core.sandbox import Db

KIND = "billing.month"


def plan(db: Db, time_zone: str) -> None:
    """Queue the billing of the sandbox's present month if there is a licence; calling this again queues nothing more.

    Args:
        db: the transaction.
        time_zone: the scenario's.
    """
    if db.scalar(select(Licence.id).limit(1)) is not None:
        _queue_next(db, time_zone)


def bill_months_over(db: Db, day: date) -> None:
    """Make the invoices of all months that are over on a day, for all licences.

    Args:
        db: the transaction.
        day: the day on which the invoices are made.
    """
    earliest = db.scalar(select(Charge.day).where(ledger.UNBILLED).order_by(Charge.day).limit(1))
    licences = db.scalars(select(Licence).order_by(Licence.id)).all()
    for month in months(min(earliest or day, day), day):
        for licence in licences:
            billing_runs.bill_licence_until(db, licence, month)


@jobs.job(KIND)
def run(db: Db, **data: Any) -> None:
    """Bill the months that are over, and queue the next month's billing."""
    time_zone = data["time_zone"]
    bill_months_over(db, db.clock.now().astimezone(ZoneInfo(time_zone)).date())
    _queue_next(db, time_zone)


def _queue_next(db: Db, time_zone: str) -> None:
    now = db.clock.now()
    zone = ZoneInfo(time_zone)
    first = month_after(now.astimezone(zone).date())
    midnight = datetime.combine(first, time(), zone)
    delay = max(midnight - now, timedelta(0))
    jobs.enqueue(db, KIND, key=f"{KIND}:{first}", delay=delay, time_zone=time_zone)

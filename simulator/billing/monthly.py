"""Billing, as a job that queues itself for the next day on which there is something to bill.

Source: invoices are made of a month's consumption ("Specificatie verbruik Visma.net AutoInvoice"). Own choice: at midnight
of the first of each month where the scenario plays, and of the days on which a period of a contract begins, all licences and
contracts of the sandbox together and in the order of the dates, so that numbers follow dates.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from simulator.billing import billing_runs, limits, periodic, renewals
from simulator.billing.models import Licence
from simulator.billing.months import month_after
from simulator.core import jobs
from simulator.core.sandbox import Db

KIND = "billing.month"


def plan(db: Db, time_zone: str) -> None:
    """Queue the next billing of the sandbox if there is a licence; calling this again queues nothing more.

    Args:
        db: the transaction.
        time_zone: the scenario's.
    """
    if db.scalar(select(Licence.id).limit(1)) is not None:
        _queue_next(db, time_zone)


@jobs.job(KIND)
def run(db: Db, **data: Any) -> None:
    """Bill what is due, announce renewals of contracts and licences with too many users, and queue the next billing."""
    time_zone = data["time_zone"]
    today = db.clock.now().astimezone(ZoneInfo(time_zone)).date()
    billing_runs.bill_all_due(db, today)
    renewals.announce_due(db, today)
    if today.day == 1:
        limits.announce_exceeded(db, today)
    _queue_next(db, time_zone)


def _queue_next(db: Db, time_zone: str) -> None:
    now = db.clock.now()
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    day = min(month_after(today), periodic.next_day(db, today) or date.max, renewals.next_day(db, today) or date.max)
    midnight = datetime.combine(day, time(), zone)
    delay = max(midnight - now, timedelta(0))
    jobs.enqueue(db, KIND, key=f"{KIND}:{day}", delay=delay, time_zone=time_zone)

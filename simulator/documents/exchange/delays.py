"""How long the outside world takes, on the sandbox's clock.

Source: ELMA as service providers use it, a request to the SML is handled within about a minute; AutoInvoice's print service, run
at night and posted on the next working day; scan service in the Netherlands, four hours. Own choice: all other figures, and that a
sandbox can do without any delay. A sandbox created with a frozen clock has no delays: its clock would never reach them.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from simulator.core.sandbox import Db

ROUTING = timedelta(seconds=2)
RECEIPT = timedelta(seconds=10)
BOUNCE = timedelta(seconds=60)
PUBLICATION = timedelta(seconds=60)
SCANNING = timedelta(hours=4)
SCAN_ACTIVATION = timedelta(days=1)
PRINT_RUN = time(2)
WORKING_DAYS = 5


def of(db: Db, delay: timedelta) -> timedelta:
    """Return a delay as this sandbox has it: none when it does without."""
    return delay if db.record.delays == "real" else timedelta(0)


def until_print_run(db: Db, time_zone: str) -> timedelta:
    """Return how long it is until letters are printed next, at two in the night of a time zone."""
    now = db.clock.now()
    here = now.astimezone(ZoneInfo(time_zone))
    run = datetime.combine(here.date(), PRINT_RUN, here.tzinfo)
    if run <= here:
        run = datetime.combine(here.date() + timedelta(days=1), PRINT_RUN, here.tzinfo)
    return of(db, run - now)


def until_posted(db: Db, time_zone: str) -> timedelta:
    """Return how long it is until what is printed now is in the post: noon of the next working day.

    Own choice: Saturdays and Sundays are the days without work.
    """
    now = db.clock.now()
    here = now.astimezone(ZoneInfo(time_zone))
    day = here.date() + timedelta(days=1)
    while day.weekday() >= WORKING_DAYS:
        day += timedelta(days=1)
    return of(db, datetime.combine(day, time(12), here.tzinfo) - now)

"""Calls that show and set the queue of a sandbox, and run due jobs."""

from typing import Any

from sqlalchemy import select

from simulator.control import answers, schemas
from simulator.control.table import Calls, store
from simulator.core import jobs
from simulator.core.jobs import Job
from simulator.core.sandbox import Db
from simulator.web.calls.fields import choice, whole

blueprint = Calls("jobs", __name__)

LONGEST_DELAY = 366 * 24 * 3600
PAGE = 1000

SETTING = {
    "mode": choice(*schemas.QUEUE_MODES),
    "delay_seconds": whole(most=LONGEST_DELAY),
    "delays": choice(*schemas.DELAYS),
}


@blueprint.call("GET", "/sandboxes/{name}/jobs", query={"after": whole()}, refusals=(404, 422))
def list_jobs(name: str, after: int | None) -> schemas.Queue:
    """Show the settings of the queue and its jobs by id, 1000 per page; ``after`` takes the last id of the previous page."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return _queue(db, after or 0)


@blueprint.call("PUT", "/sandboxes/{name}/jobs", body=SETTING, refusals=(404, 422))
def set_queue(name: str, mode: str | None, delay_seconds: int | None, delays: str | None) -> schemas.Queue:
    """Set whether jobs run by themselves, how long after they are queued, and whether the outside world takes its time."""
    with store().open(name) as sandbox:
        with sandbox.transaction() as db:
            if mode is not None:
                db.record.jobs_mode = mode
            if delay_seconds is not None:
                db.record.jobs_delay = delay_seconds
            if delays is not None:
                db.record.delays = delays
            db.after_commit.append(sandbox.queued)
            return _queue(db, 0)


@blueprint.call("POST", "/sandboxes/{name}/jobs/run", body={}, refusals=(404,))
def run_jobs(name: str) -> list[schemas.Job]:
    """Run the jobs that are due at the sandbox's time, in order of (due, id), and list them."""
    with store().open(name) as sandbox:
        ran = list(dict.fromkeys(jobs.run_due(sandbox)))
        with sandbox.reading() as db:
            return [answers.job(db.get_one(Job, job_id)) for job_id in ran]


def _queue(db: Db, after: int) -> schemas.Queue:
    rows: Any = db.scalars(select(Job).where(Job.id > after).order_by(Job.id).limit(PAGE))
    record = db.record
    return {
        "mode": record.jobs_mode,
        "delay_seconds": record.jobs_delay,
        "delays": record.delays,
        "jobs": [answers.job(row) for row in rows],
    }

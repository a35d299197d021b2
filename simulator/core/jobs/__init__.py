"""The queue of a sandbox: rows of the table ``job`` are the truth, workers only carry them out.

A job is one function call with JSON arguments. Its effect and its state *done* are one commit, so that a worker that is killed
leaves either nothing or everything; a unique key keeps the same job from being queued twice.

``registry`` knows the kinds of jobs, ``claiming`` decides who carries out which job, ``execution`` carries them out,
``recovery`` takes over what a server that is gone left behind, and ``worker`` does all of it in the background.
"""

from simulator.core.jobs.execution import ATTEMPTS, BATCH_SIZE, run_due
from simulator.core.jobs.models import Job, JobState
from simulator.core.jobs.queueing import enqueue, is_unfinished
from simulator.core.jobs.registry import KINDS, JobKind, Work, job

__all__ = [
    "ATTEMPTS",
    "BATCH_SIZE",
    "KINDS",
    "Job",
    "JobKind",
    "JobState",
    "Work",
    "enqueue",
    "is_unfinished",
    "job",
    "run_due",
]

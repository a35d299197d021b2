"""Carries out what an exercise asks for in a sandbox that is there, without a browser."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from flask import Flask

from simulator.classroom.exercises import labels_of
from simulator.classroom.in_process import InProcessApi, InProcessTransport
from simulator.classroom.steps import outside
from simulator.core.companions import companion
from simulator.testing.api import CallFailed
from simulator.testing.sandbox import Sandbox


class CannotSolve(Exception):
    """A step of the solution cannot be carried out in the sandbox as it is; the text says which one and why."""


def solve(app: Flask, sandbox_name: str, exercise: Any, language: str) -> None:
    """Carry out the solution of an exercise, with what somebody outside has to do before.

    Args:
        app: the platform.
        sandbox_name: the sandbox; no request or transaction of the caller may hold it.
        exercise: of ``e2e.engine.exercise``.
        language: of the sandbox.

    Raises:
        CannotSolve: a step cannot be carried out; those before it were.
    """
    procedure = companion("e2e.engine.exercise").solution_of(exercise)
    carry_out(app, sandbox_name, procedure, language, before=exercise.solution.before)


def carry_out(app: Flask, sandbox_name: str, procedure: Any, language: str, *, before: Sequence[Any] = ()) -> None:
    """Carry out the steps of a procedure, an ``e2e.engine.exercise.Procedure``; the arguments are those of ``solve``.

    Its requests are made in a thread of their own: within a request they would share what belongs to that one. Meanwhile the world
    outside takes no time, and the queue of the sandbox runs when the walk says so.

    Raises:
        CannotSolve: a step cannot be carried out; those before it were.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(_carry_out, app, sandbox_name, procedure, language, before).result()


def happen(app: Flask, sandbox_name: str, exercise: Any, at: int, language: str) -> None:
    """Let happen what a step of the solution needs from outside.

    Args:
        app: the platform.
        sandbox_name: the sandbox; no request or transaction of the caller may hold it.
        exercise: of ``e2e.engine.exercise``.
        at: position of the step, from 0.
        language: of the sandbox.

    Raises:
        CannotSolve: it cannot happen.
    """
    procedure = companion("e2e.engine.exercise").solution_of(exercise)
    before, step = outside(exercise, at)
    carry_out(app, sandbox_name, replace(procedure, signed_in=False, page=None, steps=[step]), language, before=before)


def _carry_out(app: Flask, sandbox_name: str, procedure: Any, language: str, before: Sequence[Any]) -> None:
    walking, context = companion("e2e.engine.http.walk"), companion("e2e.engine.context")
    stops = (
        CallFailed,
        companion("e2e.engine.roles").NotFound,
        companion("e2e.engine.texts").LabelError,
        companion("e2e.engine.downloads").DownloadWrong,
    )
    api = InProcessApi(app, app.extensions["store"].base_address)
    at = 0
    try:
        sandbox = Sandbox(api, api.get(f"/sandboxes/{sandbox_name}"))
        delays = sandbox.get("/jobs")["delays"]
        _let_clock_run(sandbox, procedure)
        for call in before:
            sandbox.call("PUT", f"/{call.put}", call.values)
        walk_context = context.WalkContext(
            base_url=api.url, labels=labels_of(procedure.language, language), sandbox=sandbox, reader=procedure.person
        )
        walk = walking.HttpWalk(
            walk_context, InProcessTransport(app, sandbox.raw["join_url"].partition("?join=")[2]), procedure.folder
        )
        sandbox.call("PUT", "/jobs", {"mode": "manual", "delays": "none"})
        try:
            walk.begin(procedure.signed_in, procedure.page)
            for number, step in enumerate(procedure.steps, start=1):
                at = number
                walk.take(step, procedure.variant)
        finally:
            sandbox.call("PUT", "/jobs", {"mode": "auto", "delays": delays})
    except stops as error:
        raise CannotSolve(f"Step {at} cannot be carried out: {error}") from None


def _let_clock_run(sandbox: Sandbox, procedure: Any) -> None:
    """Take a clock that shows the machine's time from it, where days have to pass."""
    words = {action.word for step in procedure.steps for action in step.actions(procedure.variant)}
    if "advance" in words and sandbox.get("/clock")["mode"] == "live":
        sandbox.clock.set(mode="running")

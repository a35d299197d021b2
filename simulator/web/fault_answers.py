"""What a request gets when it triggers a fault. Imported for the first request to a sandbox that has one.

Own choice: a fault decides after everything else that may refuse a request, so that it opens nothing and hides no refusal.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from flask import Response, after_this_request, current_app, g, make_response, request, session
from waitress.channel import ClientDisconnected
from werkzeug.wrappers import Response as BaseResponse

from simulator.core import faults, state_before
from simulator.core.fault_operations import LATE, LONGEST_WAIT
from simulator.core.faults import Trigger
from simulator.core.sandbox import STALE, Db, Sandbox
from simulator.core.waiting import wait_for
from simulator.web.access import products
from simulator.web.fault_errors import OrderedFailure, OrderedRefusal
from simulator.web.fault_routes import operations_of
from simulator.web.looking import is_carried_out
from simulator.web.platform import SAFE_METHODS
from simulator.web.problem_documents import Problem

NO_RESPONSE = 444
"""Own choice: what nginx logs of a connection that it closed without an answer."""

STATUSES = {"error": 500, "unavailable": 503, "conflict": 409, "refused": 422}


class ConnectionDropped(ClientDisconnected):  # type: ignore[misc]
    """The connection is to be closed without an answer. Waitress does so for this error; a test client raises it."""


class Dropped(Response):
    """The place of an answer that is not given; the log of requests has a status for it."""

    default_status = NO_RESPONSE

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Give none.

        Raises:
            ConnectionDropped: always.
        """
        raise ConnectionDropped


def meet() -> BaseResponse | None:
    """Count the present request, and let it fail if that triggers a fault.

    Returns:
        The answer, or None when the view is to give it.

    Raises:
        OrderedFailure: the answer is an error.
    """
    fault = _triggered()
    g.sandbox.is_change = request.method not in SAFE_METHODS
    if fault is None:
        return None
    g.fault = fault
    if fault.outcome == "refused" and request.method not in SAFE_METHODS:
        _let_rule_refuse(fault)
    elif fault.outcome in STATUSES:
        raise OrderedFailure(STATUSES[fault.outcome], fault)
    elif fault.outcome == "dropped_before":
        return Dropped()
    elif fault.outcome == "dropped_after":
        after_this_request(lambda response: Dropped())
    elif fault.outcome == LATE:
        _answer_late(fault)
    elif fault.outcome == STALE and request.method in SAFE_METHODS:
        _go_back()
    return None


def _triggered() -> Trigger | None:
    """Count the request, in a transaction of its own, which is no change of the sandbox's content."""
    method = "GET" if request.method == "HEAD" else request.method
    operations = operations_of(str(request.endpoint))
    sandbox: Sandbox = g.sandbox
    with sandbox.reading() as db:
        if not faults.has_any_of(db, operations, method):
            return None
        person, company = _concerned(db)
        if not faults.matching(db, operations, method=method, person=person, company=company):
            return None
    sandbox.is_change = False
    with sandbox.transaction() as db:
        return faults.trigger(
            db, operations, subject=operations[1], method=method, person=person, company=company, path=request.path
        )


def _concerned(db: Db) -> tuple[str | None, str | None]:
    """Return the address of the person and the organisation number of the company that the request is for.

    The person and company of a program's token; else the person who is signed in, or whose address was typed to sign in, and the
    company or client in the address, or the chosen company.
    """
    product = products().by_blueprint(request.blueprint)
    caller = product.caller(db) if product is not None and product.caller is not None else None
    if caller is not None:
        return caller
    actor = g.visit.actor if "visit" in g else None
    person = actor.email if actor is not None else session.get("sign_in_email")
    return person, _company(db, actor.company.id if actor is not None and actor.company is not None else None)


def _company(db: Db, chosen: int | None) -> str | None:
    from simulator.directory.models import Company
    from simulator.sales.models import Client

    in_address = request.view_args or {}
    organisation: Company | Client | None = None
    if isinstance(in_address.get("client"), int):
        organisation = db.get(Client, in_address["client"])
    elif (company_id := in_address.get("company_id", chosen)) is not None:
        organisation = db.get(Company, company_id)
    return organisation.organisation_number if organisation is not None else None


def _let_rule_refuse(fault: Trigger) -> None:
    """Let the first transaction that writes be refused; a view that writes nothing is answered by a refusal."""

    def refuse() -> None:
        g.refused = True
        raise OrderedRefusal("faults.refused" if fault.hidden else "faults.ordered", fault)

    def check(response: Response) -> Response:
        if "refused" in g or response.status_code >= 400:
            return response
        session.modified = False
        return make_response(current_app.handle_user_exception(OrderedFailure(422, fault)))

    g.sandbox.refuse = refuse
    after_this_request(check)


def _answer_late(fault: Trigger) -> None:
    """Let the answer wait, when all is done and nothing is open; ends early when the server stops.

    Own choice: nobody waits where the platform itself carries out a solution.

    Raises:
        OrderedFailure: 503, because so many answers wait already that others would have to.
    """
    if is_carried_out():
        return
    limiter = current_app.extensions["control.long_poll"]
    name = g.sandbox.name
    with ExitStack() as stack:
        try:
            stack.enter_context(limiter.slot(name))
        except Problem:
            raise OrderedFailure(503, fault) from None
        slot = stack.pop_all()

    @after_this_request
    def wait(response: Response) -> Response:
        with slot:
            wait_for(name, lambda: limiter.closed, min(fault.seconds, LONGEST_WAIT))
        return response


def _go_back() -> None:
    """Let the view read the state from before the last change, if there was one since the fault was ordered."""
    before = state_before.opened(g.sandbox)
    if before is None:
        return
    present = g.sandbox
    _read(before)

    @after_this_request
    def return_to_present(response: Response) -> Response:
        _read(present)
        before.close()
        return response


def _read(sandbox: Sandbox) -> None:
    """Let the rest of the request read and write another file of its sandbox."""
    g.sandbox = sandbox
    if "visit" in g:
        g.visit = replace(g.visit, sandbox=sandbox)

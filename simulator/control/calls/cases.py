"""Calls about the cases of the vendor's desks."""

from simulator.control import case_schemas as schemas
from simulator.control import cases
from simulator.control.table import Calls, store
from simulator.core.desks import BY_CODE
from simulator.directory.cases import commands
from simulator.directory.cases.models import CaseState
from simulator.directory.cases.queries import CaseFilters
from simulator.web.calls.fields import choice, email, flag, line, text, whole

blueprint = Calls("cases", __name__)

LONGEST_MAIL = 20_000

FILTER = {
    "desk": choice(*BY_CODE),
    "state": choice(*CaseState),
    "requester": email(),
    "after": whole(),
}
MAIL = {
    "requester": email(required=True),
    "desk": choice(*BY_CODE),
    "subject": line(required=True),
    "text": text(longest=LONGEST_MAIL, required=True),
}
CHANGE = {
    "state": choice(*CaseState),
    "assigned": text(longest=254),
    "desk": choice(*BY_CODE),
    "by": email(),
    "version": whole(),
}
ANSWER = {
    "text": text(longest=commands.LONGEST_TEXT, required=True),
    "by": email(),
    "solve": flag(),
    "version": whole(),
}
NOTE = {"text": text(longest=commands.LONGEST_TEXT, required=True), "by": email()}


@blueprint.call("GET", "/sandboxes/{name}/cases", query=FILTER, refusals=(404, 422))
def list_cases(
    name: str, desk: str | None, state: str | None, requester: str | None, after: int | None
) -> list[schemas.Case]:
    """List the cases of the desks by number, 200 per page; ``after`` takes the last number of the previous page."""
    filters = CaseFilters(desk=desk or "", states=[state] if state else (), requester=requester or "")
    with store().open(name) as sandbox, sandbox.reading() as db:
        return cases.list_cases(db, filters, after or 0)


@blueprint.call("POST", "/sandboxes/{name}/cases", status=201, body=MAIL, refusals=(404, 422))
def open_case(name: str, requester: str, desk: str | None, subject: str, text: str) -> schemas.Case:
    """Mail a desk as somebody, support when no desk is named, and return the case that the mail is in."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        return cases.open_by_mail(db, requester, desk or "support", subject, text)


@blueprint.call("GET", "/sandboxes/{name}/cases/{number}", refusals=(404,))
def show_case(name: str, number: str) -> schemas.CaseWithEntries:
    """Show a case with its entries, internal notes too."""
    with store().open(name) as sandbox, sandbox.reading() as db:
        return cases.show(db, number)


@blueprint.call("PUT", "/sandboxes/{name}/cases/{number}", body=CHANGE, refusals=(404, 409, 422))
def change_case(
    name: str,
    number: str,
    state: str | None,
    assigned: str | None,
    desk: str | None,
    by: str | None,
    version: int | None,
) -> schemas.Case:
    """Set state, desk or assignment (an address of the staff, or ``nobody``) of a case; what is left out stays."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        return cases.change(db, number, state=state, assigned=assigned, desk=desk, by=by, version=version)


@blueprint.call("POST", "/sandboxes/{name}/cases/{number}/answers", status=201, body=ANSWER, refusals=(404, 409, 422))
def answer_case(
    name: str, number: str, text: str, by: str | None, solve: bool | None, version: int | None
) -> schemas.CaseWithEntries:
    """Answer the requester of a case as a member of the staff: by mail, or in the chat while it goes on."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        case = cases.case_of(db, number)
        commands.answer(db, case, cases.staff_of(db, case, by), text, version=version, solve=bool(solve))
        return cases.show(db, number)


@blueprint.call("POST", "/sandboxes/{name}/cases/{number}/notes", status=201, body=NOTE, refusals=(404, 422))
def note_case(name: str, number: str, text: str, by: str | None) -> schemas.CaseWithEntries:
    """Write an internal note in a case."""
    with store().open(name) as sandbox, sandbox.transaction() as db:
        case = cases.case_of(db, number)
        commands.note(db, case, cases.staff_of(db, case, by), text)
        return cases.show(db, number)

"""Pages for what goes wrong: each says what happened and what to do next."""

from flask import Flask, Response, current_app, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from simulator.core.database import NoRoom, QuotaReached, Unreadable, is_full
from simulator.core.errors import NoAccess, NotFound
from simulator.core.store import Store
from simulator.web import fault_errors, i18n
from simulator.web.access import RightsChanged, products
from simulator.web.addresses import product_address, sign_in_address
from simulator.web.headers import protocol_headers
from simulator.web.platform import StaleForm
from simulator.web.programs import is_for_programs, problem_document
from simulator.web.visit import NoSuchSandbox

NO_ACCESS = ("forbidden", "office_program")
"""Problems that somebody can solve who gives access: their pages say who does."""


AGAIN = ("stale_form", "rights_changed", "ordered_409", "ordered_500", "ordered_503")
"""Problems after which the page can be opened again."""
STAYING = (*NO_ACCESS, "ordered_500", "ordered_503")
"""Problems that a trainee meets in the middle of an exercise."""
OUTSIDE = ("join", "no_place", "no_sandbox")
"""Problems of somebody who is at no sandbox and may want to join a class."""


def problem_page(status: int, key: str, hint: str | None = None, **values: object) -> Response:
    """Render a page from the texts ``problem.<key>.title`` and ``.text``, with a second sentence if there is one."""
    title = i18n.t(f"problem.{key}.title")
    body = render_template(
        "web/problem.html",
        title=title,
        text=i18n.t(f"problem.{key}.text", **values),
        language=i18n.language(),
        hint=hint,
        frame=None,
        has_exercise=key in STAYING,
        status=status,
        **(_who_gives_access() if key in NO_ACCESS else {}),
        ineffective_roles=_ineffective_roles() if key == "forbidden" else None,
        home=_home(),
        joins=key in OUTSIDE,
        back=request.full_path.rstrip("?") if key in AGAIN else None,
    )
    return make_response(body, status)


def _product_name() -> str:
    product = products().by_blueprint(request.blueprint)
    return i18n.t(product.name) if product else ""


def _home() -> str | None:
    visit = g.get("visit")
    if visit is None or visit.actor is None:
        return None
    return product_address("home", visit.sandbox.name)


def _who_gives_access() -> dict[str, object]:
    """Return ``names`` of the administrators whom a visitor who lacks a permission can ask, and ``own_roles``.

    The latter is the address of Admin for a visitor who is an administrator and can give the role to themselves; else None.

    Source: "Brukertips i Kundeservice", only the admin user reaches Settings and can give access; Visma.net Admin, the
    administrator can take any role. Own choice: by name; a visitor without any role is given those of the customers that still
    list them.
    """
    from simulator.directory.people import customer_administrators, customers_of

    visit = g.get("visit")
    if visit is None or visit.actor is None:
        return {"names": []}
    with visit.sandbox.reading() as db:
        open_now = visit.actor.customer_id
        customers = [open_now] if open_now is not None else customers_of(db, visit.actor.id)
        administrators = {person.id: person.name for id_ in customers for person in customer_administrators(db, id_)}
    is_administrator = administrators.pop(visit.actor.id, None) is not None
    own_roles = product_address("admin", visit.sandbox.name) if is_administrator else None
    return {"names": list(administrators.values()), "own_roles": own_roles}


def _ineffective_roles() -> list[str]:
    """Say where a visitor has a role for the refused page that has no effect: a deactivated company, a service not active there."""
    from simulator.directory.companies import ineffective_roles

    visit, product = g.get("visit"), products().by_blueprint(request.blueprint)
    if visit is None or visit.actor is None or product is None:
        return []
    services = {role.service for roles in product.permissions.values() for role in roles if role.service is not None}
    with visit.sandbox.reading() as db:
        return [
            i18n.t("problem.forbidden.resting.company", company=company)
            if deactivated
            else i18n.t("problem.forbidden.resting.service", company=company, service=i18n.t(f"service.{service}"))
            for company, service, deactivated in ineffective_roles(db, visit.actor.id, services)
        ]


def stale_form(error: StaleForm) -> Response:
    """Answer a form without the token of the present session."""
    return problem_page(400, "stale_form")


def install(app: Flask) -> None:
    """Register the pages."""
    app.register_error_handler(StaleForm, stale_form)
    fault_errors.install(app)

    @app.errorhandler(Unreadable)
    def _unreadable(error: Unreadable) -> Response:
        return problem_page(409, "unreadable", detail=str(error))

    @app.errorhandler(NoRoom)
    def _no_room(error: NoRoom) -> Response:
        if is_for_programs():
            return problem_document(507, str(error))
        if isinstance(error, QuotaReached):
            return problem_page(507, "quota", size=error.megabytes)
        return problem_page(507, "no_room")

    @app.errorhandler(NoSuchSandbox)
    def _no_such_sandbox(error: NoSuchSandbox) -> Response:
        return problem_page(404, "no_sandbox", name=error.sandbox_name[:40])

    @app.errorhandler(NotFound)
    def _replaced(error: NotFound) -> BaseResponse:
        """Answer a request whose sandbox was reset, so that all sign-ins ended, or removed while it waited to write.

        A client that a program does not have, or that the visitor may not open, has a page of its own.
        """
        if error.kind == "client":
            return problem_page(404, "no_client", client=error.name[:40])
        store: Store = current_app.extensions["store"]
        if error.kind != "sandbox" or "visit" not in g:
            raise error
        return sign_in_address() if store.exists(error.name) else problem_page(404, "no_sandbox", name=error.name)

    @app.errorhandler(NoAccess)
    def _no_access(error: NoAccess) -> Response:
        return problem_page(403, error.reason, product=_product_name())

    @app.errorhandler(RightsChanged)
    def _rights_changed(error: RightsChanged) -> Response:
        return problem_page(409, "rights_changed")

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if isinstance(error.response, Response):
            return error.response
        response = _page_of(error)
        response.headers.update(protocol_headers(error))
        return response

    def _page_of(error: HTTPException) -> Response:
        if is_full(getattr(error, "original_exception", None)):
            return problem_page(507, "no_room")
        status = error.code or 500
        if status == 403:
            return problem_page(403, "forbidden", product=_product_name())
        if status == 405:
            return problem_page(405, "method")
        if status == 413:
            return problem_page(413, "too_large")
        if status == 404:
            return problem_page(404, "not_found")
        return problem_page(status, "other" if status < 500 else "broken")

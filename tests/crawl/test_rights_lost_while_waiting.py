"""A form that waits for the write lock while its sender loses the right to send it changes nothing: every form of every product."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from simulator.app import Platform
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation
from simulator.directory.models import Grant, Person, SignInSession, Status
from simulator.web.access import BY_TOKEN, PUBLIC
from tests.conftest import NOW
from tests.crawl.conftest import ask_support
from tests.crawl.site import LIMITED_TO, SCENARIOS, VISITORS, Site
from tests.suite.extent import rank
from tests.visits import Form, Visitor, cast, forms_on, make_platform, password_of, phone_code, store_of
from tests.waiting import Writes, before_the_write_lock

WITHOUT_A_FORM_HERE = {
    "accountview.register": "refused before it writes: the companies here have an account already",
    "administration.handle_manually": "only for an invoice that went wrong",
    "administration.resend": "only for an invoice that went wrong",
    "business.handle": "only for an invoice that went wrong",
    "webfaktura_admin.new_client": "leads on to the client and changes nothing",
    "admin.save_support": "only for a consultant who was searched for",
    "settings.transfer": "refused before it writes: nobody else here can receive licences",
    "settings.show_transfer": "only while a transfer waits",
    "admin.emergency_code": "only for a user of the domains that were applied for",
    "autoinvoice.identity_check": "only for the person who is to sign",
    "autoinvoice.receive_from_network": "only for a company outside of Norway that is not registered",
    "autoinvoice.repair_attachments": "only for an invoice whose attachments were lost",
    "autoinvoice.scan_account": "only for a company with a scan account",
    "autoinvoice.upload": "only with the right file, see the tests of uploading",
    "webfaktura.einvoice": "only for a company that does not use AutoInvoice",
    "details.sms_code": "only after a code was sent",
    "admin.add_email_domain": "refused before it writes: the domain is none",
    "admin.create_dns_record": "only for a domain that was added",
    "admin.move_company": "refused before it writes: nobody has the number of the receiver",
    "admin.remove_email_domain": "only for a domain that was added",
    "admin.set_domain_policy": "only for a domain that was verified",
    "admin.verify_email_domain": "only for a domain that was added",
    "admin.withdraw_move": "only while a company waits to be moved",
    "details.create_key": "only with what a security key answers",
    "details.creation_options": "called by the script of the page of a new key",
    "details.remove_authenticator": "only beside another method",
    "details.remove_key": "only for a key that was added",
    "details.rename_key": "only for a key that was added",
}
"""Routes whose forms no page of the sandboxes has; their transactions are opened as all others are."""

Undo = Callable[[], None]
Loss = Callable[[Sandbox, Person], Undo]


def sign_out(sandbox: Sandbox, person: Person) -> Undo:
    """End a person's sessions."""
    mine = update(SignInSession).where(SignInSession.person_id == person.id)
    _execute(sandbox, mine.values(ended_at=NOW))
    return lambda: _execute(sandbox, mine.values(ended_at=None))


def deactivate(sandbox: Sandbox, person: Person) -> Undo:
    """Deactivate a person, whose session stays as it is."""
    row = update(Person).where(Person.id == person.id)
    _execute(sandbox, row.values(status=Status.INACTIVE))
    return lambda: _execute(sandbox, row.values(status=Status.ACTIVE))


def take_roles(sandbox: Sandbox, person: Person) -> Undo:
    """Take all roles from a person; the support desk, which has none, is signed out."""
    with sandbox.reading() as db:
        grants = [dict(row) for row in db.execute(select(Grant.__table__).where(Grant.person_id == person.id)).mappings()]
    if not grants:
        return sign_out(sandbox, person)
    _execute(sandbox, delete(Grant).where(Grant.person_id == person.id))
    return lambda: _execute(sandbox, insert(Grant.__table__).values(grants))  # type: ignore[arg-type]


LOSSES: tuple[Loss, ...] = (take_roles, sign_out, deactivate)


def _execute(sandbox: Sandbox, statement: Any) -> None:
    with sandbox.transaction() as db:
        db.execute(statement)


@pytest.fixture
def own_platform(tmp_path: Path, templates: Path) -> Platform:
    """Return a platform with the sandboxes that are crawled elsewhere, to be changed here."""
    platform = make_platform(tmp_path / "data", templates)
    platform.load_all()
    for scenario, name in SCENARIOS.items():
        store_of(platform).create(name, Creation(scenario=scenario, clock=Clock.frozen(NOW), seed=scenario))
        if name not in LIMITED_TO:
            with store_of(platform).open(name) as sandbox, sandbox.transaction() as db:
                ask_support(db, cast(sandbox, "user"))
    return platform


def endpoint_of(platform: Platform, path: str) -> str:
    """Return the route that a form is sent to."""
    return str(platform.url_map.bind("localhost").match(path.partition("?")[0], method="POST")[0])


def access_of(platform: Platform, endpoint: str) -> str:
    """Return what a route declares."""
    return str(getattr(platform.view_functions[endpoint], "access", None))


def guarded_routes(platform: Platform) -> set[str]:
    """Return all routes with forms that not everybody may send."""
    routes = {
        rule.endpoint for rule in platform.all_routes() if "POST" in (rule.methods or ()) and rule.rule.startswith("/s/")
    }
    return {route for route in routes if not access_of(platform, route).startswith((PUBLIC, BY_TOKEN))}


def forms_of(site: Site, platform: Platform, name: str, visitor: str) -> Iterator[tuple[str, int, Form]]:
    """Yield the forms that a visitor can reach: route, button, form."""
    for page in site.crawled_pages(name, visitor):
        for form in forms_on(page.html, page.path) if page.html else ():
            for button, (_, _, target) in enumerate(form.buttons):
                if form.method == "post" and target.startswith(f"/s/{name}/"):
                    yield endpoint_of(platform, target), button, form


def filled(form: Form, sandbox: Sandbox, person: Person) -> dict[str, Any]:
    """Return values that a form accepts, for its empty fields."""
    values: dict[str, Any] = {
        "own_password": password_of(sandbox, person.email),
        "code": phone_code(sandbox, person.email) if "code" in form.fields else "",
        "password": "Sterk!wachtwoord7",
        "repeated": "Sterk!wachtwoord7",
        "number": "+31 6 12345678",
        "organisation_number": "" if form.values.get("country") == "NL" else "310000043",
        "country": "NO",
        "email": "new.user@nowhere.example",
        "contact_email": "new.user@nowhere.example",
        "key": "WF-100000-52",
        "accepted": "y",
        "access_to": next((option["value"] for option in form.element.all("option") if "customer-" in option["value"]), ""),
        **dict.fromkeys(
            ("user", "client", "buyer"),
            next((option["value"] for option in form.element.all("option") if option["value"]), ""),
        ),
        "action": "resend",
        "role": "company_administrator",
        "quantity": "1",
        "price": "1",
        "text": "Something",
        "roles": next((box["value"] for box in form.element.all("input") if box["name"] == "roles"), ""),
    }
    texts = (
        "first_name",
        "last_name",
        "name",
        "street",
        "postal_code",
        "city",
        "request",
        "phone",
        "internal_number",
        "subject",
    )
    values |= dict.fromkeys(texts, "Something")
    values = {name: value for name, value in values.items() if not form.values.get(name)}
    values["selection"] = "all"
    values["users"] = str(int(form.values.get("before") or 0) + 1)
    # As from the page that says what follows, where a form has one before it writes.
    return {name: value for name, value in values.items() if name in form.fields} | {"confirmed": "y"}


def test_a_form_whose_sender_loses_the_right_while_it_waits_changes_nothing(site: Site, own_platform: Platform) -> None:
    platform, waited, missed = own_platform, set(), {}
    effective = []
    for name in SCENARIOS.values():
        with store_of(platform).open(name) as sandbox:
            writes = Writes(sandbox)
            for who in filter(None, VISITORS[name]):
                person = cast(sandbox, who)
                others = (sandbox, person, writes)
                visitor = Visitor.of(platform, sandbox, person.email, "en")
                token = visitor.token()
                for route, button, form in forms_of(site, platform, name, who):
                    if route in waited or access_of(platform, route) == PUBLIC:
                        continue
                    lose: Loss = LOSSES[rank(route) % len(LOSSES)]
                    undo: list[Undo] = []

                    def act(
                        lose: Loss = lose, undo: list[Undo] = undo, who: tuple[Sandbox, Person, Writes] = others
                    ) -> None:
                        undo.append(lose(*who[:2]))
                        who[2].begin()

                    form.values["csrf_token"] = token
                    with before_the_write_lock(act) as done:
                        answer = visitor.send(form, button, **filled(form, sandbox, person))
                    if not done:
                        missed[route] = f"{answer.status} {form.path} {form.fields}"
                        continue
                    waited.add(route)
                    refused = answer.status_code in (403, 409) or "/connect/" in (answer.location or "")
                    if writes.any or not refused:
                        effective.append((route, lose.__name__, answer.status, answer.location))
                    undo[0]()
            writes.close()
    assert effective == []
    reasons = {route: missed.get(route, "no form") for route in guarded_routes(platform) - waited}
    assert set(reasons) == set(WITHOUT_A_FORM_HERE), reasons

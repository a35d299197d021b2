"""Any input to a form is answered by a page, and the input appears there as text."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core import outbox
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.directory import links, people, support
from simulator.directory.cases.models import FIRST_NUMBER
from simulator.directory.models import Company, LinkKind, Person
from tests.reading import read
from tests.visits import Form, Visitor, cast, forms_on, password_of, session_cookie

MARKUP = "\"'><script>alert('x')</script><img src=x onerror=alert(1)>{{7*7}}%(a)s%s</textarea></select>"

BAD = {
    "markup": MARKUP,
    "10 000 characters": "a" * 10_000,
    "NUL": "a\x00b@c.example",
    "control characters": "a\x01\x08\x0b\x0c\x1b\x7f\x85\u2028\u202eb",
    "new lines": "a@b.example\r\nBcc: c@d.example",
    "a huge number": "9" * 40,
    "a number of another script": "\u0661\u0662\u00b2",
    "a negative number": "-1",
    "a lone surrogate": "\ud800",
    "nothing": "",
    "blanks": "  \t ",
    "a percent sign": "%",
}

PAGES = {
    "stranger": ["connect/?other=1", "mail/", "mail/new", "elma/", "elma/?q=AS"],
    "administrator": ["home/", "home/notices", "admin/users", "admin/users/add", "admin/users/3", "{specification}"],
    "plain": ["details/edit", "details/password", "details/sms"],
    "desk": [
        "support/people?q=AS",
        "support/people/3/right",
        "support/people/2/emergency-code",
        "support/cases/{request}",
    ],
    "norwegian": ["home/", "autoinvoice/", "autoinvoice/settings/receive"],
    "underway": ["connect/login/password", "connect/recover"],
    "second": ["connect/totp/auth"],
    "links": ["{activate}", "{reset}", "{link}"],
}
"""Pages with forms, by the browser that opens them."""


def faults_of(response: TestResponse, typed: str) -> list[str]:
    """Return the faults of the answer to a form."""
    wrong = []
    if response.status_code >= 500:
        wrong.append(f"status {response.status_code}")
    if response.mimetype == "text/html" and "simulator-mark" in response.text:
        root = read(response.text)
        if "alert(" in "".join(element.text for element in root.all("script")):
            wrong.append("markup became a script")
        if any(name.startswith("on") for element in root for name in element.attributes):
            wrong.append("markup became an event handler")
        if "49%(" in response.text:
            wrong.append("a template in the text was carried out")
    if typed.count("\n") and any("\n" in value or "Bcc" in name for name, value in response.headers.items()):
        wrong.append("a new line went into a header")
    return wrong


@pytest.fixture
def norwegian(platform: Platform, store: Store) -> Iterator[Visitor]:
    """Return the browser of an administrator who may change AutoInvoice's settings."""
    store.create("norway", Creation(scenario="company-no"))
    with store.open("norway") as opened:
        visitor = Visitor.of(platform, opened, cast(opened, "administrator").email, "en")
        yield visitor


def visitors(platform: Platform, sandbox: Sandbox, norwegian: Visitor) -> dict[str, Visitor]:
    """Return a browser at each stage of signing in, and signed in."""
    email = cast(sandbox, "administrator").email
    underway, second = Visitor.of(platform, sandbox), Visitor.of(platform, sandbox)
    for visitor in (underway, second):
        visitor.begin_sign_in(email)
    second.type_password(password_of(sandbox, email))
    return {
        "stranger": Visitor.of(platform, sandbox),
        "administrator": Visitor.of(platform, sandbox, email, "en"),
        "plain": Visitor.of(platform, sandbox, cast(sandbox, "user").email, "en"),
        "desk": Visitor.of(platform, sandbox, cast(sandbox, "support").email, "en"),
        "norwegian": norwegian,
        "underway": underway,
        "second": second,
        "links": Visitor.of(platform, sandbox),
    }


def addresses(sandbox: Sandbox, administrator: Visitor) -> dict[str, str]:
    """Return the addresses that differ between sandboxes."""
    result = {}
    with sandbox.transaction() as db:
        for kind, key in ((LinkKind.ACTIVATION, "not_activated"), (LinkKind.RESET, "user"), (LinkKind.SIGN_IN, "user")):
            person = people.by_email(db, cast_email(db, key))
            assert person is not None
            name = {LinkKind.ACTIVATION: "activate", LinkKind.RESET: "reset", LinkKind.SIGN_IN: "link"}[kind]
            result[name] = f"connect/{name}/{links.make(db, person, kind)}"
    listed = read(administrator.get("/settings/licenses/autoinvoice/invoices").text).all("a")
    invoices = [link["href"] for link in listed if "/autoinvoice/invoices/" in link["href"]]
    with sandbox.transaction() as db:
        mail = outbox.PersonalMail(
            sender="a@b.example", sender_name="A", to=support.ADDRESS, subject="Help", text="Help.", language="en"
        )
        outbox.write(db, mail)
        result["request"] = str(FIRST_NUMBER)
    return result | {"specification": invoices[0].removeprefix("/s/default/")}


def cast_email(db: Db, key: str) -> str:
    """Return the address of a person of the cast."""
    return db.scalars(select(Person.email).where(Person.key == key)).one()


def every_form(platform: Platform, sandbox: Sandbox, norwegian: Visitor) -> Iterator[tuple[Visitor, Form]]:
    """Iterate over every form of every page."""
    browsers = visitors(platform, sandbox, norwegian)
    addresses_by_name = addresses(sandbox, browsers["administrator"])
    for name, paths in PAGES.items():
        for path in paths:
            for form in browsers[name].forms("/" + path.format(**addresses_by_name)):
                if not form.action.endswith(("/sign-out", "/connect/language")) or name == "stranger":
                    yield browsers[name], form


@pytest.mark.sampled(4)
@pytest.mark.parametrize("what", BAD)
def test_every_form_answers_bad_input_with_a_page(
    platform: Platform, sandbox: Sandbox, norwegian: Visitor, what: str
) -> None:
    wrong, sent, stale = [], 0, 0
    for visitor, form in every_form(platform, sandbox, norwegian):
        everything = {name: BAD[what] for name in form.fields}
        for values in [everything, *({name: BAD[what]} for name in form.fields)]:
            data = form.values.to_dict(flat=False) | {name: [value] for name, value in values.items()}
            sent += 1
            try:
                if form.method == "get":
                    answer = visitor.client.get(form.action.partition("?")[0], query_string=data)
                else:
                    answer = visitor.client.post(form.action, data=data)
            except UnicodeEncodeError:
                continue  # this client cannot send it
            stale += answer.status_code == 400
            wrong += [f"{form.path} → {form.action} {sorted(values)}: {fault}" for fault in faults_of(answer, BAD[what])]
    assert sent > 60
    assert stale < sent / 10, "most forms were refused for their token, so nothing was tried"
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_every_form_answers_missing_and_doubled_fields_with_a_page(
    platform: Platform, sandbox: Sandbox, norwegian: Visitor
) -> None:
    wrong = []
    for visitor, form in every_form(platform, sandbox, norwegian):
        token = {"csrf_token": form.values.get("csrf_token", "")}
        for name in ("", *form.fields):
            others = {field: form.values.getlist(field) or ["1"] for field in form.fields if field != name} if name else {}
            doubled = {field: [*values, "x", "y"] for field, values in others.items()}
            for data in ({**token, **others}, {**token, **doubled}):
                if form.method == "get":
                    answer = visitor.client.get(form.action.partition("?")[0], query_string=data)
                else:
                    answer = visitor.client.post(form.action, data=data)
                wrong += [f"{form.path} → {form.action} without {name!r}: {fault}" for fault in faults_of(answer, "")]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


@pytest.mark.parametrize("what", BAD)
def test_every_form_of_the_lobby_answers_bad_input_with_a_page(platform: Platform, store: Store, what: str) -> None:
    lobby = Visitor(platform.test_client(), "")
    for path in ("/", "/lobby/reset?name=other", "/lobby/delete?name=other"):
        for form in lobby.forms(path):
            for name in form.fields:
                data = form.values.to_dict(flat=False) | {name: [BAD[what]]}
                try:
                    answer = lobby.client.post(form.action, data=data)
                except UnicodeEncodeError:
                    continue  # this client cannot send it
                assert not faults_of(answer, BAD[what]), f"{form.action} {name}"
    assert set(store.names()) >= {"default"}


@pytest.mark.parametrize("what", [key for key in BAD if key != "a lone surrogate"])
def test_odd_addresses_and_queries_are_answered_with_a_page(platform: Platform, administrator: Visitor, what: str) -> None:
    odd = quote(BAD[what], safe="")
    paths = (
        f"/mail/{odd}", f"/mail/{odd}/html", f"/mail/{odd}/raw", f"/phone/{odd}", f"/phone/{odd}/code", f"/mail/?to={odd}",
        f"/admin/users/{odd}", f"/admin/users?q={odd}", f"/admin/users?page={odd}", f"/elma/?q={odd}", f"/connect/link/{odd}",
        f"/connect/reset/{odd}", f"/settings/licenses/{odd}/invoices", f"/settings/licenses/autoinvoice/invoices/{odd}",
        f"/connect/?returnUrl={odd}", f"/connect/?other={odd}",
    )  # fmt: skip
    wrong = {path[:60]: faults_of(administrator.get(path), BAD[what]) for path in paths}
    for path in (f"/?name={odd}", f"/lobby/reset?name={odd}", f"/s/{odd}/home/", f"/{odd}"):
        wrong[path[:60]] = faults_of(platform.test_client().get(path), BAD[what])
    assert not {path: faults for path, faults in wrong.items() if faults}


def test_a_cookie_cannot_break_a_page(platform: Platform, sandbox: Sandbox) -> None:
    for name in ("vnsim_default", "rememberUsername_default", "remember2sv_default"):
        for value in (MARKUP.replace(";", ""), "a" * 3000, "%00", '"'):
            visitor = Visitor.of(platform, sandbox)
            visitor.client.set_cookie(name, value, path="/s/default/")
            answer = visitor.get("/connect/", follow_redirects=True)
            assert answer.status_code == 200
            assert not faults_of(answer, value)


def test_the_data_of_a_sandbox_is_shown_as_text(platform: Platform, sandbox: Sandbox, email: str) -> None:
    with sandbox.transaction() as db:
        person = db.get_one(Person, 3)
        person.first_name = MARKUP
        for company in db.query(Company):
            company.name = f"{MARKUP} {company.id}"
        people.send_activation(db, person)
    visitor = Visitor.of(platform, sandbox)
    visitor.client.set_cookie("vnsim_default", session_cookie(sandbox, email), path="/s/default/")
    for path in (
        "/home/",
        "/admin/users",
        "/admin/users/3",
        "/admin/users/add",
        "/settings/",
        "/mail/",
        "/mail/2",
        "/mail/2/html",
    ):
        answer = visitor.get(path)
        assert answer.status_code == 200
        assert not faults_of(answer, ""), path
        assert "<img src=x" not in answer.text, path
    assert "&lt;img src=x" in visitor.get("/admin/users").text
    assert forms_on(visitor.get("/admin/users/add").text, "/")

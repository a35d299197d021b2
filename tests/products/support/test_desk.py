"""The vendor's support desk: its staff, the requests that arrive, and the people who need help."""

from io import BytesIO

import pytest
from sqlalchemy import select

from simulator.app import Platform
from simulator.core import events, outbox
from simulator.core.sandbox import Sandbox
from simulator.directory import code_right_form, emergency_codes, people, support
from simulator.directory.cases.models import CaseEntry, SupportCase
from simulator.directory.code_right_form import CodeRightForm
from simulator.directory.models import Customer, Person
from tests.reading import read
from tests.visits import Visitor, cast, password_of, phone_code

ADMINISTRATOR = "administrator@rietkraag.example"
USER = "user@rietkraag.example"
SUPPORT = "support.person@visma-sim.example"
FORM = CodeRightForm("Anouk Vermaat", ADMINISTRATOR, "De Rietkraag", ("rietkraag.example", "korenveld.example"))


def send_form(sandbox: Sandbox, content: bytes, sender: str = ADMINISTRATOR) -> int:
    """Mail a form to support, and return the number of its case."""
    with sandbox.transaction() as db:
        written = outbox.PersonalMail(
            sender=sender, sender_name="A", to=support.ADDRESS, subject="Form", text="See attached.\n", language="en",
            files=[("form.txt", "text/plain", content)],
        )  # fmt: skip
        message = outbox.write(db, written)
        return db.scalars(select(CaseEntry.number).where(CaseEntry.message_id == message.id)).one()


def domains(sandbox: Sandbox, email: str = ADMINISTRATOR) -> list[str]:
    """Return the domains for which a person may generate codes."""
    with sandbox.reading() as db:
        person = people.by_email(db, email)
        assert person is not None
        return emergency_codes.domains_of(db, person)


def recorded(sandbox: Sandbox, type_: str) -> list[events.Event]:
    """Return the lines of the journal of one type."""
    with sandbox.reading() as db:
        return list(events.after(db, type_=type_))


def person_of(sandbox: Sandbox, key: str) -> Person:
    """Return a person of the cast."""
    return cast(sandbox, key)


def test_support_staff_sign_in_without_any_company_and_land_at_the_desk(visitor: Visitor, sandbox: Sandbox) -> None:
    email = person_of(sandbox, "support").email
    visitor.begin_sign_in(email, "?returnUrl=/s/default/support/")
    visitor.type_password(password_of(sandbox, email))
    answer = visitor.type_code(phone_code(sandbox, email))
    assert answer.headers["Location"] == "/s/default/support/"
    assert visitor.get("/support/").status_code == 200
    assert "Support desk" in [link.text for link in read(visitor.get("/home/").text).all("a")]


def test_other_visitors_are_refused_and_see_why(administrator: Visitor, user: Visitor, sandbox: Sandbox) -> None:
    number = send_form(sandbox, b"")
    for visitor in (administrator, user):
        for path in ("/support/", "/support/people", "/support/people/1", f"/support/cases/{number}"):
            answer = visitor.get(path)
            assert answer.status_code == 403
            assert "Only for the support desk" in answer.text
            assert support.ADDRESS in answer.text
        assert "Support desk" not in visitor.get("/home/").text
    token = administrator.token()
    for path in ("/support/people/2/reset", "/support/people/2/right", f"/support/cases/{number}"):
        answer = administrator.client.post(f"/s/default{path}", data={"csrf_token": token, "domains": "a.example"})
        assert answer.status_code == 403
    assert not recorded(sandbox, "support.reset_sent")


def subjects(page: str) -> list[str]:
    """Return the subjects of a list of cases."""
    return [row.all("a")[0].text for body in read(page).all("tbody") for row in body.all("tr")]


def test_mail_to_the_desks_is_listed_until_it_is_solved(desk: Visitor, sandbox: Sandbox) -> None:
    number = send_form(sandbox, b"no form at all")
    with sandbox.transaction() as db:
        outbox.write(
            db,
            outbox.PersonalMail(
                sender="a@b.example", sender_name="A", to="c@d.example", subject="Aside", text="x", language="en"
            ),
        )
    assert subjects(desk.get("/support/").text) == ["Form"]
    assert "New requests" in desk.get("/home/").text
    form = desk.form(f"/support/cases/{number}", "text")
    desk.send(form, button=1, text="Solved by <b>this</b>.")
    assert "There are no requests here." in desk.get("/support/").text
    assert subjects(desk.get("/support/?state=solved").text) == subjects(desk.get("/support/?state=all").text) == ["Form"]
    page = desk.get(f"/support/cases/{number}").text
    assert "Solved by &lt;b&gt;this&lt;/b&gt;." in page
    with sandbox.reading() as db:
        (answer,) = outbox.newest_first(db, to=ADMINISTRATOR, kind="mail", limit=1)
        assert (answer.subject, answer.sender) == (f"[#{number}] Form", support.ADDRESS)
    assert desk.get(f"/support/cases/{number + 1}").status_code == 404


def test_the_list_is_filtered_and_nonsense_filters_nothing(desk: Visitor, sandbox: Sandbox) -> None:
    send_form(sandbox, b"")
    staff = person_of(sandbox, "support").id
    for query, lines in {
        "desk=support": 1, "desk=cancellations": 0, "state=new": 1, "state=closed": 0, "assigned=nobody": 1,
        f"assigned={staff}": 0, "q=FORM": 1, "q=10001": 1, "q=%25": 0, "desk=x&state=y&assigned=z&page=99&size=3": 1,
    }.items():  # fmt: skip
        assert len(subjects(desk.get(f"/support/?{query}").text)) == lines, query


def test_two_at_one_case_and_texts_that_do_not_fit_lose_nothing(desk: Visitor, sandbox: Sandbox) -> None:
    number = send_form(sandbox, b"")
    path = f"/support/cases/{number}"
    first, second = desk.form(path, "text"), desk.form(path, "text")
    desk.send(first, text="The first answer")
    answer = desk.send(second, text="The second answer")
    assert (answer.status_code, "Saskia Wierda has changed the case meanwhile" in answer.text) == (409, True)
    assert "The second answer" in answer.text
    for text in ("", " \n ", "x" * 10_000):
        answer = desk.send(desk.form(path, "text"), text=text)
        assert (answer.status_code, text.strip() in answer.text) == (422, True)
    note = desk.form(path, "text")
    desk.send(note, button=2, text="Only for us")
    assign = desk.form(path, "assigned")
    desk.send(assign, state="closed")
    stale = desk.send(assign, state="open")
    assert stale.status_code == 409
    closed = desk.send(desk.form(path, "text"), text="Too late")
    assert (closed.status_code, "is closed, so nothing was sent" in closed.text, "Too late" in closed.text) == (
        409,
        True,
        True,
    )
    with sandbox.reading() as db:
        mails = [mail.text for mail in outbox.newest_first(db, to=ADMINISTRATOR)]
        assert sum("answer" in text for text in mails) == 1
        assert not any("Only for us" in text for text in mails)
    token = desk.token()
    assert desk.client.post(f"/s/default{path}", data={"csrf_token": token, "do": "x", "text": "y"}).status_code == 400


def test_a_canned_reply_is_in_the_customers_language(desk: Visitor, sandbox: Sandbox) -> None:
    number = send_form(sandbox, b"")
    with sandbox.transaction() as db:
        case = db.get_one(SupportCase, number)
        case.language, case.person = "sv", None
    texts = {
        reason: desk.form(f"/support/cases/{number}?reply={reason}", "text").values["text"]
        for reason in ("customer_number", "nonsense")
    }
    assert "kundnummer" in texts["customer_number"]
    assert texts["nonsense"] == ""


def test_an_administrator_is_registered_from_a_case(desk: Visitor, sandbox: Sandbox) -> None:
    number = send_form(sandbox, b"", "nobody@nowhere.example")
    with sandbox.transaction() as db:
        db.add(Customer(key="empty", number="199999", name="Nobody B.V.", country="NL"))
    path = f"/support/cases/{number}/actions/administrator"
    assert path in desk.get(f"/support/cases/{number}").text
    form = desk.form(path, "customer_number")
    assert form.values["email"] == "nobody@nowhere.example"
    answer = desk.send(form, customer_number="000", last_name="Ny")
    assert (answer.status_code, "There is no customer with the number 000" in answer.text) == (422, True)
    with sandbox.reading() as db:
        office = db.scalars(select(Customer.number).order_by(Customer.id)).first()
    warned = desk.send(form, customer_number=office, last_name="Ny")
    assert "has an administrator already" in warned.text
    assert "is registered as administrator" in desk.send(form, customer_number="199999", last_name="Ny", follow=True).text
    assert recorded(sandbox, "case.administrator_registered")[0].data["customer"] == "199999"
    assert desk.get(f"/support/cases/{number}/actions/nothing").status_code == 404


@pytest.mark.parametrize("language", ["en", "nl", "nb", "sv"])
def test_a_form_that_was_filled_in_is_read_in_every_language(language: str) -> None:
    assert code_right_form.read(code_right_form.write(language, FORM).encode()) == FORM


def test_a_form_is_read_as_people_write_it() -> None:
    text = "\ufeffe-postadresse :  A@B.example \nDOMENER: @one.example; TWO.example three\nDomener: x.example\n"
    form = code_right_form.read(text.encode())
    assert form == CodeRightForm("", "A@B.example", "", ("one.example", "two.example", "three"))
    for content in (b"", b"\xff\xfe\x00", b"Domener: a.example", b"x" * 20_001):
        assert code_right_form.read(content) is None


def test_the_right_is_granted_as_the_attached_form_asks(desk: Visitor, sandbox: Sandbox) -> None:
    number = send_form(sandbox, code_right_form.write("nb", FORM).encode())
    links = {link.text: link["href"] for link in read(desk.get(f"/support/cases/{number}").text).all("a")}
    form = desk.form(links["Right to generate emergency codes"], "domains")
    assert form.values["domains"].split() == ["rietkraag.example", "korenveld.example"]
    assert "may now generate emergency codes" in desk.send(form, follow=True).text
    assert domains(sandbox) == ["korenveld.example", "rietkraag.example"]
    (line,) = recorded(sandbox, "emergency_code.right_granted")
    assert line.data["door"] == "support"
    assert (line.actor, line.subject) == ("support.person@visma-sim.example", ADMINISTRATOR)


def test_a_form_of_somebody_else_is_not_a_click_away_from_the_right(desk: Visitor, sandbox: Sandbox) -> None:
    number = send_form(sandbox, code_right_form.write("nb", FORM).encode(), "user@rietkraag.example")
    page = desk.get(f"/support/cases/{number}").text
    assert "names another address than the one the e-mail came from" in page
    assert "/right?" not in page


def test_the_right_is_taken_away(desk: Visitor, sandbox: Sandbox) -> None:
    email = person_of(sandbox, "second_administrator").email
    assert domains(sandbox, email) == ["rietkraag.example"]
    form = desk.form(f"/support/people/{person_of(sandbox, 'second_administrator').id}/right", "take_away")
    assert "may no longer generate emergency codes" in desk.send(form, button=1, follow=True).text
    assert domains(sandbox, email) == []
    assert "removed" in desk.get(f"/support/people/{person_of(sandbox, 'second_administrator').id}").text


@pytest.mark.parametrize("typed", ["rietkraag", "*.example", "a@b.example", "https://a.example", "a..example", "-a.example"])
def test_a_text_that_is_no_domain_is_refused_and_named(desk: Visitor, sandbox: Sandbox, typed: str) -> None:
    form = desk.form(f"/support/people/{person_of(sandbox, 'administrator').id}/right", "domains")
    answer = desk.send(form, domains=f"rietkraag.example {typed}")
    assert answer.status_code == 422
    assert "is not an e-mail domain" in answer.text
    assert domains(sandbox) == []


def test_people_are_found_by_name_and_address(desk: Visitor) -> None:
    for search, names in (("DIRK", ["Dirk Zandstra"]), ("locked@", ["Dirk Zandstra"]), ("wierda saskia", [])):
        page = read(desk.get(f"/support/people?q={search}").text)
        assert [row.all("a")[0].text for row in page.all("tbody")[0].all("tr")] if names else not page.all("tbody")
        assert [link.text for link in page.all("a") if "/support/people/" in link["href"]] == names
    assert "Nobody here has" in desk.get("/support/people?q=nobody").text


def test_a_persons_page_shows_the_state_of_the_account(desk: Visitor, sandbox: Sandbox) -> None:
    locked = desk.get(f"/support/people/{person_of(sandbox, 'locked').id}").text
    assert "until 31/03/2022 00:00; a lock ends by itself" in locked
    assert "Administratiekantoor De Rietkraag" in locked
    new = desk.get(f"/support/people/{person_of(sandbox, 'not_activated').id}").text
    assert "Not activated" in new
    assert "/mail/1" in new
    assert desk.get("/support/people/9999").status_code == 404


def test_the_activation_mail_is_sent_again_while_it_helps(desk: Visitor, sandbox: Sandbox) -> None:
    person = person_of(sandbox, "not_activated")
    path = f"/support/people/{person.id}"
    form = next(form for form in desk.forms(path) if form.action.endswith("/activation"))
    assert f"The activation e-mail to {person.email} was sent again." in desk.send(form, follow=True).text
    with sandbox.reading() as db:
        assert [mail.name for mail in outbox.newest_first(db, to=person.email)] == ["activation", "activation"]
    assert "Activation e-mail sent by support" in desk.get(path).text
    token = form.values["csrf_token"]
    other = f"/s/default/support/people/{person_of(sandbox, 'user').id}/activation"
    assert desk.client.post(other, data={"csrf_token": token}).status_code == 422


def test_a_mail_for_a_new_password_is_sent_and_does_not_lift_a_lock(desk: Visitor, sandbox: Sandbox) -> None:
    person = person_of(sandbox, "locked")
    form = next(form for form in desk.forms(f"/support/people/{person.id}") if form.action.endswith("/reset"))
    assert "An e-mail with a link to a new password was sent" in desk.send(form, follow=True).text
    with sandbox.reading() as db:
        (mail,) = outbox.newest_first(db, to=person.email)
    assert desk.client.get(mail.links[0]).status_code == 200
    assert "a lock ends by itself" in desk.get(f"/support/people/{person.id}").text
    (former,) = read(desk.get("/support/people?q=former@").text).all("tbody")[0].all("a")
    answer = desk.client.post(f"{former['href']}/reset", data={"csrf_token": form.values["csrf_token"]})
    assert (answer.status_code, "is not active" in answer.text) == (422, True)


def test_the_desk_answers_from_supports_address(desk: Visitor, user: Visitor, sandbox: Sandbox) -> None:
    number = send_form(sandbox, b"", "user@rietkraag.example")
    with sandbox.reading() as db:
        message = db.scalars(select(CaseEntry.message_id).where(CaseEntry.number == number)).one()
    assert f"/cases/{number}" in desk.get(f"/support/requests/{message}").location
    form = desk.form(f"/mail/new?answer={message}", "subject")
    assert form.values["sender"] == support.ADDRESS
    desk.send(form, text="By e-mail")
    assert "By e-mail" in desk.get(f"/support/cases/{number}").text
    form = user.form(f"/mail/new?answer={message}", "subject")
    assert "Nobody in this sandbox can write from" in user.send(form, text="I am support").text


def test_a_form_goes_from_the_administrator_to_the_desk_and_back_as_the_right(
    administrator: Visitor, desk: Visitor, platform: Platform, sandbox: Sandbox
) -> None:
    path = f"/admin/users/{person_of(sandbox, 'user').id}/emergency-code"
    links = {link.text: link["href"] for link in read(administrator.get(path).text).all("a")}
    file = administrator.get(links["Download the form"])
    assert file.headers["Content-Disposition"].startswith("attachment;")
    form = administrator.form(links["Write to support"], "subject")
    assert (form.values["sender"], form.values["to"]) == (ADMINISTRATOR, support.ADDRESS)
    administrator.send(form, text="See attached.", attachments=(BytesIO(file.data), "form.txt", "text/plain"))
    request, _ = read(desk.get("/support/").text).all("tbody")[0].all("a")
    (grant,) = (link for link in read(desk.get(request["href"]).text).all("a") if "/right?" in link["href"])
    desk.send(desk.form(grant["href"], "domains"))
    assert domains(sandbox) == ["rietkraag.example"]
    assert administrator.form(path, "own_password").buttons


def test_the_sender_of_a_request_is_a_click_away_and_the_code_leads_back_to_the_request(
    desk: Visitor, sandbox: Sandbox
) -> None:
    number = send_form(sandbox, b"", USER)
    stranger = send_form(sandbox, b"", "nobody@nowhere.example")
    listed = read(desk.get("/support/").text)
    (link,) = (link for link in listed.all("a") if link.text == USER)
    assert not [link for link in listed.all("a") if link.text == "nobody@nowhere.example"]
    assert f"/cases/{stranger}" in desk.get("/support/").text
    person = read(desk.get(link["href"]).text)
    (code,) = (anchor["href"] for anchor in person.all("a") if anchor["href"].partition("?")[0].endswith("/emergency-code"))
    answer = desk.send(desk.form(code, "own_password"), own_password=password_of(sandbox, SUPPORT))
    (done,) = (anchor for anchor in read(answer.text).all("a") if anchor.text == "Done")
    assert done["href"] == f"/s/default/support/cases/{number}"
    alone = desk.get(f"/support/people/{cast(sandbox, 'user').id}/emergency-code?case=999999")
    assert f'href="/s/default/support/people/{cast(sandbox, "user").id}"' in alone.text


def test_the_history_lists_failed_sign_ins(desk: Visitor, visitor: Visitor, sandbox: Sandbox) -> None:
    page = f"/support/people/{cast(sandbox, 'user').id}"
    assert "No sign-in has failed" in desk.get(page).text
    visitor.begin_sign_in(USER)
    visitor.type_password("Wrong!pass1")
    visitor.type_password(password_of(sandbox, USER))
    visitor.type_code("000000")
    history_page = desk.get(page).text
    assert "Sign-in failed: wrong password" in history_page
    assert "Sign-in failed: wrong code" in history_page
    assert "No sign-in has failed" not in history_page

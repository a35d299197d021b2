"""The vendor's support desk: its staff, the requests that arrive, and the people who need help."""

from io import BytesIO

import pytest

from simulator.app import Platform
from simulator.core import events, outbox
from simulator.core.sandbox import Sandbox
from simulator.directory import code_right_form, emergency_codes, people, support
from simulator.directory.code_right_form import CodeRightForm
from simulator.directory.models import Person
from tests.reading import read
from tests.visits import Visitor, cast, password_of, phone_code

ADMINISTRATOR = "administrator@rietkraag.example"
USER = "user@rietkraag.example"
SUPPORT = "support.person@visma-sim.example"
FORM = CodeRightForm("Anouk Vermaat", ADMINISTRATOR, "De Rietkraag", ("rietkraag.example", "korenveld.example"))


def send_form(sandbox: Sandbox, content: bytes, sender: str = ADMINISTRATOR) -> int:
    """Mail a form to support, and return the message's number."""
    with sandbox.transaction() as db:
        written = outbox.PersonalMail(
            sender=sender, sender_name="A", to=support.ADDRESS, subject="Form", text="See attached.\n", language="en",
            files=[("form.txt", "text/plain", content)],
        )  # fmt: skip
        return outbox.write(db, written).id


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
        for path in ("/support/", "/support/people", "/support/people/1", f"/support/requests/{number}"):
            answer = visitor.get(path)
            assert answer.status_code == 403
            assert "Only for the support desk" in answer.text
            assert support.ADDRESS in answer.text
        assert "Support desk" not in visitor.get("/home/").text
    token = administrator.token()
    for path in ("/support/people/2/reset", "/support/people/2/right", f"/support/requests/{number}/handled"):
        answer = administrator.client.post(f"/s/default{path}", data={"csrf_token": token, "domains": "a.example"})
        assert answer.status_code == 403
    assert not recorded(sandbox, "support.reset_sent")


def test_a_mail_to_support_is_a_request_until_it_is_handled(desk: Visitor, sandbox: Sandbox) -> None:
    number = send_form(sandbox, b"no form at all")
    with sandbox.transaction() as db:
        outbox.write(
            db,
            outbox.PersonalMail(
                sender="a@b.example", sender_name="A", to="c@d.example", subject="Aside", text="x", language="en"
            ),
        )
    assert [row.all("a")[0].text for row in read(desk.get("/support/").text).all("tbody")[0].all("tr")] == ["Form"]
    form = desk.form(f"/support/requests/{number}", "handled")
    assert "The request was marked as handled." in desk.send(form, follow=True).text
    assert "There are no requests here." in desk.get("/support/").text
    assert "Form" in desk.get("/support/?state=handled").text
    assert "Form" in desk.get("/support/?state=all").text
    assert "Handled by Saskia Wierda" in desk.get(f"/support/requests/{number}").text
    desk.send(form)
    assert len(recorded(sandbox, "support.request_handled")) == 1
    desk.send(desk.form(f"/support/requests/{number}", "handled"))
    assert "Form" in desk.get("/support/").text
    assert desk.get(f"/support/requests/{number + 1}").status_code == 404


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
    links = {link.text: link["href"] for link in read(desk.get(f"/support/requests/{number}").text).all("a")}
    form = desk.form(links["Right to generate emergency codes"], "domains")
    assert form.values["domains"].split() == ["rietkraag.example", "korenveld.example"]
    assert "may now generate emergency codes" in desk.send(form, follow=True).text
    assert domains(sandbox) == ["korenveld.example", "rietkraag.example"]
    (line,) = recorded(sandbox, "emergency_code.right_granted")
    assert (line.actor, line.subject) == ("support.person@visma-sim.example", ADMINISTRATOR)


def test_a_form_of_somebody_else_is_not_a_click_away_from_the_right(desk: Visitor, sandbox: Sandbox) -> None:
    number = send_form(sandbox, code_right_form.write("nb", FORM).encode(), "user@rietkraag.example")
    page = desk.get(f"/support/requests/{number}").text
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
    assert desk.form(f"/mail/new?answer={number}", "subject").values["sender"] == support.ADDRESS
    form = user.form(f"/mail/new?answer={number}", "subject")
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
    assert f"/requests/{stranger}" in desk.get("/support/").text
    person = read(desk.get(link["href"]).text)
    (code,) = (anchor["href"] for anchor in person.all("a") if anchor["href"].partition("?")[0].endswith("/emergency-code"))
    answer = desk.send(desk.form(code, "own_password"), own_password=password_of(sandbox, SUPPORT))
    (done,) = (anchor for anchor in read(answer.text).all("a") if anchor.text == "Done")
    assert done["href"] == f"/s/default/support/requests/{number}"
    alone = desk.get(f"/support/people/{cast(sandbox, 'user').id}/emergency-code?request=999999")
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

"""Cases of the desks: how mail becomes and continues them, and what customers and staff do with them."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

import simulator.app  # noqa: F401  connects the desks
from simulator.core import desks, events, outbox
from simulator.core.errors import RuleViolation
from simulator.core.outbox import Message, PersonalMail
from simulator.core.sandbox import Db, Sandbox
from simulator.directory import administration, people
from simulator.directory.cases import actions, commands, mails, queries
from simulator.directory.cases.models import CaseChannel, CaseEntry, CaseState, ChatState, EntryKind, SupportCase
from simulator.directory.cases.register_administrator import register
from simulator.directory.models import Customer, Grant, Person, Status
from simulator.directory.people import Particulars

USER = "user@rietkraag.example"
OTHER = "administrator@rietkraag.example"
STAFF = "support.person@visma-sim.example"


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect the desks as the composition root does."""
    monkeypatch.setitem(desks.WHEN_MAILED, "cases", mails.receive)


def write(
    db: Db, subject: str, *, sender: str = USER, to: str = desks.SUPPORT.alias, answers: Message | None = None
) -> Message:
    """Mail a desk."""
    mail = PersonalMail(
        sender=sender, sender_name="Somebody", to=to, subject=subject, text="Help\n", language="nb", answers=answers
    )
    return outbox.write(db, mail)


def person(db: Db, email: str) -> Person:
    """Return a person."""
    match = people.by_email(db, email)
    assert match is not None
    return match


def case_of(db: Db, number: int = 10001) -> SupportCase:
    """Return a case."""
    return db.get_one(SupportCase, number)


def kinds(db: Db, number: int = 10001) -> list[str]:
    """Return the kinds of the entries of a case, without changes."""
    entries = queries.entries(db, case_of(db, number), public_only=False)
    return [entry.kind for entry in entries if entry.kind != EntryKind.CHANGE]


@pytest.mark.parametrize("desk", desks.DESKS)
@pytest.mark.parametrize("alias", [False, True])
def test_a_mail_to_each_desk_and_its_alias_is_a_case_and_confirmed(sandbox: Sandbox, desk: desks.Desk, alias: bool) -> None:
    with sandbox.transaction() as db:
        write(db, "Hjelp", to=(desk.alias if alias else desk.address).upper())
        case = case_of(db)
        assert (case.desk, case.channel, case.state, case.requester) == (desk.code, "mail", "new", USER)
        assert case.person is not None
        assert case.customer is not None
        (received,) = outbox.newest_first(db, to=USER, kind="mail", limit=1)
        assert (received.name, received.subject, received.sender) == ("case_received", "[#10001] Hjelp", desk.address)
        assert [line.type for line in events.after(db) if line.type.startswith("case.")] == ["case.opened"]


def test_a_reply_continues_the_case_by_its_number_or_by_what_it_answers(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        first = write(db, "Hjelp")
        write(db, "Re: [#10001] Hjelp")
        commands.answer(db, case_of(db), person(db, STAFF), "Try again.", version=None)
        assert case_of(db).state == CaseState.WAITING
        (answer,) = outbox.newest_first(db, to=USER, kind="mail", limit=1)
        assert "Try again." in answer.text
        write(db, "Another subject", answers=answer)
        assert case_of(db).state == CaseState.OPEN
        write(db, "Aw: something", answers=first)
        assert kinds(db) == ["customer", "customer", "staff", "customer", "customer"]
        assert db.get(SupportCase, 10002) is None


def test_a_number_opens_nobody_elses_case(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        first = write(db, "Hjelp")
        write(db, "[#10001] Hjelp", sender=OTHER)
        write(db, "Re: Hjelp", sender=OTHER, answers=first)
        write(db, "[#99999999999999999999] x [#10002]")
        assert kinds(db) == ["customer"]
        assert [case_of(db, number).requester for number in (10002, 10003, 10004)] == [OTHER, OTHER, USER]
        entries = queries.entries(db, case_of(db, 10002), public_only=False)
        assert [entry.event for entry in entries if entry.event] == ["names_other"]


@pytest.mark.parametrize("state", [CaseState.WAITING, CaseState.SOLVED, CaseState.CLOSED])
def test_a_mailed_reply_reopens_a_case(sandbox: Sandbox, state: CaseState) -> None:
    with sandbox.transaction() as db:
        write(db, "Hjelp")
        commands.set_state(db, case_of(db), person(db, STAFF), state, version=None)
        write(db, "Re: [#10001] Hjelp")
        assert case_of(db).state == CaseState.OPEN


def test_a_mail_from_the_desk_is_an_answer_in_the_case(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        first = write(db, "Hjelp")
        answer = PersonalMail(
            sender=desks.SUPPORT.address, sender_name="Support", to=USER, subject="Re: Hjelp", text="So.", language="nb",
            answers=first,
        )  # fmt: skip
        outbox.write(db, answer)
        assert kinds(db) == ["customer", "staff"]
        assert case_of(db).state == CaseState.WAITING


def test_mail_of_the_platform_to_a_desk_is_a_case_that_nobody_confirms(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        outbox.mail(db, "password_changed", to=desks.SUPPORT.address, language="en", first_name="A", email="a@b.example")
        assert case_of(db).requester == outbox.SENDER
        assert not outbox.newest_first(db, to=outbox.SENDER)


def test_notes_are_neither_mailed_nor_public(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        write(db, "Hjelp")
        mailed = len(outbox.newest_first(db))
        commands.note(db, case_of(db), person(db, STAFF), "Rude customer")
        assert len(outbox.newest_first(db)) == mailed
        assert [entry.text for entry in queries.entries(db, case_of(db), public_only=True)] == ["Help"]


def test_the_second_of_two_members_of_the_staff_is_informed(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        write(db, "Hjelp")
        case, staff = case_of(db), person(db, STAFF)
        version = case.version
        commands.answer(db, case, staff, "A", version=version)
        assert case.assigned == staff
        later: list[Callable[[], None]] = [
            lambda: commands.answer(db, case, staff, "B", version=version),
            lambda: commands.assign(db, case, staff, None, version=version),
            lambda: commands.set_state(db, case, staff, CaseState.CLOSED, version=version),
            lambda: commands.move(db, case, staff, desks.CANCELLATIONS, version=version),
        ]
        for command in later:
            with pytest.raises(commands.CaseChanged):
                command()
        assert kinds(db) == ["customer", "staff"]


def test_a_closed_case_takes_no_answer_on_a_page(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        write(db, "Hjelp")
        case = case_of(db)
        commands.close(db, case, author=USER, author_name="U")
        with pytest.raises(commands.CaseOver):
            commands.reply(db, case, "x", author=USER, author_name="U")
        with pytest.raises(commands.CaseOver):
            commands.answer(db, case, person(db, STAFF), "x", version=None)
        commands.reopen(db, case, author=USER, author_name="U")
        commands.reply(db, case, "x", author=USER, author_name="U")
        assert case.state == CaseState.OPEN


def test_control_characters_are_in_no_entry_and_no_mail(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        write(db, "Hjelp")
        commands.answer(db, case_of(db), person(db, STAFF), " a\x00b\r\nc\x1b[2J\td ", version=None)
        (entry,) = [entry for entry in queries.entries(db, case_of(db), public_only=True) if entry.kind == EntryKind.STAFF]
        assert entry.text == "ab\nc[2J\td"
        assert "\x00" not in outbox.newest_first(db, to=USER)[0].text


def test_only_staff_is_assigned(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        write(db, "Hjelp")
        with pytest.raises(RuleViolation, match="not_staff"):
            commands.assign(db, case_of(db), person(db, STAFF), person(db, USER), version=None)


def chat(db: Db, guest: str | None = "browser", requester: str = "guest@guests.example") -> SupportCase:
    """Begin a chat."""
    return commands.open_case(
        db,
        desk=desks.SUPPORT,
        channel=CaseChannel.CHAT,
        subject="Hello",
        text="Hello",
        requester=requester,
        requester_name="G",
        language="en",
        guest=guest,
    )


def test_a_chat_is_picked_up_goes_on_without_mail_and_ends_as_a_case_with_its_transcript(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        case, staff = chat(db), person(db, STAFF)
        assert (case.chat, case.state) == (ChatState.QUEUED, CaseState.NEW)
        commands.pick_up(db, case, staff)
        commands.answer(db, case, staff, "What is it?", version=0)
        commands.say(db, case, "<b>Bold</b>", author="guest@guests.example", author_name="G")
        assert (case.chat, case.state, case.assigned) == (ChatState.LIVE, CaseState.OPEN, staff)
        assert not outbox.newest_first(db, to="guest@guests.example")
        with pytest.raises(RuleViolation, match="still_chatting"):
            commands.set_state(db, case, staff, CaseState.CLOSED, version=None)
        commands.end_chat(db, case, author=staff.email, author_name=staff.name)
        (transcript,) = outbox.newest_first(db, to="guest@guests.example")
        assert all(line in transcript.text for line in ("Hello", "What is it?", "<b>Bold</b>"))
        with pytest.raises(commands.CaseOver, match="chat_ended"):
            commands.say(db, case, "Anybody?", author="guest@guests.example", author_name="G")
        commands.reply(db, case, "Anybody?", author="guest@guests.example", author_name="G")
        commands.close(db, case, author="guest@guests.example", author_name="G")
        with pytest.raises(commands.CaseOver, match="closed"):
            commands.say(db, case, "x", author="guest@guests.example", author_name="G")


def test_what_is_written_on_pages_is_bounded(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        case = chat(db)
        with pytest.raises(commands.TooMany):
            for _ in range(commands.ENTRIES_PER_MINUTE):
                commands.say(db, case, "x", author="g", author_name="G")
        with pytest.raises(commands.TooMany):
            for number in range(commands.CASES_PER_HOUR):
                chat(db, requester=f"g{number}@guests.example")


def test_cases_are_their_requesters_only(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        write(db, "Hjelp")
        chat(db)
        chat(db, guest=None, requester=USER)
        user, other = person(db, USER), person(db, OTHER)
        visible = [
            (queries.own_case(db, visitor, browser, number) is not None)
            for visitor, browser in ((user, None), (other, None), (None, "browser"), (None, "another"), (None, None))
            for number in (10001, 10002, 10003)
        ]
        assert visible == [True, False, True] + 3 * [False] + [False, True, False] + 6 * [False]


def new(email: str, **names: str) -> Particulars:
    """Return the particulars of an administrator."""
    return Particulars(email=email, first_name="Nina", last_name="Ny", language="nl", **names)


def empty_customer(db: Db) -> Customer:
    """Return a customer without any administrator."""
    customer = Customer(key="empty", number="199999", name="Nobody B.V.", country="NL")
    db.add(customer)
    db.flush()
    return customer


def test_the_desk_registers_an_administrator_who_is_new(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        customer, staff = empty_customer(db), person(db, STAFF)
        write(db, "Ingen administrator", sender="boss@nobody.example")
        case = case_of(db)
        registered = register(db, staff, case, customer_number=" 199999 ", particulars=new("boss@nobody.example"))
        assert list(administration.administrators(db, customer.id)) == [registered.id]
        assert [mail.name for mail in outbox.newest_first(db, to="boss@nobody.example")] == [
            "case_answer", "activation", "case_received",
        ]  # fmt: skip
        assert (case.state, case.customer) == (CaseState.SOLVED, customer)
        assert events.after(db, type_="case.administrator_registered")[0].subject == "boss@nobody.example"


def test_the_desk_refuses_administrators_that_it_cannot_be_sure_of(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        empty_customer(db)
        write(db, "Ingen administrator")
        case, staff = case_of(db), person(db, STAFF)
        office = person(db, USER)
        own = db.scalars(select(Customer).where(Customer.id == people.customers_of(db, office.id)[0])).one()
        refusals = {
            ("000", "x@y.example"): "case.no_customer",
            ("199999", STAFF): "case.person_is_staff",
            ("199999", USER): "case.person_elsewhere",
            (own.number, "x@y.example"): "case.has_administrator",
            (own.number, OTHER): "case.administrator_already",
        }
        for (number, email), code in refusals.items():
            with pytest.raises(RuleViolation, match=code):
                register(db, staff, case, customer_number=number, particulars=new(email))
        register(db, staff, case, customer_number=own.number, particulars=new(USER), although_there_is_another=True)
        assert office.id in administration.administrators(db, own.id)


def test_an_administrator_who_never_activated_the_account_gets_the_mail_again(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        customer, staff = empty_customer(db), person(db, STAFF)
        write(db, "Ingen", sender="boss@nobody.example")
        first = register(db, staff, case_of(db), customer_number="199999", particulars=new("boss@nobody.example"))
        assert first.status == Status.NOT_ACTIVATED
        register(db, staff, case_of(db), customer_number="199999", particulars=new("boss@nobody.example"))
        names = [mail.name for mail in outbox.newest_first(db, to="boss@nobody.example")]
        assert names.count("activation") == 2
        assert len(db.scalars(select(Grant).where(Grant.customer_id == customer.id)).all()) == 1


def test_actions_are_offered_by_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "ACTION_MODULES", ["simulator.directory.cases.register_administrator"])
    assert [action.code for action in actions.at("support")] == ["administrator"]
    assert "administrator" not in [action.code for action in actions.at("cancellations")]


def test_actions_stand_in_the_order_of_their_modules_whichever_was_imported_first(monkeypatch: pytest.MonkeyPatch) -> None:
    modules = ["simulator.directory.cases.move_company", "simulator.directory.cases.register_administrator"]
    codes = ["move_company", "refuse_move", "administrator"]
    monkeypatch.setattr(actions, "ACTION_MODULES", modules)
    assert [action.code for action in actions.at("customer_centre")] == codes
    monkeypatch.setattr(actions, "ACTION_MODULES", modules[::-1])
    assert [action.code for action in actions.at("customer_centre")] == [*codes[2:], *codes[:2]]


def test_lists_are_limited_by_what_was_searched(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        write(db, "Åpne 100%")
        write(db, "Annet", to=desks.CANCELLATIONS.address)
        commands.answer(db, case_of(db, 10002), person(db, STAFF), "x", version=None)

        def numbers(**filters: object) -> list[int]:
            conditions = queries.CaseFilters(**filters).conditions()  # type: ignore[arg-type]
            return [case.number for case in db.scalars(queries.newest_first().where(*conditions))]

        assert numbers() == [10002, 10001]
        assert numbers(search="åpne") == numbers(search="100%") == numbers(search="#10001") == [10001]
        assert numbers(desk="cancellations") == numbers(assigned=str(person(db, STAFF).id)) == [10002]
        assert numbers(assigned="nobody") == numbers(states=["new"]) == [10001]
        assert numbers(search="%") == [10001]
        assert db.scalars(select(CaseEntry.id)).first() is not None

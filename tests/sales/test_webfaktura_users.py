"""Users of WebFaktura on their way to Visma.net."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from simulator.core import events, outbox
from simulator.core.clock import Clock
from simulator.core.errors import RuleViolation
from simulator.core.outbox import Message
from simulator.core.sandbox import Db, Sandbox
from simulator.core.store import Creation, Store
from simulator.directory import companies, people
from simulator.directory.actors import Actor, actor_of
from simulator.directory.models import Membership, Person, Status
from simulator.sales import clients, webfaktura_users
from simulator.sales.models import Client, WebFakturaAccess
from simulator.sales.webfaktura_users import Transfer, UserDetails, UserRow
from tests.conftest import NOW

OLA, MONA = "ola@bryggekafeen.example", "mona.vik@nordlys-regnskap.example"


@pytest.fixture
def sandbox(store: Store) -> Iterator[Sandbox]:
    store.create("nord", Creation(scenario="webfaktura-no", clock=Clock.frozen(NOW)))
    with store.open("nord") as opened:
        yield opened


def client_of(db: Db, key: str = "kafe") -> Client:
    client = clients.by_key(db, key)
    assert client is not None
    return client


def row_of(db: Db, email: str, key: str = "kafe") -> UserRow:
    return next(row for row in webfaktura_users.rows(db, client_of(db, key)) if row.user.email == email)


def office(db: Db) -> Actor:
    return actor_of(db, db.scalars(select(Person).where(Person.key == "administrator")).one())


def add(sandbox: Sandbox, email: str, key: str = "kafe") -> Transfer:
    with sandbox.transaction() as db:
        return webfaktura_users.add_to_visma_net(db, office(db), row_of(db, email, key).user)


def change(sandbox: Sandbox, address: str, **details: object) -> None:
    with sandbox.transaction() as db:
        user = row_of(db, address).user
        before: dict[str, object] = {
            "email": user.email,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "access": WebFakturaAccess(user.access),
        }
        webfaktura_users.save(db, client_of(db), UserDetails(**before | details), actor="a@b.example", user=user)  # type: ignore[arg-type]


def mails_to(sandbox: Sandbox, email: str) -> list[str]:
    with sandbox.reading() as db:
        return list(db.scalars(select(Message.name).where(Message.recipient == email).order_by(Message.id)))


def test_somebody_who_has_an_account_is_linked_without_a_mail(sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        person = people.by_email(db, MONA)
        assert person is not None
    assert add(sandbox, MONA) is Transfer.LINKED
    assert mails_to(sandbox, MONA) == []
    with sandbox.reading() as db:
        row = row_of(db, MONA)
        assert (row.transfer, row.access, row.user.person_id) == (Transfer.LINKED, WebFakturaAccess.ADMIN, person.id)


def test_somebody_new_is_invited_with_the_first_of_two_mails(sandbox: Sandbox) -> None:
    assert add(sandbox, OLA) is Transfer.INVITED
    assert mails_to(sandbox, OLA) == ["welcome"]
    with sandbox.reading() as db:
        person = people.by_email(db, OLA)
        assert person is not None
        assert (person.name, person.language, person.status) == ("Ola Brygge", "nb", Status.NOT_ACTIVATED)
        assert [grant.role for grant in person.grants] == ["webfaktura_user"]
    with pytest.raises(RuleViolation, match=r"^webfaktura\.already_added$"):
        add(sandbox, OLA)
    assert mails_to(sandbox, OLA) == ["welcome"]


def test_the_states_follow_what_happens_to_the_account(sandbox: Sandbox) -> None:
    add(sandbox, OLA)
    states = []
    with sandbox.transaction() as db:
        person = people.by_email(db, OLA)
        assert person is not None
        people.send_password_link(db, person)
        states.append(row_of(db, OLA).transfer)
        person.status = Status.ACTIVE
        states.append(row_of(db, OLA).transfer)
        person.terms_accepted_at = db.clock.now()
        states.append(row_of(db, OLA).transfer)
        person.status = Status.INACTIVE
        states.append(row_of(db, OLA).transfer)
    assert states == [Transfer.PASSWORD_MAIL_SENT, Transfer.PASSWORD_SET, Transfer.ACTIVE, Transfer.DEACTIVATED]


def test_a_role_given_in_admin_links_the_user_and_one_taken_away_unlinks_it(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        assert row_of(db, "kari@bryggekafeen.example").transfer is Transfer.LINKED
        person = people.by_email(db, "kari@bryggekafeen.example")
        assert person is not None
        for grant in list(person.grants):
            db.delete(grant)
        assert row_of(db, "kari@bryggekafeen.example").transfer is Transfer.NOT_LINKED


def test_the_dedicated_user_that_synchronizes_is_not_added(sandbox: Sandbox) -> None:
    with sandbox.reading() as db:
        assert row_of(db, "synk@nordlys-regnskap.example").transfer is Transfer.NOT_NEEDED
    with pytest.raises(RuleViolation, match=r"^webfaktura\.not_needed$"):
        add(sandbox, "synk@nordlys-regnskap.example")


@pytest.mark.parametrize(
    ("email", "key", "code"),
    [
        ("lilly@blomsterhjornet.example", "blomster", "webfaktura.not_exported"),
        ("sverre@snekker-solheim.example", "snekker", "webfaktura.no_service"),
    ],
)
def test_a_client_that_is_not_linked_with_visma_net_says_what_to_do_first(
    sandbox: Sandbox, email: str, key: str, code: str
) -> None:
    with pytest.raises(RuleViolation, match=code):
        add(sandbox, email, key)
    assert mails_to(sandbox, email) == []


def test_a_missing_licence_is_said_before_a_missing_service(store: Store) -> None:
    with_company = {"clients": [{"company": "nabo", "webfaktura_users": [NABO]}]}
    store.create("nord", Creation(scenario="webfaktura-no", clock=Clock.frozen(NOW), overlay=with_company))
    with store.open("nord") as sandbox, pytest.raises(RuleViolation, match=r"^billing\.licence_missing$"):
        add(sandbox, NABO["email"], "nabo")


NABO = {"email": "nils@nabobyraet.example", "first_name": "Nils", "last_name": "Nabo"}


def test_a_client_that_the_office_has_not_registered_is_said(store: Store) -> None:
    with_service = {"companies": [{"key": "snekker", "services": ["autoinvoice", "webfaktura"]}]}
    store.create("nord", Creation(scenario="webfaktura-no", clock=Clock.frozen(NOW), overlay=with_service))
    with store.open("nord") as sandbox, pytest.raises(RuleViolation, match=r"^webfaktura\.not_linked$"):
        add(sandbox, "sverre@snekker-solheim.example", "snekker")


def test_a_deactivated_company_is_said(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        company = client_of(db).company
        assert company is not None
        companies.deactivate(db, office(db), company)
    with pytest.raises(RuleViolation, match=r"^webfaktura\.company_inactive$"):
        add(sandbox, OLA)


def test_a_person_of_another_customer_is_linked_and_listed_at_this_customer_too(sandbox: Sandbox) -> None:
    change(sandbox, OLA, email=" Administrator@Nabobyraet.example")
    assert add(sandbox, "administrator@nabobyraet.example") is Transfer.LINKED
    with sandbox.reading() as db:
        person = people.by_email(db, "administrator@nabobyraet.example")
        company = client_of(db).company
        assert person is not None
        assert company is not None
        assert db.get(Membership, (person.id, company.customer_id)) is not None
    assert mails_to(sandbox, "administrator@nabobyraet.example") == []


def test_a_deactivated_person_is_refused(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        person = people.by_email(db, MONA)
        assert person is not None
        person.status = Status.INACTIVE
    with pytest.raises(RuleViolation, match=r"^webfaktura\.person_deactivated$"):
        add(sandbox, MONA)


def test_one_address_has_one_user_of_a_client(sandbox: Sandbox) -> None:
    with pytest.raises(RuleViolation, match=r"^webfaktura\.user_exists$"):
        change(sandbox, OLA, email="KARI@bryggekafeen.example ")
    with pytest.raises(RuleViolation, match=r"^webfaktura\.bad_email$"):
        change(sandbox, OLA, email="ola@bryggekafeen")


def test_a_mail_that_came_back_is_said_and_a_corrected_address_is_invited_anew(sandbox: Sandbox) -> None:
    wrong, right = "bounce.vikar@bryggekafeen.example", "vikar@bryggekafeen.example"
    assert add(sandbox, wrong) is Transfer.INVITED
    with sandbox.reading() as db:
        assert row_of(db, wrong).mail_came_back
        company = client_of(db).company
        assert company is not None
    change(sandbox, wrong, email=right)
    with sandbox.reading() as db:
        row, former = row_of(db, right), people.by_email(db, wrong)
        assert (row.transfer, row.mail_came_back, row.user.invited) == (Transfer.NOT_LINKED, False, False)
        assert former is not None
        assert former.grants == []
        assert db.get(Membership, (former.id, company.customer_id)) is None
    assert add(sandbox, right) is Transfer.INVITED
    with sandbox.reading() as db:
        assert not row_of(db, right).mail_came_back


def test_the_address_of_an_activated_account_is_not_changed_here(sandbox: Sandbox) -> None:
    with pytest.raises(RuleViolation, match=r"^webfaktura\.address_of_account$"):
        change(sandbox, "kari@bryggekafeen.example", email="kari.brygge@bryggekafeen.example")
    with pytest.raises(RuleViolation, match=r"^webfaktura\.access_of_role$"):
        change(sandbox, "kari@bryggekafeen.example", access=WebFakturaAccess.ADMIN)


def test_the_mail_that_a_user_waits_for_is_sent_again(sandbox: Sandbox) -> None:
    add(sandbox, OLA)
    with sandbox.transaction() as db:
        person = webfaktura_users.send_again(db, office(db), row_of(db, OLA).user)
        people.send_password_link(db, person)
        webfaktura_users.send_again(db, office(db), row_of(db, OLA).user)
    assert mails_to(sandbox, OLA) == ["welcome", "welcome", "create_password", "create_password"]
    with sandbox.transaction() as db, pytest.raises(RuleViolation, match=r"^webfaktura\.nothing_to_send$"):
        webfaktura_users.send_again(db, office(db), row_of(db, MONA).user)


def test_the_journal_says_who_was_linked_and_who_invited(sandbox: Sandbox) -> None:
    add(sandbox, OLA)
    add(sandbox, MONA)
    with sandbox.reading() as db:
        assert outbox.came_back(db, OLA) is False
        types = [event.type for event in db.scalars(select(events.Event)) if event.type.startswith("webfaktura_user.")]
    assert types == ["webfaktura_user.invited", "webfaktura_user.linked"]

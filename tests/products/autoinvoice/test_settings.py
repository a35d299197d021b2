"""AutoInvoice's own settings: each part is saved by its own button, for the company that it was shown for."""

from typing import Any

import pytest

from simulator.app import Platform
from simulator.core import events, outbox
from simulator.core.sandbox import Sandbox
from simulator.directory import people
from simulator.directory.roles import AUTOINVOICE_ADMINISTRATOR
from simulator.documents.accounts import accounts, api_keys
from simulator.documents.model.models import Account, Quiet
from tests.documents import norway as no
from tests.visits import Visitor

ADMINISTRATOR, USER = "administrator@fjordlys.example", "user@fjordlys.example"
S = "/autoinvoice/settings"

SETTINGS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("sending", "stop_duplicates", {"stop_duplicates": []}, {"stop_duplicates": False}),
    ("sending", "hold_multiple", {"hold_multiple": []}, {"hold_multiple": False}),
    (
        "sending/email",
        "email_how",
        {"email_enabled": [], "email_how": "WITH_LINK", "email_note": "Hei", "contact_email": "x@y.example"},
        {"email_enabled": False, "email_how": "WITH_LINK", "email_note": "Hei", "contact_email": "x@y.example"},
    ),
    (
        "sending/print",
        "print_enabled",
        {"print_enabled": "y", "print_prices_accepted": "y", "print_colour": "y", "print_own_pdf": "y"},
        {"print_enabled": True, "print_prices_accepted": True, "print_colour": True, "print_own_pdf": True},
    ),
    (
        "notifications",
        "notify_received",
        {"notify_received": "y", "notify_received_to": "Inn@boks.example"},
        {"notify_received": True, "notify_received_to": "inn@boks.example"},
    ),
    (
        "notifications",
        "notify_failed_others",
        {"notify_failed_sender": [], "notify_failed_others": "a@b.example\r\n\r\nA@b.example\r\nc@d.example"},
        {"notify_failed_sender": False, "notify_failed_others": ["a@b.example", "c@d.example"]},
    ),
    ("company", "report", {"report": "weekly"}, {"report": "weekly"}),
]


def _account(sandbox: Sandbox, number: str = no.REGISTERED) -> Account:
    with sandbox.reading() as db:
        return accounts.of(db, no.company(db, number))


@pytest.fixture
def visitor(platform: Platform, norway: Sandbox) -> Visitor:
    """Return the browser of the administrator of the three companies, in Norwegian."""
    return Visitor.of(platform, norway, ADMINISTRATOR, "nb")


@pytest.mark.parametrize(("path", "field", "typed", "stored"), SETTINGS, ids=[f"{row[0]}-{row[1]}" for row in SETTINGS])
def test_a_setting_is_saved_by_its_button_and_displayed_again(
    visitor: Visitor, norway: Sandbox, path: str, field: str, typed: dict[str, Any], stored: dict[str, Any]
) -> None:
    form = visitor.form(f"{S}/{path}", field)
    other = _account(norway, no.UNREGISTERED)
    answer = visitor.send(form, **typed)
    assert answer.status_code == 302
    account = _account(norway)
    assert {name: getattr(account, name) for name in stored} == stored
    again = visitor.form(f"{S}/{path}", field)
    for name, value in stored.items():
        displayed = again.values.get(name)
        if isinstance(value, bool):
            assert (displayed is not None) is value
        elif isinstance(value, list):
            assert (displayed or "").split() == value
        else:
            assert displayed == value
    unchanged = _account(norway, no.UNREGISTERED)
    assert all(getattr(unchanged, name) == getattr(other, name) for name in stored)
    with norway.reading() as db:
        changes = [line for line in events.after(db) if line.type == "autoinvoice.settings_changed"]
    assert [(line.actor, line.subject) for line in changes] == [(ADMINISTRATOR, no.REGISTERED)]
    assert set(changes[0].data["settings"]) <= set(stored)


def test_submitting_unchanged_settings_changes_nothing_and_records_nothing(visitor: Visitor, norway: Sandbox) -> None:
    page = visitor.send(visitor.form(f"{S}/sending", "hold_multiple"), follow=True)
    assert "Det var ingenting å oppdatere" in page.text
    with norway.reading() as db:
        assert not [line for line in events.after(db) if line.type == "autoinvoice.settings_changed"]


@pytest.mark.parametrize(
    ("path", "field", "typed", "message"),
    [
        ("sending", "hold_multiple", {"hold_multiple": "perhaps"}, "Huk av boksen"),
        ("sending/email", "email_how", {"email_how": "PIGEON"}, ""),
        ("sending/email", "email_how", {"contact_email": "not an address"}, ""),
        ("sending/email", "email_how", {"email_note": "x" * 1001}, "1000"),
        ("sending/print", "print_enabled", {"print_enabled": "y", "print_prices_accepted": []}, "Godta prisene"),
        ("notifications", "notify_received", {"notify_received_to": "nobody"}, ""),
        ("notifications", "notify_failed_others", {"notify_failed_others": "a@b.example\nnobody"}, "«nobody» er ikke"),
        (
            "notifications",
            "notify_failed_others",
            {"notify_failed_others": "\n".join(f"a{n}@b.example" for n in range(21))},
            "høyst 20",
        ),
        ("company", "report", {"report": "hourly"}, ""),
        ("company", "name", {"name": " "}, ""),
    ],
)
def test_a_wrong_value_is_reported_at_its_field_and_changes_nothing(
    visitor: Visitor, norway: Sandbox, path: str, field: str, typed: dict[str, Any], message: str
) -> None:
    form = visitor.form(f"{S}/{path}", field)
    before = _account(norway)
    answer = visitor.send(form, **typed)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert message in answer.text
    after = _account(norway)
    assert all(getattr(after, name.name) == getattr(before, name.name) for name in Account.__table__.columns)


def test_a_form_that_was_shown_for_another_company_changes_neither(visitor: Visitor, norway: Sandbox) -> None:
    form = visitor.form(f"{S}/sending", "stop_duplicates")
    with norway.reading() as db:
        other = no.company(db, no.UNREGISTERED).id
    answer = visitor.send(form, stop_duplicates=[], company=str(other))
    assert answer.status_code == 422
    assert visitor.send(form, stop_duplicates=[], company="4711").status_code == 404
    assert _account(norway).stop_duplicates
    assert _account(norway, no.UNREGISTERED).stop_duplicates


def test_a_company_is_offered_the_choices_of_its_country(visitor: Visitor, norway: Sandbox) -> None:
    fields = visitor.form(f"{S}/sending/print", "print_enabled").fields
    assert "print_own_pdf" in fields
    assert "print_letter_class" not in fields
    with norway.transaction() as db:
        dutch = no.add_company(db, "dutch", "NL", "99999901")
        person = people.by_email(db, ADMINISTRATOR)
        assert person is not None
        people.grant(db, None, person, AUTOINVOICE_ADMINISTRATOR, company=dutch)
        person.company_id = dutch.id
    fields = visitor.form(f"{S}/sending/print", "print_enabled").fields
    assert "print_letter_class" in fields
    assert not {"print_own_pdf", "print_colour"} & set(fields)


def test_a_company_outside_norway_turns_receiving_off_and_on(visitor: Visitor, norway: Sandbox) -> None:
    with norway.transaction() as db:
        dutch = no.add_company(db, "dutch", "NL", "99999901")
        accounts.open_account(db, dutch, verified=True)
        person = people.by_email(db, ADMINISTRATOR)
        assert person is not None
        people.grant(db, None, person, AUTOINVOICE_ADMINISTRATOR, company=dutch)
        person.company_id = dutch.id
    ticks: list[Any] = [[], "y"]
    for tick in ticks:
        assert visitor.send(visitor.form(f"{S}/receive", "receives"), receives=tick).status_code == 302
        assert _account(norway, "99999901").receives is bool(tick)


def test_a_company_outside_norway_reads_of_its_own_register_first(visitor: Visitor, norway: Sandbox) -> None:
    for address in ("start", "settings"):
        assert "ELMA" in visitor.get(f"/autoinvoice/{address}").text
    with norway.transaction() as db:
        dutch = no.add_company(db, "dutch", "NL", "99999901")
        accounts.of(db, dutch).verified = True
        person = people.by_email(db, ADMINISTRATOR)
        assert person is not None
        people.grant(db, None, person, AUTOINVOICE_ADMINISTRATOR, company=dutch)
        person.company_id = dutch.id
    page = visitor.get(f"{S}/receive").text
    assert page.index("0106:99999901") < page.index("ELMA")
    assert "ELMA" not in visitor.get(S).text
    start = visitor.get("/autoinvoice/start").text
    assert "0106:99999901" in start
    assert "ELMA" not in start.partition('<section aria-labelledby="release"')[0]
    visitor.send(visitor.form(f"{S}/receive", "receives"), receives=[])
    assert "0106:99999901" not in visitor.get("/autoinvoice/start").text


def test_the_scan_account_is_usable_the_day_after_it_was_activated(visitor: Visitor, norway: Sandbox) -> None:
    refused = visitor.send(visitor.form(f"{S}/scan", "accepted"))
    assert refused.status_code == 422
    assert _account(norway).scan_active_from is None
    with norway.transaction() as db:
        db.record.delays = "real"
        now = db.clock.now()
    assert visitor.send(visitor.form(f"{S}/scan", "accepted"), accepted="y").status_code == 302
    account = _account(norway)
    assert account.scan_active_from is not None
    assert (account.scan_active_from - now).total_seconds() == 24 * 3600
    page = visitor.get(f"{S}/scan").text
    assert f'value="{no.REGISTERED}@scan.autoinvoice.example"' in page
    form = visitor.form(f"{S}/scan", "scan_senders")
    assert visitor.send(form, scan_return_email="").status_code == 422
    visitor.send(form, scan_return_email="retur@fjordlys.example", scan_senders="a@b.example")
    account = _account(norway)
    assert (account.scan_return_email, account.scan_senders) == ("retur@fjordlys.example", ["a@b.example"])


def test_a_user_sees_the_own_key_and_makes_a_new_one(platform: Platform, norway: Sandbox) -> None:
    with norway.transaction() as db:
        person = people.by_email(db, USER)
        assert person is not None
        first = api_keys.text_of(db, api_keys.make_for(db, person))
    user = Visitor.of(platform, norway, USER, "nl")
    for path in (S, f"{S}/details"):
        assert "API-sleutel" in user.get(path).text
        assert first in user.get(path).text
    (form,) = (form for form in user.forms(f"{S}/details") if form.action.endswith("/details/key"))
    assert user.send(form).status_code == 302
    page = user.get(f"{S}/details").text
    with norway.reading() as db:
        now = api_keys.text_of_person(db, person.id)
    assert now is not None and now != first
    assert now in page
    assert first not in page


def test_a_user_chooses_which_mails_to_leave_out(platform: Platform, norway: Sandbox) -> None:
    user = Visitor.of(platform, norway, USER, "nb")
    assert user.send(user.form(f"{S}/details", "internal"), internal="y").status_code == 302
    with norway.reading() as db:
        person = people.by_email(db, USER)
        assert person is not None
        quiet = db.get_one(Quiet, person.id)
    assert (quiet.internal, quiet.everything) == (True, False)
    assert user.form(f"{S}/details", "internal").values.get("internal") is not None


def test_a_user_opens_no_setting_of_the_company(platform: Platform, norway: Sandbox) -> None:
    user = Visitor.of(platform, norway, USER, "nb")
    for path in ("company", "users", "users/add", "sending", "notifications", "scan", "identity", "receive/help"):
        assert user.get(f"{S}/{path}").status_code == 403, path


def test_the_company_shows_its_uuid_and_the_keys_of_software(visitor: Visitor, norway: Sandbox) -> None:
    with norway.reading() as db:
        before = len(api_keys.vendor(db))
    visitor.send(visitor.form(f"{S}/company", "name"), name="Own program")
    with norway.reading() as db:
        keys = api_keys.vendor(db)
        text = api_keys.text_of(db, keys[-1])
    assert [key.name for key in keys][before:] == ["Own program"]
    page = visitor.get(f"{S}/company").text
    assert _account(norway).uuid in page
    assert text in page


def test_the_request_to_the_activation_team_is_from_the_visitor(visitor: Visitor, norway: Sandbox) -> None:
    empty = visitor.send(visitor.form(f"{S}/receive/help", "request"))
    assert empty.status_code == 422
    visitor.send(visitor.form(f"{S}/receive/help", "request"), request="Hjelp oss i gang.")
    with norway.reading() as db:
        (mail,) = outbox.newest_first(db, to="activation@visma-sim.example")
        assert mail.recipient == "kundesenteret@visma.com"
        requests = [line for line in events.after(db) if line.type == "autoinvoice.help_requested"]
    assert (mail.sender, mail.text) == (ADMINISTRATOR, "Hjelp oss i gang.")
    assert no.REGISTERED in mail.subject
    assert [line.subject for line in requests] == [no.REGISTERED]

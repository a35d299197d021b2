"""A walk that cannot fail proves nothing: the platform is broken on purpose, and each manual must notice where."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from e2e.engine.library import load
from e2e.engine.model import Manual
from e2e.engine.walker import Walker, WalkFailed
from e2e.engine.words import LANGUAGES
from simulator.billing import access, cancellations, contract_days, licences, transfers
from simulator.billing.units import Counts, unit_of
from simulator.core import events, jobs, outbox, texts
from simulator.core.clock import Clock
from simulator.core.store import Creation, Store
from simulator.directory import administration, emergency_codes, people, support_access, two_step
from simulator.directory.cases import commands as cases
from simulator.directory.cases import mails as case_mails
from simulator.directory.email_domains import domains
from simulator.directory.groups import groups
from simulator.directory.groups.inheritance import Difference
from simulator.directory.security_keys import ceremonies
from simulator.directory.security_keys.ceremonies import KeyRefusal
from simulator.directory.signing_in import push
from simulator.documents.exchange import resending
from simulator.documents.model import lists
from simulator.documents.registers import participants
from simulator.products.accountview import wizard
from simulator.products.home import online_help
from simulator.sales import exports, webfaktura
from simulator.web import invoice_lines
from tests.manuals.http_walker import HttpWalker

MANUALS = {manual.id: (file, manual) for file, manual in load()}
LABELS = [
    ("change-log", "admin.change_log", "Historikk", 2, ("Endringslogg", "Historikk")),
    ("support-access", "admin.support.save", "Bevar", 4, ("Lagre", "Bevar")),
    (
        "primary-contact",
        "admin.make_primary_contact",
        "Instellen",
        3,
        ("Als primaire contactpersoon instellen", "Instellen"),
    ),
    ("user-group", "admin.groups.save_members", "Bevar", 3, ("Lagre utvalget", "Bevar")),
    ("invoice-export", "admin.invoice.export", "Bewaren", 6, ("Exporteren", "Bewaren")),
    ("forgotten-password", "connect.sign_in.forgot", "Geen idee", 1, ("Wachtwoord vergeten?", "Geen idee")),
    ("licences-specification", "settings.show", "Bekijken", 5, ("Tonen", "Bekijken")),
    ("customer-administrator", "admin.save_and_close", "Bewaren", 7, ("Opslaan en sluiten", "Bewaren")),
    ("leave-elma", "autoinvoice.elma.update", "Lagre", 8, ("Oppdater", "Lagre")),
    ("other-access-point", "elma.provider.delete", "Fjern", 6, ("Slett", "Fjern")),
    ("join-elma", "autoinvoice.elma.update", "Lagre", 6, ("Oppdater", "Lagre")),
    ("invited-first-day", "connect.password.save", "Bewaren", 3, ("Wachtwoord opslaan", "Bewaren")),
    ("no-access-to-settings", "admin.save_and_close", "Bevar", 6, ("Lagre og lukk", "Bevar")),
    ("security-key", "security_key.use_phone", "Bruk telefonen", 3, ("Bruk nøkkelen på telefonen", "Bruk telefonen")),
    ("passkey", "connect.passkey.title", "Uten passord", 4, ("Logg inn med passkey", "Uten passord")),
    (
        "approve-on-phone",
        "connect.enroll.use_own_app",
        "Vismas app",
        4,
        ("Jeg bruker Visma Authenticator", "Vismas app"),
    ),
    ("sign-in-denied", "connect.push.again", "En gang til", 5, ("Prøv push på nytt", "En gang til")),
    ("lost-security-key", "connect.emergency.lost_ticked", "Borte", 7, ("Det som er huket av", "Borte")),
    ("require-two-step", "admin.configuration.require_two_step", "Krev det", 2, ("Jeg ønsker å aktivere", "Krev det")),
    ("activate-with-passkey", "connect.passkey.activate_title", "Uten passord", 2, ("Aktiver med en passkey",)),
    ("verify-domain", "admin.domains.verify", "Slå opp", 3, ("Bekreft domenet", "Slå opp")),
    ("enable-two-step", "connect.enroll.enable", "Slå på", 3, ("Aktiver", "Slå på")),
    ("lost-phone-emergency-code", "connect.two_step.another", "Annen måte", 3, ("Prøv en annen måte", "Annen måte")),
    ("lost-everything-administrator", "code_request.title", "Lag en kode", 3, ("Generer engangskode", "Lag en kode")),
    (
        "administrator-reported",
        "case.action.administrator",
        "Ny administrator",
        8,
        ("Registrer administrator", "Ny administrator"),
    ),
    ("support-by-chat", "contact.chat.begin", "Begynn chatten", 3, ("Start chatten", "Begynn chatten")),
    ("support-by-mail", "case.send_answer", "Svar nå", 7, ("Send svar", "Svar nå")),
    ("lost-everything-support", "code_request.write", "Skriv til oss", 4, ("Skriv til support", "Skriv til oss")),
    ("usage", "settings.usage.show", "Oppdater", 5, ("Vis bruk", "Oppdater")),
    ("two-invoices", "settings.show", "Se", 9, ("Vis", "Se")),
    ("quantity-on-invoice", "settings.specification.users", "Personer", 3, ("Brukere/lisenser", "Personer")),
    ("give-notice", "settings.cancel.send", "Avslutt", 3, ("Send oppsigelsen", "Avslutt")),
    ("notice-too-late", "cancellation.otherwise", "Ellers", 6, ("Hvis den ikke kan registreres", "Ellers")),
    ("access-after-end", "settings.access_until", "Frist", 2, ("Tilgang til og med",)),
    ("transfer-licences", "settings.transfer.confirm", "Godta", 4, ("Bekreft overføringen", "Godta")),
    ("binding-and-notice", "settings.contract.last_day_of_notice", "Frist", 3, ("Siste dag for oppsigelse",)),
    ("administrator-accountview", "desktop.create", "Toevoegen", 7, ("Aanmaken", "Toevoegen")),
    ("administrator-mail-came-back", "desktop.create", "Toevoegen", 3, ("Aanmaken", "Toevoegen")),
    ("acs-off-accountview", "accountview.questions", "Hulp", 3, ("Veelgestelde vragen", "Hulp")),
    ("own-consumption", "autoinvoice.lists.find", "Opzoeken", 3, ("Zoeken", "Opzoeken")),
    ("online-help", "home.online_help", "Hjelp på nettet", 1, ("Online help", "Hjelp på nettet")),
    ("register-licence-webfaktura", "settings.register", "Send inn", 5, ("Registrer", "Send inn")),
    ("own-consumption-financials", "autoinvoice.lists.find", "Opzoeken", 3, ("Zoeken", "Opzoeken")),
    ("send-invoices-financials", "financials.process", "Carry out", 5, ("Process", "Carry out")),
    ("mail-came-back-webfaktura", "webfaktura.users.came_back", "Kom i retur.", 1, ("E-posten kom i retur",)),
    ("transfer-users-webfaktura", "webfaktura.users.visma_net", "Visma.net", 2, ("Visma.net brukere", "Visma.net")),
    ("register-user-webfaktura", "role.webfaktura_user", "Alle rettigheter", 3, ("bruker-tilgang", "Alle rettigheter")),
    ("register-company-business", "business.export", "Send inn", 5, ("Eksporter/oppdater bedrifter", "Send inn")),
    ("firma-id-global", "global.settings", "Nettet", 2, ("Visma.net innstillinger", "Nettet")),
    ("register-client-webfaktura-admin", "webfaktura_admin.update", "Send", 7, ("Oppdater WebFaktura klient", "Send")),
    ("no-opg", "opg.name", "Porten", 3, ("On Premise Gateway", "Porten")),
    ("programs-too-old", "webfaktura_admin.about", "Utgiver", 3, ("Om WebFaktura Admin (sync)", "Utgiver")),
    ("licence-missing", "settings.register", "Send inn", 2, ("Registrer", "Send inn")),
    ("invoicing-administration", "administration.customer.look_up", "Fråga", 4, ("Kontrollera numret", "Fråga")),
    ("unsent-administration", "administration.resend", "Skicka om", 6, ("Skicka igen", "Skicka om")),
]


def _print_instead(monkeypatch: pytest.MonkeyPatch, language: str, key: str, changed: str) -> None:
    """Make pages print another text than the catalogue had when walkers read it."""
    catalogue = texts.catalogue
    broken = {**catalogue(language), key: changed}
    monkeypatch.setattr(texts, "catalogue", lambda read: broken if read == language else catalogue(read))


@pytest.mark.browser
@pytest.mark.sampled(2)
@pytest.mark.parametrize(("manual_id", "key", "changed", "step", "words"), LABELS, ids=[row[0] for row in LABELS])
def test_a_label_that_changed_stops_the_walk_at_its_step(
    walker: Walker,
    monkeypatch: pytest.MonkeyPatch,
    manual_id: str,
    key: str,
    changed: str,
    step: int,
    words: tuple[str, ...],
) -> None:
    file, manual = MANUALS[manual_id]
    _print_instead(monkeypatch, manual.language, key, changed)
    with pytest.raises(WalkFailed) as failure:
        walker.walk(manual, manual.variant_names()[0], folder=file.parent)
    assert failure.value.step == step
    assert all(word in str(failure.value) for word in words)
    assert failure.value.tell in str(failure.value)


@pytest.mark.sampled(16)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("manual_id", "key", "step"), [(row[0], row[1], row[3]) for row in LABELS], ids=[row[0] for row in LABELS]
)
def test_without_a_browser_a_label_that_changed_in_one_language_stops_the_walk_in_it(
    http_walker: HttpWalker, monkeypatch: pytest.MonkeyPatch, manual_id: str, key: str, step: int, language: str
) -> None:
    file, manual = MANUALS[manual_id]
    _print_instead(monkeypatch, language, key, "Zzz")
    with pytest.raises(WalkFailed) as failure:
        http_walker.walk(manual, manual.variant_names()[0], language, file.parent)
    assert failure.value.step == step


def _exports_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    record = events.record

    def forgetful(db: Any, type_: str, **facts: Any) -> Any:
        return None if type_ == "invoice.exported" else record(db, type_, **facts)

    monkeypatch.setattr(events, "record", forgetful)


def _gives_no_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "grant", lambda *_, **__: None)


def _mails_nothing_of_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "_mail", lambda *_, **__: None)


def _refuses_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cancellations, "refuse", lambda *_: None)


def _ends_no_access(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "of_product", lambda *_: None)


def _confirms_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfers, "confirm", lambda *_: None)


def _continues_no_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_mails, "_case_of", lambda *_: None)


def _never_reaches_the_register(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jobs.KINDS, "elma.propagate", jobs.JobKind(lambda db, **_: None))


def _anybody_registers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(participants, "_owned_by_other", lambda *_: None)


def _turns_nothing_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_step, "set_authenticator", lambda *_, **__: None)


def _accepts_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ceremonies, "check", lambda *_: KeyRefusal.SIGNATURE)


def _takes_no_approval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "accept", lambda *_: None)


def _denies_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    record = events.record

    def forgetful(db: Any, type_: str, **facts: Any) -> Any:
        return None if type_ == "push.denied" else record(db, type_, **facts)

    monkeypatch.setattr(events, "record", forgetful)


def _loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_step, "lose", lambda *_, **__: None)


def _requires_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_step, "required_by_customer", lambda *_: None)


def _verifies_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domains, "verify", lambda *_: None)


def _takes_any_emergency_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emergency_codes, "use", lambda *_, **__: True)


def _generates_a_code_that_nobody_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emergency_codes, "generate", lambda db, *_: emergency_codes.draw(db))


def _grants_no_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emergency_codes, "grant_right", lambda *_: None)


def _saves_no_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(administration, "give", lambda *_, **__: None)


def _activates_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    record = events.record

    def forgetful(db: Any, type_: str, **facts: Any) -> Any:
        return None if type_ == "user.activated" else record(db, type_, **facts)

    monkeypatch.setattr(events, "record", forgetful)


def _exports_usage_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    record = events.record

    def forgetful(db: Any, type_: str, **facts: Any) -> Any:
        return None if type_ == "usage.exported" else record(db, type_, **facts)

    monkeypatch.setattr(events, "record", forgetful)


def _describes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(online_help, "topics", lambda language: {})


def _registers_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    record = events.record

    def forgetful(db: Any, type_: str, **facts: Any) -> Any:
        return None if type_ == "licence.registered" else record(db, type_, **facts)

    monkeypatch.setattr(events, "record", forgetful)


def _changes_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    record = events.record

    def forgetful(db: Any, type_: str, **facts: Any) -> Any:
        return None if type_ == "password.changed" else record(db, type_, **facts)

    monkeypatch.setattr(events, "record", forgetful)


def _counts_a_document_too_few(monkeypatch: pytest.MonkeyPatch) -> None:
    find = lists.find

    def find_with_a_lower_total(*arguments: Any, **options: Any) -> Any:
        matches = find(*arguments, **options)
        return replace(matches, total=matches.total - 1)

    monkeypatch.setattr(lists, "find", find_with_a_lower_total)


def _sends_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    record = events.record

    def forgetful(db: Any, type_: str, **facts: Any) -> Any:
        return None if type_ == "sales_invoice.sent" else record(db, type_, **facts)

    monkeypatch.setattr(events, "record", forgetful)


def _every_mail_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "came_back", lambda *_: False)


def _cancelling_takes_the_role_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(db: Any, run: Any) -> None:
        person = people.by_email(db, run.administrator)
        assert person is not None
        for row in (*person.grants, run):
            db.delete(row)

    monkeypatch.setattr(wizard, "leave", leave)


def _every_service_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wizard, "acs_problem", lambda *_: None)


def _adds_users_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    record = events.record

    def forgetful(db: Any, type_: str, **facts: Any) -> Any:
        return None if type_ == "webfaktura_user.invited" else record(db, type_, **facts)

    monkeypatch.setattr(events, "record", forgetful)


def _exports_for_no_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "record", lambda *_, **__: None)


def _links_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webfaktura, "link", lambda *_, **__: None)


def _needs_no_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "gateway_refusal", lambda *_: None)


def _takes_any_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "version_refusal", lambda *_: None)


def _needs_no_licence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "refusal", lambda *_: None)


def _sends_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resending, "resend", lambda *_: None)


def _lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(support_access, "_let_in", lambda *_: None)


def _changes_no_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(administration, "make_primary_contact", lambda *_: None)


def _inherits_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "recompute", lambda *_, **__: Difference())


def _counts_licences_for_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invoice_lines, "unit_of", lambda code: replace(unit_of(code), counts=Counts.LICENCES))


def _takes_notice_a_month_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract_days, "NOTICE_MONTH", contract_days.NOTICE_MONTH + 1)


def _exports_lists_without_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    record = events.record

    def forgetful(db: Any, type_: str, **facts: Any) -> Any:
        return None if type_ == "list.exported" else record(db, type_, **facts)

    monkeypatch.setattr(events, "record", forgetful)


EFFECTS = [
    ("change-log", _exports_lists_without_a_trace, 5, "list.exported"),
    ("quantity-on-invoice", _counts_licences_for_users, 4, "108 ÷ 12"),
    ("binding-and-notice", _takes_notice_a_month_later, 3, "30.09.2018"),
    ("user-group", _inherits_nothing, 2, "Autoinvoice user"),
    ("support-access", _lets_nobody_in, 4, "Application administrator"),
    ("primary-contact", _changes_no_contact, 3, "user.made_primary_contact"),
    ("invoice-export", _exports_without_a_trace, 7, "invoice.exported"),
    ("forgotten-password", _changes_no_password, 5, "password.changed"),
    ("licences-specification", _exports_without_a_trace, 7, "invoice.exported"),
    ("customer-administrator", _gives_no_roles, 7, "Customer administrator"),
    ("leave-elma", _never_reaches_the_register, 8, "elma.removed"),
    ("other-access-point", _anybody_registers, 4, "Nordavind Aksesspunkt"),
    ("join-elma", _never_reaches_the_register, 6, "elma.registered"),
    ("invited-first-day", _activates_without_a_trace, 3, "user.activated"),
    ("no-access-to-settings", _saves_no_roles, 6, "Customer administrator"),
    ("security-key", _accepts_no_key, 6, "Visma Home"),
    ("passkey", _accepts_no_key, 6, "Visma Home"),
    ("approve-on-phone", _takes_no_approval, 14, "Visma Home"),
    ("sign-in-denied", _denies_without_a_trace, 3, "push.denied"),
    ("lost-security-key", _loses_nothing, 7, "Velg autentiseringsapp"),
    ("require-two-step", _requires_nothing, 4, "krever dette"),
    ("activate-with-passkey", _activates_without_a_trace, 4, "user.activated"),
    ("verify-domain", _verifies_nothing, 3, "Regler for domenet"),
    ("enable-two-step", _turns_nothing_on, 10, "two_step.enabled"),
    ("lost-phone-emergency-code", _takes_any_emergency_code, 5, "emergency_code.used"),
    ("lost-everything-administrator", _generates_a_code_that_nobody_keeps, 4, "emergency_code.generated"),
    ("administrator-reported", _gives_no_roles, 9, "Customer administrator"),
    ("support-by-chat", _mails_nothing_of_cases, 10, "case_transcript"),
    ("give-notice", _mails_nothing_of_cases, 8, "case_answer"),
    ("notice-too-late", _refuses_without_a_trace, 6, "cancellation.refused"),
    ("access-after-end", _ends_no_access, 1, "document_center"),
    ("transfer-licences", _confirms_nothing, 5, "bekreftet av mottakeren"),
    ("support-by-mail", _continues_no_case, 9, "waiting"),
    ("lost-everything-support", _grants_no_right, 10, "emergency_code.right_granted"),
    ("usage", _exports_usage_without_a_trace, 6, "usage.exported"),
    ("two-invoices", _exports_without_a_trace, 6, "invoice.exported"),
    ("online-help", _describes_nothing, 3, "Registrer bruker i Visma.net"),
    ("register-licence-webfaktura", _registers_without_a_trace, 5, "licence.registered"),
    ("register-user-webfaktura", _gives_no_roles, 4, "WebFaktura user"),
    ("administrator-accountview", _cancelling_takes_the_role_back, 8, "Customer administrator"),
    ("administrator-mail-came-back", _every_mail_arrives, 3, "kwam terug"),
    ("acs-off-accountview", _every_service_runs, 2, "is niet actief"),
    ("mail-came-back-webfaktura", _every_mail_arrives, 1, "E-posten kom i retur"),
    ("transfer-users-webfaktura", _adds_users_without_a_trace, 3, "webfaktura_user.invited"),
    ("own-consumption", _counts_a_document_too_few, 4, "Gevonden facturen: 27"),
    ("own-consumption-financials", _counts_a_document_too_few, 4, "Gevonden facturen: 6"),
    ("send-invoices-financials", _sends_without_a_trace, 5, "sales_invoice.sent"),
    ("register-company-business", _exports_for_no_service, 5, "exported_for"),
    ("firma-id-global", _exports_for_no_service, 4, "exported_for"),
    ("register-client-webfaktura-admin", _links_nothing, 7, "linked"),
    ("no-opg", _needs_no_gateway, 1, "Ikke i orden"),
    ("programs-too-old", _takes_any_version, 1, "Krever Visma Business 12"),
    ("licence-missing", _needs_no_licence, 1, "mangler lisens"),
    ("invoicing-administration", _sends_without_a_trace, 9, "sales_invoice.sent"),
    ("unsent-administration", _sends_nothing_again, 6, "document.delivered"),
]


def _build(store: Store, manual: Manual) -> None:
    """Make a sandbox of a manual's scenario before the platform is broken: the ready file that is copied is everybody's."""
    store.create("unbroken", Creation(scenario=manual.scenario, clock=Clock.frozen(manual.now)))
    store.delete("unbroken")


@pytest.mark.browser
@pytest.mark.sampled(2)
@pytest.mark.parametrize(("manual_id", "omit", "step", "word"), EFFECTS, ids=[row[0] for row in EFFECTS])
def test_an_effect_that_is_missing_stops_the_walk_at_its_step(
    walker: Walker,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    manual_id: str,
    omit: Callable[[pytest.MonkeyPatch], None],
    step: int,
    word: str,
) -> None:
    file, manual = MANUALS[manual_id]
    _build(store, manual)
    omit(monkeypatch)
    with pytest.raises(WalkFailed) as failure:
        walker.walk(manual, manual.variant_names()[0], folder=file.parent)
    assert failure.value.step == step
    assert word in str(failure.value)


@pytest.mark.sampled(16)
@pytest.mark.parametrize(("manual_id", "omit", "step", "word"), EFFECTS, ids=[row[0] for row in EFFECTS])
def test_without_a_browser_an_effect_that_is_missing_stops_the_walk_at_its_step(
    http_walker: HttpWalker,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    manual_id: str,
    omit: Callable[[pytest.MonkeyPatch], None],
    step: int,
    word: str,
) -> None:
    file, manual = MANUALS[manual_id]
    _build(store, manual)
    omit(monkeypatch)
    with pytest.raises(WalkFailed) as failure:
        http_walker.walk(manual, manual.variant_names()[0], manual.language, file.parent)
    assert failure.value.step == step
    assert word in str(failure.value)


def test_a_support_access_that_does_not_end_by_itself_stops_the_walk(
    http_walker: HttpWalker, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, manual = MANUALS["support-access"]
    _build(store, manual)
    monkeypatch.setattr(support_access, "_end", lambda *_: None)
    with pytest.raises(WalkFailed) as failure:
        http_walker.walk(manual, "ended", manual.language, file.parent)
    assert (failure.value.step, "support_access.ended" in str(failure.value)) == (5, True)


def test_every_manual_is_broken_once_by_a_label_and_once_by_an_effect() -> None:
    assert {row[0] for row in LABELS} == {row[0] for row in EFFECTS} == set(MANUALS)

"""Rules of e-mail domains, and of the password rules that hold for their addresses."""

import pytest
from sqlalchemy import select

from simulator.core import events
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db, Sandbox
from simulator.directory import credentials, password_rules, two_step
from simulator.directory.actors import Actor, actor_of
from simulator.directory.email_domains import domains, policies
from simulator.directory.email_domains.models import EmailDomain
from simulator.directory.models import Customer, Person
from simulator.directory.people import by_email

LONG, STRICT = password_rules.BY_CODE["long-15"], password_rules.BY_CODE["strict-15"]


def administrator(db: Db) -> Actor:
    """Return the administrator of the office."""
    actor = actor_of(db, db.scalars(select(Person).where(Person.key == "administrator")).one())
    assert actor is not None
    return actor


def added(db: Db, name: str, customer: str = "office") -> EmailDomain:
    """Return a domain that a customer has just added."""
    owner = db.scalars(select(Customer).where(Customer.key == customer)).one()
    return domains.add(db, administrator(db), owner, name)


def verified(db: Db, name: str) -> EmailDomain:
    """Return a domain that the office has just verified."""
    domain = added(db, name)
    domains.set_dns_texts(db, domain.domain, ["v=spf1 -all", f" {domains.record_of(domain)} "])
    domains.verify(db, administrator(db), domain)
    return domain


def other_customer(db: Db) -> str:
    """Return the key of another customer, added for it."""
    db.add(Customer(key="neighbour", number="100900", name="Buurman", country="NL"))
    db.flush()
    return "neighbour"


@pytest.mark.parametrize(
    "name", ["", "@", "nl", "a b.example", "-a.example", "a..example", "x@y.example", "ex\u202eample.nl"]
)
def test_what_is_no_domain_is_refused(sandbox: Sandbox, name: str) -> None:
    with sandbox.transaction() as db, pytest.raises(RuleViolation) as refusal:
        added(db, name)
    assert (refusal.value.code, refusal.value.field) == ("email_domain.invalid", "domain")


def test_a_domain_is_read_in_its_normal_form_and_added_once(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        assert added(db, " @Zonne.EXAMPLE ").domain == "zonne.example"
        with pytest.raises(RuleViolation, match=r"email_domain\.twice"):
            added(db, "zonne.example")


def test_a_missing_and_a_wrong_record_are_told_apart(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        domain = added(db, "zonne.example")
        with pytest.raises(RuleViolation, match=r"email_domain\.no_record"):
            domains.verify(db, administrator(db), domain)
        domains.set_dns_texts(db, "zonne.example", [domains.record_of(domain)[:-1]])
        with pytest.raises(RuleViolation, match=r"email_domain\.other_record"):
            domains.verify(db, administrator(db), domain)
        with pytest.raises(RuleViolation, match=r"email_domain\.not_verified"):
            domains.set_policy(db, administrator(db), domain, require_two_step=True, rules=LONG)
        assert policies.policy_of(db, "a@zonne.example") is None


def test_the_first_customer_that_verifies_a_domain_has_it_until_it_is_removed(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        late = added(db, "zonne.example", other_customer(db))
        first = verified(db, "zonne.example")
        domains.set_dns_texts(db, "zonne.example", [domains.record_of(late)])
        with pytest.raises(RuleViolation, match=r"email_domain\.taken"):
            domains.verify(db, administrator(db), late)
        domains.remove(db, administrator(db), first)
        domains.verify(db, administrator(db), late)
        with pytest.raises(RuleViolation, match=r"email_domain\.taken"):
            added(db, "zonne.example")
        journal = [event.type for event in events.after(db) if event.type.startswith("email_domain.")]
    assert journal == ["email_domain.added"] * 2 + ["email_domain.verified", "email_domain.removed", "email_domain.verified"]


def test_a_customer_adds_a_limited_number_of_domains(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domains, "MOST", 1)
    with sandbox.transaction() as db:
        added(db, "a.example")
        with pytest.raises(RuleViolation, match=r"email_domain\.too_many"):
            added(db, "b.example")


def test_the_policy_holds_for_exactly_the_domain(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        domain = verified(db, "zonne.example")
        assert domains.set_policy(db, administrator(db), domain, require_two_step=True, rules=STRICT)
        assert not domains.set_policy(db, administrator(db), domain, require_two_step=True, rules=STRICT)
        assert policies.password_rules_of(db, "A@ZONNE.example") is STRICT
        for other in ("a@sub.zonne.example", "a@nzonne.example", "zonne.example@else.example", "a@zonne.example.nl", ""):
            assert policies.password_rules_of(db, other) is password_rules.DEFAULT


def test_two_steps_are_required_of_everybody_with_an_address_of_the_domain(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        stranger = db.scalars(select(Person).where(Person.email.not_like("%@%office%"))).first()
        assert stranger is not None
        domain = verified(db, policies.domain_of(stranger.email))
        assert two_step.required_by(db, stranger) is None
        domains.set_policy(db, administrator(db), domain, require_two_step=True, rules=LONG)
        assert two_step.required_by(db, stranger) == domain.customer.name


@pytest.mark.parametrize(
    ("code", "password", "broken"),
    [
        ("default-8", "Aa1!aaa", ["length"]),
        ("default-8", "Aa1!aaaa", []),
        ("default-8", "a" * 201, ["length", "digit", "upper", "special"]),
        ("long-15", "a" * 14, ["length"]),
        ("long-15", "a" * 15, []),
        ("long-15", "<" * 15, []),
        ("strict-15", "a" * 15, ["digit", "upper", "special"]),
        ("strict-15", "Aa1!aaaaaaaaaaa", []),
        ("strict-15", "Aa1!aaaaaaaaaa<", ["forbidden"]),
        ("strict-15", "", ["length", "digit", "upper", "lower", "special"]),
    ],
)
def test_each_set_of_rules_says_what_a_password_breaks(code: str, password: str, broken: list[str]) -> None:
    assert [rule.code for rule in password_rules.BY_CODE[code].check(password) if not rule.is_met] == broken


def test_a_new_password_meets_the_rules_of_the_address(sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        email = administrator(db).email
        domains.set_policy(
            db, administrator(db), verified(db, policies.domain_of(email)), require_two_step=False, rules=STRICT
        )
        person = by_email(db, email)
        assert person is not None
        with pytest.raises(RuleViolation) as refusal:
            credentials.set_password(db, person, "Kort!Woord1")
        assert (refusal.value.code, refusal.value.facts["shortest"]) == ("password.length", 15)
        with pytest.raises(RuleViolation, match=r"password\.forbidden"):
            credentials.set_password(db, person, "Lang<Genoeg!Woord1")
        credentials.set_password(db, person, "Lang!Genoeg!Woord1")
        assert credentials.has_to_change(db, person, "Kort!Woord1")
        assert credentials.has_to_change(db, person, "Visma2024!")
        assert not credentials.has_to_change(db, person, "Lang!Genoeg!Woord1")

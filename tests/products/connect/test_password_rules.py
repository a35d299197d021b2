"""A password below the rules that hold by now is changed within the next sign-in."""

from simulator.app import Platform
from simulator.core.sandbox import Sandbox
from simulator.directory.email_domains.models import EmailDomain
from simulator.directory.models import Customer
from tests.visits import Visitor, cast, password_of, phone_code

RULES = "strict-15"
LONG = "Zonne!Bloem!Lang12"


def set_rules(sandbox: Sandbox, email: str) -> None:
    """Let strict rules hold for the domain of an address."""
    with sandbox.transaction() as db:
        now = db.clock.now()
        domain = EmailDomain(
            customer=db.get_one(Customer, 1), domain=email.partition("@")[2], token="x", added_at=now, verified_at=now
        )
        domain.password_rules = RULES
        db.add(domain)


def test_after_both_steps_a_password_that_meets_the_rules_is_chosen(sandbox: Sandbox, visitor: Visitor) -> None:
    email = cast(sandbox, "administrator").email
    old = password_of(sandbox, email)
    set_rules(sandbox, email)
    visitor.begin_sign_in(email)
    visitor.type_password(old)
    assert "/totp/auth" in visitor.get("/connect/login/new-password").location
    response = visitor.type_code(phone_code(sandbox, email))
    assert response.location.endswith("/connect/login/new-password")
    assert not visitor.is_signed_in
    page = visitor.get("/connect/login/new-password").text
    assert "at least 15 characters" in page
    assert "none of these characters: &lt; &gt;" in page
    for refused, reason in ((old, "15 to 200 characters"), ("Aa1<" * 4, "none of these characters")):
        form = visitor.form("/connect/login/new-password", "password")
        answer = visitor.send(form, password=refused, repeated=refused)
        assert reason in answer.text
        assert not visitor.is_signed_in
    form = visitor.form("/connect/login/new-password", "password")
    visitor.send(form, password=LONG, repeated=LONG)
    assert visitor.is_signed_in
    assert password_of(sandbox, email) == LONG


def test_the_rules_of_the_address_are_listed_where_the_own_password_is_changed(platform: Platform, sandbox: Sandbox) -> None:
    email = cast(sandbox, "administrator").email
    set_rules(sandbox, email)
    page = Visitor.of(platform, sandbox, email, "en").get("/details/password").text
    assert "at least 15 characters" in page
    assert 'data-shortest="15" data-forbidden="&lt;&gt;"' in page

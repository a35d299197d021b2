"""The steps of a sign-in: which comes next, and the commands that complete them.

A sign-in is a row that moves through its steps. Every request works out the next step anew, from the present state of the row, the
account and the policy: a change of settings in between has effect at once.
"""

from dataclasses import replace
from enum import StrEnum

from simulator.core import events, normal_forms
from simulator.core.sandbox import Db
from simulator.directory import lockout, sign_in_sessions, two_step
from simulator.directory.email_domains import policies
from simulator.directory.identity_providers import REPORTED, IdentityProvider, provider_of
from simulator.directory.login_history import signed_in_from_here
from simulator.directory.models import Person, SignInSession, Status
from simulator.directory.signing_in import devices, enrolment, pending_sign_ins
from simulator.directory.signing_in.demands import Account, Circumstances, Demand, demand
from simulator.directory.signing_in.models import Enrolment, Policy, SignIn

SIGN_INS_UNTIL_NEXT_OFFER = 3
"""Own choice: sign-ins without an offer, after two-step verification was put off."""

events.declare(
    two_step__put_off="Two-step verification was offered and put off.",
    terms__accepted="A person accepted the terms of use.",
    terms__declined="A person declined the terms of use and was not signed in.",
)


class Step(StrEnum):
    """The step that a sign-in waits for."""

    PASSWORD = "password"
    DENIED = "denied"
    CODE = "code"
    NEW_CODE = "new_code"
    QUESTION = "question"
    NEW_PASSWORD = "new_password"
    ENROLMENT = "enrolment"
    TERMS = "terms"
    NOTHING = "nothing"


def start(db: Db, email: str, back_to: str | None, request_id: str | None = None) -> SignIn:
    """Begin a sign-in with an e-mail address, whether or not an account has it.

    Args:
        db: the transaction.
        email: the address as it was typed.
        back_to: path of the page that was asked for.
        request_id: id of what the application demands that sent the user here.

    Source: Connect help, sign in, step one. Own choice: an unknown address goes on to the password and fails there.
    """
    request = pending_sign_ins.find_request(db, request_id)
    return pending_sign_ins.start(db, normal_forms.email(email), back_to, request)


def before_start(db: Db, email: str, back_to: str | None) -> SignIn:
    """Return a sign-in that has not started, to show the page of its password; it is not stored."""
    return pending_sign_ins.before_start(db, normal_forms.email(email), back_to)


def identity_providers(db: Db, sign_in: SignIn) -> list[IdentityProvider]:
    """Return the identity providers that the domain of the address and the application allow, Connect first."""
    of_application = sign_in.request.identity_providers if sign_in.request is not None else tuple(IdentityProvider)
    return policies.identity_providers_of(db, sign_in.email, of_application)


def next_step(db: Db, sign_in: SignIn, device: str | None) -> Step:
    """Return the next step of a sign-in.

    Args:
        db: the transaction.
        sign_in: the sign-in.
        device: the value of this browser's cookie of a remembered device.

    Source: Connect help, sign in with two-step verification and enrolment; "Brukertips i Kundeservice" for the emergency code. Own
    choice: a password that has to be changed is changed after the second step, so that nobody who only knows it can; whichever way
    the first step was made, it does not count when the identity provider behind it is not allowed.
    """
    person = sign_in.person
    if person is None or person.status != Status.ACTIVE:
        return Step.PASSWORD
    if provider_of(sign_in.methods) not in identity_providers(db, sign_in):
        return Step.DENIED
    demanded = demand(_circumstances(db, sign_in, device))
    if demanded is Demand.PROOF:
        return Step.CODE
    if sign_in.displayed_code is not None:
        return Step.NEW_CODE
    if sign_in.asks:
        return Step.QUESTION
    if sign_in.new_password:
        return Step.NEW_PASSWORD
    if demanded is Demand.ENROLMENT or enrolment.find(db, sign_in.id) is not None or _is_offered(db, sign_in):
        return Step.ENROLMENT
    if person.terms_accepted_at is None:
        return Step.TERMS
    return Step.NOTHING


def may_put_off(db: Db, sign_in: SignIn) -> bool:
    """Return whether *Remind me later* is offered: not if this person must set two-step verification up."""
    return not _circumstances(db, sign_in, None).requires_method


def put_off(db: Db, sign_in: SignIn) -> bool:
    """Put two-step verification off, and go on without it.

    Returns:
        False when that is not offered.

    Source: Connect help, enrolment. Own choice: it is offered again after three more sign-ins.
    """
    assert sign_in.person is not None
    if not may_put_off(db, sign_in):
        return False
    enrolment.give_up(db, sign_in.id)
    sign_in.put_off = True
    sign_in.person.reminders_left = SIGN_INS_UNTIL_NEXT_OFFER
    events.record(db, "two_step.put_off", actor=sign_in.person.email, subject=sign_in.person.email)
    return True


def begin_enrolment(db: Db, sign_in: SignIn) -> Enrolment:
    """Begin to set two-step verification up within a sign-in, whose life is extended to that of the enrolment."""
    assert sign_in.person is not None
    new_enrolment = enrolment.begin(db, sign_in.person, sign_in.id)
    sign_in.expires_at = max(sign_in.expires_at, new_enrolment.expires_at)
    return new_enrolment


def accept_enrolment(sign_in: SignIn) -> None:
    """Accept the first code of the new authenticator as the second factor of this sign-in."""
    sign_in.second_step = True
    sign_in.methods = [*sign_in.methods, "otp"]


def accept_terms(db: Db, sign_in: SignIn) -> None:
    """Accept the terms of use.

    Source: "WebFaktura og Visma.net", moving users: once, at the first sign-in.
    """
    assert sign_in.person is not None
    sign_in.person.terms_accepted_at = db.clock.now()
    events.record(db, "terms.accepted", actor=sign_in.person.email, subject=sign_in.person.email)


def decline_terms(db: Db, sign_in: SignIn) -> None:
    """Decline the terms of use: the sign-in ends, and the next one asks again. Own choice."""
    assert sign_in.person is not None
    events.record(db, "terms.declined", actor=sign_in.person.email, subject=sign_in.person.email)
    pending_sign_ins.cancel(db, sign_in)


def finish(db: Db, sign_in: SignIn, application: str | None = None, device: str | None = None) -> SignInSession | None:
    """Turn a sign-in whose steps are all completed into a session; the sign-in cannot be used again.

    Args:
        db: the transaction.
        sign_in: the pending sign-in.
        application: code of the product whose page was requested, for the login history.
        device: the value of this browser's cookie of a remembered device.

    Returns:
        None when the address was locked in the meantime.
    """
    person = sign_in.person
    assert person is not None
    if lockout.locked_until(db, person.email) is not None:
        events.record(db, "sign_in.failed", subject=person.email, reason="locked")
        pending_sign_ins.cancel(db, sign_in)
        return None
    if person.reminders_left and not sign_in.put_off:
        person.reminders_left -= 1
    circumstances = _circumstances(db, sign_in, device)
    elsewhere = demand(replace(circumstances, application=Policy.OWN))
    bypassed = circumstances.application is Policy.BYPASS and elsewhere is not Demand.NOTHING
    session = sign_in_sessions.begin(db, person, sign_in.methods, application, bypassed=bypassed)
    pending_sign_ins.cancel(db, sign_in)
    return session


def _circumstances(db: Db, sign_in: SignIn, device: str | None) -> Circumstances:
    """Return what the decision about the second step depends on."""
    person = sign_in.person
    assert person is not None
    policy = _policy(sign_in)
    return Circumstances(
        account=_account(db, person),
        customer=two_step.required_by_customer(db, person) is not None,
        domain=two_step.required_by_domain(db, person),
        application=policy,
        step_up=sign_in.request is not None and sign_in.request.step_up,
        device=devices.is_remembered(db, person, device),
        network=policy is Policy.ADAPTIVE and signed_in_from_here(db, person),
        proven=sign_in.second_step,
        external=provider_of(sign_in.methods) is IdentityProvider.EXTERNAL,
        reported=REPORTED in sign_in.methods,
    )


def _account(db: Db, person: Person) -> Account:
    has_method = two_step.has_method(db, person)
    if two_step.is_on(db, person):
        return Account.METHOD if has_method else Account.LOST
    return Account.PASSKEY if has_method else Account.NOTHING


def _policy(sign_in: SignIn) -> Policy:
    return Policy(sign_in.request.policy) if sign_in.request is not None else Policy.OWN


def _is_offered(db: Db, sign_in: SignIn) -> bool:
    person = sign_in.person
    assert person is not None
    is_own = provider_of(sign_in.methods) is IdentityProvider.CONNECT
    is_due = is_own and not sign_in.put_off and person.reminders_left == 0
    return is_due and not two_step.has_method(db, person) and _policy(sign_in) != Policy.BYPASS

"""The login history of customers: what is written when their users sign in and out, or fail to.

Source: "Specificatie verbruik Visma.net AutoInvoice", the tab *Inloghistorie*; "Hvordan opprette supportbruker", the sign-ins of a
consultant are logged with the e-mail address. Own choice: the columns, which follow the access history of Visma.net ERP. A line is
written for each customer that lists the person at that time, so a user who is removed later stays in the history, and none of it
is seen by a customer that adds the person later.
"""

from sqlalchemy import delete, exists, insert, literal, select

from simulator.core.events import Event
from simulator.core.sandbox import Db
from simulator.directory import people
from simulator.directory.identity_providers import IdentityProvider, provider_of
from simulator.directory.models import Company, LoginEntry, LoginResult, Membership, Person, SignInSession


def signed_in(db: Db, session: SignInSession, application: str | None = None) -> None:
    """Write that a person signed in, and when the session will run out.

    Args:
        db: the transaction.
        session: the new session.
        application: code of the product whose page was requested; None when no page was.
    """
    provider = provider_of(session.methods)
    _write(db, session.person, LoginResult.SIGNED_IN, application=application, provider=provider)
    for customer_id in people.customers_of(db, session.person_id):
        db.add(
            LoginEntry(
                customer_id=customer_id,
                person_id=session.person_id,
                at=session.ends_at,
                result=LoginResult.EXPIRED,
                session_id=session.id,
            )
        )


def signed_out(db: Db, session: SignInSession) -> None:
    """Write that a person signed out."""
    ended(db, session.person)
    _write(db, session.person, LoginResult.SIGNED_OUT)


def ended(db: Db, person: Person) -> None:
    """Delete the lines of sessions that would have run out and were ended earlier."""
    ahead = LoginEntry.session_id.in_(
        select(SignInSession.id).where(SignInSession.person_id == person.id, SignInSession.ended_at.is_not(None))
    )
    db.flush()
    db.execute(delete(LoginEntry).where(ahead, LoginEntry.at > db.clock.now()))


def forget_open(db: Db) -> None:
    """Delete the lines of all sessions that would have run out, as in a copy of a sandbox."""
    db.execute(delete(LoginEntry).where(LoginEntry.session_id.is_not(None), LoginEntry.at > db.clock.now()))


def failed(db: Db, event: Event) -> None:
    """Write that a sign-in failed; nothing when nobody has the address."""
    person = people.by_email(db, event.subject or "")
    if person is not None:
        _write(db, person, LoginResult.FAILED, provider=event.data.get("provider", IdentityProvider.CONNECT))


def signed_in_from_here(db: Db, person: Person) -> bool:
    """Return whether a person signed in before from the network address of this request."""
    address = db.sandbox.remote_address
    earlier = select(LoginEntry.id).where(
        LoginEntry.person_id == person.id, LoginEntry.result == LoginResult.SIGNED_IN, LoginEntry.ip == address
    )
    return address is not None and db.scalar(earlier.limit(1)) is not None


def opened(db: Db, person: Person, company: Company) -> None:
    """Write that somebody of the vendor's support chose a company."""
    _write(db, person, LoginResult.OPENED, company=company)


def from_last_sign_ins(db: Db) -> None:
    """Write the last sign-in of all users of a new sandbox: nothing else is known of the time before it."""
    db.flush()
    db.execute(delete(LoginEntry))
    last = (
        select(Membership.customer_id, Person.id, Person.last_signed_in_at, literal(LoginResult.SIGNED_IN.value))
        .join(Person, Person.id == Membership.person_id)
        .where(Person.last_signed_in_at.is_not(None))
        .order_by(Person.last_signed_in_at, Person.id, Membership.customer_id)
    )
    db.execute(insert(LoginEntry).from_select(["customer_id", "person_id", "at", "result"], last))


def _write(
    db: Db,
    person: Person,
    result: LoginResult,
    *,
    company: Company | None = None,
    application: str | None = None,
    provider: str | None = None,
) -> None:
    """Write a line for each customer of a person; for the customer of ``company`` only, if there is one."""
    if company is None and person.company_id is not None:
        company = db.get(Company, person.company_id)
    elif company is not None and not db.scalar(
        select(exists().where(Membership.person_id == person.id, Membership.customer_id == company.customer_id))
    ):
        return
    for customer_id in people.customers_of(db, person.id):
        is_here = company is not None and company.customer_id == customer_id
        if result is LoginResult.OPENED and not is_here:
            continue
        db.add(
            LoginEntry(
                customer_id=customer_id,
                person_id=person.id,
                at=db.clock.now(),
                result=result,
                company_id=company.id if company is not None and is_here else None,
                application=application,
                ip=db.sandbox.remote_address,
                provider=provider,
            )
        )

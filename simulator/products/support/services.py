"""Commands of the vendor's support desk.

Source: "Brukertips i Kundeservice", totrinnskontroll: support generates a code for every user who asks for one, and registers
which administrators may do so for which e-mail domains. Own choice: all other commands of the desk. It does not lift a lock,
which expires, and does not turn two-step verification off: a code lets the person sign in and do that.
"""

from simulator.core import events, normal_forms
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import code_right_form, emergency_codes, people
from simulator.directory.actors import Actor
from simulator.directory.models import LinkKind, Person, Status

MAX_DOMAINS = 20

events.declare(
    support__activation_sent="Support sent a person's activation mail again.",
    support__reset_sent="Support sent a person a mail with a link to a new password.",
)


def send_activation(db: Db, actor: Actor, person: Person) -> None:
    """Mail a fresh activation link; the older one no longer works.

    Raises:
        RuleViolation: ``support.already_activated``.
    """
    if person.status != Status.NOT_ACTIVATED:
        raise RuleViolation("support.already_activated", email=person.email)
    people.send_activation(db, person)
    events.record(db, "support.activation_sent", actor=actor.email, subject=person.email)


def send_reset(db: Db, actor: Actor, person: Person) -> None:
    """Mail a link to a new password. It does not lift a lock.

    Raises:
        RuleViolation: ``support.not_active``.
    """
    if person.status != Status.ACTIVE:
        raise RuleViolation("support.not_active", email=person.email)
    people.mail_link(db, person, "reset", LinkKind.RESET, "reset")
    events.record(db, "support.reset_sent", actor=actor.email, subject=person.email)


def grant_right(db: Db, actor: Actor, person: Person, text: str) -> list[str]:
    """Give a person the right to generate codes for users of e-mail domains; without a domain the right is revoked.

    Args:
        db: the transaction.
        actor: a member of the support staff.
        person: the person who gets the right.
        text: the domains, with commas, blanks or new lines between them.

    Returns:
        The domains, by name.

    Raises:
        RuleViolation: ``support.domain``, ``support.domains_too_many`` or ``support.not_active``.

    Source: "Brukertips i Kundeservice", totrinnskontroll. Own choice: a domain is written as such, without wild cards;
    sub-domains are named separately.
    """
    domains = list(dict.fromkeys(code_right_form.split_domains(text)))
    for domain in domains:
        if not normal_forms.is_domain(domain):
            raise RuleViolation("support.domain", field="domains", domain=domain[:80])
    if len(domains) > MAX_DOMAINS:
        raise RuleViolation("support.domains_too_many", field="domains", found=len(domains), most=MAX_DOMAINS)
    if domains and person.status != Status.ACTIVE:
        raise RuleViolation("support.not_active", email=person.email)
    emergency_codes.grant_right(db, person, domains, actor.email)
    return sorted(domains)

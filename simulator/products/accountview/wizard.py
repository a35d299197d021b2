"""Commands of the wizard *Visma-diensten activeren*.

Source: "Verbruik Visma.net AutoInvoice opvragen", Beheerder aanmaken in AccountView: four steps; the administrator is made at once,
is sent an e-mail, and stays when the wizard is left with *Annuleren*. Reference: AccountView, starting with AutoInvoice: customer
number and Visma-sleutel are on the licence; terms have to be accepted. Own choice: a run is stored for each person and client, so
that it goes on where it was left, in any window; the form of the key.
"""

from dataclasses import dataclass
from enum import StrEnum
from hmac import compare_digest

from sqlalchemy import select

from simulator.core import events, normal_forms, outbox, seals
from simulator.core.errors import RuleViolation
from simulator.core.sandbox import Db
from simulator.directory import people
from simulator.directory.actors import Actor
from simulator.directory.models import Customer, Grant, Membership, Person, Status
from simulator.directory.people import Particulars
from simulator.directory.roles import CUSTOMER_ADMINISTRATOR, EXCLUSIVE
from simulator.products.accountview.models import STEPS, Step, WizardRun
from simulator.sales import clients, installations
from simulator.sales.models import Acs, InstalledProgram, Module, ProgramCode

events.declare(
    accountview__licensed="The licence data of AccountView were filled in, and are right.",
    accountview__administrator_made="The wizard of AccountView made somebody Customer administrator.",
)


def stored_run(db: Db, installed: InstalledProgram, actor: Actor) -> WizardRun | None:
    """Return where a person is with the wizard for a client; None when it is not under way."""
    return db.get(WizardRun, (installed.client_id, actor.id))


def run_of(db: Db, installed: InstalledProgram, actor: Actor) -> WizardRun:
    """Return a person's run of the wizard for a client, which begins now unless it is under way."""
    run = stored_run(db, installed, actor)
    if run is None:
        run = WizardRun(client_id=installed.client_id, person_id=actor.id, step=Step.WELCOME)
        db.add(run)
        db.flush()
    return run


def leave(db: Db, run: WizardRun) -> None:
    """End a run; what it made stays."""
    db.delete(run)
    db.flush()


def go_back(run: WizardRun) -> None:
    """Go to the step before, if there is one."""
    run.step = STEPS[max(STEPS.index(Step(run.step)) - 1, 0)]


def go_on(db: Db, installed: InstalledProgram, run: WizardRun, actor: Actor) -> None:
    """Go to the next step.

    Raises:
        RuleViolation: ``accountview.nothing_chosen``, ``accountview.unknown_customer_number``, ``accountview.wrong_key``,
            ``accountview.terms_missing``, ``accountview.acs_off`` or ``accountview.acs_wrong_server``.
    """
    match Step(run.step):
        case Step.WELCOME:
            if has_option(installed) and not run.services:
                raise RuleViolation("accountview.nothing_chosen", field="services")
        case Step.LICENCE:
            _check_licence(db, installed, run, actor)
        case Step.COMMUNICATION:
            problem = acs_problem(db, installed)
            if problem is not None:
                raise problem
    run.step = STEPS[min(STEPS.index(Step(run.step)) + 1, len(STEPS) - 1)]


def has_option(installed: InstalledProgram) -> bool:
    """Return whether the first step has the option *Visma.net-diensten inrichten*: only where the module is."""
    return Module.VISMA_NET_SERVICES in installed.modules


def licence_key(db: Db, customer: Customer) -> str:
    """Return the *Visma-sleutel* that is on a customer's licence: three groups of four digits."""
    number = int.from_bytes(seals.digest(db.head.secret, "accountview.licence", customer.number)[:8])
    digits = f"{number % 10**12:012}"
    return "-".join((digits[:4], digits[4:8], digits[8:]))


def _check_licence(db: Db, installed: InstalledProgram, run: WizardRun, actor: Actor) -> None:
    if installed.licensed:
        return
    customer = installed.client.customer
    if normal_forms.number(run.customer_number) != normal_forms.number(customer.number):
        raise RuleViolation("accountview.unknown_customer_number", field="customer_number", number=run.customer_number)
    typed = normal_forms.number(run.licence_key).encode(errors="replace")
    if not compare_digest(typed, normal_forms.number(licence_key(db, customer)).encode()):
        raise RuleViolation("accountview.wrong_key", field="licence_key", number=customer.number)
    if not run.terms:
        raise RuleViolation("accountview.terms_missing", field="terms")
    clients.install(
        db,
        installed.client,
        ProgramCode.ACCOUNTVIEW,
        version=installed.version,
        licensed=True,
        modules=[Module(module) for module in installed.modules],
    )
    events.record(db, "accountview.licensed", actor=actor.email, subject=customer.number, client=installed.client.number)


def acs_problem(db: Db, installed: InstalledProgram) -> RuleViolation | None:
    """Return why the ACS cannot be reached; None when it is active on the server that the program is set to."""
    installation = installations.of(db, installed.client.customer_id)
    match Acs(installation.acs):
        case Acs.RUNNING:
            return None
        case Acs.OFF:
            return RuleViolation("accountview.acs_off", server=installation.acs_server)
        case Acs.WRONG_SERVER:
            return RuleViolation("accountview.acs_wrong_server", server=installation.acs_server)


class Account(StrEnum):
    """What an administrator had before: no account, one elsewhere at the platform, or one at this customer."""

    NEW = "new"
    ELSEWHERE = "elsewhere"
    MEMBER = "member"


@dataclass(frozen=True)
class Administrator:
    """Somebody who was made Customer administrator.

    Attributes:
        email: the address.
        customer: name of the customer.
        account: what they had before.
        mail_came_back: whether the mail to them came back.
    """

    email: str
    customer: str
    account: Account
    mail_came_back: bool


def make_administrator(db: Db, installed: InstalledProgram, run: WizardRun, actor: Actor, language: str) -> Administrator:
    """Make somebody Customer administrator of the client's customer, and mail them.

    Source: "Verbruik Visma.net AutoInvoice opvragen", De stap Beheerder. Own choice: a person whom another customer has keeps that
    account, and a user of this customer gets the role; both are mailed about it, and nobody is made administrator twice.

    Raises:
        RuleViolation: ``accountview.already_administrator``, ``accountview.not_activated_yet``, ``accountview.deactivated``,
            ``accountview.works_at_desk``, ``directory.exclusive_roles``; those of ``go_on`` when a step before is no longer right.
    """
    _check_steps_before(db, installed)
    customer = installed.client.customer
    person = people.by_email(db, run.email)
    membership = db.get(Membership, (person.id, customer.id)) if person is not None else None
    if person is not None:
        _check_account(db, person, customer)
    if person is not None and membership is not None:
        account = Account.MEMBER
        people.grant(db, actor.email, person, CUSTOMER_ADMINISTRATOR, customer=customer)
        people.mail_new_rights(db, actor.name, person, at=customer.name)
    else:
        account = Account.ELSEWHERE if person is not None else Account.NEW
        particulars = Particulars(email=run.email, first_name=run.first_name, last_name=run.last_name, language=language)
        person = people.invite(db, actor, customer, particulars, [(CUSTOMER_ADMINISTRATOR, None)])
    run.administrator = person.email
    events.record(db, "accountview.administrator_made", actor=actor.email, subject=person.email, customer=customer.number)
    return Administrator(person.email, customer.name, account, outbox.came_back(db, person.email))


def _check_steps_before(db: Db, installed: InstalledProgram) -> None:
    """Refuse when the licence or the ACS has changed since its step."""
    if not installed.licensed:
        raise RuleViolation("accountview.not_licensed")
    problem = acs_problem(db, installed)
    if problem is not None:
        raise problem


def _check_account(db: Db, person: Person, customer: Customer) -> None:
    facts = {"email": person.email, "customer": customer.name}
    if person.desk:
        raise RuleViolation("accountview.works_at_desk", field="email", email=person.email)
    roles = set(db.scalars(select(Grant.role).where(Grant.person_id == person.id, Grant.customer_id == customer.id)))
    if CUSTOMER_ADMINISTRATOR.code in roles:
        waiting = person.status == Status.NOT_ACTIVATED
        raise RuleViolation(
            "accountview.not_activated_yet" if waiting else "accountview.already_administrator", field="email", **facts
        )
    if person.status == Status.INACTIVE:
        raise RuleViolation("accountview.deactivated", field="email", **facts)
    for role, other in EXCLUSIVE:
        if CUSTOMER_ADMINISTRATOR in (role, other) and {role.code, other.code} & roles:
            raise RuleViolation("directory.exclusive_roles", field="email", role=role, other=other)

"""What can change of customers, companies, people, their roles and groups, and of cases; see ``core.changes``."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from simulator.core.changes import Area, Hidden, Key, Label, Thing
from simulator.core.notices import Notice
from simulator.core.sandbox import Db
from simulator.directory.cases.models import CaseEntry, SupportCase
from simulator.directory.email_domains.models import EmailDomain
from simulator.directory.groups.models import (
    CompanyGroup,
    CompanyGroupMember,
    RoleGroup,
    RoleGroupRole,
    UserGroup,
    UserGroupMember,
)
from simulator.directory.models import (
    ClearTextSecrets,
    Company,
    CompanyService,
    CompanyStatus,
    Customer,
    Grant,
    Lock,
    Membership,
    Person,
    SupportAccess,
    status_at,
)
from simulator.directory.roles import BY_CODE
from simulator.directory.security_keys.models import SecurityKey


def _customers(db: Db) -> dict[Key, Thing]:
    rows = db.scalars(select(Customer))
    return {
        (row.id,): Thing(
            names={"name": row.name},
            values={"name": row.name, "require_two_step": row.require_two_step, "may_change_email": row.may_change_email},
        )
        for row in rows
    }


def _companies(db: Db) -> dict[Key, Thing]:
    present = Company.status != CompanyStatus.DELETED
    rows = db.execute(select(Company, Customer.name).join(Customer, Customer.id == Company.customer_id).where(present))
    return {
        (company.id,): Thing(
            names={"name": company.name},
            values={
                "name": company.name,
                "customer": customer,
                "organisation_number": company.organisation_number,
                "status": Label(company.status, f"admin.company.status.{company.status}"),
                "email": company.email,
                "phone": company.phone,
                "street": company.street,
                "postal_code": company.postal_code,
                "city": company.city,
            },
        )
        for company, customer in rows
    }


def _services(db: Db) -> dict[Key, Thing]:
    rows = db.execute(
        select(CompanyService.company_id, CompanyService.service, Company.name).join(
            Company, Company.id == CompanyService.company_id
        )
    )
    return {
        (row.company_id, row.service): Thing(
            names={"service": Label(row.service, f"service.{row.service}"), "company": row.name}
        )
        for row in rows
    }


def _people(db: Db) -> dict[Key, Thing]:
    now = db.clock.now()
    rows = db.execute(
        select(Person, Lock.until, ClearTextSecrets.password)
        .outerjoin(Lock, Lock.email == Person.email)
        .outerjoin(ClearTextSecrets, ClearTextSecrets.person_id == Person.id)
    )
    return {
        (person.id,): _person(person, str(status_at(person.status, until, now)), password)
        for person, until, password in rows
    }


def _person(person: Person, status: str, password: str | None) -> Thing:
    """Describe a person; the clear-text password is compared, because its hash differs each time that it is made."""
    return Thing(
        names={"name": person.name, "email": person.email},
        values={
            "name": person.name,
            "email": person.email,
            "status": Label(status, f"status.{status}"),
            "phone": person.phone,
            "language": person.language,
            "password": Hidden(password),
            "authenticator": Hidden(person.totp_secret),
            "sms_number": person.sms_number,
        },
        at=person.created_at,
    )


def _security_keys(db: Db) -> dict[Key, Thing]:
    rows = db.execute(select(SecurityKey.id, SecurityKey.name, _FULL_NAME).join(Person, Person.id == SecurityKey.person_id))
    return {(row.id,): Thing(names={"name": row.name, "person": row.person}, values={"name": row.name}) for row in rows}


_FULL_NAME = (Person.first_name + " " + Person.last_name).label("person")


def _memberships(db: Db) -> dict[Key, Thing]:
    rows = db.execute(
        select(Membership.person_id, Membership.customer_id, Membership.primary_contact, _FULL_NAME, Customer.name)
        .join(Person, Person.id == Membership.person_id)
        .join(Customer, Customer.id == Membership.customer_id)
    )
    return {
        (row.customer_id, row.person_id): Thing(
            names={"person": row.person, "customer": row.name}, values={"primary_contact": row.primary_contact}
        )
        for row in rows
    }


def _roles(db: Db) -> dict[Key, Thing]:
    rows = db.execute(
        select(
            Grant.person_id,
            Grant.role,
            Grant.customer_id,
            Grant.company_id,
            _FULL_NAME,
            func.coalesce(Company.name, Customer.name).label("at"),
        )
        .join(Person, Person.id == Grant.person_id)
        .outerjoin(Customer, Customer.id == Grant.customer_id)
        .outerjoin(Company, Company.id == Grant.company_id)
    )
    return {
        (row.person_id, row.role, row.customer_id or 0, row.company_id or 0): Thing(
            names={"person": row.person, "role": Label(row.role, f"role.{BY_CODE[row.role].code}"), "at": row.at}
        )
        for row in rows
    }


def _groups(db: Db) -> dict[Key, Thing]:
    members: dict[str, dict[int, list[str]]] = {kind: defaultdict(list) for kind in ("company", "user", "role")}
    queries: dict[str, Any] = {
        "company": select(CompanyGroupMember.company_group_id, Company.name).join(
            Company, Company.id == CompanyGroupMember.company_id
        ),
        "user": select(UserGroupMember.user_group_id, _FULL_NAME).join(Person, Person.id == UserGroupMember.person_id),
        "role": select(RoleGroupRole.role_group_id, RoleGroupRole.role),
    }
    for kind, query in queries.items():
        for group, member in db.execute(query):
            members[kind][group].append(member)
    tables: dict[str, Any] = {"company": CompanyGroup, "user": UserGroup, "role": RoleGroup}
    return {
        (kind, row.id): Thing(
            names={"name": row.name, "kind": Label(kind, f"diff.group_kind.{kind}")},
            values={"name": row.name, "members": tuple(sorted(members[kind][row.id]))},
        )
        for kind, table in tables.items()
        for row in db.scalars(select(table))
    }


def _domains(db: Db) -> dict[Key, Thing]:
    rows = db.execute(select(EmailDomain, Customer.name).join(Customer, Customer.id == EmailDomain.customer_id))
    return {
        (domain.customer_id, domain.domain): Thing(
            names={"domain": domain.domain, "customer": customer},
            values={
                "verified": domain.verified_at is not None,
                "require_two_step": domain.require_two_step,
                "password_rules": domain.password_rules,
                "identity_providers": tuple(sorted(domain.identity_providers)),
            },
            at=domain.added_at,
        )
        for domain, customer in rows
    }


def _support_access(db: Db) -> dict[Key, Thing]:
    rows = db.execute(
        select(SupportAccess, Person.email, Customer.name)
        .join(Person, Person.id == SupportAccess.person_id)
        .join(Customer, Customer.id == SupportAccess.customer_id)
    )
    return {
        (access.id,): Thing(
            names={"consultant": consultant, "customer": customer},
            values={"last_day": access.last_day, "ended": access.ended_at is not None},
            at=access.begins_at,
        )
        for access, consultant, customer in rows
    }


def _cases(db: Db) -> dict[Key, Thing]:
    staff = aliased(Person)
    entries = select(func.count()).where(CaseEntry.number == SupportCase.number).correlate(SupportCase).scalar_subquery()
    rows = db.execute(select(SupportCase, staff.email, entries).outerjoin(staff, staff.id == SupportCase.assigned_id))
    return {
        (case.number,): Thing(
            names={"number": str(case.number), "subject": case.subject, "requester": case.requester},
            values={
                "status": Label(case.state, f"case.state.{case.state}"),
                "desk": Label(case.desk, f"desk.{case.desk}"),
                "assigned": assigned,
                "entries": count,
            },
            at=case.created_at,
        )
        for case, assigned, count in rows
    }


def _notices(db: Db) -> dict[Key, Thing]:
    rows = db.execute(
        select(Notice.id, Notice.kind, Notice.created_at, _FULL_NAME).join(Person, Person.id == Notice.person_id)
    )
    return {
        (row.id,): Thing(
            names={"notice": Label(row.kind, f"notice.kind.{row.kind}"), "person": row.person}, at=row.created_at
        )
        for row in rows
    }


AREAS: Sequence[Area] = (
    Area("customer", _customers),
    Area("company", _companies),
    Area("service", _services),
    Area("person", _people),
    Area("security_key", _security_keys),
    Area("user", _memberships),
    Area("role", _roles),
    Area("group", _groups),
    Area("email_domain", _domains),
    Area("support_access", _support_access),
    Area("case", _cases),
    Area("notice", _notices),
)

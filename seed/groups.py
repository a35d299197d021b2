"""Writes company groups, role groups and user groups, with what is assigned to user groups."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from simulator.directory import people
from simulator.directory.groups import groups
from simulator.directory.groups.groups import Access, Kind
from simulator.directory.groups.models import UserGroup
from simulator.directory.models import Company, Membership, Person
from simulator.directory.roles import BY_NAME, Level

from . import group_entries, model
from .setting import Setting
from .vocabulary import ALL


def write_groups(setting: Setting, content: model.Content) -> None:
    """Add groups, or change existing ones in the keys of their entries; their members and access are replaced."""
    for at, of_companies in enumerate(content.company_groups):
        companies = _companies(setting, of_companies.companies, of_companies.customer)
        _write(setting, Kind.COMPANY, "company_groups", at, of_companies, companies)
    for at, of_roles in enumerate(content.role_groups):
        _write(setting, Kind.ROLE, "role_groups", at, of_roles, [BY_NAME[role].code for role in of_roles.roles])
    for at, of_users in enumerate(content.user_groups):
        members = [_person(setting, name, of_users.customer).id for name in of_users.members]
        group = _write(setting, Kind.USER, "user_groups", at, of_users, members)
        _write_access(setting, group, of_users, f"user_groups.{at}")


def _companies(setting: Setting, keys: Collection[str], customer: str) -> list[int]:
    if ALL not in keys:
        return [setting.company(key).id for key in keys]
    of_customer = select(Company.id).where(Company.customer_id == setting.customer(customer).id, Company.status == "active")
    return list(setting.db.scalars(of_customer.order_by(Company.id)))


def _person(setting: Setting, name: str, customer: str) -> Person:
    """Return a person by key or address, and list the person at the group's customer."""
    db = setting.db
    person = db.scalar(select(Person).where(Person.key == name)) or people.by_email(db, name)
    assert person is not None
    customer_id = setting.customer(customer).id
    if db.get(Membership, (person.id, customer_id)) is None:
        db.add(Membership(person_id=person.id, customer_id=customer_id))
        db.flush()
    return person


def _write(setting: Setting, kind: Kind, section: str, at: int, entry: Any, content: list[Any]) -> Any:
    db, customer = setting.db, setting.customer(entry.customer)
    with setting.reporting(f"{section}.{at}"):
        table: Any = groups.table_of(kind)
        group = db.scalar(select(table).where(table.key == entry.key))
        if group is None:
            return groups.add(db, None, kind, customer, entry.name, content, entry.key)
        groups.rename(db, None, group, entry.name)
        groups.change_members(db, None, group, include=content, exclude=groups.members(db, group))
        return group


def _write_access(setting: Setting, group: UserGroup, entry: group_entries.UserGroup, where: str) -> None:
    db, customer = setting.db, setting.customer(entry.customer)
    present = groups.access_of(db, group, customer.id)
    with setting.reporting(where):
        accesses = [access for line in entry.access for access in _accesses(setting, line)]
        groups.change_access(db, None, group, customer, include=accesses, exclude=present)


def _accesses(setting: Setting, entry: group_entries.GroupAccess) -> list[Access]:
    """Return the assignments of one entry; a role on the customer that is written on a company is one on the customer."""
    db = setting.db
    tables = {kind: groups.table_of(kind) for kind in Kind}
    role = BY_NAME[entry.role] if entry.role else None
    named: Any = tables[Kind.ROLE]
    role_group_id = db.scalar(select(named.id).where(named.key == entry.role_group)) if entry.role_group else None
    accesses = []
    for key in entry.on:
        of_companies: Any = tables[Kind.COMPANY]
        company_group_id = db.scalar(select(of_companies.id).where(of_companies.key == key))
        company_id = db.scalar(select(Company.id).where(Company.key == key))
        if role is not None and not role.fits(Level.COMPANY):
            company_id = None
        accesses.append(Access(role.code if role else None, role_group_id, company_id, company_group_id))
    return accesses

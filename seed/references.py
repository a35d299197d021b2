"""Problems between entries: keys that refer to nothing, duplicates, numbers that are invalid in their country.

Works on the entries as read, one by one, so that one problem of shape does not hide the problems of the others.
"""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from simulator.billing import countries, units
from simulator.directory.countries import BY_CODE
from simulator.directory.roles import BY_NAME, Level, Role
from simulator.documents.accounts.accounts import SERVICE

from . import names
from .crowds import MOST_COMPANIES, company_key
from .identifiers import FORMS, compact
from .index import Index, IndexedCompany, IndexedCustomer, IndexedPerson, entries, text_in, words_in
from .problems import Problem
from .vocabulary import ALL, describe

VERIFIED_ONLY = "another access point than AutoInvoice's for a company that is not verified, which cannot receive through it"


class References:
    """Checks the references of one scenario or overlay and collects its problems.

    Args:
        raw: the entries as read.
        below: the index of the sandbox below an overlay; None for a scenario.
    """

    def __init__(self, raw: dict[str, Any], below: Index | None = None) -> None:
        self.raw = raw
        self.before = below or Index()
        self.index = deepcopy(self.before)
        self.problems: list[Problem] = []
        if self.index.country is None and isinstance(raw.get("country"), str):
            self.index = replace(self.index, country=raw["country"])

    def check(self) -> list[Problem]:
        """Return all problems, in the order of the sections."""
        self._once("customers", "key", "number")
        self._once("companies", "key")
        self._once("people", "key", "email", fold=True)
        self._once("crowds", "key")
        self._once("access_points", "key")
        for section in ("company_groups", "role_groups", "user_groups"):
            self._once(section, "key")
        self._customers()
        self._companies()
        self._crowds()
        self._access_points()
        self._learn_people()
        self._people()
        self._task()
        self._grants()
        self._groups()
        self._contracts()
        self._charges()
        self._documents()
        self._participants()
        self._clients()
        self._applications()
        return self.problems

    def _fault(self, where: str, expected: str, value: object) -> None:
        self.problems.append((where, f"expected {expected}, found {describe(value)}"))

    def _once(self, section: str, *keys: str, fold: bool = False) -> None:
        """Check that the values of these keys are unique in a section."""
        for key in keys:
            seen: dict[str, int] = {}
            for at, entry in entries(self.raw, section):
                value = text_in(entry, key)
                if value is None:
                    continue
                value = value.strip().lower() if fold else value
                if value in seen:
                    self._fault(f"{section}.{at}.{key}", f"each {key} once (it stands at {section}.{seen[value]})", value)
                seen.setdefault(value, at)

    def _names(self, where: str, key: str | None, among: Iterable[str], kind: str) -> bool:
        """Return whether a key refers to something, and report it if not. A missing key is a problem of shape."""
        if key is None or key in among:
            return key is not None
        self._fault(where, f"the key of {kind}", key)
        return False

    def _customers(self) -> None:
        for at, entry in entries(self.raw, "customers"):
            key = text_in(entry, "key")
            if key is None:
                continue
            old = self.before.customers.get(key)
            number = text_in(entry, "number") or (old.number if old else "")
            holder = next(
                (name for name, other in self.before.customers.items() if other.number == number and name != key), None
            )
            if number and holder:
                self._fault(f"customers.{at}.number", f"a number that no other customer has ({holder!r} has it)", number)
            sold = {text_in(licence, "product") for _, licence in entries(entry, "licences")}
            country = text_in(entry, "country") or (old.country if old else self.index.country)
            products = (old.products if old else set()) | {product for product in sold if product}
            self.index.customers[key] = IndexedCustomer(number, country, products)
            self._licences(f"customers.{at}", entry)
            self._domains(f"customers.{at}", entry)

    def _licences(self, where: str, entry: dict[str, Any]) -> None:
        seen: set[tuple[str | None, str | None]] = set()
        for at, licence in entries(entry, "licences"):
            begins = (text_in(licence, "product"), text_in(licence, "valid_from"))
            if begins in seen:
                self._fault(f"{where}.licences.{at}", "one licence for a product and day of beginning", begins[0])
            seen.add(begins)

    def _domains(self, where: str, entry: dict[str, Any]) -> None:
        seen: set[str] = set()
        for at, domain in entries(entry, "domains"):
            name = (text_in(domain, "domain") or "").strip().lower()
            if name and name in seen:
                self._fault(f"{where}.domains.{at}.domain", "each domain of a customer once", name)
            seen.add(name)

    def _contracts(self) -> None:
        for section in ("contracts", "corrections"):
            for at, entry in entries(self.raw, section):
                self._names(f"{section}.{at}.company", text_in(entry, "company"), self.index.companies, "a company")
        for at, entry in entries(self.raw, "contracts"):
            company = self.index.companies.get(text_in(entry, "company") or "")
            customer = self.index.customers.get(company.customer) if company else None
            for number, order in entries(entry, "orders"):
                product = text_in(order, "product")
                if customer is not None and product and product not in customer.products:
                    self._fault(
                        f"contracts.{at}.orders.{number}.product",
                        "a product that the company's customer has a licence of",
                        product,
                    )

    def _companies(self) -> None:
        numbers = {(company.country, company.organisation_number): key for key, company in self.before.companies.items()}
        for at, entry in entries(self.raw, "companies"):
            key, old = text_in(entry, "key"), self.before.companies.get(text_in(entry, "key") or "")
            if key == ALL:
                self._fault(f"companies.{at}.key", f"another key than {ALL!r}, which stands for all companies", key)
            owner = text_in(entry, "customer") or (old.customer if old else None)
            self._names(f"companies.{at}.customer", owner, self.index.customers, "a customer")
            customer = self.index.customers.get(owner or "")
            country = text_in(entry, "country") or (
                old.country if old else customer.country if customer else self.index.country
            )
            number = text_in(entry, "organisation_number")
            number = compact(number) if number else old.organisation_number if old else None
            form = FORMS.get(country or "")
            if number and form and not form.is_valid(number):
                self._fault(f"companies.{at}.organisation_number", form.expected, text_in(entry, "organisation_number"))
            elif number and numbers.get((country, number), key) != key:
                taken = f"a number that no other company has ({numbers[country, number]!r} has it)"
                self._fault(f"companies.{at}.organisation_number", taken, number)
            vat_number = text_in(entry, "vat_number")
            if vat_number and country in BY_CODE and not BY_CODE[country].is_vat_number(compact(vat_number).upper()):
                self._fault(f"companies.{at}.vat_number", f"a VAT number of {country}", vat_number)
            if key and number:
                numbers[country, number] = key
            if key:
                services = set(words_in(entry["services"])) if "services" in entry else old.services if old else set()
                account = entry["autoinvoice"] if isinstance(entry.get("autoinvoice"), dict) else {}
                verified = account.get("verified", old.verified if old else True) is not False
                self.index.companies[key] = IndexedCompany(owner or "", country, number or "", services, verified)
                if entry.get("autoinvoice") is not None and SERVICE not in services:
                    self._fault(f"companies.{at}.autoinvoice", f"{SERVICE} among services beside it", sorted(services))

    def _crowds(self) -> None:
        for at, entry in entries(self.raw, "crowds"):
            where, key, owner = f"crowds.{at}", text_in(entry, "key"), text_in(entry, "customer")
            self._names(f"{where}.customer", owner, self.index.customers, "a customer")
            customer = self.index.customers.get(owner or "")
            if customer is not None and customer.country not in names.words():
                there = ", ".join(names.words())
                self._fault(f"{where}.customer", f"a customer in one of {there}, whose names are known", customer.country)
            role, services = BY_NAME.get(text_in(entry, "role") or ""), set(words_in(entry.get("services")))
            if role and role.level is Level.CUSTOMER:
                self._fault(f"{where}.role", "a role that is given on companies", role.name)
            elif role and role.service and role.service not in services:
                self._fault(
                    f"{where}.services", f"{role.service} among them, because {role.name} belongs to it", sorted(services)
                )
            how_many = entry.get("companies")
            for number in range(1, how_many + 1 if type(how_many) is int and 0 < how_many <= MOST_COMPANIES else 1):
                name = company_key(key or "", number)
                if name in self.index.companies:
                    self._fault(f"{where}.key", f"a key that makes no key of a company anew ({name!r} is there)", key)
                    break
                self.index.companies[name] = IndexedCompany(
                    owner or "", customer.country if customer else None, "", services
                )

    def _access_points(self) -> None:
        for at, entry in entries(self.raw, "access_points"):
            key = text_in(entry, "key")
            if entry.get("ours") is True and any(ours for name, ours in self.index.access_points.items() if name != key):
                self._fault(f"access_points.{at}.ours", "one access point that is ours", True)
            if key:
                self.index.access_points[key] = entry.get("ours") is True

    def _task(self) -> None:
        task = self.raw.get("task")
        person = text_in(task, "person") if isinstance(task, dict) else None
        if person and person not in {other.key for other in self.index.people.values()}:
            self._fault("task.person", "the key of a person", person)

    def _learn_people(self) -> None:
        for at, entry in entries(self.raw, "people"):
            key, email = text_in(entry, "key"), (text_in(entry, "email") or "").strip().lower()
            holder = next((mail for mail, other in self.before.people.items() if key and other.key == key), None)
            if email in self.before.people and holder is not None and holder != email:
                self._fault(f"people.{at}.email", f"an address that nobody else has ({key!r} has {holder})", email)
            if holder and holder != email:
                self.index.people[email] = self.index.people.pop(holder)
            elif email:
                old = self.index.people.get(email)
                self.index.people[email] = IndexedPerson(
                    key or (old.key if old else None), old.primary_contact if old else set()
                )

    def _people(self) -> None:
        contacts: dict[str, int] = {}
        for at, entry in entries(self.raw, "people"):
            where = f"people.{at}"
            for section in ("customers", "primary_contact"):
                for key in words_in(entry.get(section)):
                    self._names(f"{where}.{section}", key, self.index.customers, "a customer")
            for key in words_in(entry.get("primary_contact")):
                if key in contacts:
                    self._fault(
                        f"{where}.primary_contact", f"one primary contact of {key} (people.{contacts[key]} is it)", key
                    )
                contacts.setdefault(key, at)
            if text_in(entry, "a company"):
                self._names(f"{where}.company", text_in(entry, "company"), self.index.companies, "a company")
            for number, grant in entries(entry, "grants"):
                self._grant(f"{where}.grants.{number}", grant)
            for number, access in entries(entry, "support_access"):
                self._names(
                    f"{where}.support_access.{number}.customer",
                    text_in(access, "customer"),
                    self.index.customers,
                    "a customer",
                )

    def _grants(self) -> None:
        for at, grant in entries(self.raw, "grants"):
            person = text_in(grant, "person")
            if person and self.index.email_of(person) is None:
                self._fault(f"grants.{at}.person", "the key or address of a person", person)
            self._grant(f"grants.{at}", grant)

    def _grant(self, where: str, grant: dict[str, Any]) -> None:
        role = BY_NAME.get(text_in(grant, "role") or "")
        for key in words_in(grant.get("on")):
            if key == ALL or key in self.index.companies:
                for company in self.index.companies if key == ALL else [key]:
                    self._opens_something(f"{where}.on", role, company)
            elif key not in self.index.customers:
                self._fault(f"{where}.on", "the key of a company or customer", key)
            elif role and role.level is Level.COMPANY:
                self._fault(f"{where}.on", f"the key of a company, because {role.name} is given on companies", key)

    def _opens_something(self, where: str, role: Role | None, company: str) -> None:
        if role and role.service and role.service not in self.index.companies[company].services:
            self._fault(where, f"a company where {role.service} is active, because {role.name} belongs to it", company)

    def _groups(self) -> None:
        for section, index in (("company_groups", self.index.company_groups), ("role_groups", self.index.role_groups)):
            for at, entry in entries(self.raw, section):
                owner = text_in(entry, "customer")
                self._names(f"{section}.{at}.customer", owner, self.index.customers, "a customer")
                index[text_in(entry, "key") or ""] = owner or ""
                for company in words_in(entry.get("companies")):
                    self._belongs(f"{section}.{at}.companies", company, owner)
        for at, entry in entries(self.raw, "user_groups"):
            where, owner = f"user_groups.{at}", text_in(entry, "customer")
            self._names(f"{where}.customer", owner, self.index.customers, "a customer")
            for member in words_in(entry.get("members")):
                if self.index.email_of(member) is None:
                    self._fault(f"{where}.members", "the key or address of a person", member)
            for number, access in entries(entry, "access"):
                self._group_access(f"{where}.access.{number}", access, owner)

    def _group_access(self, where: str, access: dict[str, Any], owner: str | None) -> None:
        role_group = text_in(access, "role_group")
        if role_group and self.index.role_groups.get(role_group) != owner:
            self._fault(f"{where}.role_group", "the key of a role group of the same customer", role_group)
        role = BY_NAME.get(text_in(access, "role") or "")
        for key in words_in(access.get("on")):
            if key in self.index.companies:
                self._belongs(f"{where}.on", key, owner)
                self._opens_something(f"{where}.on", role, key)
            elif key != owner and self.index.company_groups.get(key) != owner:
                self._fault(
                    f"{where}.on", "the key of a company or company group of the same customer, or of the customer", key
                )
            elif role and key == owner and role.level is Level.COMPANY:
                self._fault(f"{where}.on", f"the key of a company, because {role.name} is given on companies", key)
            elif role and key != owner and not role.fits(Level.COMPANY):
                self._fault(f"{where}.on", f"the key of a customer, because {role.name} is given on customers", key)

    def _belongs(self, where: str, key: str, owner: str | None) -> None:
        company = self.index.companies.get(key)
        if key != ALL and (company is None or company.customer != owner):
            self._fault(where, "the key of a company of the same customer", key)

    def _charges(self) -> None:
        for at, entry in entries(self.raw, "charges"):
            codes = [text_in(entry, "unit")] if entry.get("unit") else list(entry.get("units") or {})
            product = text_in(entry, "product") or "autoinvoice"
            for section in ("company", "companies"):
                for key in words_in(entry.get(section)):
                    if section == "companies" and key == ALL:
                        continue
                    if self._names(f"charges.{at}.{section}", key, self.index.companies, "a company"):
                        self._billable(f"charges.{at}", section, self.index.companies[key], product, codes)

    def _billable(self, where: str, section: str, company: IndexedCompany, product: str, codes: list[Any]) -> None:
        customer = self.index.customers.get(company.customer)
        if customer is None:
            return
        if product not in customer.products:
            self._fault(f"{where}.{section}", f"a company whose customer has a licence for {product}", company.customer)
        country = countries.catalogue().get(customer.country or "")
        for code in codes:
            unit = units.catalogue().get(str(code))
            if unit and country and country.currency not in unit.prices:
                self._fault(f"{where}.unit", f"a unit that has a price in {country.currency}", code)

    def _documents(self) -> None:
        for at, entry in entries(self.raw, "documents"):
            where, key = f"documents.{at}", text_in(entry, "company")
            if self._names(f"{where}.company", key, self.index.companies, "a company"):
                self._has_autoinvoice(where, self.index.companies[key or ""], key)
            party = entry.get("party")
            if isinstance(party, dict):
                number = text_in(party, "organisation_number")
                company = self.index.companies.get(key or "")
                form = FORMS.get(text_in(party, "country") or (company.country if company else None) or "")
                if number and form and not form.is_valid(compact(number)):
                    self._fault(f"{where}.party.organisation_number", form.expected, number)

    def _has_autoinvoice(self, where: str, company: IndexedCompany, key: str | None) -> None:
        customer = self.index.customers.get(company.customer)
        if SERVICE not in company.services:
            self._fault(f"{where}.company", f"a company where {SERVICE} is active", key)
        elif customer is not None and SERVICE not in customer.products:
            self._fault(f"{where}.company", f"a company whose customer has a licence for {SERVICE}", company.customer)

    def _participants(self) -> None:
        for at, entry in entries(self.raw, "participants"):
            where = f"participants.{at}"
            self._names(f"{where}.access_point", text_in(entry, "access_point"), self.index.access_points, "an access point")
            key, number = text_in(entry, "company"), text_in(entry, "organisation_number")
            self._names(f"{where}.company", key, self.index.companies, "a company")
            country = text_in(entry, "country") or self.index.country or ""
            form = FORMS.get(country)
            if number and form and not form.is_valid(compact(number)):
                self._fault(f"{where}.organisation_number", form.expected, number)
            company = self.index.companies.get(key) if key else self._company_with(country, compact(number or ""))
            if (
                company is not None
                and not company.verified
                and self.index.access_points.get(text_in(entry, "access_point") or "")
            ):
                self._fault(f"{where}.access_point", VERIFIED_ONLY, text_in(entry, "access_point"))

    def _clients(self) -> None:
        self._once("clients", "key", "company")
        for at, entry in entries(self.raw, "clients"):
            where, key, owner = f"clients.{at}", text_in(entry, "company"), text_in(entry, "customer")
            self._names(f"{where}.company", key, self.index.companies, "a company")
            self._names(f"{where}.customer", owner, self.index.customers, "a customer")
            company, customer = self.index.companies.get(key or ""), self.index.customers.get(owner or "")
            country = text_in(entry, "country") or (company.country if company else customer.country if customer else None)
            self._check_number(where, entry, country)
            for number, buyer in entries(entry, "buyers"):
                self._check_number(f"{where}.buyers.{number}", buyer, text_in(buyer, "country") or country)
            self._invoices(where, entry)

    def _applications(self) -> None:
        for at, entry in entries(self.raw, "applications"):
            for number, webhook in entries(entry, "webhooks"):
                where = f"applications.{at}.webhooks.{number}.tenant"
                self._names(where, text_in(webhook, "tenant"), self.index.customers, "a customer")

    def _check_number(self, where: str, entry: dict[str, Any], country: str | None) -> None:
        number, form = text_in(entry, "organisation_number"), FORMS.get(country or "")
        if number and form and not form.is_valid(compact(number)):
            self._fault(f"{where}.organisation_number", form.expected, number)

    def _invoices(self, where: str, client: dict[str, Any]) -> None:
        numbers = {text_in(buyer, "number") for _, buyer in entries(client, "buyers")}
        for at, invoice in entries(client, "invoices"):
            buyer = text_in(invoice, "buyer")
            if buyer is not None and buyer not in numbers and not self.before.companies:
                self._fault(f"{where}.invoices.{at}.buyer", "the number of one of the client's buyers", buyer)

    def _company_with(self, country: str, number: str) -> IndexedCompany | None:
        matches = (company for company in self.index.companies.values() if company.organisation_number == number)
        return next((company for company in matches if company.country == country), None)

"""Malformed scenarios: every fault is told at once, with file, path, what was expected and what was found."""

from collections.abc import Callable

import pytest

from seed import model, person_entries
from seed.dates import GRAMMAR
from seed.vocabulary import SERVICES, any_of
from simulator.billing import products, units
from simulator.directory import roles
from tests.seed.conftest import SMALL

Faults = Callable[[str], list[tuple[str, str]]]

COMPANY = "  - {key: shop, customer: owner, name: Shop, organisation_number: 99999901, services: [autoinvoice]}\n"
CHARGE = "  - {company: shop, unit: EMAIL, day: -40 days, quantity: 3}\n"

TABLE = [
    (
        "time_zone: Europe/Amsterdam",
        "time_zone: Europe/Utrecht",
        "time_zone",
        "expected a time zone such as Europe/Amsterdam, found 'Europe/Utrecht'",
    ),
    ("language: nl", "language: de", "language", "expected one of en, nl, nb, sv, found 'de'"),
    (
        "country: NL",
        "country: NO",
        "companies.0.organisation_number",
        "expected a Norwegian organisation number of 9 digits with the right check digit, found '99999901'",
    ),
    ("name: small", "name: other", "name", "expected the file's name 'small', found 'other'"),
    ("title: Small\n", "", "title", "expected this key, found nothing"),
    (
        "title: Small\n",
        "title: Small\ncolour: red\n",
        "colour",
        f"expected one of the keys {', '.join(model.Scenario.model_fields)}; found 'colour'",
    ),
    (
        "number: 100",
        "number: [1]",
        "customers.0.number",
        "expected a number of 1 to 20 digits and letters, in quotes when it begins with 0, found a list",
    ),
    (
        "valid_from: -1 year",
        "valid_from: last year",
        "customers.0.licences.0.valid_from",
        f"expected {GRAMMAR}, found 'last year'",
    ),
    (
        "valid_from: -1 year",
        "valid_from: 2021-02-30",
        "customers.0.licences.0.valid_from",
        f"expected {GRAMMAR}, found '2021-02-30'",
    ),
    (
        "product: autoinvoice,",
        "product: abacus,",
        "customers.0.licences.0.product",
        f"expected {any_of(products.BY_CODE)}, found 'abacus'",
    ),
    (
        "product: autoinvoice,",
        "product: expense,",
        "charges.0.company",
        "expected a company whose customer has a licence for autoinvoice, found 'owner'",
    ),
    ("customer: owner,", "customer: nobody,", "companies.0.customer", "expected the key of a customer, found 'nobody'"),
    (
        "organisation_number: 99999901",
        "organisation_number: 9999990",
        "companies.0.organisation_number",
        "expected a Dutch KvK number of 8 digits, found '9999990'",
    ),
    (
        "services: [autoinvoice]",
        "services: [abacus]",
        "companies.0.services.0",
        f"expected {any_of(SERVICES)}, found 'abacus'",
    ),
    (
        COMPANY,
        COMPANY + COMPANY.replace("99999901", "99999902"),
        "companies.1.key",
        "expected each key once (it stands at companies.0), found 'shop'",
    ),
    (
        COMPANY,
        COMPANY + COMPANY.replace("key: shop", "key: shop2"),
        "companies.1.organisation_number",
        "expected a number that no other company has ('shop' has it), found '99999901'",
    ),
    (
        "administrator@owner.example",
        "administrator@owner",
        "people.0.email",
        "expected an e-mail address, found 'administrator@owner'",
    ),
    (
        "password: Rietkraag!11",
        "password: simple",
        "people.0.password",
        "expected a password that keeps the rules (length, digit, upper, special), found 'simple'",
    ),
    ("    password: Rietkraag!11\n", "", "people.0", "expected a password, because the person is active, found nothing"),
    (
        "    password: Rietkraag!11\n",
        "    status: asleep\n",
        "people.0.status",
        "expected one of active, not_activated, locked, inactive, found 'asleep'",
    ),
    (
        "    password: Rietkraag!11\n",
        "    password: Rietkraag!11\n    colour: red\n",
        "people.0.colour",
        f"expected one of the keys {', '.join(person_entries.Person.model_fields)}; found 'colour'",
    ),
    (
        "    password: Rietkraag!11\n",
        "    password: Rietkraag!11\n    sms: '+31 6 99999901'\n",
        "people.0",
        "expected two_step: true beside sms, found false",
    ),
    (
        "    password: Rietkraag!11\n",
        "    password: Rietkraag!11\n    lost_phone: true\n",
        "people.0",
        "expected two_step: true, security_keys or passkeys beside lost_phone, found false",
    ),
    (
        "    password: Rietkraag!11\n",
        "    password: Rietkraag!11\n    two_step: true\n    emergency_code: abcd\n",
        "people.0.emergency_code",
        "expected an emergency code such as ABCD-EFGH-JKLM-NPQR-STUV, or 'lost' when nobody knows it, found 'abcd'",
    ),
    (
        "    password: Rietkraag!11\n",
        "    password: Rietkraag!11\n    terms: maybe\n",
        "people.0.terms",
        "expected true or false, found 'maybe'",
    ),
    (
        "    password: Rietkraag!11\n",
        "    status: not_activated\n    activation_sent: -3 days\n",
        "people.0",
        "expected activation beside activation_sent, found nothing",
    ),
    (
        "    name: Owner\n",
        "    name: Owner\n    require_two_step: often\n",
        "customers.0.require_two_step",
        "expected true or false, found 'often'",
    ),
    (
        "    password: Rietkraag!11\n",
        "    password: Rietkraag!11\n    code_domains: [owner.example, owner]\n",
        "people.0.code_domains",
        "expected an e-mail domain such as office.example, or a list of them, found a list",
    ),
    (
        "role: Customer administrator",
        "role: Caretaker",
        "people.0.grants.0.role",
        f"expected {any_of(roles.BY_NAME)}, found 'Caretaker'",
    ),
    ("on: owner", "on: nobody", "people.0.grants.0.on", "expected the key of a company or customer, found 'nobody'"),
    (
        "role: Customer administrator",
        "role: Autoinvoice user",
        "people.0.grants.0.on",
        "expected the key of a company, because Autoinvoice user is given on companies, found 'owner'",
    ),
    ("unit: EMAIL", "unit: PIGEON", "charges.0.unit", f"expected {any_of(units.catalogue())}, found 'PIGEON'"),
    (
        "quantity: 3",
        "quantity: 0",
        "charges.0.quantity",
        "expected a number of at least 1, or a range such as 2..9, found 0",
    ),
    (
        "quantity: 3",
        "quantity: 9..2",
        "charges.0.quantity",
        "expected a number of at least 1, or a range such as 2..9, found '9..2'",
    ),
    ("company: shop, unit", "company: market, unit", "charges.0.company", "expected the key of a company, found 'market'"),
    ("day: -40 days, ", "", "charges.0", "expected either day or from with days_a_month, found nothing"),
    ("charges:\n", "charges:\n  - shop\n", "charges.0", "expected keys, found 'shop'"),
    (CHARGE, "  {}\n", "charges", "expected a list, found keys"),
    (
        "charges:\n",
        "participants:\n  - {company: shop, access_point: none}\ncharges:\n",
        "participants.0.access_point",
        "expected the key of an access point, found 'none'",
    ),
]


@pytest.mark.parametrize(("old", "new", "where", "what"), TABLE, ids=[f"{row[2]}-{at}" for at, row in enumerate(TABLE)])
def test_a_fault_names_file_and_path_and_says_what_was_expected_and_found(
    faults_of: Faults, old: str, new: str, where: str, what: str
) -> None:
    assert old in SMALL
    assert (f"small.yaml: {where}", what) in faults_of(SMALL.replace(old, new, 1))


def test_the_small_scenario_has_no_fault(faults_of: Faults) -> None:
    assert faults_of(SMALL) == []


def test_faults_of_shape_and_faults_between_entries_are_told_at_once(faults_of: Faults) -> None:
    text = SMALL.replace("language: nl", "language: de").replace("on: owner", "on: nobody").replace("EMAIL", "PIGEON")
    assert [where.removeprefix("small.yaml: ") for where, _ in faults_of(text)] == [
        "charges.0.unit",
        "language",
        "people.0.grants.0.on",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name: [a\n", ("small.yaml, line 2, column 1", "expected YAML, found a fault: did not find expected ',' or ']'")),
        (
            "name: a\n\tb: c",
            (
                "small.yaml, line 2, column 1",
                "expected YAML, found a fault: found a tab character that violates indentation",
            ),
        ),
        (
            "name: a\npeople:\n  - {email: x, email: y}",
            ("small.yaml, line 3, column 16: people.0.email", "expected each key once, found it twice"),
        ),
        ("", ("small.yaml", "expected keys such as 'name: …', found nothing")),
        ("- a\n- b", ("small.yaml", "expected keys such as 'name: …', found a list")),
        ("a: &x [*x]", ("small.yaml, line 1, column 4", "expected YAML, found a fault: an alias of itself")),
    ],
)
def test_a_text_that_is_not_yaml_is_told_with_line_and_column(faults_of: Faults, text: str, fault: tuple[str, str]) -> None:
    assert faults_of(text) == [fault]


def test_a_country_is_not_taken_for_a_no(faults_of: Faults) -> None:
    text = SMALL.replace("country: NL", "country: NO").replace("99999901", "310000019")
    assert faults_of(text) == []

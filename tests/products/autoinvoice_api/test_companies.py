"""Calls about companies: registering, identity check, settings, networks, users, look-ups, what was used."""

from datetime import timedelta
from typing import Any

import pytest

from simulator.app import Platform
from simulator.core import jobs
from simulator.core.sandbox import Sandbox
from simulator.directory.models import Company, Person, Status
from simulator.documents.accounts import accounts
from tests.products.autoinvoice_api.conftest import Program, invoice, program_of
from tests.products.autoinvoice_api.test_bad_uploads import new_company
from tests.visits import store_of


def register(program: Program, country: str, number: str, **more: str) -> Any:
    """Register a company, and return what is answered."""
    fields = new_company(program, country, number, **more)
    return program.platform.test_client().post(program.path("/v1/companies"), data=fields)


@pytest.mark.parametrize(
    ("country", "bid", "no_vat", "number"),
    [
        ("NO", "NO310000094MVA", "false", "310000094"),
        ("NO", "310000094", "true", "310000094"),
        ("SE", "SE999999002201", "false", "9999990022"),
        ("NL", "99999904", "true", "99999904"),
        ("FI", "9999904-4", "true", "99999044"),
        ("DK", "99999039", "true", "99999039"),
    ],
)
def test_a_company_is_registered_and_is_not_verified(
    platform: Platform, program: Program, sandbox: Sandbox, country: str, bid: str, no_vat: str, number: str
) -> None:
    made = register(program, country, bid, no_vat=no_vat)
    assert made.status_code == 201, made.text
    with sandbox.reading() as db:
        account = accounts.by_uuid(db, made.get_json()["id"])
        assert account is not None
        assert (account.company.organisation_number, account.verified) == (number, False)
    new = Program(platform, program.keys | {"client_id": made.get_json()["id"]})
    assert new.get("/v1/company/authorization")["company_state"] == "UNVERIFIED"
    assert made.get_json()["id"] in [item["id"] for item in new.get("/v1/companies", bid=number, country=country)]


def test_a_company_that_is_registered_is_not_registered_again(program: Program) -> None:
    answer = register(program, "NO", "310000019")
    assert answer.status_code == 409
    assert answer.get_json()["message"] == "REGISTRATION FAILED, BID ALREADY TAKEN"


@pytest.mark.parametrize("key", ["vendor_api_key", "user_api_key"])
def test_a_company_is_registered_with_good_keys_only(program: Program, key: str) -> None:
    assert register(program, "NO", "310000094", **{key: "wrong"}).status_code == 401


def test_a_company_is_registered_with_all_that_is_needed(program: Program) -> None:
    fields = new_company(program, "NO", "310000094")
    del fields["address1"], fields["email"]
    answer = program.platform.test_client().post(program.path("/v1/companies"), data=fields)
    assert (answer.status_code, answer.get_json()["details"]) == (400, ["address1: is missing", "email: is missing"])


def test_the_identity_check_is_asked_for_and_followed(platform: Platform) -> None:
    program = program_of(platform, "unverified")
    fields = {"auth_email": "signatory@fjordlys.example", "locale": "NO"}
    answer = program.call("POST", "/v1/company/authorization", json=fields)
    assert (answer.status_code, answer.get_json()["status"]) == (200, "PENDING")
    program.run()
    content = program.get("/v1/company/authorization")
    assert content == {"auth_state": "SENT", "auth_email": "signatory@fjordlys.example", "company_state": "UNVERIFIED"}
    assert program.get(f"/v1/companies/{program.keys['client_id']}/status") == content
    assert program.call("GET", "/v1/companies/none/status").status_code == 404


def test_settings_are_changed_and_read(program: Program) -> None:
    expected = {
        "details": {"email": "ny@fjordlys.example"},
        "address": {"street_address": "Prøveveien 7", "post_code": "0007", "city": "Oslo"},
        "invoice_notifications": {
            "on_receiving": {"enabled": True, "how_to_send": "OTHER_EMAIL", "other_email": "inn@fjordlys.example"},
            "on_send_errors": {"to_user": False, "to_emails": ["feil@fjordlys.example"]},
        },
        "send_invoice_email": {
            "how_to_send": "WITH_LINK",
            "content_data": {"note_to_receiver": "Hei", "contact": {"name": "Ola"}},
        },
        "send_invoice_print": {"enabled": True, "color_scheme": "COLORED", "letter_class": "ECONOMY"},
        "send_invoice_general": {"stop_duplicate_numbers": False, "hold_multiple_recipients": True},
        "email_reports": {"report_interval": "weekly"},
    }
    answer = program.call("PATCH", "/v1/company/settings", json=expected)
    assert answer.status_code == 204, answer.text
    details = program.get("/v1/company/settings")
    assert_holds(details, expected)
    assert set(program.get("/v1/company/settings", **{"fields[]": "address"})) == {"address"}


def assert_holds(result: Any, expected: Any) -> None:
    """See that what is found holds what is wanted, and maybe more."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            assert_holds(result[name], value)
    else:
        assert result == expected


@pytest.mark.parametrize(
    ("body", "status", "what"),
    [
        ({"send_invoice_email": {"how_to_send": "BY_PIGEON"}}, 400, "send_invoice_email.how_to_send"),
        ({"details": {"email": "nobody"}}, 400, "details.email"),
        ({"details": {"nickname": "x"}}, 400, "details.nickname"),
        ({"logos": {"pdf": {"content": "x"}}}, 422, "logos"),
        ({"details": {"bid": "310000035"}}, 422, "details.bid"),
        ({"address": {"country": "SE"}}, 422, "address.country"),
        ({"invoice_notifications": {"on_receiving": {"how_to_send": "OTHER_EMAIL"}}}, 400, "other_email"),
        ({"send_invoice_general": []}, 400, "send_invoice_general"),
    ],
)
def test_settings_that_are_not_right_are_refused_by_name(program: Program, body: Any, status: int, what: str) -> None:
    before = program.get("/v1/company/settings")
    answer = program.call("PATCH", "/v1/company/settings", json=body)
    assert answer.status_code == status, answer.text
    assert what in answer.get_json()["details"][0]
    assert program.get("/v1/company/settings") == before


def test_a_company_leaves_elma_and_joins_it_again(program: Program) -> None:
    (before,) = program.get("/v1/company/profiles", **{"network[]": "PEPPOL"})
    assert (before["status"], before["scheme"], before["endpoint_id"]) == ("active", "0192", "310000019")
    assert program.call("DELETE", f"/v1/company/profiles/{before['id']}").status_code == 204
    program.run()
    assert program.get("/v1/company/profiles", network="PEPPOL") == []
    assert program.get("/v1/lookup/receivers", network="PEPPOL", bid="310000019") == []
    made = program.call("POST", "/v1/company/profiles", json={})
    assert made.status_code == 201, made.text
    assert made.get_json()["id"] == before["id"]
    program.run()
    assert program.get(f"/v1/company/profiles/{before['id']}") == before
    again = program.call("POST", "/v1/company/profiles", json={"network": "PEPPOL"})
    assert (again.status_code, again.get_json()["code"]) == (422, "profile_name_conflict")


def test_a_company_of_another_access_point_cannot_be_registered(platform: Platform) -> None:
    program = program_of(platform, "elsewhere")
    answer = program.call("POST", "/v1/company/profiles", json={"network": "PEPPOL"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "profile_eia_conflict")
    assert answer.get_json()["details"]


def test_an_address_that_is_not_the_companys_is_refused(program: Program) -> None:
    fields = {"network": "PEPPOL", "scheme": "0192", "endpoint_id": "310000035"}
    answer = program.call("POST", "/v1/company/profiles", json=fields)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "profile_eia_bid_conflict")


def test_an_address_that_cannot_be_made_of_the_number_is_refused(program: Program, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        db.query(Company).filter_by(key="unregistered").one().organisation_number = "123456789"
    other = program_of(program.platform, "unregistered")
    answer = other.call("POST", "/v1/company/profiles", json={"network": "PEPPOL"})
    assert answer.status_code == 422
    assert answer.get_json()["message"] == "Could not auto-generate scheme and endpoint_id from company business id"


def test_the_master_switch_stays_on_while_other_networks_are_open(program: Program) -> None:
    (visma,) = program.get("/v1/company/profiles", network="VISMA")
    answer = program.call("DELETE", f"/v1/company/profiles/{visma['id']}")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "profile_deletion_not_allowed")


def test_a_network_that_is_not_simulated_says_so(program: Program) -> None:
    answer = program.call("POST", "/v1/company/profiles", json={"network": "INEXCHANGE"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "profile_not_supported")


def test_scanning_is_opened_and_closed(program: Program) -> None:
    result = program.get("/v1/company/profiles", network="SCAN")
    if result:
        assert program.call("DELETE", f"/v1/company/profiles/{result[0]['id']}").status_code == 204
    made = program.call("POST", "/v1/company/profiles", json={"network": "SCAN"})
    assert (made.status_code, made.get_json()["network"]) == (201, "SCAN")
    assert program.call("DELETE", f"/v1/company/profiles/{made.get_json()['id']}").status_code == 204
    assert program.call("GET", f"/v1/company/profiles/{made.get_json()['id']}").status_code == 404


def test_a_new_user_gets_a_key_that_works(platform: Platform, program: Program, sandbox: Sandbox) -> None:
    fields = {"email": "ny.bruker@fjordlys.example", "first_name": "Ny", "last_name": "Bruker", "user_role": "USER"}
    made = program.call("POST", "/v1/company/users", json=fields)
    assert made.status_code == 201, made.text
    user = made.get_json()
    assert (user["role"], user["email"]) == ("USER", fields["email"])
    assert program.get(f"/v1/company/users/{user['id']}")["first_name"] == "Ny"
    theirs = Program(platform, program.keys | {"client_secret": user["api_key"]})
    assert theirs.ask_token().status_code == 401, "the account is not activated yet"
    with sandbox.transaction() as db:
        db.get_one(Person, int(user["id"])).status = Status.ACTIVE
    assert theirs.get("/oauth2/current")["user"]["id"] == user["id"]


def test_a_user_gets_another_role_other_names_and_goes(program: Program) -> None:
    fields = {"email": "ny.bruker@fjordlys.example", "first_name": "Ny"}
    id_ = program.call("POST", "/v1/company/users", json=fields).get_json()["id"]
    assert program.call("POST", f"/v1/company/users/{id_}/roles", json={"user_role": "ADMIN"}).status_code == 204
    change = {"first_name": "Kari", "emails_disabled": True}
    assert program.call("PATCH", f"/v1/company/users/{id_}", json=change).status_code == 204
    details = program.get(f"/v1/company/users/{id_}")
    assert (details["role"], details["first_name"], details["emails_disabled"]) == ("ADMIN", "Kari", True)
    assert program.call("DELETE", f"/v1/company/users/{id_}").status_code == 204
    assert program.call("GET", f"/v1/company/users/{id_}").status_code == 404


def test_a_company_keeps_an_administrator(program: Program) -> None:
    own = program.get("/oauth2/current")["user"]["id"]
    answer = program.call("DELETE", f"/v1/company/users/{own}")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "last_administrator")


def test_users_of_another_company_are_not_seen(platform: Platform, program: Program) -> None:
    supplier = program_of(platform, "supplier").get("/oauth2/current")["user"]["id"]
    assert program.call("GET", f"/v1/company/users/{supplier}").status_code == 404
    assert program.call("GET", "/v1/company/users/x").status_code == 404


def test_receivers_are_looked_up_by_address_number_and_name(program: Program) -> None:
    for query in ({"eia": "0192:312002205"}, {"bid": "312002205"}):
        (result,) = program.get("/v1/lookup/receivers", network=["PEPPOL", "INTERNAL"], **query)
        assert (result["eia"], result["network"], result["participant"]["bid"]) == ("0192:312002205", "PEPPOL", "312002205")
        assert "INVOICE" in [item["document_type"] for item in result["document_types"]]
    assert program.get("/v1/lookup/receivers", network="PEPPOL", name="Finnes ikke AS") == []
    for wrong in ({"network": "PEPPOL"}, {"bid": "312002205"}, {"network": "PEPPOL", "eia": "nothing"}):
        assert program.call("GET", "/v1/lookup/receivers", query_string=wrong).status_code == 400


def test_consumers_are_found_nowhere_and_that_is_said(program: Program) -> None:
    result = program.get("/v1/lookup/consumers", phone_number="+4700000000", routes="vipps")
    assert result["routes"]["vipps"]["status"] == "NOT_AVAILABLE"
    assert program.call("GET", "/v1/lookup/consumers").status_code == 400


def test_partners_see_which_companies_are_free(program: Program) -> None:
    result = program.get("/v1/partner/lookups/companies", country="NO", **{"bids[]": ["310000019", "310000094"]})
    assert {item["company_bid"]: item["company_status"] for item in result} == {"310000019": "RESERVED", "310000094": "FREE"}


def test_what_was_used_in_a_month_counts_what_was_sent(program: Program) -> None:
    def sent() -> int:
        result = program.get("/api/billing/v2/reports/billing_company_transactions", year=2022, month=3)
        return sum(item["action_count"] for item in result if item["action_name"] == "EINVOICE")

    before = sent()
    program.sent(invoice())
    program.run()
    assert sent() == before + 1


def test_a_path_that_there_is_none_of_answers_in_the_interfaces_words(program: Program) -> None:
    answer = program.call("GET", "/v1/services/atg")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")
    assert program.call("PUT", "/v1/companies").get_json()["code"] in ("method_not_allowed", "not_found")


@pytest.mark.parametrize("body", ["[]", "{", "null", '"text"', "[" * 5000, '{"a": NaN}', "\udcff"])
def test_a_body_that_is_no_json_object_is_refused(program: Program, body: str) -> None:
    sent = body.encode(errors="surrogateescape")
    answer = program.call("POST", "/v1/company/profiles", data=sent, content_type="application/json")
    assert answer.status_code == 400, answer.text
    assert answer.get_json()["code"] in ("invalid_json", "invalid_parameters")


def test_the_clock_moves_a_scan_account_to_active(platform: Platform, program: Program, sandbox: Sandbox) -> None:
    for item in program.get("/v1/company/profiles", network="SCAN"):
        program.call("DELETE", f"/v1/company/profiles/{item['id']}")
    with store_of(platform).open("default") as opened, opened.transaction() as db:
        db.record.delays = "real"
    program.call("POST", "/v1/company/profiles", json={"network": "SCAN"})
    assert [item["status"] for item in program.get("/v1/company/profiles", network="SCAN")] == ["pending"]
    jobs.run_due(sandbox)
    with sandbox.transaction() as db:
        db.record.clock = db.record.clock.moved_to(db.clock.now() + timedelta(days=1))
    program.token = None
    assert [item["status"] for item in program.get("/v1/company/profiles", network="SCAN")] == ["active"]

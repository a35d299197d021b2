"""What a program may not do to people, companies and webhooks of others."""

import pytest

from simulator.app import Platform
from simulator.core import hosts
from simulator.core.sandbox import Sandbox
from simulator.directory import people
from simulator.documents.model.models import Quiet
from tests.products.autoinvoice_api.conftest import Program, program_of

HOOK = {"destination": "http://localhost:9/hook", "events": ["DOCUMENTS.INVOICE.SENT"]}
FOREIGN = "administrator@fjordlys.example"


def foreigner(platform: Platform) -> tuple[Program, str]:
    """Add somebody of another customer to the supplier's users; return its program and the user's id."""
    supplier = program_of(platform, "supplier")
    fields = {"email": FOREIGN, "first_name": "X", "user_role": "USER", "phone": "1", "emails_disabled": True}
    made = supplier.call("POST", "/v1/company/users", json=fields)
    assert made.status_code == 200, made.text
    return supplier, made.get_json()["id"]


def test_particulars_of_somebody_of_another_customer_cannot_be_changed(platform: Platform, sandbox: Sandbox) -> None:
    supplier, id_ = foreigner(platform)
    for change in ({"first_name": "Hacked"}, {"phone": "+4799999999"}, {"emails_disabled": True}):
        refused = supplier.call("PATCH", f"/v1/company/users/{id_}", json=change)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
        assert "nobody but the user" in refused.get_json()["message"]
    with sandbox.reading() as db:
        person = people.by_email(db, FOREIGN)
        assert person is not None and person.first_name not in ("Hacked", "X") and person.phone not in ("1", "+4799999999")


def test_of_somebody_of_another_customer_no_more_than_name_and_role_is_shown(platform: Platform, sandbox: Sandbox) -> None:
    with sandbox.transaction() as db:
        person = people.by_email(db, FOREIGN)
        assert person is not None
        person.phone = "+4790000000"
    supplier, id_ = foreigner(platform)
    details = supplier.get(f"/v1/company/users/{id_}")
    assert set(details) == {"id", "email", "first_name", "last_name", "role"}
    assert supplier.call("POST", f"/v1/company/users/{id_}/roles", json={"user_role": "ADMIN"}).status_code == 204


def test_the_choice_about_mails_of_somebody_of_another_customer_stays(platform: Platform, sandbox: Sandbox) -> None:
    foreigner(platform)
    own = program_of(platform, "registered").get("/oauth2/current")["user"]["id"]
    with sandbox.reading() as db:
        person = people.by_email(db, FOREIGN)
        assert person is not None and str(person.id) == own
        assert db.get(Quiet, person.id) is None


def test_a_mere_users_key_registers_no_company(platform: Platform) -> None:
    user = program_of(platform, "registered", role="USER")
    content = {
        "vendor_api_key": user.keys["vendor_api_key"], "user_api_key": user.keys["client_secret"], "name": "Mine AS",
        "bid": "310000043", "no_vat": "true", "address1": "a", "post_code": "1", "post_office": "x", "city": "Oslo",
        "country": "NO", "email": "a@b.example",
    }  # fmt: skip
    refused = platform.test_client().post(user.path("/v1/companies"), data=content)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")


def test_a_vendors_webhook_is_shown_to_and_removed_by_its_company_only(platform: Platform, program: Program) -> None:
    made = program.call("POST", "/v1/company/notifications", json={"destination_type": "VENDOR_WEBHOOK", **HOOK}).get_json()
    other = program_of(platform, "supplier")
    assert other.get("/v1/company/notifications") == []
    for method in ("GET", "DELETE"):
        assert other.call(method, f"/v1/company/notifications/{made['id']}").status_code == 404
    assert program.get("/v1/company/notifications") == [made]
    assert program.call("DELETE", f"/v1/company/notifications/{made['id']}").status_code == 204


@pytest.mark.parametrize("address", ["http://localhost:0/hook", "http://[::1%25lo]/hook", "http://[::1%lo]:80/hook"])
def test_port_0_and_addresses_with_a_zone_are_not_called(address: str) -> None:
    with pytest.raises(hosts.NotAllowed, match="no address"):
        hosts.check(address)

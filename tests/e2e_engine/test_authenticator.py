"""The reader's app gives the codes of the standard, of a key as a page shows it."""

from datetime import UTC, datetime

import pytest

from e2e.engine.authenticator import code_at, key_of
from e2e.engine.model import Manual
from e2e.engine.roles import NotFound
from e2e.engine.words import Words
from tests.authenticator import totp

STANDARD = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert code_at(key_of(STANDARD), datetime.fromtimestamp(seconds, UTC)) == code


@pytest.mark.parametrize("secret", ["JBSWY3DPEHPK3PXP", "MFRGGZDFMZTWQ2LK", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJA"])
@pytest.mark.parametrize("seconds", [0, 29, 30, 1646121600])
def test_two_implementations_agree(secret: str, seconds: int) -> None:
    assert code_at(key_of(secret.lower()), datetime.fromtimestamp(seconds, UTC)) == totp(secret, seconds)


@pytest.mark.parametrize("typed", ["", "  ", "ABC1", "not a key!", "A"])
def test_what_is_no_key_is_refused_with_what_was_expected(typed: str) -> None:
    with pytest.raises(NotFound, match="letters A to Z and digits 2 to 7"):
        key_of(typed)


def test_a_manual_may_scan_a_key_and_type_its_code() -> None:
    step = {"tell": "Go", "do": [{"scan": {"textbox": "Key"}}, {"enter_code": {"by": "scanned"}}]}
    head = {"id": "scan", "title": "Scan", "language": "en", "source": {"title": "Ours"}, "scenario": "company-no"}
    manual = Manual.model_validate({**head, "now": "2022-03-01T09:00+01:00", "steps": [step]}, context={"variants": ()})
    actions = manual.steps[0].actions(None)
    assert [action.word for action in actions] == ["scan", "enter_code"]
    assert isinstance(manual.title, Words)

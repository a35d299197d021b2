"""A sandbox stores no more than its quota: what would make it larger is refused, everything else goes on."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from simulator.app import Platform
from simulator.core import jobs
from simulator.core.clock import Clock
from simulator.core.database import MEGABYTE, QuotaReached, connection_to, used_bytes
from simulator.core.sandbox import RESERVE, SMALL, Sandbox, check_quota
from simulator.core.store import Creation
from simulator.core.texts import LANGUAGES, text
from tests.conftest import NOW
from tests.visits import Visitor, cast, make_platform, password_of, phone_code, store_of

ROOM = MEGABYTE


@pytest.fixture
def platform(templates: Path, tmp_path: Path) -> Platform:
    """Return a platform whose one sandbox has room for a megabyte more."""
    platform = make_platform(tmp_path / "data", templates)
    store = store_of(platform)
    store.create("small", Creation(scenario="company-no", clock=Clock.frozen(NOW)))
    with store.open("small") as sandbox:
        store.quota = _used(sandbox) + ROOM
    return platform


def _used(sandbox: Sandbox) -> int:
    with connection_to(sandbox._binding, writes=False) as connection:
        connection.exec_driver_sql("SELECT 1 FROM sandbox")
        return used_bytes(connection)


def _mail(visitor: Visitor, size: int = 400_000, **values: Any) -> int:
    form = visitor.form("/mail/new", "subject")
    fields: dict[str, Any] = {
        "sender": "administrator@fjordlys.example",
        "to": "c@b.example",
        "subject": "S",
        "text": "T",
    } | values
    return visitor.send(
        form, **fields, attachments=(BytesIO(b"x" * size), "file.bin", "application/octet-stream")
    ).status_code


def _fill(visitor: Visitor) -> int:
    """Mail until it is refused; return how many mails were taken."""
    for number in range(10):
        status = _mail(visitor)
        if status == 507:
            return number
    raise AssertionError("four megabytes were taken")


def test_mails_without_end_stop_at_the_quota_which_the_page_says_in_each_language(platform: Platform) -> None:
    with store_of(platform).open("small") as sandbox:
        visitor = Visitor.of(platform, sandbox, language="en")
        assert _fill(visitor) == 2
        for language in LANGUAGES:
            visitor = Visitor.of(platform, sandbox, language=language)
            form = visitor.form("/mail/new", "subject")
            fields: dict[str, Any] = {
                "sender": "administrator@fjordlys.example",
                "to": "c@b.example",
                "subject": "S",
                "text": "T",
            }
            answer = visitor.send(form, **fields, attachments=(BytesIO(b"x" * 400_000), "f", "text/plain"))
            assert answer.status_code == 507
            assert text(language, "problem.quota.title") in answer.text


def test_a_full_sandbox_still_signs_people_in_runs_its_jobs_and_is_emptied_by_a_reset(platform: Platform) -> None:
    store = store_of(platform)
    with store.open("small") as sandbox:
        visitor = Visitor.of(platform, sandbox, language="en")
        _fill(visitor)
        email = cast(sandbox, "administrator").email
        visitor.begin_sign_in(email)
        visitor.type_password(password_of(sandbox, email))
        visitor.type_code(phone_code(sandbox, email))
        assert visitor.is_signed_in
        jobs.run_due(sandbox)
        answer = platform.test_client().put("/_sim/sandboxes/small/clock", json={"now": "2022-03-02T09:00+01:00"})
        assert answer.status_code == 200
    store.reset("small")
    with store.open("small") as sandbox:
        assert _mail(Visitor.of(platform, sandbox, language="en")) == 302


def test_what_is_deleted_makes_room(platform: Platform) -> None:
    from sqlalchemy import delete

    from simulator.core.outbox import Attachment

    with store_of(platform).open("small") as sandbox:
        visitor = Visitor.of(platform, sandbox, language="en")
        _fill(visitor)
        with sandbox.transaction() as db:
            db.execute(delete(Attachment))
        assert _mail(visitor) == 302


def test_small_requests_stop_a_little_later(platform: Platform) -> None:
    store = store_of(platform)
    with store.open("small") as sandbox:
        visitor = Visitor.of(platform, sandbox, language="en")
        _fill(visitor)
        assert _mail(visitor, 1000) == 302
        store.quota = _used(sandbox) * RESERVE // (RESERVE + 1)
        assert _mail(visitor, 50_000) == 507


def test_programs_are_refused_with_a_code(platform: Platform) -> None:
    store, client = store_of(platform), platform.test_client()
    with store.open("small") as sandbox:
        store.quota = _used(sandbox) // 2
    answer = client.post(
        "/_sim/sandboxes/small/documents",
        json={"from": {"name": "A", "organisation_number": "313001121"}, "to": "310000019"},
    )
    assert (answer.status_code, answer.mimetype) == (507, "application/problem+json")
    described = client.get("/_sim/sandboxes/small/autoinvoice").get_json()
    company = described["companies"][0]
    fields = {"grant_type": "client_credentials", "scope": "company", "client_id": company["client_id"]}
    fields |= {"client_secret": company["users"][0]["client_secret"]}
    answers = [client.post("/s/small/autoinvoice/api/oauth2/token", data=fields) for _ in range(40)]
    refused = next(answer for answer in answers if answer.status_code != 200)
    assert (refused.status_code, refused.get_json()["code"]) == (507, "quota_reached")


def test_snapshots_have_the_same_quota_together(platform: Platform) -> None:
    client = platform.test_client()
    statuses = [
        client.post("/_sim/sandboxes/small/snapshots", json={"name": f"s{number}"}).status_code for number in range(9)
    ]
    assert statuses[0] == 201
    assert statuses[-1] == 507


@pytest.mark.parametrize(
    ("before", "after", "fits"),
    [
        (0, 800, True),
        (0, 801 + SMALL, False),
        (790, 850, True),
        (790, 901, False),
        (2000, 2000, True),
        (2000, 1999, True),
        (2000, 2001, False),
    ],
)
def test_what_makes_a_sandbox_no_larger_fits(before: int, after: int, fits: bool) -> None:
    if fits:
        check_quota(800, before, after)
    else:
        with pytest.raises(QuotaReached):
            check_quota(800, before, after)

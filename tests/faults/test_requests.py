"""A request that a test lets fail does so in the way of its product, leaves nothing half-made, and works again afterwards."""

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.core import events
from simulator.core.clock import Clock
from simulator.core.sandbox import Sandbox
from simulator.core.store import Creation, Store
from simulator.core.texts import NAMES, text
from simulator.core.waiting import wake
from simulator.directory.email_domains.models import EmailDomain
from simulator.web.fault_answers import ConnectionDropped
from tests.conftest import NOW
from tests.faults.conftest import FAULTS, Order, content, used
from tests.visits import Visitor, cast

LIST, ADD = "/admin/domains", "/admin/domains/add"
NEW = "nieuw.example"


def add_domain(visitor: Visitor) -> TestResponse:
    """Fill in the form for a new e-mail domain and send it."""
    return visitor.send(visitor.form(ADD, "domain"), domain=NEW)


def is_there(sandbox: Sandbox) -> bool:
    """Return whether the new domain is there."""
    with sandbox.reading() as db:
        return db.scalar(select(EmailDomain.id).where(EmailDomain.domain == NEW)) is not None


@pytest.mark.parametrize(("outcome", "status"), [("error", 500), ("unavailable", 503), ("conflict", 409), ("refused", 422)])
def test_a_form_fails_once_and_nothing_of_it_is_done(
    order: Order, visitor: Visitor, sandbox: Sandbox, outcome: str, status: int
) -> None:
    order(route=f"POST {ADD}", outcome=outcome)
    before = content(sandbox)
    answer = add_domain(visitor)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert content(sandbox) == before
    assert (answer.headers.get("Retry-After") == "1") == (status == 503)
    assert add_domain(visitor).status_code == 302
    assert is_there(sandbox)


def test_a_refusal_stands_in_the_form_with_what_was_typed(order: Order, visitor: Visitor) -> None:
    order("http.admin.add_email_domain", method="POST", outcome="refused")
    answer = add_domain(visitor)
    assert text("en", "error.faults.ordered") in answer.text
    assert NEW in answer.text


def test_a_command_that_writes_nothing_is_refused_by_a_page(platform: Platform, sandbox: Sandbox, order: Order) -> None:
    order("http.connect", method="POST", outcome="refused")
    answer = Visitor.of(platform, sandbox).begin_sign_in(cast(sandbox, "user").email)
    assert answer.status_code == 422
    assert "Set-Cookie" not in answer.headers


def test_a_person_who_only_typed_an_address_counts(platform: Platform, sandbox: Sandbox, order: Order) -> None:
    email = cast(sandbox, "user").email
    order("http.connect", person=email, outcome="unavailable", method="GET")
    visitor = Visitor.of(platform, sandbox)
    assert visitor.begin_sign_in(email).status_code == 302
    assert visitor.get("/connect/login/password").status_code == 503


@pytest.mark.parametrize("language", NAMES)
def test_a_page_says_in_its_language_that_a_test_ordered_it_unless_that_is_hidden(
    platform: Platform, sandbox: Sandbox, order: Order, language: str
) -> None:
    visitor = Visitor.of(platform, sandbox, cast(sandbox, "administrator").email, language)
    order("http.home.overview", outcome="unavailable")
    order("http.home.overview", outcome="unavailable", hidden=True)
    hint = text(language, "problem.ordered")
    plain, hidden = visitor.get("/home/"), visitor.get("/home/")
    assert (plain.status_code, hidden.status_code) == (503, 503)
    assert text(language, "problem.ordered_503.title") in hidden.text
    assert (hint in plain.text, hint in hidden.text) == (True, False)


def test_a_connection_is_dropped_before_or_after_the_work(order: Order, visitor: Visitor, sandbox: Sandbox) -> None:
    order(route=f"POST {ADD}", outcome="dropped_before")
    order(route=f"POST {ADD}", outcome="dropped_after", nth=2)
    before = content(sandbox)
    with pytest.raises(ConnectionDropped):
        add_domain(visitor)
    assert content(sandbox) == before
    with pytest.raises(ConnectionDropped):
        add_domain(visitor)
    assert is_there(sandbox)
    again = add_domain(visitor)
    assert again.status_code == 422, "the product says that the domain is there already"


def test_a_late_answer_is_about_work_that_is_done(
    order: Order, visitor: Visitor, sandbox: Sandbox, platform: Platform
) -> None:
    order(route=f"POST {ADD}", outcome="late", seconds=0.05)
    assert add_domain(visitor).status_code == 302
    assert is_there(sandbox)
    assert platform.extensions["control.long_poll"].waiting == 0


def test_so_many_late_answers_wait_that_one_more_is_refused_before_its_work(
    order: Order, visitor: Visitor, sandbox: Sandbox, platform: Platform
) -> None:
    order(route=f"POST {ADD}", outcome="late", seconds=30)
    limiter = platform.extensions["control.long_poll"]
    limiter.closed = True
    try:
        assert add_domain(visitor).status_code == 503
    finally:
        limiter.closed = False
        wake("default")
    assert not is_there(sandbox)


def test_a_stale_page_shows_the_state_from_before_the_last_change(order: Order, visitor: Visitor, sandbox: Sandbox) -> None:
    order(route=f"GET {LIST}", outcome="stale", times=2)
    assert NEW not in visitor.get(LIST).text, "nothing has changed yet"
    assert add_domain(visitor).status_code == 302
    before = content(sandbox)
    assert NEW not in visitor.get(LIST).text
    assert content(sandbox) == before
    assert NEW in visitor.get(LIST).text


def test_what_is_stored_for_stale_pages_goes_with_the_fault(
    order: Order, visitor: Visitor, sandbox: Sandbox, platform: Platform
) -> None:
    order(route=f"GET {LIST}", outcome="stale", times=0)
    add_domain(visitor)
    beside = sorted(path.name for path in sandbox.path.parent.glob(f"{sandbox.path.name}-before*"))
    assert beside == [f"{sandbox.path.name}-before"]
    assert platform.test_client().delete(FAULTS).status_code == 204
    assert not list(sandbox.path.parent.glob(f"{sandbox.path.name}-before*"))
    assert not list(sandbox.path.parent.glob("scratch-*"))


def test_a_fault_is_for_a_person_a_company_and_the_nth_time(
    order: Order, visitor: Visitor, sandbox: Sandbox, platform: Platform
) -> None:
    user = Visitor.of(platform, sandbox, cast(sandbox, "user").email)
    order("http.home", person=cast(sandbox, "user").email.upper(), nth=2, times=2, outcome="error")
    order("http.home", company="00000000", outcome="conflict")
    assert [user.get("/home/").status_code for _ in range(4)] == [200, 500, 500, 200]
    assert [visitor.get("/home/").status_code for _ in range(4)] == [200] * 4


def test_a_fault_ends_at_its_instant(order: Order, visitor: Visitor, platform: Platform) -> None:
    order("http.home", times=0, until="2022-03-01T09:00:01+01:00", outcome="error")
    assert visitor.get("/home/").status_code == 500
    assert platform.test_client().post("/_sim/sandboxes/default/clock/advance", json={"seconds": 1}).status_code == 200
    assert visitor.get("/home/").status_code == 200


def test_a_probability_is_decided_by_the_seed(order: Order, visitor: Visitor, platform: Platform) -> None:
    order("http.home", times=0, probability=0.5, outcome="error")
    statuses = [visitor.get("/home/").status_code for _ in range(24)]
    assert 4 < statuses.count(500) < 20
    assert platform.test_client().post("/_sim/sandboxes/default/reset", json={}).status_code == 200
    order("http.home", times=0, probability=0.5, outcome="error")
    with platform.extensions["store"].open("default") as fresh:
        again = Visitor.of(platform, fresh, cast(fresh, "administrator").email)
    assert [again.get("/home/").status_code for _ in range(24)] == statuses


@pytest.mark.parametrize(("probability", "fails"), [(0, False), (1, True)])
def test_a_probability_of_none_and_of_one_are_never_and_always(
    order: Order, visitor: Visitor, probability: float, fails: bool
) -> None:
    order("http.home", times=0, probability=probability)
    assert {visitor.get("/home/").status_code == 500 for _ in range(8)} == {fails}


def test_the_journal_says_which_fault_was_met(order: Order, visitor: Visitor, sandbox: Sandbox) -> None:
    order("http.admin", method="POST", outcome="error", hidden=True)
    add_domain(visitor)
    with sandbox.reading() as db:
        (line,) = events.after(db, 0, "fault.happened")
    email = cast(sandbox, "administrator").email
    assert (line.subject, line.data["outcome"], line.data["method"]) == ("http.admin.add_email_domain", "error", "POST")
    assert (line.data["person"], line.data["path"]) == (email, f"/s/default{ADD}")


def test_a_fault_opens_nothing_and_hides_no_refusal(order: Order, platform: Platform, sandbox: Sandbox) -> None:
    order("http", outcome="stale", times=0)
    order("http", outcome="error", times=0)
    stranger = Visitor.of(platform, sandbox)
    user = Visitor.of(platform, sandbox, cast(sandbox, "user").email)
    assert stranger.get(LIST).status_code == 302
    assert user.get("/settings/").status_code == 403
    assert stranger.client.post(f"/s/default{ADD}", data={"domain": NEW}).status_code in (302, 400)
    assert used(platform) == [0, 0]


def test_a_fault_is_of_its_sandbox_alone(order: Order, visitor: Visitor, platform: Platform, store: Store) -> None:
    order("http", outcome="error", times=0)
    store.create("other", Creation(scenario="accountant-nl", clock=Clock.frozen(NOW)))
    with store.open("other") as other:
        assert Visitor.of(platform, other, cast(other, "administrator").email).get("/home/").status_code == 200
    store.delete("other")
    assert visitor.get("/home/").status_code == 500


def test_the_control_api_never_fails(order: Order, platform: Platform) -> None:
    order("http", outcome="error", times=0)
    client = platform.test_client()
    assert client.get(FAULTS).status_code == 200
    assert client.delete(FAULTS).status_code == 204


def test_a_job_fails_as_often_as_a_job_is_tried_or_is_put_off(order: Order, sandbox: Sandbox, platform: Platform) -> None:
    client = platform.test_client()
    order("job.billing.month", outcome="late", seconds=3600)
    order("job.billing.month", outcome="error", times=3, nth=2)
    client.post("/_sim/sandboxes/default/clock/advance", json={"seconds": 31 * 86400})
    jobs = client.get("/_sim/sandboxes/default/jobs").get_json(force=True)["jobs"]
    (job,) = [job for job in jobs if job["state"] == "failed"]
    assert job["kind"] == "billing.month"
    assert used(platform) == [1, 3]
    with sandbox.reading() as db:
        lines = events.after(db, 0, "fault.happened")
    instants = [line.at.isoformat() for line in lines]
    assert [line.data["outcome"] for line in lines] == ["late", "error", "error", "error"]
    assert instants[1] > instants[0]


def test_a_route_is_named_as_in_the_browser_or_as_it_is_listed(order: Order) -> None:
    seen, listed = order(route="GET /admin/users/3?x=1"), order(route="GET /admin/users/<user_id>")
    assert {(fault["operation"], fault["method"]) for fault in (seen, listed)} == {("http.admin.user", "GET")}

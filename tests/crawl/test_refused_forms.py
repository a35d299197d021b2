"""Every form that links lead to, sent with nothing in it: when it is refused, the page says so, and where."""

from collections.abc import Iterator

import pytest

from simulator.core.clock import Clock
from simulator.core.store import Creation
from simulator.core.texts import text
from tests.conftest import NOW
from tests.crawl import page_rules
from tests.crawl.site import LIMITED_TO, SCENARIOS, VISITS, Site
from tests.reading import CONTROLS, read
from tests.visits import Visitor, cast, forms_on, store_of

NAME = "refused"


@pytest.fixture
def scenario(site: Site, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return a scenario of which there is a sandbox that this test may change, with the ids of the sandbox that is crawled."""
    name: str = request.getfixturevalue("name")
    scenario = next(scenario for scenario, sandbox in SCENARIOS.items() if sandbox == name)
    store_of(site.platform).create(NAME, Creation(scenario=scenario, clock=Clock.frozen(NOW), seed=scenario))
    yield scenario
    store_of(site.platform).delete(NAME)


@pytest.mark.parametrize(("name", "visitor"), VISITS)
def test_a_refused_form_says_so_in_its_title_and_leads_to_each_field_at_fault(
    site: Site, scenario: str, name: str, visitor: str | None
) -> None:
    with site.sandbox(NAME) as sandbox:
        browser = Visitor.of(site.platform, sandbox, cast(sandbox, visitor).email if visitor else None, "nl")
    token, wrong, refused, sent = browser.token(), [], set(), set()
    for page in site.crawled_pages(name, visitor):
        for form in forms_on(page.html, page.path):
            typed = [
                control["name"] for control in form.element.all(*CONTROLS) if control["name"] and control["type"] != "hidden"
            ]
            action = site.endpoint(form.action)
            if form.method != "post" or not typed or action in sent:
                continue
            sent.add(action)
            values = {name: "" for name in typed} | {"csrf_token": token}
            values |= {
                control["name"]: control["value"] for control in form.element.all("input") if control["type"] == "hidden"
            }
            path = form.action.replace(f"/s/{name}/", f"/s/{NAME}/")
            answer = browser.client.post(path, data=values | {"csrf_token": token})
            if answer.mimetype != "text/html" or answer.location:
                continue
            faults = page_rules.refusal(read(answer.text))
            if answer.status_code in (409, 422) or faults or "is-invalid" in answer.text:
                refused.add(action)
                if not read(answer.text).all("title")[0].text.startswith(text("nl", "form.error_title")):
                    faults.append("the title does not say that something is wrong")
            wrong += [f"{path}: {fault}" for fault in faults]
    assert refused or name in LIMITED_TO
    assert not wrong, "\n".join(wrong)

"""Walks on the fake platform: they pass, and they stop where something is not as the manual says."""

from typing import Any

import pytest

from e2e.engine.breaking import Break, breaks
from e2e.engine.walker import Walker, WalkFailed, sandbox_name
from e2e.engine.words import LANGUAGES
from simulator.testing import Server
from tests.e2e_engine.fake_platform import FakePlatform
from tests.e2e_engine.manuals import HEAD, INVITATION, SPECIFICATION, manual

pytestmark = pytest.mark.browser

BREAKS = [*breaks(manual(), "menu"), *breaks(manual(INVITATION), None)]


def _failure(walker: Walker, text: str, variant: str | None = None, language: str = "nl") -> WalkFailed:
    with pytest.raises(WalkFailed) as failed:
        walker.walk(manual(text), variant, language)
    return failed.value


def _steps(*steps: str) -> str:
    """Make a manual of steps without variants, for the administrator."""
    return HEAD + "person: administrator\nsteps:\n" + "".join(f"  - tell: Doe dit.\n{step}" for step in steps)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("variant", ["home", "menu"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_manual_is_walked_in_every_language_and_variant(
    walker: Walker, platform: FakePlatform, language: str, variant: str
) -> None:
    walker.walk(manual(), variant, language)
    assert platform.deleted == [f"specification-{variant}-{language}"]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_manual_signs_in_reads_mail_and_follows_its_link(walker: Walker, language: str) -> None:
    walker.walk(manual(INVITATION), None, language)


@pytest.mark.sampled(6)
@pytest.mark.parametrize("broken", BREAKS, ids=lambda broken: f"{broken.manual.id}-{broken.step}-{broken.what}")
def test_a_broken_manual_stops_at_the_step_that_is_broken(impatient: Walker, broken: Break) -> None:
    with pytest.raises(WalkFailed) as failed:
        impatient.walk(broken.manual, broken.variant)
    assert failed.value.step == broken.step


def test_a_label_that_changed_is_named_with_what_the_page_has_instead(impatient: Walker, platform: FakePlatform) -> None:
    platform.broken["Facturen"] = "Rekeningen"
    failure = _failure(impatient, SPECIFICATION, "home")
    assert failure.step == 2
    text = str(failure)
    assert text.startswith("specification [nl, home], step 2 (Zoek de regel van AutoInvoice")
    assert "the link 'Facturen' in the row 'Visma.net AutoInvoice' within 'Licenties' is not on the page" in text
    assert "What it has as link: 'Rekeningen'" in text
    assert "The page is 'Settings' with the main heading 'Settings'." in text
    assert "Traceback" not in text and "locator" not in text.lower()


def test_an_effect_that_is_missing_stops_the_walk_with_the_fact(impatient: Walker, platform: FakePlatform) -> None:
    platform.silent.add("invoice.exported")
    failure = _failure(impatient, SPECIFICATION, "home")
    assert failure.step == 3
    assert "the fact {event: invoice.exported} does not hold; found: nothing" in failure.reason


def test_the_sandbox_goes_after_a_walk_that_stopped(impatient: Walker, platform: FakePlatform) -> None:
    platform.broken["Settings"] = "Instellingen"
    _failure(impatient, SPECIFICATION, "home")
    assert platform.sandboxes == {}


def test_a_sandbox_is_frozen_at_the_manuals_instant_with_a_seed_of_its_own(walker: Walker, platform: FakePlatform) -> None:
    options: list[dict[str, Any]] = []
    platform.on_create = options.append
    walker.walk(manual(), "home")
    walker.walk(manual(), "home")
    assert options[0] == options[1]
    assert options[0]["now"] == "2022-03-01T09:00:00+01:00"
    assert options[0]["mode"] == "frozen" and options[0]["seed"] == "specification"


def test_a_name_that_is_taken_is_left_to_the_server(walker: Walker, server: Server, platform: FakePlatform) -> None:
    server.create(name="specification-home-nl")
    walker.walk(manual(), "home")
    assert list(platform.sandboxes) == ["specification-home-nl"]


def test_a_scenario_that_does_not_exist_is_said_before_the_first_step(impatient: Walker) -> None:
    failure = _failure(impatient, SPECIFICATION.replace("accountant-nl", "nowhere"), "home")
    assert failure.step == 0
    assert "422 There is no scenario named 'nowhere'.; scenario: there is accountant-nl" in str(failure)


def test_several_things_of_one_name_are_told_apart_or_refused(impatient: Walker) -> None:
    failure = _failure(impatient, _steps("    do: [{open: settings}, {click: {link: Facturen}}]\n"))
    assert "3 things are the link 'Facturen', and the manual does not say which" in failure.reason
    assert "Visma.net Expense" in failure.reason


def test_a_row_is_found_by_a_whole_cell_before_a_part_of_one(walker: Walker) -> None:
    walker.walk(manual(_steps("    do: [{open: settings}, {click: {link: Facturen, row: Visma.net AutoInvoice}}]\n")))


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("    do: {click: {link: Facturen, row: Nergens}}\n", "no row says 'Nergens'. Rows: "),
        ("    do: {click: {link: Facturen, within: Nergens}}\n", "no part of it called 'Nergens'. Headings: 'Settings'"),
        (
            "    do: {click: {link: Facturen, row: Visma.net Expense, place: first in row}}\n",
            "does not stand first in row. It stands: top, far right (",
        ),
        ("    see: {heading: Settings, place: under Zoeken}\n", "There is no 'Zoeken' on the page"),
        ("    see: {heading: Settings, state: gone}\n", "the heading 'Settings' is still there"),
        ("    do: {open: invoices}\n    see: {textbox: Zoeken, value: abd}\n", "shows 'abc', not 'abd'"),
        ("    do: {open: invoices}\n    see: {checkbox: Rol, state: unchecked}\n", "is not unchecked"),
        ("    do: [{open: invoices}, {check: {checkbox: Rol}}]\n", "the checkbox 'Rol' is greyed out"),
        ("    do: {open: nowhere}\n", "nowhere does not open: the server answered with error 404"),
        ("    do: {open: settings}\n    error: 503\n", "the server did not answer with error 503"),
        ("    do: {open: 'http://example.test/'}\n", "nothing else is opened"),
        (
            "    do: [{open: users}, {select: {combobox: Rol, option: Boss}}]\n",
            "the list does not offer 'Boss', but 'Reader', 'Customer administrator'",
        ),
        ("    do: {read_mail: user}\n", "no mail was sent to jan@example.test; what was sent there: none"),
        ("    do: {follow_link: Account}\n", "read_mail comes before follow_link"),
        ("    do: {sign_in: boss}\n", "the scenario has nobody called boss; its cast is administrator, user"),
        ("    do: {wait_for: {event: never.happens}}\n", "the event never.happens did not happen"),
        ("    do: {open: invoices}\n    see: {button: '{nobody.email}'}\n", "has nobody called nobody"),
        (
            "    do: {click: {link: Facturen, row: Visma.net Expense}}\n    download: {as: nothing, header: [A]}\n",
            "no file came (nothing)",
        ),
    ],
)
def test_a_failure_says_what_is_there_instead(impatient: Walker, step: str, reason: str) -> None:
    failure = _failure(impatient, _steps("    do: {open: settings}\n", step))
    assert failure.step == 2
    assert reason in failure.reason


def test_a_code_is_typed_into_the_field_that_has_the_cursor(walker: Walker) -> None:
    walker.walk(
        manual(
            _steps(
                "    do: [{open: invoices}, {press: Tab}, {enter_code: administrator}]\n"
                "    see: {textbox: Zoeken, value: '123456'}\n"
            )
        )
    )


def test_the_code_of_a_mail_can_be_typed(walker: Walker) -> None:
    walker.walk(
        manual(
            _steps(
                "    do: [{open: users}, {fill: {textbox: E-mail, with: '{user.email}'}}, {click: {button: Opslaan}}]\n",
                "    do:\n      - {read_mail: user}\n      - {open: invoices}\n"
                "      - {fill: {textbox: Zoeken, with: '{code}'}}\n    see: {textbox: Zoeken, value: '424242'}\n",
            )
        )
    )


def test_a_step_may_belong_to_some_variants_only(walker: Walker, impatient: Walker) -> None:
    text = SPECIFICATION + "  - tell: Nergens.\n    only: [menu]\n    see: {heading: Nergens}\n"
    walker.walk(manual(text), "home")
    assert _failure(impatient, text, "menu").step == 4


def test_a_server_that_is_not_there_is_said_plainly(impatient: Walker, platform: FakePlatform) -> None:
    platform.close()
    assert "No simulator answers at" in str(_failure(impatient, SPECIFICATION, "home"))


def test_names_of_sandboxes_are_short_and_always_the_same() -> None:
    long = manual(SPECIFICATION.replace("id: specification", "id: " + "a" * 50))
    assert sandbox_name(manual(), "menu", "nl") == "specification-menu-nl"
    assert len(sandbox_name(long, "menu", "nl")) == 40
    assert sandbox_name(long, "menu", "nl") != sandbox_name(long, "home", "nl")

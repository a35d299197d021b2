"""Trainees come by their link or by the code of the class, and see nothing of others but the names that may be picked."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from simulator.app import Platform
from simulator.classroom.classes import Class
from simulator.classroom.names import join_code
from simulator.classroom.places import come
from simulator.classroom.roster import Entry
from simulator.classroom.teaching import classroom
from simulator.control import guesses
from simulator.core.texts import LANGUAGES
from simulator.settings import Certificate
from tests.crawl import page_rules
from tests.visits import forms_on, make_platform, store_of

NETWORK = "https://room.test"
EXERCISE = "mail-never-arrived"
ROSTER = [Entry("Lisa Bakke"), Entry("Omar Øst", "", "nb")]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, templates: Path) -> Platform:
    directory = tmp_path_factory.mktemp("joining")
    certificate = directory / "authority.pem"
    certificate.write_text("-----BEGIN CERTIFICATE-----\n")
    files = Certificate(chain=certificate, key=certificate, authority=certificate)
    settings = {"host": "0.0.0.0", "control_token": "t0ken", "public_url": NETWORK, "certificate": files}
    return make_platform(directory / "data", templates, **settings)


@pytest.fixture
def monday(platform: Platform) -> Iterator[Class]:
    with platform.app_context():
        monday = classroom().open("Monday", exercise_ids=[EXERCISE], entries=ROSTER)
        platform.extensions["classroom.guesses"] = guesses.JoinGuesses()
    yield monday
    with platform.app_context():
        classroom().remove(monday.name)


@pytest.fixture
def client(platform: Platform) -> FlaskClient:
    return platform.test_client()


def send_form(client: FlaskClient, page: TestResponse, values: dict[str, str]) -> TestResponse:
    """Send the form of a page as a browser does, with some fields filled in."""
    (form,) = forms_on(page.text, page.request.path)
    return client.post(form.action, base_url=NETWORK, data=form.values.to_dict() | values)


def test_a_link_leads_to_the_exercise_at_hand_and_opens_it_only(client: FlaskClient, monday: Class) -> None:
    lisa = monday.trainees["lisa-bakke"]
    led = client.get(f"/join/{monday.name}/{lisa.key}", base_url=NETWORK)
    own = f"/s/{lisa.attempts[EXERCISE].sandbox}/"
    assert led.location.startswith(f"{NETWORK}{own}?join=")
    client.get(led.location)
    assert client.get(f"{own}mail/", base_url=NETWORK).status_code == 200
    (other,) = (trainee for trainee in monday.trainees.values() if trainee != lisa)
    assert client.get(f"/s/{other.attempts[EXERCISE].sandbox}/mail/", base_url=NETWORK).status_code == 403


def test_the_link_works_again_without_cookies_and_after_a_reset(platform: Platform, monday: Class) -> None:
    lisa = monday.trainees["lisa-bakke"]
    sandbox = lisa.attempts[EXERCISE].sandbox
    for _ in range(2):
        # A second device, or the same with its cookies deleted.
        client = platform.test_client()
        client.get(client.get(f"/join/{monday.name}/{lisa.key}", base_url=NETWORK).location)
        assert client.get(f"/s/{sandbox}/mail/", base_url=NETWORK).status_code == 200
        store_of(platform).reset(sandbox)
        assert client.get(f"/s/{sandbox}/mail/", base_url=NETWORK).status_code == 200


@pytest.mark.parametrize("key", ["", "x", "å" * 24, "0" * 24, "a" * 3000])
def test_a_wrong_link_says_so_and_opens_nothing(client: FlaskClient, monday: Class, key: str) -> None:
    for name in (monday.name, "no-such-class", "..%2f..%2fsecret"):
        answer = client.get(f"/join/{name}/{key}", base_url=NETWORK)
        assert answer.status_code == 404
        assert "Lisa" not in answer.text


def test_with_the_code_one_picks_ones_name_or_types_it(platform: Platform, monday: Class) -> None:
    client = platform.test_client()
    first = client.get('/join?code="<b>', base_url=NETWORK)
    assert "Lisa" not in first.text
    assert 'value="&#34;&lt;b&gt;"' in first.text
    names_page = send_form(client, first, {"code": f" {monday.join_code[:3].lower()}-{monday.join_code[3:]} "})
    assert names_page.status_code == 200
    assert "Lisa Bakke" in names_page.text
    assert not any(trainee.key in names_page.text for trainee in monday.trainees.values())
    picked = send_form(client, names_page, {"trainee": "lisa-bakke"})
    assert f"/s/{monday.name}-lisa-bakke-1/" in picked.location
    typed = send_form(client, names_page, {"name": "Tess", "language": "sv"})
    assert f"/s/{monday.name}-tess-1/" in typed.location
    with platform.app_context():
        tess = classroom().classes.get(monday.name).trainees["tess"]
    assert tess.language == "sv"
    again = send_form(client, names_page, {"name": " t\u00adess\u200f "})
    assert again.location == typed.location


def names_page_of(client: FlaskClient, class_: Class) -> TestResponse:
    """Type the join code of a class, and return the page that asks for the name."""
    return send_form(client, client.get("/join", base_url=NETWORK), {"code": class_.join_code})


def test_who_has_somebodys_name_is_asked_whether_they_are_the_same(platform: Platform, monday: Class) -> None:
    first, second = platform.test_client(), platform.test_client()
    address = send_form(first, names_page_of(first, monday), {"name": "Jan"}).location
    names_page = names_page_of(second, monday)
    for values in ({"name": "JAN "}, {"trainee": "jan"}):
        page = send_form(second, names_page, values)
        assert page.status_code == 409 and "Are you the Jan who joined" in page.text
    yes, no = forms_on(page.text, page.request.path)
    other = second.post(no.action, base_url=NETWORK, data=no.values.to_dict() | {"name": "Jan B"})
    assert f"/s/{monday.name}-jan-b-1/" in other.location
    third = platform.test_client()
    page = send_form(third, names_page_of(third, monday), {"name": "Jan"})
    yes, _ = forms_on(page.text, page.request.path)
    for _ in range(2):  # a second press
        assert third.post(yes.action, base_url=NETWORK, data=yes.values.to_dict()).location == address
    with platform.app_context():
        jan = classroom().classes.get(monday.name).trainees["jan"]
    assert jan.joined_at is not None and len(jan.devices) == 2


def test_in_a_test_a_place_in_use_takes_the_trainers_word_or_the_link(platform: Platform, monday: Class) -> None:
    with platform.app_context():
        test = classroom().open("Test", exercise_ids=[EXERCISE], entries=ROSTER, mode="test")
    first, second, third = (platform.test_client() for _ in range(3))
    address = send_form(first, names_page_of(first, test), {"trainee": "lisa-bakke"}).location
    names_page = names_page_of(second, test)
    for values in ({"trainee": "lisa-bakke"}, {"name": "lisa bakke"}, {"trainee": "lisa-bakke", "same": "lisa-bakke"}):
        refused = send_form(second, names_page, values)
        assert refused.status_code == 422 and "is in use on another device" in refused.text
    with platform.app_context():
        classroom().act(test.name, "admit", "lisa-bakke")
    assert send_form(second, names_page, {"trainee": "lisa-bakke"}).location == address
    assert send_form(third, names_page_of(third, test), {"trainee": "lisa-bakke"}).status_code == 422, "once only"
    assert third.get(f"/join/test/{test.trainees['lisa-bakke'].key}", base_url=NETWORK).location == address
    with platform.app_context():
        classroom().remove(test.name)


def test_a_form_that_is_sent_several_times_at_once_makes_one_place(platform: Platform, monday: Class) -> None:
    def join(_: int) -> str:
        with platform.app_context():
            return classroom().join(monday.name, monday.join_code, "Nora").id

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(join, range(4))) == {"nora"}


@pytest.mark.parametrize("name", ["", "   ", "!!!", "x" * 81, "a\x00b"])
def test_a_name_that_cannot_be_used_adds_nobody(platform: Platform, monday: Class, name: str) -> None:
    client = platform.test_client()
    names_page = send_form(client, client.get(f"/join/{monday.name}", base_url=NETWORK), {"code": monday.join_code})
    assert send_form(client, names_page, {"name": name}).status_code == 422
    with platform.app_context():
        assert len(classroom().classes.get(monday.name).trainees) == len(ROSTER)


def test_who_guesses_codes_has_to_wait_also_with_the_right_one(platform: Platform, monday: Class) -> None:
    client = platform.test_client()
    page = client.get("/join", base_url=NETWORK)
    for _ in range(guesses.JoinGuesses.OF_A_BROWSER):
        assert send_form(client, page, {"code": "WRONG2"}).status_code == 422
    locked = send_form(client, page, {"code": monday.join_code})
    neighbour = platform.test_client()
    at_the_same_address = send_form(neighbour, neighbour.get("/join", base_url=NETWORK), {"code": monday.join_code})
    assert "Lisa Bakke" in at_the_same_address.text
    assert locked.status_code == 429
    assert 0 < int(locked.headers["Retry-After"]) <= guesses.WITHIN
    assert "Lisa" not in locked.text


def test_who_guesses_without_cookies_is_held_by_the_address_and_from_many_by_the_server() -> None:
    counted = guesses.JoinGuesses()
    for number in range(counted.OF_AN_ADDRESS):
        assert counted.seconds_to_wait("192.0.2.1", f"browser {number}") == 0
        counted.count_wrong("192.0.2.1", f"browser {number}")
    assert counted.seconds_to_wait("192.0.2.1", "another browser") > 0
    assert counted.seconds_to_wait("192.0.2.2", "another browser") == 0
    for number in range(counted.OF_THE_SERVER - counted.OF_AN_ADDRESS):
        counted.count_wrong(f"198.51.100.{number}", f"browser {number}")
    assert counted.seconds_to_wait("192.0.2.2", "another browser") > 0


def test_guessing_the_code_of_a_class_is_hopeless_for_a_working_day() -> None:
    codes = {join_code() for _ in range(200)}
    in_eight_hours = guesses.JoinGuesses.OF_THE_SERVER * 60 * 8
    assert all(len(code) == 6 for code in codes)
    assert len(set("".join(codes))) ** 6 > 15_000 * in_eight_hours


def test_the_code_of_another_class_opens_nothing_here(platform: Platform, monday: Class) -> None:
    client = platform.test_client()
    page = client.get("/join/another", base_url=NETWORK)
    assert send_form(client, page, {"code": monday.join_code}).status_code == 422


def test_a_class_that_has_ended_is_joined_by_nobody(platform: Platform, monday: Class) -> None:
    with platform.app_context():
        classroom().act(monday.name, "end")
    client = platform.test_client()
    page = client.get("/join", base_url=NETWORK)
    assert send_form(client, page, {"code": monday.join_code}).status_code == 422


def test_the_authority_is_offered_for_download_and_never_its_key(client: FlaskClient) -> None:
    assert "/join/certificate-authority.crt" in client.get("/join/certificate-authority", base_url=NETWORK).text
    answer = client.get("/join/certificate-authority.crt", base_url=NETWORK)
    assert answer.mimetype == "application/x-x509-ca-cert"
    assert answer.text.startswith("-----BEGIN CERTIFICATE-----")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_keep_the_rules_of_the_house(platform: Platform, monday: Class, language: str) -> None:
    client = platform.test_client()
    client.set_cookie("vnsim_language", language, domain="room.test")
    code_page = client.get("/join", base_url=NETWORK)
    pages = [
        code_page,
        send_form(client, code_page, {"code": monday.join_code}),
        send_form(client, code_page, {"code": "x"}),
    ]
    with platform.app_context():
        come(classroom().classes, monday.name, "omar-ost", "another")
    pages.append(send_form(client, pages[1], {"trainee": "omar-ost"}))
    pages += [client.get(f"/join/{path}", base_url=NETWORK) for path in ("certificate-authority", "none/none")]
    data = ("Lisa Bakke", "Omar Øst", "Monday", "Windows", "Mac", "Firefox", "iPhone", "Android")
    assert [page_rules.faults(page.text, language, data) for page in pages] == [[]] * len(pages)


def test_without_an_authority_there_is_nothing_to_trust(tmp_path: Path, templates: Path) -> None:
    client = make_platform(tmp_path / "data", templates).test_client()
    assert client.get("/join/certificate-authority").status_code == 404
    assert client.get("/join/certificate-authority.crt").status_code == 404


def test_of_two_of_one_name_each_has_their_own_place(platform: Platform, monday: Class) -> None:
    with platform.app_context():
        classroom().add(monday.name, [Entry("Lisa Bakke", "second@x.example")])
    client = platform.test_client()
    names_page = send_form(client, client.get("/join", base_url=NETWORK), {"code": monday.join_code})
    picked = send_form(client, names_page, {"trainee": "lisa-bakke-2"})
    assert f"/s/{monday.name}-lisa-bakke-2-1/" in picked.location

"""The trainer's pages: a class is opened, watched, helped, and its results are taken home."""

import re
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from segno import make

from simulator.app import Platform
from tests.control.conftest import TOKEN, Client
from tests.control.test_lobby import send, token_of
from tests.visits import forms_on

EXERCISE = "mail-never-arrived"
FIELDS = {"title": "Monday", "language": "nb", "mode": "practice", "exercise": EXERCISE, "joins_by_code": "y"}


def open_class(client: Client, **fields: str | list[str]) -> Any:
    """Send the form of a new class."""
    return send(client, "/class/new", "/class/new", **{**FIELDS, **fields})


def order(client: Client, action: str, **fields: str) -> Any:
    """Press a button of the class ``monday``."""
    return send(client, "/class/monday/add", "/class/monday/act", action=action, **fields)


def question(client: Client, action: str, **fields: str) -> str:
    """Press a button that asks first, and return the address of the question."""
    answer = order(client, action, **fields)
    assert answer.status_code == 302 and answer.location.startswith("/class/monday/confirm?"), answer.text
    return str(answer.location)


@pytest.fixture
def monday(client: Client) -> Client:
    """Return a client with the class ``monday``."""
    assert open_class(client, roster="Zoë\n=1+1 <b>;x@y.example;sv").location == "/class/monday/sheet"
    return client


def test_a_class_is_opened_and_its_links_are_shown_as_text_and_code(monday: Client) -> None:
    page = monday.get("/class/monday/sheet").text
    assert page.count('class="qr"') == 2 and "=1+1 &lt;b&gt;" in page and "<b>" not in page.replace("<b>;", "")
    assert len(set(re.findall(r"http://localhost:8000/join/monday/[0-9a-f]{24}", page))) == 2
    assert 'href="/class/monday"' in monday.get("/class").text


def test_every_line_that_is_not_right_is_named_and_nothing_is_made(client: Client) -> None:
    answer = open_class(client, roster="Ann\nann\nBo;nobody")
    text = unescape(answer.text)
    assert answer.status_code == 422
    assert "Line 2: ann is there already" in text and "Line 3: nobody is no e-mail address." in text
    answer = open_class(client, exercise=[], roster="x" * 300)
    assert "Choose at least one exercise." in answer.text and "longer than 80 characters" in answer.text
    file = {"file": (BytesIO(b"\x89PNG\x00"), "a.xlsx"), "csrf_token": token_of(client.get("/class/new").text), **FIELDS}
    assert "This is no list of names" in client.post("/class/new", data=file).text
    assert client.get("/_sim/sandboxes").json[1:] == []


def test_nothing_that_was_chosen_or_typed_is_lost_when_a_class_is_refused(client: Client) -> None:
    csv = "Surname;Given name\nMoen;Åse\nBerg;".encode()
    fields: dict[str, Any] = {
        **FIELDS,
        "title": "",
        "mode": "test",
        "language": "sv",
        "roster": "Bo;nobody",
        "filter": "lock",
    }
    del fields["joins_by_code"]
    fields |= {"exercise": [EXERCISE, "locked-out"], "order": ["locked-out", EXERCISE]}
    fields |= {"file": (BytesIO(csv), "people.csv"), "csrf_token": token_of(client.get("/class/new").text)}
    page = unescape(client.post("/class/new", data=fields).text)
    assert "Bo;nobody\nSurname;Given name\nMoen;Åse\nBerg;</textarea>" in page and "What stands in people.csv" in page
    assert "Line 1: nobody is no e-mail address." in page
    assert choice_of(page)[1] == ["locked-out", EXERCISE] and 'value="lock"' in page
    for value in ("test", "sv"):
        assert f'<option selected value="{value}">' in page
    assert re.search(r'<input[^>]* name="joins_by_code"[^>]*>', page)[0].count("checked") == 0  # type: ignore[index]
    fields |= {"roster": "Bo\nSurname;Given name\nMoen;Åse\nBerg;", "title": "Monday"}
    del fields["file"]
    assert client.post("/class/new", data=fields).location == "/class/monday/sheet"
    assert [row["name"] for row in client.get("/_sim/classes/monday").json["trainees"]] == ["Bo", "Åse Moen", "Berg"]
    add = {"roster": "Berg", "csrf_token": fields["csrf_token"], "file": (BytesIO(b"Eva\n=1+1"), "late.csv")}
    assert "Berg\nEva\n=1+1</textarea>" in unescape(client.post("/class/monday/add", data=add).text)


def test_what_a_new_class_lacks_is_said_at_its_field(client: Client) -> None:
    fields = {name: value for name, value in FIELDS.items() if name != "joins_by_code"}
    assert "or let trainees join with a code" in send(client, "/class/new", "/class/new", **fields).text
    file: dict[str, Any] = {"file": (BytesIO(b""), "a.csv"), "csrf_token": token_of(client.get("/class/new").text), **FIELDS}
    assert "There are no names in the file." in client.post("/class/new", data=file).text
    assert client.get("/_sim/classes").json == []


def choice_of(page: str) -> tuple[list[str], list[str]]:
    """Return the exercises that are ticked, and those that stand in order, by their ids."""
    ticked = re.findall(r'name="exercise" id="[^"]*" value="([^"]*)" checked', page)
    return ticked, re.findall(r'<input type="hidden" name="order" value="([^"]+)">', page)


def test_exercises_are_chosen_and_put_in_order_without_a_script(client: Client) -> None:
    three = ["locked-out", EXERCISE, "first-day"]
    page = open_class(client, exercise=three, order=three[:2], change="up:first-day", roster="Ann\nnobody;x", title="").text
    in_order = ["locked-out", "first-day", EXERCISE]
    assert choice_of(page)[1] == in_order and sorted(choice_of(page)[0]) == sorted(three)
    assert "error-summary" not in page and "Ann\nnobody;x" in page
    for change, expected in (("down:first-day", three), ("up:locked-out", in_order), ("remove:locked-out", in_order[1:])):
        assert choice_of(open_class(client, exercise=three, order=in_order, change=change).text)[1] == expected
    unticked = open_class(client, exercise=[EXERCISE, "no-such-exercise"], order=in_order, change="order").text
    assert choice_of(unticked) == ([EXERCISE], [EXERCISE])
    assert client.get("/_sim/classes").json == []


def test_a_filter_leaves_out_what_does_not_have_its_words_and_forgets_nothing(client: Client) -> None:
    page = open_class(client, exercise=[EXERCISE], filter="  AGAIN lock ", change="filter").text
    assert "No exercise has these words." in page and choice_of(page)[0] == [EXERCISE]
    page = open_class(client, exercise=[EXERCISE], filter="LOCKED", change="filter").text
    (displayed,) = re.findall(r'<li>(?=<div class="form-check">).*?value="([^"]*)"', page)
    assert displayed == "locked-out" and 'value="LOCKED"' in page
    assert page.count("<details data-group open>") == 1


def test_exercises_come_in_the_order_that_was_chosen(client: Client) -> None:
    open_class(client, exercise=[EXERCISE, "locked-out"], order=["locked-out", EXERCISE], roster="Ann")
    page = client.get("/class/monday").text
    assert page.index('value="locked-out"') < page.index(f'value="{EXERCISE}"')
    assert "is 2. The e-mail never arrived" in client.get(question(client, "next")).text
    assert order(client, "next", confirmed="yes").location == "/class/monday"
    assert "Has not come to it yet" not in client.get("/class/monday/rows").text, "opened no page at all"


def test_the_lobby_deletes_and_resets_no_sandbox_of_a_class(monday: Client, platform: Platform) -> None:
    name = "monday-zoe-1"
    lobby = unescape(monday.get(f"/?name={name}").text)
    assert "Zoë works in it, in the class Monday." in lobby and "monday-zoe-1</a>: Zoë, The e-mail never arrived" in lobby
    assert f"/lobby/delete?name={name}" not in lobby and f"/lobby/reset?name={name}" not in lobby
    assert "/lobby/delete?name=default" in monday.get("/?name=default").text
    before = monday.get(f"/_sim/sandboxes/{name}").json["created_at"]
    for command in ("delete", "reset"):
        answer = send(monday, "/", f"/lobby/{command}", name=name)
        assert answer.location == "/class/monday/trainee/zoe"
        assert "belongs to the class Monday" in monday.get(answer.location).text
    assert monday.get(f"/_sim/sandboxes/{name}").json["created_at"] == before
    folder = Path(platform.extensions["settings"].data_dir) / "classes"
    (folder / "monday.json").write_text('{"version": 99}')
    assert "Of the class monday, which cannot be read." in monday.get(f"/?name={name}").text
    assert send(monday, "/", "/lobby/delete", name=name).location == "/class"
    (folder / "monday.json").unlink()
    assert send(monday, "/", "/lobby/delete", name=name).location == "/"


def test_the_board_is_sent_again_only_when_it_changed(monday: Client) -> None:
    first = monday.get("/class/monday/rows")
    again = monday.get("/class/monday/rows", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    order(monday, "hint", trainee="zoe")
    assert monday.get("/class/monday/rows", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_what_loses_work_is_asked_about_first(monday: Client) -> None:
    address = question(monday, "put-back", trainee="zoe")
    assert "is lost" in monday.get(address).text
    assert order(monday, "put-back", trainee="zoe", confirmed="yes").location == "/class/monday/trainee/zoe"
    assert "is lost" in monday.get(address).text, "also when the browser goes back to it"
    assert monday.get("/class/monday/confirm?action=dance").status_code == 404
    assert order(monday, "dance").status_code == 400
    assert order(monday, "hint", trainee="nobody").status_code == 404
    order(monday, "set-minutes", minutes="7", trainee="zoe")
    page = monday.get("/class/monday/trainee/zoe").text
    assert "7 left" in page and "Done: Set the time: 7 min." in page
    assert "7 left" in monday.get("/class/monday/rows").text


def test_a_trainee_is_renamed_and_removed_and_the_code_is_closed(monday: Client) -> None:
    link = {row["id"]: row["link"] for row in monday.get("/_sim/classes/monday").json["trainees"]}["zoe"]
    order(monday, "rename", trainee="zoe", text=" Zoé  Vik ")
    page = monday.get("/class/monday/trainee/zoe").text
    assert "Zoé Vik</h1>" in page and 'value="Zoé Vik"' in page
    for name, reason in (("=1+1 <B>", ""), ("---", "cannot be used")):
        order(monday, "rename", trainee="zoe", text=name)
        assert reason in monday.get("/class/monday/trainee/zoe").text
    assert "personal link opens nothing" in monday.get(question(monday, "remove", trainee="zoe")).text
    order(monday, "end", confirmed="yes")
    form = {
        "csrf_token": token_of(monday.get("/class/monday/trainee/zoe").text),
        "action": "remove",
        "trainee": "zoe",
        "confirmed": "yes",
    }
    assert monday.post("/class/monday/act", data=form).location == "/class/monday"
    assert monday.get("/class/monday/trainee/zoe").status_code == monday.get(link).status_code == 404
    assert [row["name"] for row in monday.get("/_sim/sandboxes?tag=monday").json] == ["monday-1-1-b-1"]
    assert monday.post("/_sim/classes/monday/actions", json={"action": "remove"}).status_code == 422


def test_the_join_code_is_closed_and_another_one_opened(monday: Client) -> None:
    code = monday.get("/_sim/classes/monday").json["join_code"]
    order(monday, "close-code")
    for path in ("/class/monday", "/class/monday/beamer", "/class/monday/sheet"):
        assert code not in monday.get(path).text
    assert "Let trainees join with a code" in monday.get("/class/monday/rows").text
    opened = monday.post("/_sim/classes/monday/actions", json={"action": "open-code"}).json["join_code"]
    assert opened not in ("", code) and opened in monday.get("/class/monday/rows").text


def test_what_cannot_be_done_is_said_and_nothing_that_was_written_is_lost(monday: Client) -> None:
    for text, trainee in (("x" * 501, "zoe"), (" ", "zoe"), ("y" * 501, "")):
        answer = order(monday, "message", text=text, **({"trainee": trainee} if trainee else {}))
        assert answer.status_code == 422 and f"these are {len(text.strip())}." in answer.text and f'"{text}"' in answer.text
    assert monday.application.extensions["classroom"].classes.get("monday").messages == ()
    for action in ("solve", "skip"):
        question(monday, action, trainee="zoe")
    order(monday, "next")
    assert "the last exercise" in monday.get("/class/monday").text
    for action, said in (("next", "the last exercise"), ("undo", "Nothing has been done since")):
        order(monday, action, trainee="zoe", confirmed="yes")
        text = monday.get("/class/monday/trainee/zoe").text
        assert said in text and "Done" not in text
    assert monday.post("/_sim/classes/monday/actions", json={"action": "next"}).status_code == 422


def test_a_message_is_withdrawn_from_everybody_who_has_it(monday: Client) -> None:
    for text, trainee in (("Coffee at ten", ""), ("Well done <b>", "zoe"), ("Back at half past", "")):
        order(monday, "message", text=text, **({"trainee": trainee} if trainee else {}))
    bar, board = "/s/monday-zoe-1/exercise/bar", "/class/monday"
    assert [text in unescape(monday.get(bar).text) for text in ("Coffee", "Well done <b>", "half past")] == [True] * 3
    listed = re.findall(r'<li><span>(.*?) <span class="text-body-secondary">\((.*?)\)', unescape(monday.get(board).text))
    assert [" ".join(row) for row in listed][:2] == [
        "Back at half past to everybody; on the page of 2 of 2",
        "Well done <b> Zoë",
    ]
    order(monday, "message", text="Now", trainee="zoe")
    assert "on the page of 1 of 2" in monday.get(board).text, "a bar has three messages"
    sent = {row["text"]: row["id"] for row in monday.get("/_sim/classes/monday").json["messages"]}
    assert order(monday, "withdraw", message=str(sent["Back at half past"])).location == board
    page = monday.get(bar).text
    assert "half past" not in page and "Now" in page and "Coffee" not in page, "none that is older comes back"
    assert "half past" not in monday.get(board).text
    assert "Message, withdrawn: Back at half past" in monday.get("/class/monday/trainee/zoe").text
    order(monday, "withdraw", message=str(sent["Back at half past"]), trainee="zoe")
    assert "There is no such message any more." in monday.get("/class/monday/trainee/zoe").text
    order(monday, "end", confirmed="yes")
    assert "Withdraw" not in monday.get(board).text


def test_classes_of_one_title_are_told_apart(monday: Client) -> None:
    day = re.search(r'name="title"[^>]* value="Class of ([^"]+)"', monday.get("/class/new").text)
    assert day is not None
    open_class(monday, roster="Ann")
    for path in ("/class", "/class/monday/remove"):
        assert f"Trainees: 2, exercises: 1 · opened {day[1]}" in monday.get(path).text
    assert f"Trainees: 1, exercises: 1 · opened {day[1]}" in monday.get("/class/monday2/remove").text


def test_one_trainee_is_shown_with_goals_hints_story_and_pages(monday: Client) -> None:
    monday.get("/s/monday-zoe-1/mail/")
    assert "Nothing has happened on the platform" in monday.get("/class/monday/trainee/zoe").text
    order(monday, "message", text="Well done")
    order(monday, "solve", trainee="zoe", confirmed="yes")
    text = unescape(monday.get("/class/monday/trainee/zoe").text)
    assert "✓" in text and "solved by the trainer" in text and "(reached)" in text
    assert "The trainer solved the exercise" in text and "Message: Well done" in text
    assert "invited" in text and '/s/monday-zoe-1/phone/"' in text


def test_results_are_taken_home_and_names_are_no_formulas(monday: Client) -> None:
    order(monday, "solve", trainee="zoe", confirmed="yes")
    order(monday, "end", confirmed="yes")
    rows = monday.get("/class/monday/results.csv?language=en").data.decode("utf-8-sig").splitlines()
    assert rows[1].startswith("Zoë,,") and "solved by the trainer" in rows[1]
    assert rows[2].startswith("'=1+1 <b>,x@y.example,") and "not begun" in rows[2]
    sheet = load_workbook(BytesIO(monday.get("/class/monday/results.xlsx").data)).worksheets[0]
    assert sheet["A3"].value == "=1+1 <b>" and sheet["A3"].data_type in ("s", "inlineStr")
    assert ",0,3," in rows[1], "what the trainer solved counts no points"
    assert "not reached by" not in monday.get("/class/monday/results?language=en").text, "nobody who began"


def test_results_are_in_the_language_that_was_chosen_and_confirmations_in_the_trainees_own(monday: Client) -> None:
    monday.set_cookie("vnsim_language", "nl")
    report = unescape(monday.get("/class/monday/report").text)
    sections = re.findall(r'<section class="class-report" lang="(..)".*?</section>', report, re.DOTALL)
    assert sections == ["nb", "sv"], "of the class, and of the line of the roster"
    norwegian, swedish = report.split("</section>")[:2]
    assert "deltok på kurset" in norwegian and "E-posten kom aldri fram" in norwegian and "inte påbörjad" in swedish
    assert "Resultaten" in report.split("<section")[0]
    nb, sv = ("nb", "Deltaker"), ("sv", "Deltagare")
    for path, (language, heading) in (("", nb), ("?language=sv", sv), ("?language=xx", nb)):
        page = monday.get(f"/class/monday/results{path}").text
        assert f'<div lang="{language}">' in page and f'<th scope="col">{heading}</th>' in page and "Resultaten" in page
        assert f"/class/monday/results.xlsx?language={language}" in page
        first = monday.get(f"/class/monday/results.csv{path}").data.decode("utf-8-sig").splitlines()[0]
        assert re.split("[,;]", first)[0] == heading


def test_the_board_says_why_and_where_a_trainee_is_in_words(monday: Client) -> None:
    monday.get("/s/monday-zoe-1/mail/")
    monday.application.extensions["classroom"].say_stuck("monday", "zoe", stuck=True)
    for path in ("/class/monday/rows", "/class/monday/trainee/zoe"):
        text = unescape(monday.get(path).text)
        assert "Has just got stuck" in text and '<span title="/mail/">Innboks – E-post</span>' in text
    # The trainer's own browser does not count.
    monday.get("/s/monday-zoe-1/admin/")
    monday.application.test_client().get("/s/monday-zoe-1/phone/")
    (row,) = [row for row in monday.get("/_sim/classes/monday/board").json if row["trainee"] == "zoe"]
    assert (row["page"], row["page_title"], row["still_in"], row["needs_help"]) == ("/phone/", "Telefoner", None, True)


def test_an_order_is_carried_out_for_the_exercise_that_the_trainer_was_asked_about(client: Client) -> None:
    open_class(client, exercise=[EXERCISE, "locked-out", "lost-phone"], roster="Ann")

    def confirmation(action: str, **fields: str) -> Any:
        page = order(client, action, **fields)
        page = client.get(page.location) if page.location else page
        assert page.status_code == 200 and "<h1>" in page.text
        return {**forms_on(page.text, "/class/monday/act")[-1].values.to_dict(), **fields}

    confirmed = confirmation("next")
    assert confirmed["exercise"] == "locked-out"
    for said in ("Done: Next exercise", "Another trainer has moved on meanwhile"):
        client.post("/class/monday/act", data=confirmed)
        assert said in client.get("/class/monday").text
    chosen = confirmation("go-to", exercise=EXERCISE)
    assert ">2. " in client.get("/class/monday/rows").text
    client.post("/class/monday/act", data=chosen)
    assert '<td data-label="Exercise">1. ' in client.get("/class/monday/rows").text
    assert order(client, "undo", trainee="ann").location == "/class/monday/trainee/ann"
    assert "Nothing has been done since" in client.get("/class/monday/trainee/ann").text, "said before it is asked about"


def test_the_beamer_names_nobody(monday: Client) -> None:
    for path in ("/class/monday/beamer", "/class/monday/rows?view=beamer"):
        page = monday.get(path).text
        assert "0 of 2" in page and "Zoë" not in page and "zoe" not in page
        assert "0 of 2 have come" in page and "20 min left" in page and "/class/monday/results" not in page
    monday.get("/s/monday-zoe-1/mail/")
    order(monday, "set-minutes", minutes="0")
    page = monday.get("/class/monday/rows?view=beamer").text
    assert "1 of 2 have come" in page and "The time is over." in page
    order(monday, "end", confirmed="yes")
    assert "The class has ended." in monday.get("/class/monday/beamer").text
    for path in ("/class/monday/rows", "/class/monday/trainee/zoe", "/s/monday-zoe-1/mail/"):
        text = monday.get(path).text
        assert "left" not in text and "over time" not in text and "The time is over" not in text, path
    page = monday.get("/class/monday/add").text
    assert "The class has ended." in page and "<textarea" not in page


def test_the_beamer_has_a_qr_code_that_fills_the_join_code_in(monday: Client) -> None:
    code = monday.get("/_sim/classes/monday").json["join_code"]
    drawn = make(f"http://localhost:8000/join?code={code}", error="m", micro=False)
    assert drawn.svg_inline(scale=3, border=2, omitsize=True, svgclass="qr") in monday.get("/class/monday/beamer").text


def test_a_damaged_file_is_said_in_a_sentence_and_other_classes_work(monday: Client, platform: Platform) -> None:
    folder = Path(platform.extensions["settings"].data_dir) / "classes"
    (folder / "bad.json").write_text('{"version": 99}')
    page = monday.get("/class")
    assert page.status_code == 200 and "it is of version 99" in page.text and 'href="/class/monday"' in page.text
    assert monday.get("/class/bad").status_code == 409
    assert monday.get("/class/none").status_code == 404
    assert send(monday, "/class/bad/remove", "/class/bad/remove").location == "/class"
    assert send(monday, "/class/monday/remove", "/class/monday/remove").location == "/class"
    assert [row["name"] for row in monday.get("/_sim/sandboxes").json] == ["default"]


def test_on_a_network_the_token_opens_the_pages(guarded: Platform) -> None:
    client = guarded.test_client()
    first = client.get("/class")
    assert first.location == "/lobby/token?classes=yes"
    form = {"csrf_token": token_of(client.get(first.location).text), "token": TOKEN}
    assert client.post(first.location, data=form).location == "/class"
    assert client.get("/class").status_code == 200

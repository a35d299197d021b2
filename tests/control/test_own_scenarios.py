"""Rules of scenarios that did not come with the simulator: a folder of the server, and files that commands send along."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from simulator.cli import cli
from tests.seed.conftest import SMALL
from tests.visits import make_platform

TITLE = "Å " + "very-long-title-without-a-blank" * 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the scenario ``small``, and files that cannot be used."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "small.yaml").write_text(SMALL.replace("title: Small", f"title: '{TITLE}'"), encoding="utf-8")
    (folder / "broken.yaml").write_text("name: broken\ncolour: red\n", encoding="utf-8")
    (folder / "no-yaml.yaml").write_text("{", encoding="utf-8")
    (folder / "twice.yaml").write_text(SMALL.replace("name: small", "name: twice"), encoding="utf-8")
    (folder / "twice.yml").write_text(SMALL.replace("name: small", "name: twice"), encoding="utf-8")
    (folder / "company-no.yaml").write_text(SMALL.replace("name: small", "name: company-no"), encoding="utf-8")
    (folder / "Not A Name.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "folder.yaml").mkdir()
    (folder / ".hidden.yaml").write_text("{", encoding="utf-8")
    (folder / "readme.txt").write_text("no scenario", encoding="utf-8")
    return folder


@pytest.fixture
def client(tmp_path: Path, templates: Path, folder: Path) -> FlaskClient:
    """Return a client of a server with the folder."""
    return make_platform(tmp_path / "data", templates, scenarios=folder).test_client()


def created(client: FlaskClient, **body: Any) -> Any:
    """Make a sandbox and return the answer."""
    return client.post("/_sim/sandboxes", json={"now": "2022-03-01T09:00+01:00", **body})


def test_a_scenario_of_the_folder_is_used_and_the_broken_ones_are_listed_with_their_problems(client: FlaskClient) -> None:
    listed = {entry["name"]: entry for entry in client.get("/_sim/scenarios").get_json()}
    assert listed["small"]["title"] == TITLE
    assert listed["small"]["problems"] == listed["accountant-nl"]["problems"] == []
    problems = {name: str(entry["problems"]) for name, entry in listed.items() if entry["problems"]}
    assert set(problems) == {f"{name}.yaml" for name in ("broken", "no-yaml", "company-no", "Not A Name", "folder")} | {
        "twice.yml"
    }
    assert "colour" in problems["broken.yaml"]
    assert "expected YAML" in problems["no-yaml.yaml"]
    assert "expected one file for the name 'twice', found two" in problems["twice.yml"]
    made = created(client, scenario="small", name="mine")
    assert made.status_code == 201, made.text
    assert [person["email"] for person in made.get_json()["people"]] == ["administrator@owner.example"]
    page = client.get("/?name=mine").text
    assert (
        page.replace("<wbr>", "").count(TITLE) == 3
    )  # in the sandbox's facts, in the list of sandboxes, in the choice of scenarios
    assert "broken.yaml: colour" in page


def test_a_file_with_a_name_of_the_simulator_is_listed_as_a_problem_and_hides_nothing(client: FlaskClient) -> None:
    listed = {entry["name"]: entry for entry in client.get("/_sim/scenarios").get_json()}
    assert listed["company-no"]["problems"] == []
    assert "no scenario of the simulator has" in listed["company-no.yaml"]["problems"][0]["message"]
    assert created(client, scenario="company-no").get_json()["people"][0]["email"].endswith("@fjordlys.example")


@pytest.mark.parametrize(
    ("scenario", "sentence"),
    [
        ("broken", "broken.yaml: colour"),
        ("twice", "found two that differ in their ending"),
        ("nothing", "There is no scenario named 'nothing'."),
        ("./small.yaml", "send what is in it as scenario_text"),
        ("../data/x", "send what is in it as scenario_text"),
        ("C:\\small.yaml", "send what is in it as scenario_text"),
    ],
)
def test_a_scenario_that_cannot_be_used_is_refused_with_the_reason(
    client: FlaskClient, scenario: str, sentence: str
) -> None:
    refused = created(client, scenario=scenario)
    assert refused.status_code == 422
    assert sentence in refused.get_json()["detail"]


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_link_that_leads_out_of_the_folder_is_not_followed(client: FlaskClient, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(SMALL.replace("name: small", "name: outside"), encoding="utf-8")
    (folder / "outside.yaml").symlink_to(outside)
    (folder / "inside.yaml").symlink_to("small.yaml")
    (folder / "nowhere.yaml").symlink_to("nothing.yaml")
    (folder / "itself.yaml").symlink_to("itself.yaml")
    listed = {entry["name"]: str(entry["problems"]) for entry in client.get("/_sim/scenarios").get_json()}
    assert "a link that leads outside it" in listed["outside.yaml"]
    assert "found none" in listed["nowhere.yaml"]
    assert "found none" in listed["itself.yaml"]
    assert "expected the file's name 'inside'" in listed["inside.yaml"]
    assert created(client, scenario="outside").status_code == 422


def test_a_file_that_changes_is_read_again_and_its_sandboxes_stay_as_they_were(client: FlaskClient, folder: Path) -> None:
    def people(name: str) -> list[str]:
        return [person["first_name"] for person in client.get(f"/_sim/sandboxes/{name}").get_json()["people"]]

    file = folder / "small.yaml"
    before = file.stat()
    assert created(client, scenario="small", name="first").status_code == 201
    file.write_text(file.read_text(encoding="utf-8").replace("Ada", "Eva"), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert created(client, scenario="small", name="second").status_code == 201
    assert (people("first"), people("second")) == (["Ada"], ["Eva"])
    file.unlink()
    assert client.post("/_sim/sandboxes/first/reset", json={}).status_code == 200
    assert people("first") == ["Ada"]
    assert created(client, scenario="small").status_code == 422


def test_a_scenario_is_sent_along_with_the_call(client: FlaskClient) -> None:
    text = SMALL.replace("name: small", "name: sent")
    for first, overlay in (("Ada", None), ("Eva", {"people": [{"key": "administrator", "first_name": "Eva"}]})):
        made = created(
            client, scenario="sent", scenario_text=text, name=first.lower(), **({"with": overlay} if overlay else {})
        )
        assert made.status_code == 201, made.text
        reset = client.post(f"/_sim/sandboxes/{first.lower()}/reset", json={}).get_json()
        assert (reset["scenario"], reset["people"][0]["first_name"]) == ("sent", first)
    with client.get("/_sim/sandboxes/eva/export") as exported:
        file = exported.data
    imported = client.post("/_sim/sandboxes/import?name=back", data=file, content_type="application/octet-stream")
    assert imported.status_code == 201, imported.text
    assert client.post("/_sim/sandboxes/back/reset", json={}).get_json()["people"][0]["first_name"] == "Eva"


@pytest.mark.parametrize(
    ("scenario", "text", "sentence"),
    [
        ("company-no", SMALL.replace("name: small", "name: company-no"), "is a scenario of the simulator"),
        ("other", SMALL, "expected the file's name 'other', found 'small'"),
        ("small", SMALL.replace("day: -40 days", "day: -3 years"), "expected a licence for autoinvoice"),
        ("small", SMALL + "colour: red\n", "found 'colour'"),
        ("small", SMALL + "task: {person: nobody, text: Do it.}\n", "task.person: expected the key of a person"),
        ("small", SMALL + "task: {text: {de: Los.}}\n", "task.text: expected a text, or texts under some of"),
        ("small", SMALL + "solved: [{has_wings: user}]\n", "solved.0: expected a fact: one of"),
        ("small", SMALL + "solved: [event]\n", "solved.0: expected a fact such as"),
        ("small", "a: &a [*a]\n", "expected"),
        ("../small", SMALL, "There is no scenario named"),
        ("small\n", SMALL, "There is no scenario named"),
        ("small", "x" * 1_000_001, "at most 1000000 characters"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_a_text_that_is_no_such_scenario_is_refused(client: FlaskClient, scenario: str, text: str, sentence: str) -> None:
    refused = created(client, scenario=scenario, scenario_text=text)
    assert refused.status_code == 422, refused.text
    assert sentence in refused.get_json()["detail"]


def test_a_case_is_checked_by_the_facts_that_it_names(client: FlaskClient) -> None:
    text = SMALL + "solved: [{signed_in: administrator}, {event: invoice.exported}]\n"
    created(client, scenario="small", scenario_text=text, name="mine")
    client.post("/_sim/sandboxes/mine/people/administrator@owner.example/session", json={})
    findings = client.post("/_sim/sandboxes/mine/check", json={}).get_json()
    assert [(list(finding["fact"]), finding["holds"]) for finding in findings] == [(["signed_in"], True), (["event"], False)]
    created(client, scenario="small", scenario_text=SMALL, name="other")
    refused = client.post("/_sim/sandboxes/other/check", json={})
    assert refused.status_code == 422
    assert "does not say when its task is solved" in refused.get_json()["detail"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Return a function that runs a command in the folder above that of the scenarios."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VNSIM_DATA_DIR", str(tmp_path / "var"))
    return lambda *arguments: CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)


def test_commands_take_a_file_and_a_folder_wherever_they_name_a_scenario(run: Callable[..., Result], folder: Path) -> None:
    for arguments in (
        ("./mine/small.yaml",),
        ("--scenario", "mine/small.yaml"),
        ("small", "--scenarios", "mine"),
        (folder / "small.yaml",),
    ):
        made = run("sandbox", "create", *arguments, "--as-json")
        assert made.exit_code == 0, made.stderr
        assert '"scenario": "small"' in made.stdout
    opened = run("class", "open", "lisa", "--tag", "monday", "--scenario", "mine/small.yaml")
    assert opened.stdout.startswith("lisa\t"), opened.stderr
    listed = run("scenario", "list", "--scenarios", "mine")
    assert "\nsmall\t" in listed.stdout
    assert "vnsim: broken.yaml cannot be used: broken.yaml: colour" in listed.stderr
    checked = run("scenario", "check", "mine")
    assert checked.exit_code == 1
    assert "broken.yaml: colour" in checked.stdout
    for arguments in (
        ("mine/broken.yaml",),
        ("broken", "--scenarios", "mine"),
        ("mine/nothing.yaml",),
        ("mine/company-no.yaml",),
    ):
        refused = run("sandbox", "create", *arguments)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert f"{Path(arguments[0]).stem}.yaml" in refused.stderr
    assert "Two scenarios are named" in run("sandbox", "create", "mine/small.yaml", "--scenario", "company-no").stderr


def test_a_scenario_begins_at_its_own_instant_unless_the_caller_gives_another(client: FlaskClient, folder: Path) -> None:
    text = SMALL.replace("language: nl", "language: nl\nnow: 2018-03-01T09:00+01:00")
    (folder / "small.yaml").write_text(text, encoding="utf-8")
    made = client.post("/_sim/sandboxes", json={"scenario": "small", "name": "then"}).get_json()
    assert made["clock_mode"] == "running"
    assert made["now"].startswith("2018-03-01T08:00")
    frozen = client.post("/_sim/sandboxes", json={"scenario": "small", "mode": "frozen"}).get_json()
    assert frozen["now"].startswith("2018-03-01T08:00:00")
    assert created(client, scenario="small").get_json()["now"].startswith("2022-03-01T08:00")
    reset = client.post("/_sim/sandboxes/then/reset", json={}).get_json()
    assert reset["now"].startswith("2018-03-01T08:00")


def test_an_instant_without_an_offset_is_a_fault(client: FlaskClient) -> None:
    text = SMALL.replace("language: nl", "language: nl\nnow: 2018-03-01T09:00")
    refused = created(client, scenario="small", scenario_text=text)
    assert refused.status_code == 422
    assert "an instant with its offset" in refused.text

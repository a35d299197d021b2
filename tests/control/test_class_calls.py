"""Classes over the control API and on the command line: the same service as the pages."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from simulator.app import Platform
from simulator.cli import cli
from tests.control.conftest import Client

EXERCISES = ["mail-never-arrived", "locked-out"]


def call(client: Client, method: str, path: str, status: int = 200, **body: Any) -> Any:
    """Call the control API."""
    answer = client.open(f"/_sim/classes{path}", method=method, json=body or None)
    assert answer.status_code == status, answer.text
    return answer.json if answer.data else None


def test_a_class_is_opened_watched_steered_and_deleted(client: Client) -> None:
    made = call(client, "POST", "", 201, title="Monday", exercises=EXERCISES, trainees=[{"name": "Zoë", "language": "nl"}])
    assert (made["name"], made["mode"], made["trainees"][0]["sandbox"]) == ("monday", "practice", "monday-zoe-1")
    assert made["trainees"][0]["link"].startswith("http://localhost:8000/join/monday/")
    grown = call(client, "POST", "/monday/trainees", trainees=[{"name": "Bo"}])
    assert [row["id"] for row in grown["trainees"]] == ["zoe", "bo"]
    call(client, "POST", "/monday/actions", action="solve", trainee="zoe")
    moved = call(client, "POST", "/monday/actions", action="next", trainee="zoe")
    assert moved["trainees"][0]["sandbox"] == "monday-zoe-2"
    rows = {row["trainee"]: row for row in call(client, "GET", "/monday/board?language=nb")}
    assert (rows["zoe"]["solved"], rows["bo"]["solved"], rows["bo"]["exercise"]) == (1, 0, EXERCISES[0])
    assert rows["bo"]["goals"][0] == {"title": "Den nye brukeren har fått en e-post om aktivering", "reached": False}
    assert [row["name"] for row in call(client, "GET", "")] == ["monday"]
    assert call(client, "GET", "/monday") == moved
    call(client, "DELETE", "/monday", 204)
    call(client, "GET", "/monday", 404)
    assert [row["name"] for row in client.get("/_sim/sandboxes").json] == ["default"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"exercises": ["none"]}, "exercises"),
        ({"name": "a-b"}, "name"),
        ({"trainees": [{"name": "Ann"}, {"name": "ann"}]}, "trainees.1.name"),
        ({"trainees": [{"name": "Ann", "email": "nobody"}]}, "trainees.0.name"),
        ({"trainees": [{}]}, "trainees.0.name"),
    ],
)
def test_what_is_not_right_is_named_by_its_field(client: Client, wrong: dict[str, Any], field: str) -> None:
    body = {"title": "Monday", "exercises": EXERCISES, **wrong}
    assert field in [error["field"] for error in call(client, "POST", "", 422, **body)["errors"]]
    assert call(client, "GET", "") == []


def test_a_class_whose_file_is_damaged_is_refused_in_a_sentence(client: Client, platform: Platform) -> None:
    folder = Path(platform.extensions["settings"].data_dir) / "classes"
    folder.mkdir()
    (folder / "bad.json").write_text("[]")
    for path in ("/bad", "/bad/board"):
        assert "The class bad cannot be read from bad.json" in call(client, "GET", path, 409)["detail"]
    assert call(client, "GET", "") == []


def test_the_command_line_opens_steers_and_closes_a_class_with_exercises(tmp_path: Path) -> None:
    def vnsim(*words: str) -> list[str]:
        result = CliRunner().invoke(cli, ["class", *words, "--tag", "monday", "--data-dir", str(tmp_path)])
        assert result.exit_code == 0, result.output
        return [line for line in result.stdout.splitlines() if "\t" in line or line == "zoe"]

    (tmp_path / "sandboxes").mkdir()
    refused = CliRunner().invoke(cli, ["class", "open", "Zoë", "--tag", "x", "--exercise", EXERCISES[0], "--mode", "live"])
    assert refused.exit_code == 1 and "decides these" in refused.output
    opened = vnsim("open", "Zoë", "--exercise", EXERCISES[0], "--exercise", EXERCISES[1], "--language", "sv")
    assert opened == vnsim("list") and opened[0].startswith("zoe\t") and opened[0].endswith("\tZoë")
    assert len(vnsim("open", "Zoë", "Bo", "--exercise", EXERCISES[0])) == 2
    vnsim("act", "next", "--trainee", "bo")
    board = {line.partition("\t")[0]: line.split("\t")[1] for line in vnsim("board")}
    assert board == {"zoe": EXERCISES[0], "bo": EXERCISES[1]}
    vnsim("act", "set-minutes", "--minutes", "7", "--trainee", "bo")
    vnsim("act", "add-minutes", "--minutes", "2")
    assert ["0 min, 9 left" in line for line in sorted(vnsim("board"))] == [True, False]
    assert len(vnsim("reset")) == 2
    assert "zoe" in vnsim("close")
    assert list((tmp_path / "classes").iterdir()) == []

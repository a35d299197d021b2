"""The SML in place of DNS."""

import pytest
from flask.testing import FlaskClient

from simulator.core import faults, jobs
from simulator.core.sandbox import Sandbox
from simulator.documents.peppol import sml
from simulator.documents.registers.participants import deregister, register
from tests.documents import norway as no

SML = "/s/norway/sml/"
REGISTERED = "rh3ezm4oszft5n33h24koxobpg3a275kqliwcfzwenzlvrbdetsq"


@pytest.mark.parametrize(
    ("identifier", "label"),
    [
        ("9915:test", "eh5boavaktmbgzyh2a63dz4qov33fvp5nsdvqklucfraayoodw6a"),
        ("9915:TEST", "eh5boavaktmbgzyh2a63dz4qov33fvp5nsdvqklucfraayoodw6a"),
        ("0192:310000019", REGISTERED),
    ],
)
def test_names_are_made_by_the_published_rule(identifier: str, label: str) -> None:
    assert sml.label(identifier) == label


def test_a_registered_participant_has_a_record_that_leads_to_the_smp(program: FlaskClient) -> None:
    answer = program.get(SML + REGISTERED)
    assert answer.status_code == 200
    assert answer.json == {
        "name": f"{REGISTERED}.iso6523-actorid-upis.participant.sml.example",
        "ttl": 60,
        "class": "IN",
        "type": "NAPTR",
        "order": 100,
        "preference": 10,
        "flags": "U",
        "service": "Meta:SMP",
        "regexp": "!.*!http://localhost:8000/s/norway/smp!",
        "replacement": ".",
    }


@pytest.mark.parametrize("how", [{"headers": {"Accept": "text/plain"}}, {"query_string": {"text": "1"}}])
def test_the_record_comes_as_a_line_of_a_zone_too(program: FlaskClient, how: dict[str, dict[str, str]]) -> None:
    answer = program.get(SML + REGISTERED, **how)
    assert answer.mimetype == "text/plain"
    assert answer.text.endswith('NAPTR 100 10 "U" "Meta:SMP" "!.*!http://localhost:8000/s/norway/smp!" .\n')


def test_the_whole_name_is_found_in_any_case(program: FlaskClient) -> None:
    assert program.get(f"{SML}{REGISTERED.upper()}.iso6523-actorid-upis.participant.sml.example.").status_code == 200


@pytest.mark.parametrize(
    "name", [sml.label("0192:310000035"), "x", REGISTERED + ".example", "B-" + REGISTERED, "%00", "a" * 2000]
)
def test_an_unknown_name_gets_the_answer_of_dns(program: FlaskClient, name: str) -> None:
    answer = program.get(SML + name)
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status_of_dns"] == "NXDOMAIN"


def test_a_pending_addition_is_not_found_yet_and_a_pending_removal_still_is(program: FlaskClient, norway: Sandbox) -> None:
    added = sml.label(f"0192:{no.UNREGISTERED}")
    no.ask(norway, register, no.UNREGISTERED)
    no.ask(norway, deregister, no.REGISTERED)
    assert [program.get(SML + name).status_code for name in (added, REGISTERED)] == [404, 200]
    jobs.run_due(norway)
    assert [program.get(SML + name).status_code for name in (added, REGISTERED)] == [200, 404]


def test_while_the_sml_is_down_no_new_participant_is_found(program: FlaskClient, norway: Sandbox) -> None:
    with norway.transaction() as db:
        faults.add(db, "sml.publish")
    no.ask_and_wait(norway, register, no.UNREGISTERED)
    assert program.get(SML + sml.label(f"0192:{no.UNREGISTERED}")).status_code == 404
    no.pass_time(norway, 60)
    assert program.get(SML + sml.label(f"0192:{no.UNREGISTERED}")).status_code == 200
